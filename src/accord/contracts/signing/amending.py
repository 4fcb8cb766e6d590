"""What people do with amendments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from pydantic import ValidationError

from accord.actions.door import action
from accord.actions.refusals import Refused, WrongInput
from accord.contracts.models import Amendment, Constraint, Contract, Signature
from accord.contracts.signing import deciding, rules, signatures
from accord.contracts.signing.actions import is_on_paper
from accord.contracts.signing.amended import unbacked
from accord.contracts.signing.binding import is_still_as_written
from accord.contracts.signing.content import Added, AmendmentText, Change, Kind, Worth, kept
from accord.contracts.signing.queries import values_now
from accord.contracts.signing.signatures import Signed
from accord.engagements.models import Override
from accord.engagements.overriding import allows, may_override, override
from accord.ledger import chain
from accord.people.models import Member
from accord.proposals.content import HIGHEST
from accord.proposals.rules import is_backed, why_not_backed


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to change: values by the number of the constraint (None: it goes), new ones, and the price."""

    reason: str
    values: Mapping[int, Worth | None] = field(default_factory=dict)
    added: tuple[Added, ...] = ()
    price_difference: Decimal = Decimal(0)


@action(permission=rules.may_handle)
def begin_amendment(actor: Member, contract: Contract, wanted: Wanted) -> Amendment:
    """The draft of a change of what the contract binds to.

    Raises:
        WrongInput: no reason, nothing is changed, or a value does not fit.
        Refused: the contract is not in force, or has a draft already.
    """
    rules.is_in_force(contract)
    draft = contract.amendments.filter(state=Amendment.State.DRAFT).first()
    if draft is not None:
        raise Refused(
            _("A contract has one draft of an amendment."),
            _("{name} is a draft.").format(name=draft.name),
            _("Change that one, have it signed, or drop it."),
        )
    newest = contract.amendments.first()
    made = Amendment(
        contract=contract,
        serial=newest.serial + 1 if newest else 1,
        content=kept(_text_of(contract, wanted)),
        made_by=actor,
        priced_by=[actor.pk],
    )
    made.save()
    body = {"amendment": made.name, "digest": made.seal, "reason": made.says.reason}
    chain.append("amendment_begun", f"engagement:{contract.engagement_id}", actor.pk, body)
    return made


@action(permission=rules.may_handle)
def save_amendment(actor: Member, amendment: Amendment, wanted: Wanted, revision: int) -> Amendment:
    """Write it anew on what the contract asks now; what was decided on the text before does not hold for it.

    Raises:
        WrongInput: as for the beginning. Refused: somebody signed it, or it was changed since the page was opened.
    """
    rules.can_be_changed(amendment, revision, amendment.signatures.exists())
    text = _text_of(amendment.contract, wanted)
    if _price(text) != _price(amendment.says):
        amendment.priced_by = sorted({*amendment.priced_by, actor.pk})
    amendment.content, amendment.says = kept(text), text
    amendment.revision += 1
    amendment.save()
    return amendment


@action(permission=rules.may_handle)
def drop_amendment(actor: Member, amendment: Amendment, because: str) -> Amendment:
    """It comes to nothing; the reason stays.

    Raises:
        WrongInput: no reason. Refused: it is in force, or was dropped.
    """
    rules.waits_for_signatures(amendment)
    if not because.strip():
        raise WrongInput(because=_("Say why: it stays in the contract's history."))
    amendment.state, amendment.dropped_because = Amendment.State.DROPPED, because.strip()[:500]
    amendment.save()
    body = {"amendment": amendment.name, "digest": amendment.seal, "because": amendment.dropped_because}
    chain.append("amendment_dropped", f"engagement:{amendment.engagement_id}", actor.pk, body)
    return amendment


@action(permission=rules.may_sign)
def sign_amendment_for_firm(
    actor: Member,
    amendment: Amendment,
    digest: str,
    position: str = "",
    copy: UploadedFile[Any] | None = None,
) -> Signature:
    """Bind the firm to exactly the amendment with this digest.

    Raises:
        WrongInput: the copy was made from another text, is empty or too large.
        Refused: it is not this text, was changed, signed already, not decided, not backed, or a condition is open.
    """
    can_be_signed(amendment)
    override = deciding.may_be_signed(amendment)
    signed = Signed(actor.name, dt.date.today(), position or actor.title, copy=copy)
    return signatures.for_the_firm(actor, amendment, digest, signed, override)


