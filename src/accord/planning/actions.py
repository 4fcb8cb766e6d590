"""What people do with plans. Every change counts up the plan's revision and computes its dates anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from accord.actions.door import action, follows
from accord.actions.refusals import Refused, WrongInput
from accord.engagements.models import Engagement, Expectation
from accord.engagements.rules import is_current, still_open, well_in_time
from accord.engagements.sides import delivers_from_now
from accord.estimating.models import WorkPackage
from accord.estimating.queries import Leaf, leaves
from accord.people.models import Member, Role
from accord.planning import rules, schedule, undoing
from accord.planning.departing import departures
from accord.planning.from_estimate import estimate_to_plan, groups_of, to_follow
from accord.planning.models import GROUP_END, Activity, Assignment, Link, Plan, Scenario, Target

# Plans up to this size get their dates within the change itself; larger ones by a job.
AT_ONCE = 500
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Takes:
    """People of a role, or one member, at an activity."""

    role: Role | None = None
    member: Member | None = None
    units: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class WaitsFor:
    """What an activity waits for; the lag is in working days."""

    source: Activity
    kind: str = Link.Kind.FS
    lag: Decimal = _NOTHING


@dataclass(frozen=True, slots=True)
class Draft:
    """An activity as somebody wants it. Points are hours for work, working days for waiting, nothing for milestones."""

    name: str
    kind: str = Activity.Kind.EFFORT
    low: Decimal = _NOTHING
    likely: Decimal = _NOTHING
    high: Decimal = _NOTHING
    not_before: dt.date | None = None
    done: Decimal = _NOTHING
    takes: tuple[Takes, ...] = ()
    waits_for: tuple[WaitsFor, ...] = ()


@action(permission=rules.may_plan)
def make_plan(actor: Member, engagement: Engagement, begins_on: dt.date, in_order: bool = True) -> Plan:
    """One activity for each leaf of the estimate, with its agreed points and its role.

    `in_order`: every group of the breakdown ends with a milestone, and waits for the milestone of the group before it.

    Raises:
        Refused: there is a plan already, or no estimate that was delivered or approved, or efforts are not agreed.
    """
    still_open(engagement)
    if Plan.objects.filter(engagement=engagement).exists():
        raise Refused(
            _("An engagement has one plan."),
            _("This one has a plan already."),
            _("Change that plan; it keeps its history."),
        )
    _is_in_time(begins_on=begins_on)
    estimate = estimate_to_plan(engagement)
    if estimate is None:
        raise Refused(
            _("A plan is made from an estimate that was delivered or approved."),
            _("This engagement has none."),
            _("Ask delivery for an estimate first."),
        )
    found = leaves(estimate)
    _are_agreed(found)
    plan = Plan(engagement=engagement, estimate=estimate, begins_on=begins_on)
    plan.save()
    made = [_from_leaf(plan, 0, leaf) for leaf in found]
    groups = _grouped(made, groups_of(list(estimate.packages.all()))) if in_order else []
    every = list(made)
    for end, own in groups:
        every.insert(every.index(own[-1]) + 1, end)
    for position, activity in enumerate(every, start=1):
        activity.position = position
    Activity.objects.bulk_create(every)
    Link.objects.bulk_create(_in_order(groups))
    Assignment.objects.bulk_create(
        Assignment(activity=activity, role=leaf.role, units=leaf.package.units)
        for activity, leaf in zip(made, found, strict=True)
        if leaf.role is not None
    )
    return _changed(actor, plan)


@action(permission=rules.may_plan)
def follow_estimate(actor: Member, plan: Plan, revision: int) -> Plan:
    """Bring the plan to the newest estimate that stands: new packages, new points, and what is gone is gone.

    Links, dates and people that were planned stay; an activity that has begun stays though its package is gone.

    Raises:
        Refused: the plan follows it already, efforts are not agreed, or the plan was changed since.
    """
    plan = _to_change(plan, revision)
    estimate = to_follow(plan, departures(plan))
    if estimate is None:
        raise Refused(
            _("A plan follows a newer estimate."),
            _("There is none newer than the one behind this plan."),
            _("Ask delivery for a new version of the estimate."),
        )
    found = leaves(estimate)
    _are_agreed(found)
    has = {a.code: a for a in plan.activities.all()}
    for leaf in found:
        _follow_leaf(plan, leaf, has.pop(leaf.package.code, None))
    for gone in has.values():
        if gone.package_id is not None and gone.done == 0:
            _remove(gone)
    plan.estimate = estimate
    return _changed(actor, plan)


@action(permission=rules.may_plan)
def change_plan(
    actor: Member, plan: Plan, begins_on: dt.date, priority: int, fixed_cost: Decimal, revision: int
) -> Plan:
    """When work may begin, how urgent it is where people are short, and what it costs besides hours."""
    plan = _to_change(plan, revision)
    _is_in_time(begins_on=begins_on)
    if priority != plan.priority:
        rules.may_set_priority(actor)
    if priority < 1:
        raise WrongInput(priority=_("The most urgent priority is 1."))
    if fixed_cost < 0:
        raise WrongInput(fixed_cost=_("A cost is not negative."))
    plan.begins_on, plan.priority, plan.fixed_cost = begins_on, priority, fixed_cost
    return _changed(actor, plan)


@action(permission=rules.may_plan)
def add_activity(actor: Member, plan: Plan, draft: Draft, revision: int) -> Activity:
    """
    Raises:
        WrongInput: something in the draft cannot be taken.
        Refused: the plan was changed since, or activities would wait for each other.
    """
    plan = _to_change(plan, revision)
    codes = plan.activities.values_list("code", flat=True)
    numbers = [int(code[1:]) for code in codes if code[:1] == "a" and code[1:].isdigit()]
    activity = Activity(plan=plan, code=f"a{max(numbers, default=0) + 1}", position=_next_position(plan))
    _write(activity, draft)
    _changed(actor, plan)
    return activity


@action(permission=rules.may_plan)
def change_activity(actor: Member, activity: Activity, draft: Draft, revision: int) -> Activity:
    """Make an activity, who does it and what it waits for as the draft says; the rest of the plan stays.

    Raises:
        WrongInput: something in the draft cannot be taken.
        Refused: the plan was changed since, or activities would wait for each other.
    """
    plan = _to_change(activity.plan, revision)
    _write(activity, draft)
    _changed(actor, plan)
    return activity


@action(permission=rules.may_plan)
def move_activity(actor: Member, activity: Activity, not_before: dt.date | None, revision: int) -> Activity:
    """Say before which day it does not begin; None lets links and people alone decide.

    Raises:
        Refused: it has begun, or the plan was changed since.
    """
    plan = _to_change(activity.plan, revision)
    rules.has_not_begun(activity)
    _is_in_time(not_before=not_before)
    activity.not_before = not_before if not_before and not_before > plan.begins_on else None
    activity.save()
    _changed(actor, plan)
    return activity


@action(permission=rules.may_plan)
def remove_activity(actor: Member, activity: Activity, revision: int) -> None:
    """Take it out with its links and assignments. A promised time that was about it is about the whole engagement again."""
    plan = _to_change(activity.plan, revision)
    _remove(activity)
    _changed(actor, plan)


@action(permission=rules.may_plan)
def link_activities(
    actor: Member, source: Activity, target: Activity, kind: str, lag: Decimal, revision: int
) -> Link:
    """Let the target wait for the source.

    Raises:
        WrongInput: an activity would wait for itself, for one of another plan, or twice in the same way.
        Refused: activities would wait for each other, or the plan was changed since.
    """
    plan = _to_change(source.plan, revision)
    waits = [WaitsFor(link.source, link.kind, link.lag) for link in target.incoming.select_related("source")]
    wrong = _wrong_links(target, [*waits, WaitsFor(source, kind, lag)])
    if wrong:
        raise WrongInput(**wrong)
    link = Link(source=source, target=target, kind=kind, lag=lag)
    link.save()
    _is_no_circle(plan)
    _changed(actor, plan)
    return link


@action(permission=rules.may_plan)
def unlink(actor: Member, link: Link, revision: int) -> None:
    plan = _to_change(link.source.plan, revision)
    link.delete()
    _changed(actor, plan)


@action(permission=rules.may_plan)
def assign(
    actor: Member, activity: Activity, role: Role | None, member: Member | None, units: Decimal, revision: int
) -> Assignment:
    """Give an activity people of a role, or one member.

    Raises:
        WrongInput: neither or both are given, it is given already, or nobody would come.
    """
    plan = _to_change(activity.plan, revision)
    has = [Takes(a.role, a.member, a.units) for a in activity.assignments.select_related("role", "member")]
    wrong = _wrong_people([*has, Takes(role, member, units)])
    if wrong:
        raise WrongInput(**wrong)
    made = Assignment(activity=activity, role=role, member=member, units=units)
    made.save()
    _changed(actor, plan)
    return made


@action(permission=rules.may_plan)
def unassign(actor: Member, assignment: Assignment, revision: int) -> None:
    plan = _to_change(assignment.activity.plan, revision)
    assignment.delete()
    _changed(actor, plan)


@action(permission=rules.may_plan)
def aim_promise(
    actor: Member, plan: Plan, expectation: Expectation, activity: Activity | None, revision: int
) -> None:
    """Say which activity a promised time is about; None: the end of the whole engagement.

    Raises:
        WrongInput: it is no promised time, or belongs to another engagement.
        Refused: it was restated or withdrawn.
    """
    plan = _to_change(plan, revision)
    is_current(expectation)
    if expectation.engagement_id != plan.engagement_id or expectation.kind != Expectation.Kind.TIME:
        raise WrongInput(expectation=_("This is no promised time of this engagement."))
    if activity is not None and activity.plan_id != plan.pk:
        raise WrongInput(activity=_("This activity belongs to another plan."))
    for old in Target.objects.filter(expectation=expectation):
        old.delete()
    if activity is not None:
        Target(expectation=expectation, activity=activity).save()
    _changed(actor, plan)


@action(permission=rules.may_plan)
def undo_last_change(actor: Member, plan: Plan, revision: int) -> Plan:
    """Take back the last change of the plan, whoever made it; done twice, it is there again.

    Raises:
        Refused: nothing was changed since the plan was made, or the plan was changed since the page was opened.
    """
    plan = _to_change(plan, revision)
    last = undoing.last_change(plan)
    if last is None:
        raise Refused(
            _("An undo takes back the last change of a plan."),
            _("Nothing was changed since this plan was made, or since a scenario was adopted."),
            _("Change the plan itself."),
        )
    undoing.take_back(plan, last)
    return _changed(actor, plan)


@action(permission=rules.may_plan)
def reschedule(actor: Member, plan: Plan) -> Plan:
    """Compute the dates anew, though the plan itself did not change: a day has passed, or somebody is away.

    Raises:
        Refused: the engagement has ended.
    """
    still_open(plan.engagement)
    _put_dates(plan)
    return plan


@follows("planning.adopt_scenario")
def dates_follow_an_adopted_scenario(actor: Member, scenario: Scenario, *_about: Any) -> None:
    _keep_dates(actor, Plan.objects.get(engagement=scenario.engagement_id))


def _to_change(plan: Plan, revision: int) -> Plan:
    """The plan for this change alone, if it is still the one that was shown."""
    rows = Plan.objects.select_related("engagement").select_for_update(of=("self",))
    found: Plan = rows.get(pk=plan.pk)
    still_open(found.engagement)
    rules.is_fresh(found, revision)
    return found


def _changed(actor: Member, plan: Plan) -> Plan:
    plan.revision += 1
    plan.save()
    delivers_from_now(plan.engagement, actor)
    _keep_dates(actor, plan)
    return plan


def _is_in_time(**dates: dt.date | None) -> None:
    wrong = {name: far for name, date in dates.items() if (far := well_in_time(date))}
    if wrong:
        raise WrongInput(**wrong)


def _keep_dates(actor: Member, plan: Plan) -> None:
    if schedule.dates_wait():
        return
    if plan.activities.count() <= AT_ONCE and schedule.engine_is_prepared():
        _put_dates(plan)
    else:
        from accord.planning.jobs import reschedule_later

        reschedule_later.enqueue(plan.pk, actor.pk)


def _put_dates(plan: Plan) -> None:
    contents = schedule.Contents.of(plan)
    dates = schedule.dates_of(contents, dt.date.today())
    for activity in contents.activities:
        found = dates.get(activity.pk)
        if found is None:
            continue
        if activity.done > 0 and activity.planned_start:
            found = replace(found, start=activity.planned_start, first_share=activity.first_share)
        if _is_planned(activity, found):
            continue
        activity.planned_start, activity.planned_finish = found.start, found.finish
        activity.first_share, activity.last_share = found.first_share, found.last_share
        activity.finish_p80 = None  # it belonged to other dates; the next promise check knows it
        activity.save()
    plan.scheduled = plan.revision
    plan.save(update_fields=["scheduled"])


def _is_planned(activity: Activity, dates: schedule.Dates) -> bool:
    return dates == schedule.Dates(
        activity.planned_start, activity.planned_finish, activity.first_share, activity.last_share
    )


def _are_agreed(found: list[Leaf]) -> None:
    open_ = [f"“{leaf.package.name}”" for leaf in found if leaf.effort is None]
    if open_:
        shown = ", ".join(open_[:3]) + (" …" if len(open_) > 3 else "")
        raise Refused(
            _("A plan is made from agreed efforts."),
            _("No effort is agreed for %(names)s.") % {"names": shown},
            _("The estimators finish and agree first."),
        )


def _from_leaf(plan: Plan, position: int, leaf: Leaf) -> Activity:
    assert leaf.effort is not None
    return Activity(
        plan=plan,
        code=leaf.package.code,
        position=position,
        name=leaf.package.name,
        package=leaf.package,
        low=leaf.effort.low,
        likely=leaf.effort.likely,
        high=leaf.effort.high,
    )


def _grouped(made: list[Activity], headings: dict[int, WorkPackage]) -> list[tuple[Activity, list[Activity]]]:
    """The milestone with which each group of the breakdown ends, and its activities; nothing of one group alone.

    What takes only a part of somebody, as leading does, goes along with the rest and waits for nothing.
    """
    members: dict[WorkPackage, list[Activity]] = {}
    for activity in made:
        package = activity.package
        if package is not None and package.pk in headings and package.units >= 1:
            members.setdefault(headings[package.pk], []).append(activity)
    if len(members) < 2:
        return []
    found = []
    for number, (heading, own) in enumerate(members.items(), start=1):
        name = (_("Done: %(group)s") % {"group": heading.name})[:200]
        code, kind = f"{GROUP_END}{number}", Activity.Kind.MILESTONE
        found.append((Activity(plan=own[0].plan, code=code, name=name, kind=kind), own))
    return found


def _in_order(groups: list[tuple[Activity, list[Activity]]]) -> list[Link]:
    """An order to begin with, which is the planner's to change: each group waits for the end of the one before it."""
    links = [Link(source=activity, target=end) for end, own in groups for activity in own]
    for (before, _own), (_end, own) in pairwise(groups):
        links += [Link(source=before, target=activity) for activity in own]
    return links


