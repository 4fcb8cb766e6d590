"""What hand-overs put on the desk: to write, to offer, to answer, to take over, and what delivery took over too late."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import OuterRef, Prefetch, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.contracts.handing_over import rules
from accord.contracts.handing_over.queries import names_of
from accord.contracts.models import HandOver, HandOverQuestion
from accord.engagements.desk import Group, Waiting, waits
from accord.engagements.models import Engagement, Stage, TakenPart
from accord.engagements.queries import visible_to, with_parts
from accord.engagements.rules import acts_as
from accord.exchange.wording import day
from accord.people.models import Member

State = HandOver.State


@waits(part=3)
def hand_overs(member: Member) -> list[Waiting]:
    """Four queries, however much waits."""
    return [line for engagement in _mine(member) for line in _of(engagement, member)]


def _mine(member: Member) -> list[Engagement]:
    """Those before or in delivery in which the member has a part, with all versions and the questions that nobody answered."""
    newest = HandOver.objects.filter(engagement=OuterRef("pk")).order_by("-version")
    near = Q(pk__in=TakenPart.objects.filter(member=member).values("engagement")) | Q(
        relationship__owner=member
    )
    rows = visible_to(member).filter(near, outcome="").annotate(newest=Subquery(newest.values("state")[:1]))
    waiting = rows.filter(Q(stage=Stage.CONTRACT, newest=None) | Q(newest__in=HandOver.OPEN))
    asked = HandOverQuestion.objects.filter(answers=None).select_related("asked_by")
    versions = HandOver.objects.defer("content", "words").prefetch_related(
        Prefetch("questions", asked, to_attr="unanswered")
    )
    return list(
        waiting.select_related("relationship__client").prefetch_related(
            with_parts(), Prefetch("hand_overs", versions, to_attr="versions")
        )
    )


def _of(engagement: Engagement, member: Member) -> Iterator[Waiting]:
    versions: list[HandOver] = engagement.versions  # type: ignore[attr-defined]  # newest first
    sells = rules.hands_over(member, engagement)
    if not versions:
        if sells:
            yield _to_begin(engagement)
        return
    newest = versions[0]
    if sells:
        yield from _for_seller(engagement, newest, [q for v in versions for q in v.unanswered])  # type: ignore[attr-defined]
    if newest.state != State.OFFERED:
        return
    if member.pk in newest.offered_to and rules.takes_over(member, engagement):
        yield _to_take_over(engagement, newest)
    elif newest.is_late and (sells or acts_as(member, engagement, *rules.TAKES_OVER)):
        yield _late(engagement, newest, sells)


def _to_begin(engagement: Engagement) -> Waiting:
    what = _("Tell delivery all that the client was told: begin the hand-over.")
    return _line(Group.ANSWER, engagement, what, _sold(), _("Begin"))


def _for_seller(
    engagement: Engagement, hand_over: HandOver, asked: list[HandOverQuestion]
) -> Iterator[Waiting]:
    for question in asked:
        what = _("{name} asks before taking it over: {text}").format(
            name=question.asked_by, text=question.text
        )
        address = reverse("handing_over:answer", args=[question.pk])
        yield Waiting(Group.ANSWER, what, engagement, _sold(), None, address, _("Answer"), in_dialog=True)
    if hand_over.state == State.DRAFT:
        what = _("The hand-over is a draft: offer it to delivery.")
        yield _line(Group.ANSWER, engagement, what, _sold(), _("Go on"))
    elif hand_over.state == State.SENT_BACK and not asked:
        what = _("All that delivery asked is answered: offer the hand-over again.")
        yield _line(Group.ANSWER, engagement, what, _sold(), _("Offer it again"))


def _to_take_over(engagement: Engagement, hand_over: HandOver) -> Waiting:
    what = _("Take over what was sold, or send it back with questions.")
    why = _("It was offered to you.")
    address = reverse("handing_over:hand_over", args=[hand_over.pk])
    return Waiting(Group.DECIDE, what, engagement, why, hand_over.due_on, address, _("Read it"))


def _late(engagement: Engagement, hand_over: HandOver, sells: bool) -> Waiting:
    what = _("{names} had until {day} to take it over.").format(
        names=names_of(engagement, hand_over.offered_to),
        day=day(hand_over.due_on) if hand_over.due_on else "",
    )
    why = _sold() if sells else _("You answer for its delivery.")
    return _line(Group.LOOK, engagement, what, why, _("See the hand-over"), hand_over)


def _sold() -> str:
    return _("You speak with the client.")


def _line(
    group: Group, engagement: Engagement, what: str, why: str, button: str, late: HandOver | None = None
) -> Waiting:
    address = reverse("handing_over:hand_overs", args=[engagement.pk])
    return Waiting(group, what, engagement, why, late.due_on if late else None, address, button)
