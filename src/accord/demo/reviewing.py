"""The sample firm's reviews: whether to bid for what is large and new, and whether to sign what is offered."""

from __future__ import annotations

from collections.abc import Mapping

from accord.contracts.models import Choice, Condition, Review, SeatTaken
from accord.contracts.reviewing import actions
from accord.demo.votes import PARTS
from accord.engagements.actions import give_part
from accord.engagements.models import Engagement, Part, Stage
from accord.engagements.policies.content import Seat
from accord.exchange.wording import share
from accord.people.models import AccessRole, Member
from accord.planning.checking.actions import ask_for_check
from accord.planning.jobs import reschedule_later
from accord.proposals.actions import save_proposal
from accord.proposals.models import Proposal

_ROLES = {Seat.FINANCE: AccessRole.FINANCE, Seat.LEGAL: AccessRole.LEGAL}
_BIDS = {
    Seat.SALES: "They asked us because of the work we did for them before, and there is no price war.",
    Seat.DELIVERY: "New to us in parts, but we have the people from the day on which it begins.",
    Seat.FINANCE: "They pay in thirty days, always did.",
}


def decide_to_bid(engagement: Engagement) -> None:
    """Before work is spent on its proposal."""
    who = _people(engagement)
    review = actions.call_review(who[Seat.SALES], engagement, Review.Kind.BID)
    for seat in review.must_sit:
        actions.take_seat(who[seat], review, seat)
    asks = who[Seat.DELIVERY]
    question = actions.ask_question(asks, review, "Who at the client knows how it works today?")
    actions.answer_question(who[Seat.SALES], question, "Two people, and both are there until the end.")
    condition = actions.raise_condition(
        asks,
        _seat(review, asks),
        "The client names one person who decides on the scope.",
        Condition.Blocks.SIGN,
        who[Seat.SALES],
    )
    actions.confirm_condition(asks, condition, "It stands in their mail.")
    for seat in review.must_sit:
        _vote(who[seat], review, Choice.SIGN, _BIDS[seat])


def hold_reviews() -> None:
    """Of all that stands at the review, once its plan is dated and its promises are checked: one goes on, one is void."""
    at_review = Engagement.objects.filter(stage=Stage.REVIEW, outcome="")
    for engagement in at_review.select_related("relationship__client").order_by("pk"):
        _checked(engagement)
        review = _called(engagement)
        if engagement.confidential:
            _change_the_text(review)
        else:
            _talk(review)


def _checked(engagement: Engagement) -> None:
    """At once, not when a job comes to it: a review is called on what was judged."""
    from accord.planning.checking.jobs import run_check

    manager = _people(engagement)[Seat.PROJECT]
    reschedule_later.call(engagement.plan.pk, manager.pk)
    check = ask_for_check(manager, engagement)
    if check.result is None:
        run_check.call(check.pk)


def _called(engagement: Engagement) -> Review:
    who = _people(engagement)
    draft = engagement.proposals.get()
    review = actions.call_review(who[Seat.SALES], engagement, Review.Kind.PROPOSAL, draft)
    for seat in review.must_sit:
        if seat != Seat.LEGAL:
            actions.take_seat(who[seat], review, seat)
    _vote(who[Seat.FINANCE], review, Choice.SIGN, _of_the_margin(review))
    return review


def _of_the_margin(review: Review) -> str:
    """What finance says of what the evidence shows."""
    margin = review.evidence["margin"]
    left, wanted = share(margin["at_50"], margin["wanted"]), share(margin["wanted"])
    if margin["at_80"] >= margin["wanted"]:
        return f"In the middle {left} are left where we want {wanted}: it carries a bad month or two."
    if margin["at_50"] >= margin["wanted"]:
        return f"In the middle {left} are left where we want {wanted}; it must not go wrong, and they pay on the day."
    return f"Only {left} are left where we want {wanted}, but they pay on the day."


def _talk(review: Review) -> None:
    who = _people(review.engagement)
    manager, lead, quality = who[Seat.PROJECT], who[Seat.DELIVERY], who[Seat.QUALITY]
    question = actions.ask_question(
        manager, review, "Who brings the test data, and until when?", who[Seat.SALES]
    )
    actions.answer_question(
        who[Seat.SALES], question, "The client's office of applications; they said within four weeks."
    )
    actions.ask_question(quality, review, "Who judges accessibility for the client?", who[Seat.SALES])
    actions.raise_condition(
        lead,
        _seat(review, lead),
        "Test data is there, with at least one application of each kind.",
        Condition.Blocks.START,
        who[Seat.SALES],
    )
    _vote(lead, review, Choice.CONDITIONS, "Feasible, if the test data is there before we begin.")
    _vote(quality, review, Choice.SIGN, "Every quality term has its work package and its test.")


def _change_the_text(review: Review) -> None:
    assert review.proposal is not None
    draft = Proposal.objects.get(pk=review.proposal.pk)
    closing = "We hold this proposal for sixty days."
    text = draft.says.model_copy(update={"closing": closing})
    save_proposal(_people(review.engagement)[Seat.SALES], draft, text, draft.revision)


def _people(engagement: Engagement) -> Mapping[Seat, Member]:
    """Who sits where: those who have the part, and of finance and legal those whom the firm has."""
    parts = {taken.part: taken.member for taken in engagement.parts.select_related("member")}
    found: dict[Seat, Member] = {
        seat: parts[part] for seat, part in PARTS.items() if part in parts and seat != Seat.OTHER
    }
    for seat, role in _ROLES.items():
        member = Member.objects.filter(given_roles__role=role, is_active=True).earliest("pk")
        if engagement.confidential and not engagement.parts.filter(member=member).exists():
            give_part(parts[Part.SELLER], engagement, member, Part.TEAM)
        found[seat] = member
    return found


def _vote(member: Member, review: Review, choice: Choice, because: str) -> None:
    seen = Review.objects.get(pk=review.pk).evidence_digest
    actions.cast_vote(member, _seat(review, member), choice, because, seen)


def _seat(review: Review, member: Member) -> SeatTaken:
    return SeatTaken.objects.get(review=review, member=member)
