"""From the database to the portfolio that the engine simulates: this engagement, and every signed one that needs people.

What the plans ask of people whom the firm does not have is assumed and said in words; it never stops the check.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accord.actions.refusals import Refused
from accord.engagements.models import Engagement, Expectation
from accord.engagements.policies.in_force import in_force, remembered
from accord.engagements.queries import standing
from accord.engagements.rules import SIGNED, well_in_time
from accord.engine import plan as engine
from accord.estimating.models import Risk
from accord.estimating.numbers import COMMON_CAUSE
from accord.exchange.document import Document
from accord.exchange.engagement_file import parse_engagement_file, to_document
from accord.ledger.chain import canonical
from accord.planning.checking.capacity import Capacity, capacity, member_id, role_id
from accord.planning.models import Activity, Link, Plan

SAMPLES = 10_000
# The engine's own bound on activities times samples: a firm of any size gets an answer, of fewer samples if need be.
MOST_WORK = 100_000_000
NOBODY = "nobody"


def engagement_id(pk: int) -> str:
    return f"e{pk}"


def promise_id(pk: int) -> str:
    return f"x{pk}"


def margin_of(profile: str) -> float:
    return in_force().margin(profile)


@dataclass(frozen=True, slots=True)
class Gathered:
    """A portfolio, which of its engagements it is about, and how what is in it is called."""

    portfolio: engine.Portfolio
    about: str
    margin: float  # that a price must leave
    names: dict[str, str]
    assumed: tuple[str, ...]

    def inputs(self) -> dict[str, Any]:
        return {
            "file": to_document(self.portfolio),
            "about": self.about,
            "margin": self.margin,
            "names": self.names,
            "assumed": list(self.assumed),
        }

    @classmethod
    def of_inputs(cls, kept: dict[str, Any]) -> Gathered:
        """
        Raises:
            InputError: the file cannot be simulated.
        """
        portfolio = parse_engagement_file(Document(kept["file"], _("the plan"), {}))
        return cls(portfolio, kept["about"], kept["margin"], kept["names"], tuple(kept["assumed"]))


def digest_of(inputs: dict[str, Any], changes: list[dict[str, Any]]) -> str:
    """SHA-256 of all that the answer depends on: two checks with the same digest have the same answer."""
    content = {"file": inputs["file"], "about": inputs["about"], "changes": changes}
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def gather(engagement: Engagement, today: dt.date) -> Gathered:
    """
    Raises:
        Refused: there is no plan, or it has no activities.
    """
    with remembered():
        return _gathered(engagement, today)


def _gathered(engagement: Engagement, today: dt.date) -> Gathered:
    plans = list(_plans(engagement))
    own = next((p for p in plans if p.engagement_id == engagement.pk), None)
    if own is None:
        raise Refused(
            _("A promise check computes from a plan."),
            _("This engagement has none."),
            _("Make a plan from its estimate."),
        )
    return _Gatherer(plans, own, today).result()


def _plans(engagement: Engagement) -> QuerySet[Plan]:
    signed = Q(engagement__stage__in=SIGNED, engagement__outcome="")
    found = Plan.objects.filter(signed | Q(engagement=engagement)).select_related("engagement")
    return found.order_by("engagement_id")


class _Gatherer:
    def __init__(self, plans: list[Plan], own: Plan, today: dt.date) -> None:
        self.plans, self.own, self.today = plans, own, today
        self.assumed: dict[str, None] = {}  # in order, each once
        self.pools: dict[str, float] = {}  # people who are assumed: role -> how many
        rows = Activity.objects.filter(plan__in=plans).select_related("package")
        self.activities: dict[int, list[Activity]] = defaultdict(list)
        for row in rows.prefetch_related("assignments").order_by("position"):
            self.activities[row.plan_id].append(row)
        every = [a for rows in self.activities.values() for a in rows]
        self.code = {a.pk: a.code for a in every}
        assigned = {x.member_id for a in every for x in a.assignments.all() if x.member_id is not None}
        self.capacity: Capacity = capacity(today, assigned)
        self.resources = {m.id: m for m in self.capacity.members}

    def result(self) -> Gathered:
        if not self.activities[self.own.pk]:
            raise Refused(
                _("A promise check computes from a plan."),
                _("The plan has no activities."),
                _("Add what is to be done to the plan."),
            )
        links, promises, risks = self._links(), self._promises(), self._risks()
        engagements = tuple(
            self._engagement(p, links, promises[p.engagement_id], risks[p.estimate_id])
            for p in self.plans
            if self.activities[p.pk]
        )
        count = sum(len(e.activities) for e in engagements)
        profile = self.own.engagement.profile
        portfolio = engine.Portfolio(
            start=self.today,
            engagements=engagements,
            capacity=(*self._assumed_pools(), *self.capacity.members, *self._pools_of_members()),
            calendar=self.capacity.calendar,
            currency=self.own.engagement.currency,
            confidence=in_force().asked(profile),
            samples=max(100, min(SAMPLES, MOST_WORK // count)),
        )
        about = engagement_id(self.own.engagement_id)
        return Gathered(portfolio, about, margin_of(profile), self._names(risks), tuple(self.assumed))

    def _assumed_pools(self) -> list[engine.Resource]:
        return [self.capacity.pool(of, units) for of, units in self.pools.items()]

    def _pools_of_members(self) -> list[engine.Resource]:
        roles = dict.fromkeys(m.role for m in self.capacity.members if m.role is not None)
        return [engine.Resource(role, 0.0, 0.0, self.capacity.calendar.hours_per_day) for role in roles]

    def _names(self, risks: dict[int, list[Risk]]) -> dict[str, str]:
        own = {f"a:{a.code}": a.name for a in self.activities[self.own.pk]}
        return self.capacity.names | own | {f"k{k.pk}": k.name for k in risks[self.own.estimate_id]}

    def _links(self) -> dict[int, list[engine.Link]]:
        found: dict[int, list[engine.Link]] = defaultdict(list)
        for link in Link.objects.filter(target__plan__in=self.plans).order_by("pk"):
            found[link.target_id].append(
                engine.Link(self.code[link.source_id], engine.LinkType(link.kind), float(link.lag))
            )
        return found

    def _promises(self) -> dict[int, list[engine.Promise]]:
        """Times and prices that stand. A price is kept if the cost leaves the margin that the policy wants."""
        rows = standing().filter(
            kind__in=[Expectation.Kind.TIME, Expectation.Kind.COST],
            engagement__in=[p.engagement_id for p in self.plans],
        )
        found: dict[int, list[engine.Promise]] = defaultdict(list)
        for row in rows.select_related("target", "engagement").order_by("pk"):
            if well_in_time(row.date):
                self._leave_out(row)
            else:
                found[row.engagement_id].append(self._promise(row))
        return found

    def _leave_out(self, row: Expectation) -> None:
        """A date that no calendar reaches is not judged; another engagement's is told without a name."""
        if row.engagement_id == self.own.engagement_id:
            words = _("The date promised for “%(what)s” is too far away to be judged: restate it.")
            self.assumed[words % {"what": row.subject}] = None
        else:
            words = _("A date promised in another engagement is too far away: the check leaves it out.")
            self.assumed[words] = None

    def _promise(self, row: Expectation) -> engine.Promise:
        if row.date is not None:
            target = getattr(row, "target", None)
            of = self.code.get(target.activity_id) if target else None
            return engine.Promise(promise_id(row.pk), engine.PromiseKind.DATE, date=row.date, of=of)
        assert row.amount is not None
        cost = float(row.amount) * (1 - margin_of(row.engagement.profile))
        return engine.Promise(promise_id(row.pk), engine.PromiseKind.COST, amount=cost)

    def _risks(self) -> dict[int, list[Risk]]:
        found: dict[int, list[Risk]] = defaultdict(list)
        rows = Risk.objects.filter(estimate__in=[p.estimate_id for p in self.plans])
        for row in rows.select_related("package").order_by("pk"):
            found[row.estimate_id].append(row)
        return found

    def _engagement(
        self,
        p: Plan,
        links: dict[int, list[engine.Link]],
        promises: list[engine.Promise],
        risks: list[Risk],
    ) -> engine.Engagement:
        rows = self.activities[p.pk]
        made = tuple(self._activity(p, row, links[row.pk]) for row in rows)
        return engine.Engagement(
            id=engagement_id(p.engagement_id),
            activities=made,
            priority=p.priority,
            start=max(p.begins_on, self.today),
            correlation=COMMON_CAUSE,
            fixed_cost=float(p.fixed_cost),
            risks=tuple(_risks_on(risks, rows, {a.id: a for a in made})),
            promises=tuple(promises),
        )

    def _activity(self, p: Plan, row: Activity, after: list[engine.Link]) -> engine.Activity:
        points = engine.ThreePoint(float(row.low), float(row.likely), float(row.high))
        is_effort = row.kind == Activity.Kind.EFFORT
        return engine.Activity(
            id=row.code,
            effort=points if is_effort else None,
            duration=points if row.kind == Activity.Kind.DURATION else None,
            needs=() if row.kind == Activity.Kind.MILESTONE else tuple(self._needs(p, row, is_effort)),
            after=tuple(after),
            not_before=row.not_before,
            done=float(row.done),
        )

    def _needs(self, p: Plan, row: Activity, is_effort: bool) -> list[engine.Need]:
        asked: Counter[str] = Counter()
        for one in row.assignments.all():
            of = member_id(one.member_id) if one.member_id is not None else role_id(one.role_id)
            asked[of] += one.units
        named = {of for of in asked if of[0] == "m"}
        for of in sorted(named - self.resources.keys()):
            del asked[of]
            self._assume(
                p,
                _("“%(work)s” is assigned to somebody who has left: the check does not count them.")
                % {"work": row.name},
            )
        by_role = Counter(self.resources[of].role for of in asked if of[0] == "m")
        needs = [self._need(p, row, of, float(units), by_role[of]) for of, units in asked.items()]
        found = [need for need in needs if need is not None]
        if is_effort and not found:
            self.pools[NOBODY] = self.pools.get(NOBODY, 0.0) + 1
            words = _(
                "Nobody is assigned to “%(work)s”: the check takes one person, always free and without cost."
            )
            self._assume(p, words % {"work": row.name})
            return [engine.Need(NOBODY)]
        return found

    def _need(self, p: Plan, row: Activity, of: str, units: float, taken: int) -> engine.Need | None:
        """`taken`: members of this role who are already there by name."""
        if of[0] == "m":
            return engine.Need(of, min(units, 1.0))
        there, role = self.capacity.there[of], self.capacity.names[of]
        if not there:
            self.pools[of] = max(self.pools.get(of, 0.0), units)
            self._assume(
                p,
                _("Nobody has the role “%(role)s”: the check assumes that somebody is found in time.")
                % {"role": role},
            )
            return engine.Need(of, units)
        free = float(there - taken)
        if units > free:
            self._assume(
                p,
                _(
                    "“%(work)s” asks for %(asked)g people of the role “%(role)s” at once, and %(free)g are there: the check counts those."
                )
                % {"work": row.name, "asked": units, "role": role, "free": free},
            )
        return engine.Need(of, min(units, free)) if free > 0 else None

    def _assume(self, p: Plan, words: str) -> None:
        """Said of this engagement's plan only: another one's work may be confidential."""
        if p == self.own:
            self.assumed[words] = None


def _risks_on(risks: list[Risk], rows: list[Activity], made: dict[str, engine.Activity]) -> list[engine.Risk]:
    """Each risk on the first activity that was made from its package; its money remains if there is no such activity."""
    by_package: dict[str, engine.Activity] = {}
    for row in rows:
        if row.package is not None and row.kind != Activity.Kind.MILESTONE:
            by_package.setdefault(row.package.code, made[row.code])
    found = []
    for risk in risks:
        hit = by_package.get(risk.package.code) if risk.package is not None else None
        hours = engine.ThreePoint(float(risk.low), float(risk.likely), float(risk.high))
        effort = hours if hit is not None and hit.needs and hours.high > 0 else None
        if effort is not None or risk.cost:
            on = hit.id if hit is not None and effort is not None else None
            found.append(
                engine.Risk(f"k{risk.pk}", float(risk.probability), on, effort, cost=float(risk.cost))
            )
    return found
