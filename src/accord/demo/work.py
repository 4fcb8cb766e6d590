"""The sample firm's estimates and plans, from the work breakdowns of each kind of work."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import cycle

from accord.demo.history import Lived, live_through
from accord.demo.spread import chance, half_hours, ratio_of, three_points
from accord.demo.world import Line, Page, World, lines_of
from accord.engagements.models import Engagement, Expectation, Outcome, Stage
from accord.estimating import actions as estimating
from accord.estimating.models import Assumption, Estimate, State, WorkPackage
from accord.estimating.numbers import Points
from accord.estimating.rules import Row
from accord.people.models import Member, Role
from accord.planning.actions import (
    Draft,
    Takes,
    WaitsFor,
    add_activity,
    aim_promise,
    change_activity,
    make_plan,
)
from accord.planning.models import Activity, Plan

SIGNED = (Stage.CONTRACT, Stage.DELIVERY, Stage.CLOSING)
_HOURS_A_DAY = 8
_DISAGREE = (
    0.35  # estimators' likely hours lie up to half of this share beside the middle, for new work twice as far
)


class Work:
    """One engagement's estimate and plan as its people made them."""

    def __init__(
        self,
        world: World,
        written: Page,
        engagement: Engagement,
        members: dict[str, Member],
        roles: dict[str, Role],
    ) -> None:
        self.world, self.written, self.engagement = world, written, engagement
        self.members, self.roles = members, roles
        self.people = written["people"]
        self.about = written["estimate"]
        self.breakdown = world.breakdowns[self.about["kind"]]
        self.lines = lines_of(self.breakdown, written.get("names", {}))
        self.codes: dict[int, str] = {}  # a line's number -> its package's code

    # The estimate

    def estimate(self) -> Estimate:
        state = self.about.get("state", State.APPROVED)
        estimators = [self.members[who] for who in self.about["by"]]
        asked = estimating.ask_for_estimate(
            self.members[self.people["seller"]],
            self.engagement,
            self.about["question"],
            self.world.day(self.about.get("due", self.written["since"])),
            estimators,
        )
        if state == State.ASKED:
            return asked
        done_by = self.about.get("done_by", self.about["by"])
        for who in done_by:
            asked = self._contribute(self.members[who], asked)
        self._note(estimators[0], asked)
        if state == State.IN_WORK:
            return asked
        asked = estimating.agree_on_efforts(estimators[0], asked, self._agreed(asked))
        return estimating.deliver_estimate(estimators[0], asked)

    def approve(self, left_out: dict[int, str]) -> None:
        """By the delivery lead, where the estimate was approved."""
        if self.about.get("state", State.APPROVED) == State.APPROVED:
            asked = self.engagement.estimates.get()
            estimating.approve_estimate(self.members[self.people["delivery_lead"]], asked, left_out)

    def _contribute(self, estimator: Member, estimate: Estimate) -> Estimate:
        packages = list(WorkPackage.objects.filter(estimate=estimate).order_by("position"))
        codes = [package.code for package in packages] or [None] * len(self.lines)
        under_headings = any(line.number is None for line in self.lines)
        rows = [
            self._row(estimator, line, code, under_headings)
            for line, code in zip(self.lines, codes, strict=True)
        ]
        estimate = estimating.save_grid(estimator, estimate, rows, estimate.revision)
        estimating.finish_contribution(estimator, estimate)
        estimate.refresh_from_db()
        packages = packages or list(WorkPackage.objects.filter(estimate=estimate).order_by("position"))
        self.codes = {
            line.number: package.code
            for line, package in zip(self.lines, packages, strict=True)
            if line.number is not None
        }
        return estimate

    def _row(self, estimator: Member, line: Line, code: str | None, under_headings: bool) -> Row:
        if line.number is None:
            return Row(code, 0, line.name)
        key = f"{self.written['id']}/{line.number}/{estimator.email}"
        aside = (chance(key) - 0.5) * _DISAGREE * (2 if line.how_sure == "new" else 1)
        low, likely, high = three_points(self._hours(line) * (1 + aside), line.how_sure)
        return Row(code, int(under_headings), line.name, self.roles[line.role], line.units, low, likely, high)

    def _hours(self, line: Line) -> float:
        return line.hours * float(self.about.get("size", 1))

    def _agreed(self, estimate: Estimate) -> dict[str, Points]:
        """What the estimators agree on: the middle of what they gave, in half hours."""
        given: dict[str, list[tuple[Decimal, Decimal, Decimal]]] = {}
        for package in estimate.packages.prefetch_related("efforts"):
            for effort in package.efforts.all():
                if effort.contribution_id is not None:
                    given.setdefault(package.code, []).append((effort.low, effort.likely, effort.high))
        return {
            code: Points(
                *(half_hours(float(sum(point) / len(points))) for point in zip(*points, strict=True))
            )
            for code, points in given.items()
        }

    def _note(self, estimator: Member, estimate: Estimate) -> None:
        for kind, texts in (
            (Assumption.Kind.ASSUMPTION, self.breakdown["assumptions"]),
            (Assumption.Kind.EXCLUSION, self.breakdown["exclusions"]),
        ):
            for text in texts:
                estimating.note_assumption(estimator, estimate, kind, text)
        packages = {p.code: p for p in estimate.packages.all()}
        for name, probability, number, hours, cost in self.breakdown["risks"]:
            package = packages[self.codes[number]] if number else None
            low, likely, high = map(Decimal, hours)
            chance_of = Decimal(str(probability))
            estimating.note_risk(
                estimator, estimate, name, chance_of, package, low, likely, high, Decimal(cost)
            )

    def cover(self, expectation: Expectation, number: int) -> None:
        estimating.cover(self.members[self.people["delivery_lead"]], expectation, self.codes[number])

    # The plan

    def plan(self) -> Plan:
        """The project manager's plan: links, waiting times, the milestone, and for what is signed who does what."""
        manager = self.members[self.people["project_manager"]]
        begins = self.world.day(self.written["plan"]["begins"])
        plan = make_plan(manager, self.engagement, begins)
        activities = self._activities(plan)
        waits = self._waits(manager, plan, activities)
        chosen = {role: cycle(members) for role, members in self._team().items()}
        for line in self.lines:
            if line.number is None:
                continue
            activity = activities[line.number]
            before = [activities[n] for n in line.after] + [
                w for w, targets in waits if line.number in targets
            ]
            named = manager if line.role == "Project manager" else next(chosen.get(line.role, iter(())), None)
            takes = (
                Takes(member=named, units=line.units)
                if named
                else Takes(role=self.roles[line.role], units=line.units)
            )
            draft = Draft(
                activity.name,
                low=activity.low,
                likely=activity.likely,
                high=activity.high,
                takes=(takes,),
                waits_for=tuple(WaitsFor(a) for a in before),
            )
            change_activity(manager, activity, draft, _revision(plan))
        ends = tuple(WaitsFor(activities[n]) for n in self.breakdown["ends"])
        draft = Draft(self.breakdown["milestone"], Activity.Kind.MILESTONE, waits_for=ends)
        add_activity(manager, plan, draft, _revision(plan))
        plan.refresh_from_db()
        return plan

    def aim(self, plan: Plan, expectation: Expectation, number: int | None) -> None:
        """A promised time is about the milestone, or about the activity that it names."""
        which = {"code": self.codes[number]} if number else {"kind": Activity.Kind.MILESTONE}
        activity = plan.activities.get(**which)
        aim_promise(
            self.members[self.people["project_manager"]], plan, expectation, activity, _revision(plan)
        )

    def _activities(self, plan: Plan) -> dict[int, Activity]:
        by_code = {a.code: a for a in plan.activities.select_related("plan__engagement")}
        return {number: by_code[code] for number, code in self.codes.items()}

    def _waits(
        self, manager: Member, plan: Plan, activities: dict[int, Activity]
    ) -> list[tuple[Activity, list[int]]]:
        """Waiting times, each with the lines that wait for it."""
        if "waits" not in self.breakdown:
            return []
        name, days, after, targets = self.breakdown["waits"]
        low, likely, high = map(Decimal, days)
        before = tuple(WaitsFor(activities[n]) for n in after)
        draft = Draft(name, Activity.Kind.DURATION, low, likely, high, waits_for=before)
        return [(add_activity(manager, plan, draft, _revision(plan)), targets)]

    def _team(self) -> dict[str, list[Member]]:
        """Those who were named for what is signed, by role; what is not signed asks for roles."""
        team: dict[str, list[Member]] = {}
        for who in self.people.get("team", []):
            member = self.members[who]
            if member.role is not None:
                team.setdefault(member.role.name, []).append(member)
        return team

    # What came true

    def live(self, plan: Plan) -> None:
        """Work went on since the plan began, and took as much longer or shorter as real work does."""
        links, units = _links_of(plan), _units_of(plan)
        lived: dict[int, Lived] = {}
        finished: dict[int, dt.date] = {}
        for activity in _in_order(list(plan.activities.all()), links):
            start = max([plan.begins_on, *(finished[source] for source in links[activity.pk])])
            days = self._days(activity, units.get(activity.pk, 1.0))
            finished[activity.pk] = _working_days_after(start, days)
            done = self._done(activity, start, finished[activity.pk])
            if done:
                lived[activity.pk] = Lived(start, finished[activity.pk] if done == 1 else None, done)
        lead = plan.activities.get(code=self._code_of("Project manager"))
        share = self._share_of_all(plan, lived, lead)
        lived[lead.pk] = Lived(plan.begins_on, max(finished.values()) if share == 1 else None, share)
        live_through(self.members[self.people["project_manager"]], plan, lived)

    def _done(self, activity: Activity, start: dt.date, finish: dt.date) -> Decimal:
        """The share that is done by today; the last work of what is only being closed is not quite."""
        is_closed = self.written["stage"] == Outcome.CLOSED
        if is_closed or (finish < self.world.today and not self._is_last(activity)):
            return Decimal(1)
        if start >= self.world.today or activity.kind == Activity.Kind.MILESTONE:
            return Decimal(0)
        share = _working_days_between(start, self.world.today) / max(_working_days_between(start, finish), 1)
        return Decimal(max(1, min(19, int(share * 20)))) / 20

    def _is_last(self, activity: Activity) -> bool:
        ends = [self.codes[n] for n in self.breakdown["ends"]]
        return activity.kind == Activity.Kind.MILESTONE or activity.code in ends

    def _share_of_all(self, plan: Plan, lived: dict[int, Lived], lead: Activity) -> Decimal:
        """Whoever leads a project is as far as the project is."""
        work = [a for a in plan.activities.filter(kind=Activity.Kind.EFFORT) if a.pk != lead.pk]
        done = sum((a.likely * lived[a.pk].done for a in work if a.pk in lived), Decimal(0))
        whole = sum((a.likely for a in work), Decimal(0))
        return Decimal(round(done / whole, 2))

    def _code_of(self, role: str) -> str:
        return next(self.codes[line.number] for line in self.lines if line.number and line.role == role)

    def _days(self, activity: Activity, units: float) -> int:
        if activity.kind == Activity.Kind.MILESTONE:
            return 0
        took = float(activity.likely) * ratio_of(f"{self.written['id']}/{activity.code}")
        return round(took / units / (1 if activity.kind == Activity.Kind.DURATION else _HOURS_A_DAY))


