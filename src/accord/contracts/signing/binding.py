"""What comes into force with both signatures: a contract's constraints, and the values that an amendment gives them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext as _

from accord.actions.refusals import Refused
from accord.contracts.models import Amendment, Constraint, ConstraintValue, Contract
from accord.contracts.signing.content import Worth
from accord.contracts.signing.queries import values_now
from accord.engagements.models import Expectation
from accord.ledger import chain
from accord.people.models import Member

Kind = Expectation.Kind


def bind(actor: Member | None, contract: Contract, on: dt.date) -> None:
    """Let a contract that both sides signed be in force since that day, with its constraints."""
    contract.state, contract.in_force_since = Contract.State.IN_FORCE, on
    contract.save()
    told = []
    for constraint, worth in _constraints_of(contract):
        _set(constraint, worth, on)
        told.append(_in_words(constraint, worth))
    body = {"contract": contract.number, "digest": contract.digest, "since": on, "constraints": told}
    chain.append(
        "contract_in_force", f"engagement:{contract.engagement_id}", actor.pk if actor else None, body
    )


def amend(actor: Member | None, amendment: Amendment, on: dt.date) -> None:
    """Let the values of an amendment that both sides signed be the newest ones.

    Raises:
        Refused: a constraint was changed since the amendment was written.
    """
    contract, text = amendment.contract, amendment.says
    is_still_as_written(amendment)
    amendment.state, amendment.in_force_since = Amendment.State.IN_FORCE, on
    amendment.save()
    told = []
    rows = {c.pk: c for c in contract.constraints.all()}
    for change in text.changes:
        _set(rows[change.constraint], change.after, on, amendment)
        told.append(_in_words(rows[change.constraint], change.after))
    price = contract.constraints.filter(is_price=True).first()
    if text.price_difference and price is not None:
        worth = Worth(amount=text.price_after)
        _set(price, worth, on, amendment)
        told.append(_in_words(price, worth))
    for added in text.added:
        made = Constraint(contract=contract, kind=added.kind, name=added.name, code=added.code)
        _set(made, added.value, on, amendment)
        told.append(_in_words(made, added.value))
    body = {"amendment": amendment.name, "digest": amendment.digest, "since": on, "constraints": told}
    chain.append(
        "contract_amended", f"engagement:{contract.engagement_id}", actor.pk if actor else None, body
    )


def is_still_as_written(amendment: Amendment) -> None:
    """Each constraint still asks what the amendment says that it asked before."""
    now = values_now(amendment.contract)
    gone = [c.name for c in amendment.says.changes if now.get(c.constraint) != c.before]
    price = amendment.contract.constraints.filter(is_price=True).first()
    if price is not None and amendment.says.price_difference:
        standing = now.get(price.pk)
        if standing is None or standing.amount != amendment.says.price_before:
            gone.append(price.name)
    if gone:
        raise Refused(
            _("An amendment changes what it says that it changes."),
            _("{names} asks something else by now.").format(names=", ".join(f"“{name}”" for name in gone)),
            _("Drop this amendment, and write it anew on what holds now."),
        )


def _constraints_of(contract: Contract) -> Iterator[tuple[Constraint, Worth]]:
    """From the text, in its order: dates, the price, scope, quality."""
    says, said = contract.proposal.says, _statements(contract)
    for date in says.dates:
        yield _of(contract, Kind.TIME, date.name, said.get(date.expectation)), Worth(date=date.date)
    if says.prices:
        price = _of(contract, Kind.COST, _("Price"))
        price.is_price = True
        yield price, Worth(amount=says.price)
    for item in says.scope:
        yield _of(contract, Kind.SCOPE, item.name, code=item.code), Worth(text=item.text)
    for quality in says.quality:
        made = _of(contract, Kind.QUALITY, quality.name, said.get(quality.expectation), quality.code)
        yield made, Worth(text=quality.criterion)


def _statements(contract: Contract) -> dict[int | None, Expectation]:
    rows = Expectation.objects.filter(engagement=contract.engagement_id)
    return {row.pk: row for row in rows}


def _of(
    contract: Contract, kind: Kind, name: str, about: Expectation | None = None, code: str = ""
) -> Constraint:
    return Constraint(contract=contract, kind=kind, name=name, code=code, expectation=about)


def _set(
    constraint: Constraint, worth: Worth | None, since: dt.date, amendment: Amendment | None = None
) -> None:
    """`worth` None: it binds nobody any more."""
    if constraint._state.adding:
        constraint.save()
    asked = worth or Worth()
    ConstraintValue(
        constraint=constraint, date=asked.date, amount=asked.amount, text=asked.text,
        is_gone=worth is None, since=since, amendment=amendment,
    ).save()  # fmt: skip


def _in_words(constraint: Constraint, worth: Worth | None) -> dict[str, object]:
    value = worth.model_dump(mode="json", exclude_defaults=True) if worth is not None else None
    return {"kind": constraint.kind, "name": constraint.name, "value": value}