def _follow_leaf(plan: Plan, leaf: Leaf, has: Activity | None) -> None:
    assert leaf.effort is not None
    if has is None:
        made = _from_leaf(plan, _next_position(plan), leaf)
        made.save()
        if leaf.role is not None:
            Assignment(activity=made, role=leaf.role, units=leaf.package.units).save()
        return
    has.name, has.package = leaf.package.name, leaf.package
    has.low, has.likely, has.high = leaf.effort.low, leaf.effort.likely, leaf.effort.high
    has.kind = Activity.Kind.EFFORT
    has.save()
    if leaf.role is not None and not has.assignments.exists():
        Assignment(activity=has, role=leaf.role, units=leaf.package.units).save()


def _remove(activity: Activity) -> None:
    parts: Iterable[Link | Assignment | Target] = [
        *Link.objects.filter(source=activity),
        *Link.objects.filter(target=activity),
        *activity.assignments.all(),
        *activity.targets.all(),
    ]
    for part in parts:  # one by one, so that an undo can bring each back
        part.delete()
    activity.delete()


def _next_position(plan: Plan) -> int:
    last = plan.activities.order_by("-position").first()
    return last.position + 1 if last else 1


def _write(activity: Activity, draft: Draft) -> None:
    wrong = _wrong(activity, draft)
    if wrong:
        raise WrongInput(**wrong)
    takes_time = draft.kind != Activity.Kind.MILESTONE
    activity.name, activity.kind = draft.name.strip(), draft.kind
    points = (draft.low, draft.likely, draft.high) if takes_time else (_NOTHING,) * 3
    activity.low, activity.likely, activity.high = points
    activity.not_before, activity.done = draft.not_before, draft.done
    activity.save()
    _write_people(activity, draft.takes if takes_time else ())
    _write_links(activity, draft.waits_for)
    _is_no_circle(activity.plan)