def _revision(plan: Plan) -> int:
    plan.refresh_from_db(fields=["revision"])
    return plan.revision


def _links_of(plan: Plan) -> dict[int, list[int]]:
    """An activity's key -> those that it waits for."""
    activities = plan.activities.prefetch_related("incoming")
    return {a.pk: [link.source_id for link in a.incoming.all()] for a in activities}


def _units_of(plan: Plan) -> dict[int, float]:
    """An activity's key -> how many people work on it at once."""
    activities = plan.activities.filter(kind=Activity.Kind.EFFORT).prefetch_related("assignments")
    return {a.pk: float(sum(x.units for x in a.assignments.all())) for a in activities}


def _in_order(activities: list[Activity], links: dict[int, list[int]]) -> list[Activity]:
    """Each after those that it waits for."""
    ordered: dict[int, Activity] = {}
    while len(ordered) < len(activities):
        ordered |= {a.pk: a for a in activities if a.pk not in ordered and ordered.keys() >= set(links[a.pk])}
    return list(ordered.values())


def _working_days_after(start: dt.date, days: int) -> dt.date:
    found = start
    while days > 0 or found.weekday() > 4:
        found += dt.timedelta(1)
        days -= found.weekday() < 5
    return found


def _working_days_between(start: dt.date, end: dt.date) -> int:
    return sum((start + dt.timedelta(k)).weekday() < 5 for k in range((end - start).days))