@action(permission=rules.may_handle)
def record_client_signature_of_amendment(
    actor: Member, amendment: Amendment, digest: str, signed: Signed
) -> Signature:
    """Keep the copy that the client signed; `digest`: the seal that is printed on it.

    Raises:
        WrongInput: no copy, nobody named, a day in the future, or a copy that was made from another text.
        Refused: it is not this text, no review decided on it, it was changed, or the client signed already.
    """
    is_on_paper(signed)
    can_be_signed(amendment)
    deciding.passed(
        amendment.engagement, amendment.seal
    )  # a draft is still changed: nobody binds a client to it
    return signatures.for_the_client(actor, amendment, digest, signed)


@action(permission=may_override)
def override_promising(actor: Member, amendment: Amendment, because: str, about: str) -> Override:
    """Let exactly this amendment be signed although delivery does not back all that it changes; `about`: its seal.

    Raises:
        WrongInput: no reason. Refused: it was changed since it was shown, is backed anyway, or was let pass already.
    """
    rules.is_as_shown(about, amendment.seal)
    rules.waits_for_signatures(amendment)
    open_terms, deed = unbacked(amendment), Override.Deed.SEND
    facts, covers = why_not_backed(open_terms), [term.key for term in open_terms]
    return override(actor, amendment.engagement, deed, amendment.seal, amendment.name, facts, because, covers)


def can_be_signed(amendment: Amendment) -> None:
    """
    Raises:
        Refused: it is signed or dropped, its contract is not in force or asks something else by now, or delivery does
            not stand behind what it promises and nobody let that pass.
    """
    rules.waits_for_signatures(amendment)
    rules.is_in_force(amendment.contract)
    is_still_as_written(amendment)
    let_pass = allows(amendment.engagement, Override.Deed.SEND, amendment.seal)
    is_backed(unbacked(amendment), let_pass)


def _price(text: AmendmentText) -> tuple[object, ...]:
    """All that the client pays by it: the whole price, and each amount of its own."""
    changed = [change for change in text.changes if change.kind == Kind.COST]
    added = [one for one in text.added if one.kind == Kind.COST]
    return text.price_before, text.price_difference, changed, added


def _text_of(contract: Contract, wanted: Wanted) -> AmendmentText:
    if not wanted.reason.strip():
        raise WrongInput(reason=_("Say why the contract is amended."))
    now = values_now(contract)
    rows = {c.pk: c for c in contract.constraints.all()}
    price = next((c for c in rows.values() if c.is_price), None)
    changes = tuple(
        _change(rows[pk], now[pk], after)
        for pk, after in sorted(wanted.values.items())
        if pk in now and pk in rows and not rows[pk].is_price and after != now[pk]
    )
    before = now[price.pk].amount if price is not None and price.pk in now else None
    try:
        text = AmendmentText(
            reason=wanted.reason,
            changes=changes,
            added=wanted.added,
            price_before=before,
            price_difference=wanted.price_difference,
        )
    except ValidationError as wrong:
        raise WrongInput(reason=str(wrong.errors()[0]["msg"])) from wrong
    if not text.says_something:
        raise WrongInput(reason=_("Nothing is changed by it yet."))
    _is_a_price(text)
    return text


def _change(constraint: Constraint, before: Worth, after: Worth | None) -> Change:
    if after is not None and not after.fits(constraint.kind):
        raise WrongInput(
            **{
                f"value-{constraint.pk}": _("“{name}” needs a value of its kind.").format(
                    name=constraint.name
                )
            }
        )
    return Change(
        constraint=constraint.pk, kind=Kind(constraint.kind), name=constraint.name, before=before, after=after
    )


def _is_a_price(text: AmendmentText) -> None:
    if text.price_difference and text.price_before is None:
        raise WrongInput(price_difference=_("This contract has no price to change: add one instead."))
    if text.price_after is not None and text.price_after < 0:
        raise WrongInput(price_difference=_("A price is not negative."))
    if text.price_after is not None and text.price_after >= HIGHEST:
        raise WrongInput(price_difference=_("A price stays below a thousand million."))
