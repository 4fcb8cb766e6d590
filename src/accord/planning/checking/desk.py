"""What promise checks put on the desk: scenarios to adopt, signed promises that turned red, answers that are out of date."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accord.engagements.desk import Group, Waiting, waits
from accord.engagements.models import Engagement, Expectation, Part, TakenPart
from accord.engagements.policies.in_force import in_force
from accord.engagements.queries import standing, unlikely, visible_to
from accord.engagements.rules import SIGNED
from accord.exchange.wording import share
from accord.people.models import Member
from accord.planning.checking import rules
from accord.planning.checking.telling import ToTell, to_tell_of
from accord.planning.models import PromiseCheck, Scenario

_KEEPS = (Part.PROJECT_MANAGER, Part.DELIVERY_LEAD)


@waits(part=2)
def promises(member: Member) -> list[Waiting]:
    """For those who have to keep them. Three queries, however much waits."""
    return [*_to_adopt(member), *_turned_red(member), *_out_of_date(member)]


@waits(part=2)
def adopted_but_not_told(member: Member) -> list[Waiting]:
    """For those who speak with the client: seller and owner of the relationship. At most two queries."""
    sold = TakenPart.objects.filter(member=member, part=Part.SELLER)
    mine = Q(pk__in=sold.values("engagement")) | Q(relationship__owner=member)
    running = visible_to(member).filter(mine, outcome="")
    rows = Scenario.objects.filter(engagement__in=running)
    found = to_tell_of(rows.select_related("engagement__relationship__client", "adopted_by"))
    return [_to_tell(told) for told in found]


def _to_tell(told: ToTell) -> Waiting:
    why = _("%(name)s adopted it; you speak with the client.") % {"name": told.scenario.adopted_by}
    button = _("Record that it was told")
    engagement = told.scenario.engagement
    return Waiting(Group.ANSWER, told.what, engagement, why, None, told.address, button, in_dialog=True)


def _kept_by(member: Member) -> Q:
    led = TakenPart.objects.filter(member=member, part__in=_KEEPS)
    running = visible_to(member).filter(pk__in=led.values("engagement"), outcome="")
    return Q(engagement__in=running)


def _to_adopt(member: Member) -> Iterator[Waiting]:
    """What others tried, and what still holds."""
    tried = PromiseCheck.objects.filter(
        _kept_by(member), state=PromiseCheck.State.DONE, stale=False, scenario__adopted_by=None
    ).exclude(scenario=None)
    tried = tried.exclude(scenario__made_by=member).defer("inputs", "result")
    for check in tried.select_related("scenario__made_by", "engagement__relationship__client"):
        assert check.scenario is not None
        what = _("Adopt the scenario “%(name)s”, or leave the plan as it is.") % {"name": check.scenario}
        why = _("%(name)s tried it.") % {"name": check.scenario.made_by}
        address = reverse("planning:scenario", args=[check.scenario_id])
        yield Waiting(Group.DECIDE, what, check.engagement, why, None, address, _("See what it does"))


def _turned_red(member: Member) -> Iterator[Waiting]:
    """What is signed has to be kept: the least likely promise of each engagement that the policy finds too unlikely."""
    said = standing().filter(_kept_by(member), unlikely(), engagement__stage__in=SIGNED)
    worst: dict[int, Expectation] = {}
    rows = said.select_related("belief", "engagement__relationship__client")
    for promise in rows.order_by("belief__probability"):
        worst.setdefault(promise.engagement_id, promise)
    for promise in worst.values():
        yield _red(promise)


def _red(promise: Expectation) -> Waiting:
    engagement = promise.engagement
    asked = in_force().asked(engagement.profile)
    assert promise.belief.probability is not None
    what = _("“%(subject)s” is kept with %(share)s only; the policy asks %(asked)s.") % {
        "subject": promise.subject,
        "share": share(promise.belief.probability or 0.0, asked),
        "asked": share(asked),
    }
    return _look(engagement, what, _("See what would help"), "red")


def _out_of_date(member: Member) -> Iterator[Waiting]:
    own = PromiseCheck.objects.filter(engagement=OuterRef("engagement"), scenario=None).order_by("-pk")
    newest = PromiseCheck.objects.annotate(newest=Subquery(own.values("pk")[:1])).filter(
        _kept_by(member), pk=F("newest")
    )
    newest = newest.defer("inputs", "result").select_related("engagement__relationship__client")
    now = timezone.now()
    for check in newest:
        because = rules.why_not_current(check, now)
        if because is not None and not rules.is_under_way(check):
            yield _look(check.engagement, because, _("Check again"), "stale")


def _look(engagement: Engagement, what: str, button: str, matter: str) -> Waiting:
    address = reverse("planning:check", args=[engagement.pk])
    why = _("You have to keep it.")
    return Waiting(Group.LOOK, what, engagement, why, None, address, button, matter=matter)
