"""What the page of a contract or an amendment tells of its signatures, and of what is missing for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accord.actions.door import obstacles
from accord.actions.refusals import Refused
from accord.contracts.models import Amendment, Condition, Contract, Signature
from accord.contracts.signing import deciding, rules
from accord.contracts.signing.rules import Document
from accord.engagements.models import Override
from accord.people.models import Member

Side = Signature.Side


@dataclass(frozen=True, slots=True)
class Standing:
    """Who signed, and what of it is still to be done by the member who looks."""

    ours: Signature | None
    theirs: Signature | None
    missing: Refused | None  # what forbids our signature, besides who may
    undecided: bool  # no review's decision lets it pass: whom the policy names may
    conditions: list[Condition]  # open ones that hold the signature
    overrides: list[Override]
    may_sign: bool
    may_handle: bool
    may_override: bool

    @property
    def both(self) -> bool:
        return self.ours is not None and self.theirs is not None


def standing(member: Member, document: Document, signed: Sequence[Signature]) -> Standing:
    """Of what waits for signatures; what is signed or has ended asks nothing of the reviews any more."""
    ours = next((s for s in signed if s.side == Side.FIRM), None)
    theirs = next((s for s in signed if s.side == Side.CLIENT), None)
    waiting = document.state in (Contract.State.PREPARED, Amendment.State.DRAFT)
    is_open = not document.engagement.outcome
    handles = (
        "contracts.drop_amendment" if isinstance(document, Amendment) else "contracts.record_client_signature"
    )
    signs = (
        "contracts.sign_amendment_for_firm" if isinstance(document, Amendment) else "contracts.sign_for_firm"
    )
    missing, undecided, conditions = _missing(document) if waiting and ours is None else (None, False, [])
    may_override = missing is not None and not obstacles("engagements.override", member, document.engagement)
    return Standing(
        ours=ours,
        theirs=theirs,
        missing=missing,
        undecided=undecided,
        conditions=conditions,
        overrides=_overrides(document, signed),
        may_sign=waiting and is_open and ours is None and not obstacles(signs, member, document),
        may_handle=is_open and not obstacles(handles, member, document),
        may_override=may_override and is_open,
    )


def _missing(document: Document) -> tuple[Refused | None, bool, list[Condition]]:
    """What the first rule that forbids our signature says; whether it is the decision, or else which conditions."""
    try:
        rules.is_unchanged(document)
        deciding.passed(document.engagement, document.seal)
    except Refused as refused:
        return refused, True, []
    conditions = deciding.held_by(document)
    try:
        deciding.conditions_met(document.engagement, conditions, document.seal)
    except Refused as refused:
        return refused, False, conditions
    return None, False, []


def _overrides(document: Document, signed: Sequence[Signature]) -> list[Override]:
    own = document.override if isinstance(document, Contract) else None
    found = [own, *(s.override for s in signed)]
    return [row for row in dict.fromkeys(found) if row is not None]
