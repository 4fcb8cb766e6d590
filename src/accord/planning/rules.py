"""Who may change a plan, and what a plan never holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accord.actions.refusals import NotAllowed, Refused
from accord.engagements.models import Engagement, Part, TakenPart
from accord.engagements.rules import ROLES_OF, acts_as, must_see, sells, sells_not
from accord.people.models import AccessRole, GivenRole, Member
from accord.planning.models import Activity, Link, Plan

_PLANNERS = (Part.PROJECT_MANAGER, Part.DELIVERY_LEAD)
_PLAN_EVERYWHERE = (AccessRole.DELIVERY_LEAD, AccessRole.EXECUTIVE)


@dataclass(frozen=True, slots=True)
class Arrow:
    """A link as values: who waits for whom."""

    source: int
    target: int
    kind: str
    lag: Decimal


def engagement_of(about: Any) -> Engagement:
    """The engagement of a plan, or of anything in it."""
    if isinstance(about, Engagement):
        return about
    if isinstance(about, Link):
        about = about.source
    plan = getattr(about, "plan", None) or getattr(getattr(about, "activity", None), "plan", about)
    found: Engagement = plan.engagement
    return found


def may_set_priority(actor: Member) -> None:
    """Whose work goes first is the firm's decision, not that of one of those who need the same people.

    Raises:
        NotAllowed: to whoever is neither delivery lead nor executive of the firm.
    """
    if not actor.has_any(AccessRole.DELIVERY_LEAD, AccessRole.EXECUTIVE):
        raise NotAllowed(
            _("Which engagement goes first is decided by a delivery lead or an executive."),
            _("You are neither, and others need the same people."),
            _("Ask one of them, and leave the priority as it is for now."),
        )


def is_planner(actor: Member | None, engagement: Engagement) -> bool:
    if actor is None or not actor.is_active:
        return False
    plans = plans_everywhere(actor) or acts_as(actor, engagement, *_PLANNERS)
    return plans and not sells(actor, engagement)


def plans_everywhere(actor: Member) -> bool:
    return actor.has_any(*_PLAN_EVERYWHERE)


def planned_by(actor: Member) -> Q:
    """Of plans: whether the member plans them (the rule `is_planner` in SQL)."""
    mine = TakenPart.objects.filter(engagement=OuterRef("engagement"), member=actor)
    holds = GivenRole.objects.filter(member=actor)
    plans = Q(Exists(holds.filter(role__in=_PLAN_EVERYWHERE)))
    for part in _PLANNERS:
        plans |= Q(Exists(mine.filter(part=part)), Exists(holds.filter(role__in=ROLES_OF[part])))
    sells_it = Q(Exists(mine.filter(part=Part.SELLER))) | Q(engagement__relationship__owner=actor)
    return plans & ~sells_it


def may_plan(actor: Member | None, about: Any) -> None:
    """Planning is for the engagement's project manager and delivery lead, for delivery leads and executives.

    Raises:
        NotAllowed: with the names of those who may.
    """
    engagement = engagement_of(about)
    must_see(actor, engagement)
    if is_planner(actor, engagement):
        return
    sells_not(actor, engagement)
    names = sorted(
        f"{taken.member} ({taken.get_part_display()})"
        for taken in engagement.parts.all()
        if taken.part in _PLANNERS
    )
    ask = _("Ask %(names)s; a delivery lead or an executive may as well.") % {"names": _or(names)}
    nobody = _("Ask a delivery lead or an executive; they can also make somebody its project manager.")
    raise NotAllowed(
        _("A plan is changed by those who have to keep it."),
        _("You are neither project manager nor delivery lead of “%(title)s”.") % {"title": engagement.title},
        ask if names else nobody,
    )


def is_fresh(plan: Plan, revision: int) -> None:
    """
    Raises:
        Refused: somebody changed the plan since the page was opened.
    """
    if plan.revision != revision:
        raise Refused(
            _("A change is made on the plan as it stands now."),
            _(
                "Somebody changed this plan after you opened the page; nothing of yours was overwritten or done."
            ),
            _("Open the plan again, see what changed, and make your change there."),
        )


def no_cycle(activities: Sequence[Activity], arrows: Sequence[Arrow]) -> None:
    """
    Raises:
        Refused: activities would wait for each other; it names them in order.
    """
    from accord.engine.network import CODES, CyclicNetwork, Network
    from accord.engine.plan import LinkType

    at = {activity.pk: k for k, activity in enumerate(activities)}
    links = [(at[a.source], at[a.target], CODES[LinkType(a.kind)], float(a.lag)) for a in arrows]
    try:
        Network.of(len(at), links)
    except CyclicNetwork as cyclic:
        names = [f"“{activities[k].name}”" for k in cyclic.members]
        raise Refused(
            _("Activities cannot wait for each other in a circle: none of them could begin."),
            _("It would go %(circle)s.") % {"circle": " → ".join([*names, names[0]])},
            _("Take away one of these links, or turn this one round."),
        ) from None


def has_not_begun(activity: Activity) -> None:
    if activity.done > 0:
        raise Refused(
            _("What has begun is not moved."),
            _("“%(name)s” has begun: it is %(share)d %% complete.")
            % {"name": activity.name, "share": activity.done * 100},
            _("Set its share complete to 0 first if that is wrong, or change what is left of it."),
        )


def wrong_points(low: Decimal, likely: Decimal, high: Decimal) -> dict[str, str]:
    """What is wrong with three points, by field."""
    if low < 0:
        return {"low": _("Hours and days are not negative.")}
    if likely < low:
        return {"likely": _("The likely value is not below the low one.")}
    if high < likely:
        return {"high": _("The high value is not below the likely one.")}
    return {}


def _or(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("%(some)s or %(last)s") % {"some": ", ".join(names[:-1]), "last": names[-1]}
