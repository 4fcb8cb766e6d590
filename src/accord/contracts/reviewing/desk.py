"""What reviews put on the desk: votes and seats, questions, conditions, deadlines that passed, votes that became void."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accord.contracts.models import Choice, Condition, Question, Review, SeatTaken
from accord.contracts.reviewing import rules
from accord.contracts.reviewing.wording import question_of
from accord.engagements.desk import Group, Waiting, waits
from accord.engagements.models import Part
from accord.engagements.policies.content import Seat
from accord.engagements.queries import visible_to, with_parts
from accord.engagements.rules import acts_as, sells
from accord.people.models import Member

_TOLD_FOR = dt.timedelta(days=14)  # that votes became void
_LEADS = (Part.PROJECT_MANAGER, Part.DELIVERY_LEAD, Part.QUALITY_MANAGER)


@waits(part=3)
def reviews(member: Member) -> list[Waiting]:
    """One query, and five more where a review waits for somebody."""
    return [line for review in _waiting(member) for line in _of_review(review, member)]


def _waiting(member: Member) -> list[Review]:
    """Those that go on, whose conditions are open, or whose votes became void while the member sat there."""
    unconfirmed = Condition.objects.filter(confirmed_by=None)
    own_seat = SeatTaken.objects.filter(review=OuterRef("pk"), member=member)
    newer = Review.objects.filter(
        engagement=OuterRef("engagement"), kind=OuterRef("kind"), pk__gt=OuterRef("pk")
    )
    void = Q(state=Review.State.VOID, void_at__gte=timezone.now() - _TOLD_FOR)
    bound = Q(state=Review.State.DECIDED, decision=Choice.CONDITIONS)
    rows = Review.objects.filter(
        Q(state=Review.State.OPEN)
        | (bound & Exists(unconfirmed.filter(review=OuterRef("pk"))))
        | (void & Exists(own_seat) & ~Exists(newer)),
        engagement__outcome="",
        engagement__in=visible_to(member),
    )
    seats = SeatTaken.objects.select_related("member", "stands_in_for", "vote")
    return list(
        rows.select_related("engagement__relationship__client")
        .defer("evidence")
        .prefetch_related(
            Prefetch("seats", seats.prefetch_related("member__given_roles")),
            Prefetch("conditions", unconfirmed.select_related("owner", "raised_by"), "unconfirmed"),
            Prefetch(
                "questions", Question.objects.filter(answers=None).select_related("asked_by"), "unanswered"
            ),
            with_parts("engagement__"),
        )
    )


def _of_review(review: Review, member: Member) -> Iterator[Waiting]:
    mine = next((t for t in review.seats.all() if t.member_id == member.pk), None)
    if review.state == Review.State.VOID:
        yield _void(review)
        return
    if review.state == Review.State.OPEN:
        yield from _to_vote(review, mine, member)
        yield from _questions(review, member)
    yield from _conditions(review, mine, member)


def _to_vote(review: Review, mine: SeatTaken | None, member: Member) -> Iterator[Waiting]:
    if mine is not None and not hasattr(mine, "vote"):
        yield _vote(review, mine)
    elif mine is None and (free := _to_take(review, member)):
        what = _("A seat is free in the review of {name}: {seats}.").format(
            name=review.name, seats=", ".join(str(seat.label) for seat in free)
        )
        yield _line(Group.DECIDE, review, what, _("You may sit there."), _("See the review"))
    if review.escalated_at and rules.is_authority(member, review):
        what = _("The review of {name} did not decide in time: give it time or a seat, or override it.")
        why = _("The policy names you for it.")
        yield _line(Group.DECIDE, review, what.format(name=review.name), why, _("See the review"))


def _vote(review: Review, mine: SeatTaken) -> Waiting:
    what = _("{question} Vote on {name}.").format(question=question_of(review), name=review.name)
    if review.reminded_at is not None:
        what += " " + _("Its last day has come.")
    why = _("You sit for {seat}.").format(seat=mine.get_seat_display())
    if mine.stands_in_for is not None:
        why = _("You stand in for {name}.").format(name=mine.stands_in_for)
    return _line(Group.DECIDE, review, what, why, _("Vote"))


def _to_take(review: Review, member: Member) -> list[Seat]:
    """Of the seats that must vote, those nobody holds and that the member is asked for."""
    held = {t.seat for t in review.seats.all() if not rules.is_vacant(t, review)}
    return [
        seat
        for seat in review.must_sit
        if seat not in held
        and _is_asked(seat, review, member)
        and rules.why_not_sit(member, seat, review.engagement, review.priced_by) is None
    ]


def _is_asked(seat: Seat, review: Review, member: Member) -> bool:
    """Not every seller and every member of the firm: who has to do with it."""
    if seat == Seat.SALES:
        return bool(sells(member, review.engagement))
    return seat != Seat.OTHER or acts_as(member, review.engagement, *_LEADS)


def _questions(review: Review, member: Member) -> Iterator[Waiting]:
    unanswered: list[Question] = review.unanswered  # type: ignore[attr-defined]
    for question in unanswered:
        if (question.of_id or review.called_by_id) == member.pk:
            why = _("{name} asks you.").format(name=question.asked_by)
            address = reverse("contracts:answer", args=[question.pk])
            yield _line(Group.ANSWER, review, str(question), why, _("Answer"), address, in_dialog=True)


def _conditions(review: Review, mine: SeatTaken | None, member: Member) -> Iterator[Waiting]:
    """To be met by their owners; to be confirmed by who raised them, or else by who sat in the review."""
    unconfirmed: list[Condition] = review.unconfirmed  # type: ignore[attr-defined]
    for found in unconfirmed:
        others = found.raised_by_id == found.owner_id or not found.raised_by.is_active
        if found.owner_id == member.pk:
            what = _("See to it: {condition}").format(condition=found)
            why = _("You own this condition; it blocks {what}.").format(what=found.get_blocks_display())
            yield _line(Group.ANSWER, review, what, why, _("See the review"), until=found.due_on)
        elif found.raised_by_id == member.pk or (mine is not None and others):
            what = _("Confirm, once you have seen it: {condition}").format(condition=found)
            why = _("{name} sees to it and cannot confirm it.").format(name=found.owner)
            address = reverse("contracts:confirm", args=[found.pk])
            yield _line(Group.LOOK, review, what, why, _("Confirm"), address, found.due_on, in_dialog=True)


def _void(review: Review) -> Waiting:
    """For everybody who sat, until it is called anew."""
    what = _("The votes are void: {because}").format(because=review.void_because)
    why = _("You sat in the review of {name}.").format(name=review.name)
    return _line(Group.LOOK, review, what, why, _("See the review"))


def _line(
    group: Group,
    review: Review,
    what: str,
    why: str,
    button: str,
    address: str = "",
    until: dt.date | None = None,
    in_dialog: bool = False,
) -> Waiting:
    """Of a review that goes on, until its deadline where no other day is named."""
    if until is None and review.state == Review.State.OPEN:
        until = review.due_on
    address = address or reverse("contracts:review", args=[review.pk])
    return Waiting(group, what, review.engagement, why, until, address, button, in_dialog)
