"""What reviews decided, and what their pages show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet, Subquery, prefetch_related_objects

from accord.contracts.models import Amendment, Answer, Choice, Condition, Question, Review, SeatTaken, Vote
from accord.contracts.reviewing import rules, subjects
from accord.engagements.models import Engagement, Override
from accord.engagements.overriding import allows
from accord.engagements.policies.content import Seat
from accord.engagements.policies.in_force import in_force
from accord.engagements.queries import with_parts
from accord.engagements.rules import SIGNED
from accord.people.models import Member
from accord.proposals.models import Proposal, State

MAY_BE_SIGNED = (Choice.SIGN, Choice.CONDITIONS)


def decision_on(engagement: Engagement, about: str) -> Review | None:
    """The newest decided review of exactly this text (its SHA-256)."""
    return Review.objects.filter(engagement=engagement, about=about, state=Review.State.DECIDED).first()


def was_decided_otherwise_since(review: Review | None, override: Override) -> bool:
    """What was let pass before the seats decided does not outweigh that they decided otherwise."""
    if review is None or review.decided_at is None or review.decision in MAY_BE_SIGNED:
        return False
    return review.decided_at > override.at


def open_conditions(engagement: Engagement, blocks: Condition.Blocks) -> list[Condition]:
    """Conditions of decisions to sign that nobody confirmed yet."""
    rows = Condition.objects.filter(
        review__engagement=engagement, review__state=Review.State.DECIDED, review__decision=Choice.CONDITIONS,
        blocks=blocks, confirmed_by=None,
    )  # fmt: skip
    return list(rows.select_related("owner", "review"))


@dataclass(frozen=True, slots=True)
class Place:
    """A seat as the room shows it to one member. `vote`: None until they may see it."""

    seat: Seat
    must_vote: bool
    taken: SeatTaken | None  # None: free, or whoever took it can vote no more
    was: SeatTaken | None  # who took it and can vote no more
    has_voted: bool
    vote: Vote | None
    is_mine: bool
    may_take: bool
    why_not: str  # why the member may not take a free seat


@dataclass(frozen=True, slots=True)
class Room:
    review: Review
    places: list[Place]
    mine: SeatTaken | None
    may_vote: bool
    sees_votes: bool
    questions: list[Question]
    conditions: list[Condition]
    override: Override | None  # that lets this version be signed without the decision
    policy_now: int
    is_changed: bool  # what was decided on is another version now

    @property
    def voted(self) -> int:
        return sum(place.has_voted for place in self.places)

    @property
    def asked(self) -> int:
        """Votes that it takes: of all that must vote, of whoever else sits, and at least the quorum."""
        sits = sum(place.must_vote or place.taken is not None for place in self.places)
        return max(sits, self.review.quorum)


def seats_of(review: Review, member: Member) -> list[SeatTaken]:
    """While seats can be given, with the access roles of all who sit and of the member who looks. Two queries."""
    found = list(review.seats.select_related("member", "stands_in_for", "vote"))
    if review.state == Review.State.OPEN:
        prefetch_related_objects([member, *(taken.member for taken in found)], "given_roles")
    for taken in found:
        taken.review = review
    return found


def room(review: Review, member: Member) -> Room:
    """What a member sees of a review; seven queries at most. `review.engagement` is loaded with its parts."""
    seats, is_open = (
        seats_of(review, member),
        review.state == Review.State.OPEN and not review.engagement.outcome,
    )
    mine = next((t for t in seats if t.member_id == member.pk), None)
    sees = rules.sees_votes(member, review, seats)
    places = [
        _place(seat, review, seats, member, sees, may_sit=is_open and mine is None)
        for seat in (*review.must_sit, *review.may_sit)
    ]
    answers = Prefetch("answers", Answer.objects.select_related("by"))
    questions = review.questions.select_related("asked_by", "of").prefetch_related(answers)
    conditions = review.conditions.select_related("owner", "raised_by", "confirmed_by")
    subject = subjects.of(review)
    return Room(
        review=review,
        places=places,
        mine=mine,
        may_vote=is_open and any(p.is_mine and not p.has_voted for p in places),
        sees_votes=sees,
        questions=list(questions),
        conditions=list(conditions),
        override=_override(review),
        policy_now=in_force().version,
        is_changed=subject.about != review.about or bool(subject.gone and not subject.is_done),
    )


def _override(review: Review) -> Override | None:
    """Asked for only where there is one, if that is known."""
    if not getattr(review, "is_overridden", True):
        return None
    return allows(review.engagement, Override.Deed.SIGN, review.about)


def _place(
    seat: Seat, review: Review, seats: list[SeatTaken], member: Member, sees: bool, may_sit: bool
) -> Place:
    held = next((t for t in seats if t.seat == seat), None)
    was = held if held is not None and may_be_given_anew(held, review) else None
    taken = None if was is not None else held
    vote: Vote | None = getattr(taken, "vote", None)
    is_mine = taken is not None and taken.member_id == member.pk
    found = rules.why_not_sit(member, seat, review.engagement, review.priced_by) if may_sit else None
    return Place(
        seat=seat,
        must_vote=seat in review.must_sit,
        taken=taken,
        was=was,
        has_voted=vote is not None,
        vote=vote if sees or is_mine else None,
        is_mine=is_mine,
        may_take=may_sit and taken is None and found is None,
        why_not=found[1] if found and taken is None else "",
    )


def may_be_given_anew(taken: SeatTaken, review: Review) -> bool:
    return review.state == Review.State.OPEN and rules.is_vacant(taken, review)


def reviews_of(engagement: int | Subquery) -> list[Review]:
    """All reviews of an engagement, the newest first, all with one engagement with its parts. Two queries.

    Each with how many voted, the newest version that can be decided on, and whether an override lets its own pass.
    """
    overridden = Override.objects.filter(
        engagement=OuterRef("engagement"), deed=Override.Deed.SIGN, about=OuterRef("about")
    )
    newest = _to_be_decided_on(OuterRef("engagement"))
    rows = Review.objects.filter(engagement=engagement).annotate(
        votes=Count("seats__vote"),
        is_overridden=Exists(overridden),
        newest=Subquery(newest.values("pk")[:1]),
        newest_version=Subquery(newest.values("version")[:1]),
    )
    bond = "engagement__relationship"
    found = list(
        rows.select_related(
            "proposal", "amendment__contract", "called_by", f"{bond}__client", f"{bond}__owner"
        )
    )
    for review in found:
        review.engagement = found[0].engagement
        if review.proposal is not None:
            review.proposal.engagement = found[0].engagement
    if found:
        prefetch_related_objects([found[0].engagement], with_parts())
    return found


def _to_be_decided_on(engagement: Any) -> QuerySet[Proposal]:
    rows = Proposal.objects.filter(engagement=engagement, state__in=(State.DRAFT, State.SENT))
    return rows.order_by("-version")


@dataclass(frozen=True, slots=True)
class ToCall:
    """A review that could be called now."""

    kind: Review.Kind
    thing: Any
    name: str


def to_call_now(engagement: Engagement, reviews: list[Review]) -> list[ToCall]:
    """What can be put before a review: the newest version that was not decided on, or whether to bid; drafts of amendments.

    `reviews`: all of the engagement, from `reviews_of`; none of them is open.
    """
    if engagement.outcome:
        return []
    found = _amendments(engagement)
    version = _newest_version(engagement, reviews)
    if version is not None:
        found.insert(0, (Review.Kind.PROPOSAL, version))
    elif in_force().terms(engagement.profile).bid_seats:
        found.insert(0, (Review.Kind.BID, None))
    decided = {r.about for r in reviews if r.state == Review.State.DECIDED}
    named = [(kind, thing, subjects.find(engagement, kind, thing)) for kind, thing in found]
    return [ToCall(kind, thing, s.name) for kind, thing, s in named if s.about not in decided]


def _amendments(engagement: Engagement) -> list[tuple[Review.Kind, Any]]:
    """There are none before something was signed."""
    if engagement.stage not in SIGNED:
        return []
    rows = Amendment.objects.filter(contract__engagement=engagement, state=Amendment.State.DRAFT)
    found = list(rows.select_related("contract"))
    for draft in found:
        draft.contract.engagement = engagement
    return [(Review.Kind.AMENDMENT, draft) for draft in found]


def _newest_version(engagement: Engagement, reviews: list[Review]) -> Proposal | None:
    """Without asking for it where a review was called on it already, or there is none."""
    if not reviews:
        return _to_be_decided_on(engagement).first()
    newest: int | None = reviews[0].newest  # type: ignore[attr-defined]
    known = {r.proposal_id: r.proposal for r in reviews}
    return known.get(newest) or (Proposal.objects.get(pk=newest) if newest else None)
