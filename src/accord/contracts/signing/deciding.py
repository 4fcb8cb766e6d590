"""What lets a document be signed: the review's decision, confirmed conditions, or an override in their place."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accord.actions.refusals import Refused
from accord.contracts.models import Amendment, Condition, Contract, Review
from accord.contracts.reviewing.queries import open_conditions, was_decided_otherwise_since
from accord.contracts.signing import rules
from accord.contracts.signing.rules import Document
from accord.engagements.models import Engagement, Override, Stage
from accord.engagements.overriding import allows
from accord.engagements.policies.in_force import in_force
from accord.ledger.chain import canonical

Blocks = Condition.Blocks


@dataclass(frozen=True, slots=True)
class Passed:
    """By what a text passed: the decision of a review, or else an override."""

    review: Review | None
    override: Override | None


def newest_review(engagement: Engagement, seal: str) -> Review | None:
    """Of exactly this text; what became void decided nothing."""
    rows = Review.objects.filter(engagement=engagement, about=seal).exclude(state=Review.State.VOID)
    return rows.first()


def passed(engagement: Engagement, seal: str) -> Passed:
    """
    Raises:
        Refused: no review decided to sign exactly this, or it suffices no more, and nobody let it pass.
    """
    review = newest_review(engagement, seal)
    try:
        rules.is_decided(review, seal)
        assert review is not None
        if review.profile != engagement.profile:
            rules.still_suffices(review, in_force().terms(engagement.profile))
    except Refused:
        override = allows(engagement, Override.Deed.SIGN, seal)
        if override is None or was_decided_otherwise_since(review, override):
            raise
        return Passed(None, override)
    return Passed(review, None)


def holding(engagement: Engagement, seals: Collection[str], blocks: Blocks) -> list[Condition]:
    """Conditions of the decisions on these texts, and of that to bid at all, which nobody confirmed yet."""
    is_bid = Review.Kind.BID
    return [
        c for c in open_conditions(engagement, blocks) if c.review.kind == is_bid or c.review.about in seals
    ]


def conditions_met(engagement: Engagement, conditions: Sequence[Condition], seal: str) -> Override | None:
    """Nothing holds it, or exactly these open conditions were let pass.

    Raises:
        Refused: at least one is open.
    """
    if not conditions:
        return None
    override = allows(engagement, Override.Deed.CONDITION, seal_of(conditions, seal))
    if override is None:
        rules.nothing_holds_it(len(conditions), told(conditions))
    return override


def told(conditions: Sequence[Condition]) -> str:
    return " ".join(
        _("“{text}” is open; {owner} has to see to it.").format(text=c.text, owner=c.owner)
        for c in conditions
    )


def seal_of(conditions: Sequence[Condition], seal: str) -> str:
    """What an override lets pass: exactly these conditions, for exactly this text; one more needs another."""
    about = [seal, sorted([c.pk, c.text, c.blocks] for c in conditions)]
    return hashlib.sha256(canonical(about).encode()).hexdigest()


def held_by(document: Document) -> list[Condition]:
    """Open conditions that block signing. An override of the decision lets them not pass with it: they ask for their own."""
    return holding(document.engagement, [document.seal], Blocks.SIGN)


def holds_now(contract: Contract) -> list[Condition]:
    """Open conditions of what this contract is about next: its signature, or once it is in force the start of the work."""
    if contract.state != Contract.State.IN_FORCE:
        return held_by(contract)
    if contract.engagement.stage != Stage.CONTRACT:
        return []
    return next((held for of, held in held_at_the_start(contract.engagement) if of == contract), [])


def held_at_the_start(engagement: Engagement) -> list[tuple[Contract, list[Condition]]]:
    """Open conditions that block the start, by the contract in force with whose amendments they came."""
    if not open_conditions(engagement, Blocks.START):
        return []
    found = []
    for contract in engagement.contracts.filter(state=Contract.State.IN_FORCE):
        amended = contract.amendments.filter(state=Amendment.State.IN_FORCE).values_list("digest", flat=True)
        found.append((contract, holding(engagement, [contract.digest, *amended], Blocks.START)))
    return found


def may_be_signed(document: Document) -> Override | None:
    """Decided, unchanged, and held by no condition; the override that let conditions pass, if one did.

    Raises:
        Refused: something is missing.
    """
    rules.is_unchanged(document)
    passed(document.engagement, document.seal)
    return conditions_met(document.engagement, held_by(document), document.seal)
