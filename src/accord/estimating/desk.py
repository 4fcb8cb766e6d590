"""What estimating puts on the desk: hours to give, efforts to agree on, estimates to judge."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.actions.refusals import Refused
from accord.engagements.desk import Group, Waiting, waits
from accord.engagements.models import Part, TakenPart
from accord.engagements.queries import visible_to
from accord.estimating import rules
from accord.estimating.models import Contribution, Estimate, State
from accord.estimating.queries import own_contribution
from accord.people.models import Member


@waits(part=1)
def estimates(member: Member) -> list[Waiting]:
    """Three queries, however much waits."""
    return list(_waiting(member))


def _waiting(member: Member) -> Iterator[Waiting]:
    for estimate in _near(member):
        if estimate.state == State.DELIVERED:
            yield from _to_judge(member, estimate)
        else:
            yield from _to_estimate(member, estimate)


def _near(member: Member) -> QuerySet[Estimate]:
    """What the member was asked to estimate; what is delivered where the member leads delivery, or nobody does."""
    parts = TakenPart.objects.filter(engagement=OuterRef("engagement"))
    leads = Exists(parts.filter(member=member, part__in=[Part.DELIVERY_LEAD, Part.PROJECT_MANAGER]))
    nobody_leads = ~Exists(parts.filter(part=Part.DELIVERY_LEAD))
    own = Exists(Contribution.objects.filter(estimate=OuterRef("pk"), estimator=member))
    mine = Q(own, state__in=[State.ASKED, State.IN_WORK]) | Q(leads | nobody_leads, state=State.DELIVERED)
    rows = Estimate.objects.filter(mine, engagement__in=visible_to(member).filter(outcome=""))
    about = rows.select_related("engagement__relationship__client", "asked_by", "delivered_by")
    found: QuerySet[Estimate] = about.prefetch_related(
        Prefetch("engagement__parts", TakenPart.objects.all()), "contributions"
    )
    return found


def _to_estimate(member: Member, estimate: Estimate) -> Iterator[Waiting]:
    own = own_contribution(member, estimate)
    if own is not None and own.done_at is None:
        what = _("Say how many hours it takes.")
        if estimate.question:
            what = _("Say how many hours it takes: %(question)s") % {"question": estimate.question}
        why = _("%(name)s asked you.") % {"name": estimate.asked_by}
        yield _line(Group.ANSWER, what, estimate, why, _("Estimate"), "hours")
    elif rules.all_done(estimate.contributions.all()):
        what = _("Agree on the hours and deliver the estimate.")
        why = _("All estimators are done.")
        yield _line(Group.ANSWER, what, estimate, why, _("Agree and deliver"), "agreeing")


def _to_judge(member: Member, estimate: Estimate) -> Iterator[Waiting]:
    try:
        rules.may_judge(member, estimate)
    except Refused:
        return
    what = _("Approve the estimate, or send it back.")
    why = _("%(name)s delivered it.") % {"name": estimate.delivered_by}
    yield _line(Group.DECIDE, what, estimate, why, _("Judge the estimate"))


def _line(group: Group, what: str, estimate: Estimate, why: str, button: str, matter: str = "") -> Waiting:
    address = reverse("estimating:estimate", args=[estimate.pk])
    return Waiting(group, what, estimate.engagement, why, estimate.due_on, address, button, matter=matter)
