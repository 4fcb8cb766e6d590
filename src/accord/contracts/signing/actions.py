"""What people do with contracts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Max
from django.utils.translation import gettext as _

from accord.actions.door import action, follows
from accord.actions.refusals import Refused, WrongInput
from accord.contracts.models import Contract, Signature
from accord.contracts.signing import deciding, rules, signatures
from accord.contracts.signing.signatures import Signed
from accord.engagements.rules import still_open
from accord.ledger import chain
from accord.people.models import Firm, Member
from accord.proposals.models import Answer, Link, Proposal


@dataclass(frozen=True, slots=True)
class Term:
    """What a contract is and how long it lasts. Days of notice are counted back from its end."""

    title: str
    begins_on: dt.date
    kind: str = Contract.Kind.CONTRACT
    master: Contract | None = None
    ends_on: dt.date | None = None
    notice_days: int | None = None
    renews_months: int | None = None


@action(permission=rules.may_prepare)
def prepare_contract(actor: Member, proposal: Proposal, term: Term) -> Contract:
    """Make a contract of exactly the version that was sent and decided on.

    Raises:
        WrongInput: no title, no such kind, days that do not fit, or no such master agreement.
        Refused: the version was not sent, was changed, was not decided, or is a contract already.
    """
    engagement = proposal.engagement
    still_open(engagement)
    _is_a_whole(term)
    rules.belongs_under(term.master, term.kind, engagement, actor, dt.date.today())
    rules.was_sent(proposal)
    rules.is_unchanged(proposal)
    _is_no_contract_yet(proposal)
    by = deciding.passed(engagement, proposal.seal)
    year, serial = _next_number()
    contract = Contract(
        engagement=engagement,
        year=year,
        serial=serial,
        title=term.title.strip()[:200],
        kind=term.kind,
        master=term.master,
        proposal=proposal,
        review=by.review,
        override=by.override,
        digest=proposal.seal,
        begins_on=term.begins_on,
        ends_on=term.ends_on,
        notice_days=term.notice_days,
        renews_months=term.renews_months,
        prepared_by=actor,
    )
    contract.save()
    chain.append("contract_prepared", f"engagement:{engagement.pk}", actor.pk, _body(contract))
    _take_acceptance(contract)
    return contract


@action(permission=rules.may_sign)
def sign_for_firm(
    actor: Member, contract: Contract, digest: str, position: str = "", copy: UploadedFile[Any] | None = None
) -> Signature:
    """Bind the firm to exactly the text with this digest, signed in or by the signed copy.

    Raises:
        WrongInput: the copy was made from another text, is empty or too large.
        Refused: it is not this text, was changed or replaced, signed already, is decided no more, or a condition is open.
    """
    rules.waits_for_signatures(contract)
    rules.was_sent(contract.proposal)
    override = deciding.may_be_signed(contract)
    signed = Signed(actor.name, dt.date.today(), position or actor.title, copy=copy)
    return signatures.for_the_firm(actor, contract, digest, signed, override)


@action(permission=rules.may_handle)
def record_client_signature(actor: Member, contract: Contract, digest: str, signed: Signed) -> Signature:
    """Keep the copy that the client signed; `digest`: the seal that is printed on it.

    Raises:
        WrongInput: no copy, nobody named, a day in the future, or a copy that was made from another text.
        Refused: it is not this text, it was changed, taken back or replaced, or the client signed already.
    """
    is_on_paper(signed)
    rules.waits_for_signatures(contract)
    rules.was_sent(contract.proposal)
    return signatures.for_the_client(actor, contract, digest, signed)


@action(permission=rules.may_end)
def end_contract(actor: Member, contract: Contract, on: dt.date, because: str) -> Contract:
    """It binds nobody from that day on; or it was prepared and is not signed after all.

    Raises:
        WrongInput: no reason, or a day in the future or before it began. Refused: it has ended.
    """
    rules.has_not_ended(contract)
    if not because.strip():
        raise WrongInput(because=_("Say why it ends."))
    rules.can_end_on(contract, on)
    contract.state, contract.ended_on, contract.ended_because = (
        Contract.State.ENDED,
        on,
        because.strip()[:500],
    )
    contract.save()
    body = {
        "contract": contract.number,
        "digest": contract.digest,
        "on": on,
        "because": contract.ended_because,
    }
    chain.append("contract_ended", f"engagement:{contract.engagement_id}", actor.pk, body)
    return contract


@follows("proposals.accept_by_link")
def accepted_after_it_was_prepared(_actor: None, link: Link, *_args: Any, **_kwargs: Any) -> None:
    for contract in Contract.objects.filter(proposal=link.proposal_id, state=Contract.State.PREPARED):
        _take_acceptance(contract)


def _take_acceptance(contract: Contract) -> None:
    """The client's acceptance by its link is its signature, where the contract adds no terms that the text did not hold."""
    if rules.adds_terms(contract):
        return
    found = Answer.objects.filter(proposal=contract.proposal_id, kind=Answer.Kind.ACCEPT).first()
    signed = signatures.of(contract).filter(side=Signature.Side.CLIENT).exists()
    if (
        found is None
        or Signature.objects.filter(answer=found, contract__in_force_since__isnull=False).exists()
    ):
        return  # it bound the client once
    if found.digest == contract.digest and not signed:
        signatures.by_link(contract, found)


def is_on_paper(signed: Signed) -> None:
    if signed.copy is None:
        raise WrongInput(copy=_("Add the signed copy: it is the proof."))


def _is_a_whole(term: Term) -> None:
    if not term.title.strip():
        raise WrongInput(title=_("Give the contract a title."))
    if term.kind not in Contract.Kind.values:
        raise WrongInput(kind=_("Choose one of the kinds."))
    rules.is_a_term(term.begins_on, term.ends_on, term.notice_days, term.renews_months)


def _is_no_contract_yet(proposal: Proposal) -> None:
    found = proposal.contracts.exclude(state=Contract.State.ENDED).first()
    if found is not None:
        raise Refused(
            _("A version becomes one contract."),
            _("{name} was made of it.").format(name=found.name),
            _("Open that one; for another contract send a version of its own."),
        )


def _next_number() -> tuple[int, int]:
    """Without gaps in a year: the firm's row is held until the contract is there."""
    Firm.objects.select_for_update().values_list("pk").first()
    year = dt.date.today().year
    last = Contract.objects.filter(year=year).aggregate(last=Max("serial"))["last"]
    return year, (last or 0) + 1


def _body(contract: Contract) -> dict[str, Any]:
    return {
        "contract": contract.number,
        "kind": contract.kind,
        "title": contract.title,
        "master": contract.master.number if contract.master else None,
        "proposal": contract.proposal_id,
        "version": contract.proposal.version,
        "digest": contract.digest,
        "review": contract.review_id,
        "override": contract.override_id,
        "begins_on": contract.begins_on,
        "ends_on": contract.ends_on,
        "notice_days": contract.notice_days,
        "renews_months": contract.renews_months,
    }
