"""Which move is allowed from which stage, who may do what in an engagement, and what counts as backed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from accord.actions.refusals import NotAllowed, Refused
from accord.engagements.models import Belief, Engagement, Expectation, Part, Profile, Stage
from accord.exchange.wording import share
from accord.people.models import AccessRole, Member
from accord.people.rules import one_of

# From each stage to those that may follow. Backwards is allowed while nothing is signed.
MOVES: dict[Stage, tuple[Stage, ...]] = {
    Stage.FIRST_TALK: (Stage.QUALIFIED,),
    Stage.QUALIFIED: (Stage.FIRST_TALK, Stage.ESTIMATED),
    Stage.ESTIMATED: (Stage.QUALIFIED, Stage.PROPOSAL),
    Stage.PROPOSAL: (Stage.ESTIMATED, Stage.REVIEW),
    Stage.REVIEW: (Stage.PROPOSAL, Stage.CONTRACT),
    Stage.CONTRACT: (Stage.DELIVERY,),
    Stage.DELIVERY: (Stage.CLOSING,),
    Stage.CLOSING: (Stage.DELIVERY,),
}
_SEES_ALL = (AccessRole.EXECUTIVE, AccessRole.AUDITOR)
_LEADS = {Part.SELLER, Part.PROJECT_MANAGER, Part.DELIVERY_LEAD}

# The probability that the policy asks for before a promise counts as backed, and the margin that a price must leave.
ASKED_CONFIDENCE = {Profile.LIGHT: 0.7, Profile.STANDARD: 0.8, Profile.HEAVY: 0.9}
WANTED_MARGIN = {Profile.LIGHT: 0.15, Profile.STANDARD: 0.2, Profile.HEAVY: 0.25}


# What an expectation lacks of which delivery has said nothing: the word for it, why, what to do.
_UNKNOWN = {
    Expectation.Kind.TIME: (
        "not backed",
        "No promise check has judged this.",
        "Ask delivery for an estimate, and check the plan.",
    ),
    Expectation.Kind.COST: (
        "not backed",
        "No promise check has judged this.",
        "Ask delivery for an estimate, and check the plan.",
    ),
    Expectation.Kind.SCOPE: (
        "in no estimate",
        "No work package covers this.",
        "Ask delivery to estimate it.",
    ),
    Expectation.Kind.QUALITY: (
        "not planned",
        "No work package covers this.",
        "Ask delivery to plan how it is reached and judged.",
    ),
}


@dataclass(frozen=True, slots=True)
class Backing:
    """Whether an expectation is backed; if not, why, and what to do."""

    backed: bool
    word: str
    because: str = ""
    remedy: str = ""


def next_stage(here: Stage) -> Stage | None:
    """The stage that follows on the way to closing."""
    forward = [stage for stage in MOVES[here] if list(Stage).index(stage) > list(Stage).index(here)]
    return forward[0] if forward else None


def may_see(actor: Member | None, engagement: Engagement) -> bool:
    """A confidential engagement is seen by those who have a part in it, its relationship's owner, and who sees all."""
    if actor is None or not actor.is_active:
        return False
    return not engagement.confidential or _is_near(actor, engagement) or actor.has_any(*_SEES_ALL)


def must_see(actor: Member | None, engagement: Engagement) -> None:
    if not may_see(actor, engagement):
        raise NotAllowed(
            "A confidential engagement is open to those who have a part in it.",
            "You have none.",
            "Its seller or project manager can give you one.",
        )


def may_begin(actor: Member | None, _relationship: Any) -> None:
    one_of(
        actor,
        "Beginning an engagement",
        AccessRole.SELLER,
        AccessRole.RELATIONSHIP_MANAGER,
        AccessRole.EXECUTIVE,
    )


def may_record(actor: Member | None, engagement: Any) -> None:
    """Anybody in the firm writes down what a client was told or expects; a reader does not."""
    must_see(actor, engagement)
    if actor is None or not actor.access_roles - {AccessRole.AUDITOR}:
        raise NotAllowed(
            "Recording needs a role that may write.", "You may only read.", "Ask an administrator for a role."
        )


def may_correct(actor: Member | None, expectation: Any) -> None:
    may_record(actor, expectation.engagement)


def may_lead(actor: Member | None, engagement: Any) -> None:
    """Moving an engagement on is for its seller, project manager or delivery lead, its relationship's owner, executives."""
    must_see(actor, engagement)
    if actor is not None and (_leads(actor, engagement) or actor.has_any(AccessRole.EXECUTIVE)):
        return
    raise NotAllowed(
        "An engagement is moved by those who lead it.",
        "You are neither its seller, project manager or delivery lead, nor the relationship's owner.",
        "Ask one of them; an executive may as well.",
    )


def move_is_allowed(engagement: Engagement, to: Stage) -> None:
    still_open(engagement)
    here = Stage(engagement.stage)
    if to not in MOVES[here]:
        allowed = " or ".join(f"“{stage.label}”" for stage in MOVES[here])
        raise Refused(
            "An engagement takes one step at a time.",
            f"It stands at “{here.label}”; “{to.label}” does not follow that.",
            f"Move it to {allowed} first.",
        )


def still_open(engagement: Engagement) -> None:
    if engagement.outcome:
        raise Refused(
            "What has ended is not changed any more.",
            f"This engagement is {engagement.get_outcome_display()}.",
            "Begin a new engagement for this client.",
        )


def is_current(expectation: Expectation) -> None:
    """Only what still stands can be restated or withdrawn."""
    if hasattr(expectation, "restated_by"):
        raise Refused(
            "An expectation is restated once; later words restate the later one.",
            "This one was restated already.",
            "Open the newest statement and restate that.",
        )
    if hasattr(expectation, "withdrawal"):
        raise Refused(
            "A withdrawn expectation stays withdrawn.",
            f"{expectation.withdrawal.told_by} told the client on {expectation.withdrawal.told_on}.",
            "Record what is said now as a new expectation.",
        )


def not_in_the_future(on: dt.date, today: dt.date) -> str | None:
    return "This date lies in the future." if on > today else None


def backing_of(kind: str, belief: Belief | None, profile: str) -> Backing:
    """Judge one expectation by what delivery believes of it and by what the policy asks."""
    if belief is None:
        return Backing(False, *_UNKNOWN[Expectation.Kind(kind)])
    if belief.stale:
        return Backing(
            False,
            "to be checked again",
            "Something changed since the last promise check.",
            "Run the promise check again.",
        )
    if not belief.from_approved_estimate:
        return Backing(
            False,
            "not backed",
            "The estimate behind it is not approved.",
            "Somebody with delivery authority, neither its seller nor its only estimator, approves it.",
        )
    if belief.probability is None:
        return Backing(True, "in the estimate")
    asked = ASKED_CONFIDENCE[Profile(profile)]
    if belief.probability >= asked:
        return Backing(True, "backed")
    return Backing(
        False,
        "not backed",
        f"It will be kept with {share(belief.probability, asked)}; the policy asks {share(asked)}.",
        "See in the promise check what would make it backed.",
    )


def _is_near(actor: Member, engagement: Engagement) -> bool:
    return engagement.relationship.owner_id == actor.pk or any(
        taken.member_id == actor.pk for taken in engagement.parts.all()
    )


def _leads(actor: Member, engagement: Engagement) -> bool:
    return engagement.relationship.owner_id == actor.pk or any(
        taken.member_id == actor.pk and taken.part in _LEADS for taken in engagement.parts.all()
    )
