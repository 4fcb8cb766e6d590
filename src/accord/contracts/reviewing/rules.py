"""Who calls a review, who may sit where, whose vote counts, and what votes decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.contracts.models import Choice, Condition, Review, SeatTaken
from accord.engagements import rules as engagement_rules
from accord.engagements.models import Engagement, Part
from accord.engagements.policies.content import INDEPENDENT, Deciding, Seat
from accord.people.models import AccessRole, Member

# The access role that a seat asks for; none: whoever may write.
ROLES_OF: dict[Seat, tuple[AccessRole, ...]] = {
    Seat.SALES: (AccessRole.SELLER, AccessRole.RELATIONSHIP_MANAGER),
    Seat.PROJECT: (AccessRole.PROJECT_MANAGER,),
    Seat.DELIVERY: (AccessRole.DELIVERY_LEAD,),
    Seat.QUALITY: (AccessRole.QUALITY_MANAGER,),
    Seat.SUPPORT: (AccessRole.SUPPORT,),
    Seat.FINANCE: (AccessRole.FINANCE,),
    Seat.LEGAL: (AccessRole.LEGAL,),
    Seat.OTHER: (),
}
LATEST = dt.timedelta(days=90)
_CAUTION = tuple(Choice)  # from the boldest to the most cautious


# Who may


def may_call(actor: Member | None, engagement: Any) -> None:
    engagement_rules.may_lead(actor, engagement)


def may_take_part(actor: Member | None, review: Any) -> None:
    """Asking, answering and sitting is for those who see the engagement and may write."""
    engagement_rules.may_record(actor, review.engagement)


def may_convene(actor: Member | None, review: Any) -> None:
    """Giving seats is for whoever called the review, and for the authority that the policy names."""
    engagement_rules.must_see(actor, review.engagement)
    if actor is not None and actor.pk == review.called_by_id and actor.is_active and actor.may_write:
        return
    has_authority(actor, review)


def is_authority(member: Member, review: Review) -> bool:
    """Whether the policy that the review keeps names the member, who does not sell the engagement."""
    named = member.may_write and member.has_any(*review.asks.overrides)
    return named and not engagement_rules.sells(member, review.engagement)


def has_authority(actor: Member | None, review: Any) -> None:
    """
    Raises:
        NotAllowed: the policy that the review keeps does not name the actor, or they sell the engagement.
    """
    engagement: Engagement = review.engagement
    engagement_rules.must_see(actor, engagement)
    named = review.asks.overrides
    if actor is None or not is_authority(actor, review):
        raise NotAllowed(
            _("A review is led by whoever called it, and by the authority that the policy names."),
            (actor is not None and engagement_rules.sells(actor, engagement)) or _("You are neither."),
            _("Ask {name}, or somebody who is {roles} and does not sell the engagement.").format(
                name=review.called_by, roles=_(" or ").join(str(AccessRole(r).label) for r in named)
            ),
        )


def is_own_seat(actor: Member | None, taken: Any) -> None:
    may_take_part(actor, taken.review)
    if actor is None or actor.pk != taken.member_id:
        raise NotAllowed(
            _("On a seat acts whoever sits on it."),
            _("{name} sits there.").format(name=taken.member),
            _("Ask them; they can name somebody who stands in for them."),
        )


def may_name_stand_in(actor: Member | None, taken: Any) -> None:
    """Whoever sits there and cannot come, or the authority: who called it does not exchange who sits."""
    engagement_rules.may_record(actor, taken.review.engagement)
    if actor is None or actor.pk != taken.member_id:
        has_authority(actor, taken.review)


def may_answer(actor: Member | None, question: Any) -> None:
    may_take_part(actor, question.review)


def may_confirm(actor: Member | None, condition: Any) -> None:
    """Anybody with a seat in the review or delivery authority, other than the condition's owner.

    Raises:
        NotAllowed: the actor owns the condition, or is neither.
    """
    may_take_part(actor, condition.review)
    assert actor is not None
    rule = _(
        "A condition is confirmed by somebody other than its owner: with a seat in the review, or of delivery."
    )
    if actor.pk == condition.owner_id:
        raise NotAllowed(rule, _("You own it."), _("Ask somebody who sat in the review to look at it."))
    engagement: Engagement = condition.review.engagement
    sits = condition.review.seats.filter(member=actor).exists()
    delivers = engagement_rules.acts_as(actor, engagement, Part.PROJECT_MANAGER, Part.DELIVERY_LEAD)
    if not sits and not delivers:
        raise NotAllowed(rule, _("You are neither."), _("Ask somebody who sat in the review."))


def only_the_system(actor: Member | None, _about: Any) -> None:
    if actor is not None:
        raise NotAllowed(
            _("Deadlines of reviews are watched by the system."),
            _("You are a person."),
            _("Vote, or give the seats that are empty."),
        )


# What the facts allow


def is_open(review: Review) -> None:
    engagement_rules.still_open(review.engagement)
    if review.state == Review.State.VOID:
        raise Refused(
            _("Nothing is decided on what was changed."),
            _("This review is void: {because}").format(because=review.void_because),
            _("Call a review on the version as it is now."),
        )
    if review.state == Review.State.DECIDED:
        raise Refused(
            _("A review decides once."),
            _("It decided: {decision}.").format(decision=review.get_decision_display()),
            _("What was decided stays. Another version gets a review of its own."),
        )


def is_not_void(review: Review) -> None:
    engagement_rules.still_open(review.engagement)
    if review.state == Review.State.VOID:
        is_open(review)


def due_in_time(due_on: dt.date, today: dt.date) -> None:
    """
    Raises:
        WrongInput: the day has passed or is too far away.
    """
    if not today <= due_on <= today + LATEST:
        raise WrongInput(
            due_on=_("A review is decided from today on within {days} days.").format(days=LATEST.days)
        )


def is_as_seen(review: Review, about: str, seen: str) -> None:
    """
    Raises:
        Refused: the version or the evidence is another one than the voter's page showed.
    """
    because = ""
    if about != review.about:
        because = _("The version was changed since the review was called.")
    elif seen != review.evidence_digest:
        because = _("The evidence was renewed since you opened the page.")
    if because:
        raise Refused(
            _("A vote is about exactly what its page showed."),
            because,
            _("Open the review again, look at what it says now, and vote then."),
        )


def why_not_sit(
    member: Member, seat: Seat, engagement: Engagement, priced_by: Collection[int]
) -> tuple[str, str] | None:
    """Which rule keeps somebody off a seat and why; None if they may sit there."""
    if not member.is_active:
        return _("Who has left the firm neither sits nor votes."), _("{name} has left.").format(name=member)
    roles = ROLES_OF[seat]
    if not member.may_write or (roles and not member.has_any(*roles)):
        needed = _(" or ").join(str(role.label) for role in roles) or _("any role that may write")
        return (
            _("A seat is taken by somebody whose access role fits it: {roles}.").format(roles=needed),
            _("{name} does not hold this role.").format(name=member),
        )
    if seat in INDEPENDENT:
        because = engagement_rules.sells(member, engagement)
        if not because and member.pk in priced_by:
            because = _("{name} set the price.").format(name=member)
        if because:
            return (
                _("Whoever sells, owns the relationship or set the price does not sit for {seat}.").format(
                    seat=seat.label
                ),
                because,
            )
    if not engagement_rules.may_see(member, engagement):
        return (
            _("In the review of a confidential engagement sit those who may see it."),
            _("{name} has no part in it.").format(name=member),
        )
    return None


def can_sit(member: Member, seat: Seat, review: Review) -> None:
    """
    Raises:
        Refused: the member may not have this seat.
    """
    found = why_not_sit(member, seat, review.engagement, review.priced_by)
    if found is not None:
        roles = ROLES_OF[seat]
        who = _(" or ").join(str(role.label) for role in roles) or _("somebody who may write")
        raise Refused(*found, _("The seat is for {who} who may have it.").format(who=who))


def is_asked_for(review: Review, seat: Seat) -> None:
    if seat not in (*review.must_sit, *review.may_sit):
        raise Refused(
            _("The policy says which seats a review has."),
            _("This review has no seat for {seat}.").format(seat=seat.label),
            _("Take one of those that it has."),
        )


def one_person_one_seat(member: Member, taken: Sequence[SeatTaken]) -> None:
    own = next((t for t in taken if t.member_id == member.pk), None)
    if own is not None:
        raise Refused(
            _("One person has one seat."),
            _("{name} sits for {seat} already.").format(name=member, seat=own.get_seat_display()),
            _("Let somebody else take this one."),
        )


def is_free(seat: Seat, holder: SeatTaken | None) -> None:
    if holder is not None:
        raise Refused(
            _("A seat is taken once."),
            _("{name} sits for {seat}.").format(name=holder.member, seat=seat.label),
            _("They can leave it, or name somebody who stands in for them."),
        )


def is_vacant(taken: SeatTaken, review: Review) -> bool:
    """Whether whoever took the seat can vote no more: they left the firm, lost the role, or came to sell."""
    if hasattr(taken, "vote"):
        return False
    return why_not_sit(taken.member, Seat(taken.seat), review.engagement, review.priced_by) is not None


def has_not_voted(taken: SeatTaken) -> None:
    if hasattr(taken, "vote"):
        raise Refused(
            _("A vote is never changed."),
            _("{name} has voted.").format(name=taken.member),
            _(
                "What was voted holds for exactly this version. Ask in the room, or call a review on a new version."
            ),
        )


def conditions_are_named(choice: Choice, conditions: int) -> None:
    if choice == Choice.CONDITIONS and not conditions:
        raise Refused(
            _("Who signs with conditions says which."),
            _("No condition was raised in this review."),
            _("Raise one first: what must be so, what it blocks, and who sees to it."),
        )


def is_open_condition(condition: Condition) -> None:
    is_not_void(condition.review)
    if condition.confirmed_by_id is not None:
        raise Refused(
            _("A condition is confirmed once."),
            _("{name} confirmed it.").format(name=condition.confirmed_by),
            _("Open the page again."),
        )


# What is decided


def is_complete(
    must: Collection[Seat], votes: Collection[Seat], waiting: bool, quorum: int, is_late: bool
) -> bool:
    """Whether votes decide: all that must vote have, the quorum is there, and who else sits has voted or had the time."""
    return set(must) <= set(votes) and len(votes) >= quorum and (is_late or not waiting)


def decision_of(votes: Mapping[Seat, Choice], by: Deciding, open_conditions: int) -> Choice:
    """The most cautious vote; or that for which more than half are at least as bold, a tie going to the more cautious.

    Signing with something open is signing with conditions.
    """
    ordered = sorted(votes.values(), key=_CAUTION.index)
    found = ordered[-1] if by == Deciding.STRICTEST else ordered[len(ordered) // 2]
    return Choice.CONDITIONS if found == Choice.SIGN and open_conditions else found


def sees_votes(member: Member, review: Review, seats: Sequence[SeatTaken]) -> bool:
    """Who sits sees the others' votes after their own; everybody else after the decision."""
    if review.state != Review.State.OPEN:
        return True
    return any(taken.member_id == member.pk and hasattr(taken, "vote") for taken in seats)