def _write_people(activity: Activity, takes: Iterable[Takes]) -> None:
    wanted = {(t.role.pk if t.role else None, t.member.pk if t.member else None): t for t in takes}
    for has in activity.assignments.all():
        want = wanted.pop((has.role_id, has.member_id), None)
        if want is None:
            has.delete()
        elif want.units != has.units:
            has.units = want.units
            has.save()
    for want in wanted.values():
        Assignment(activity=activity, role=want.role, member=want.member, units=want.units).save()


def _write_links(activity: Activity, waits_for: Iterable[WaitsFor]) -> None:
    wanted = {(w.source.pk, w.kind): w for w in waits_for}
    for has in activity.incoming.all():
        want = wanted.pop((has.source_id, has.kind), None)
        if want is None:
            has.delete()
        elif want.lag != has.lag:
            has.lag = want.lag
            has.save()
    for want in wanted.values():
        Link(source=want.source, target=activity, kind=want.kind, lag=want.lag).save()


def _is_no_circle(plan: Plan) -> None:
    rows = Link.objects.filter(source__plan=plan).order_by("pk")
    rules.no_cycle(
        list(plan.activities.all()), [rules.Arrow(r.source_id, r.target_id, r.kind, r.lag) for r in rows]
    )


def _wrong(activity: Activity, draft: Draft) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if not draft.name.strip():
        wrong["name"] = _("Give the activity a name.")
    if draft.kind not in Activity.Kind.values:
        wrong["kind"] = _("Choose work, waiting time or a milestone.")
    if draft.kind != Activity.Kind.MILESTONE:
        wrong |= rules.wrong_points(draft.low, draft.likely, draft.high)
    far = well_in_time(draft.not_before)
    if far:
        wrong["not_before"] = far
    if not 0 <= draft.done <= 1:
        wrong["done"] = _("The share complete lies between 0 and 100 percent.")
    return wrong | _wrong_people(draft.takes) | _wrong_links(activity, draft.waits_for)


def _wrong_people(takes: Iterable[Takes]) -> dict[str, str]:
    seen = set()
    for t in takes:
        if (t.role is None) == (t.member is None):
            return {"people": _("Choose a role or a member.")}
        if t.units <= 0:
            return {"people": _("Give how many people work on it at once: more than none.")}
        if t.member is not None and t.units > 1:
            return {"people": _("%(name)s is one person: at most 1 at once.") % {"name": t.member}}
        if (t.role, t.member) in seen:
            return {"people": _("%(name)s is there twice.") % {"name": t.role or t.member}}
        seen.add((t.role, t.member))
    return {}


def _wrong_links(activity: Activity, waits_for: Iterable[WaitsFor]) -> dict[str, str]:
    seen = set()
    for w in waits_for:
        if w.source.plan_id != activity.plan_id:
            return {"links": _("An activity waits only for others of the same plan.")}
        if w.source.pk == activity.pk:
            return {"links": _("An activity does not wait for itself.")}
        if w.kind not in Link.Kind.values:
            return {"links": _("Choose one of the four kinds of links.")}
        if (w.source.pk, w.kind) in seen:
            return {"links": _("“%(name)s” is linked twice in the same way.") % {"name": w.source}}
        seen.add((w.source.pk, w.kind))
    return {}
