"""From a portfolio's values to the flat arrays that the compiled loops read."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accord.engine.calendar import WorkingCalendar
from accord.engine.distributions import Variable, variable
from accord.engine.network import CODES, FS, SS, Network, critical_path, finish_to_start_reach, peak_demand
from accord.engine.plan import Activity, Engagement, Need, Portfolio, Resource, Risk, ThreePoint
from accord.engine.streams import key_of
from accord.engine.tables import BLOCK, UNIT, Scratch, Tables

# Finding out who can never be short needs the transitive closure of an engagement's links: up to this size it is cheap.
CLOSURE_LIMIT = 3_000

# So little after a morning that it is no longer the evening before (`calendar.TOLERANCE`), and nothing else.
AFTER_THE_EVENING = 1e-6

# Places in arrays are unsigned: compiled code need not look whether they count from the end.
PLACE = np.uint32


@dataclass(frozen=True, slots=True)
class Compiled:
    """The arrays, and how to read answers back. Activities stand in the order of the file."""

    tables: Tables
    calendar: WorkingCalendar
    network: Network
    groups: NDArray[np.int32]  # (2, E) first and last + 1 activity of each engagement
    activity_at: dict[tuple[str, str], int]  # (engagement id, activity id) -> position
    starts: NDArray[np.float64]  # (E,) each engagement's own start on the axis
    scheduled: bool  # whether anybody can be short
    resources: tuple[str, ...]  # ids by resource number
    likely_days: NDArray[np.float64]  # (n,) remaining working days from the likely values
    reached: NDArray[np.float64]  # (n,) the first moment at which what takes no time is reached; -inf: any


def compile_portfolio(portfolio: Portfolio, certain: bool = False) -> Compiled:
    """Make the arrays; with `certain` every estimate is its likely value and no risk occurs.

    Raises:
        CyclicNetwork: activities of an engagement wait for each other.
    """
    return _Compiler(portfolio, certain).result()


class _Compiler:
    def __init__(self, portfolio: Portfolio, certain: bool) -> None:
        self.portfolio = portfolio
        self.certain = certain
        self.calendar = WorkingCalendar(portfolio.start, portfolio.calendar)
        self.activities = [(e, a) for e, g in enumerate(portfolio.engagements) for a in g.activities]
        ends = list(accumulate((len(g.activities) for g in portfolio.engagements), initial=0))
        self.groups = np.array([ends[:-1], ends[1:]], dtype=np.int32)
        self.at = {(portfolio.engagements[e].id, a.id): i for i, (e, a) in enumerate(self.activities)}
        pools = [r for r in portfolio.capacity if not r.named]
        self.resources: list[Resource] = [*pools, *(r for r in portfolio.capacity if r.named)]
        self.pools = len(pools)
        self.number = {r.id: k for k, r in enumerate(self.resources)}
        self.members: dict[int, list[int]] = defaultdict(list)
        for k in range(self.pools, len(self.resources)):
            role = self.resources[k].role
            if role is not None:
                self.members[self.number[role]].append(k)

    def result(self) -> Compiled:
        network = Network.of(len(self.activities), self._links())
        release = np.array([self._release(e, a) for e, a in self.activities])
        sizes = [self._size(a) for _, a in self.activities]
        likely = np.array([self._estimate(a).likely * self._day_factor(a) for _, a in self.activities])
        mean = np.array(
            [v.mean * self._day_factor(a) for v, (_, a) in zip(sizes, self.activities, strict=True)]
        )
        group = np.array([e for e, _ in self.activities], dtype=np.int32)
        needs = self._scheduling_needs(network)
        rank = self._ranks(critical_path(network, mean, release, group).late_finish)
        parts: dict[str, Any] = {
            **self._variable_arrays(sizes),
            **self._engagement_arrays(),
            **self._risk_arrays(),
            **network_arrays(network),
            **self._people_arrays(),
            **self._need_arrays(needs),
            "release": release,
            "undone": _floats(1.0 - a.done if a.done < 1 else 1.0 for _, a in self.activities),
        }
        parts |= rank_arrays(rank, parts["first_need"], parts["need_resource"], len(self.resources))
        return Compiled(
            tables=Tables(**parts),
            calendar=self.calendar,
            network=network,
            groups=self.groups,
            activity_at=self.at,
            starts=np.array([self._start(g) for g in self.portfolio.engagements]),
            scheduled=any(needs),
            resources=tuple(r.id for r in self.resources),
            likely_days=likely,
            reached=self._reached(network, release),
        )

    # Time and size

    def _start(self, engagement: Engagement) -> float:
        return self.calendar.morning(engagement.start) if engagement.start else 0.0

    def _release(self, e: int, activity: Activity) -> float:
        if activity.done > 0:  # it has started: what is left goes on from the file's start
            return 0.0
        earliest = self._start(self.portfolio.engagements[e])
        return max(earliest, self.calendar.morning(activity.not_before)) if activity.not_before else earliest

    def _reached(self, network: Network, release: NDArray[np.float64]) -> NDArray[np.float64]:
        """When what takes no time is reached at the earliest, where a date holds it back.

        On the axis a morning is the evening before, on which work ends; what no work leads up to is reached on the
        day itself. The same is true of what follows it and takes no time either.
        """
        momentary = np.array([self._estimate(a).high == 0.0 and a.done == 0 for _, a in self.activities])
        reached = np.where(momentary, release + AFTER_THE_EVENING, -np.inf)
        for j in network.order[momentary[network.order]]:
            for k in network.incoming[network.first_in[j] : network.first_in[j + 1]]:
                reached[j] = max(reached[j], reached[network.source[k]] + network.lag[k])
        return reached

    def _estimate(self, activity: Activity) -> ThreePoint:
        return activity.effort or activity.duration or ThreePoint.certain(0.0)

    def _size(self, activity: Activity) -> Variable:
        return self._variable(self._estimate(activity))

    def _variable(self, estimate: ThreePoint) -> Variable:
        return variable(ThreePoint.certain(estimate.likely) if self.certain else estimate)

    def _speed(self, needs: tuple[Need, ...]) -> float:
        """Working hours per day of all units together, pools at their own hours."""
        return sum(need.units * self.resources[self.number[need.of]].hours_per_day for need in needs)

    def _money_per_day(self, needs: tuple[Need, ...]) -> float:
        people = [(need.units, self.resources[self.number[need.of]]) for need in needs]
        return sum(units * r.hours_per_day * r.cost_rate for units, r in people)

    def _day_factor(self, activity: Activity) -> float:
        undone = 1.0 - activity.done
        return undone / self._speed(activity.needs) if activity.effort else undone

    def _cost_factor(self, activity: Activity) -> float:
        if self._is_flexible(activity) and activity.done < 1:
            return 0.0  # the people taken decide, when it is scheduled
        money = self._money_per_day(activity.needs)
        return money / self._speed(activity.needs) if activity.effort else money

    def _is_flexible(self, activity: Activity) -> bool:
        return any(
            self.members[self.number[need.of]]
            for need in activity.needs
            if need.of in self.number and self.number[need.of] < self.pools
        )

    # Arrays

    def _variable_arrays(self, sizes: list[Variable]) -> dict[str, object]:
        impacts = [self._variable(self._impact(r)) for _, r in self._risks()]
        both = [*sizes, *impacts]
        names = [("activity", self.portfolio.engagements[e].id, a.id) for e, a in self.activities]
        names += [("impact", g.id, r.id) for g, r in self._risks()]
        whole = [int(v.row) for v in both]
        return {
            "kind": np.array([v.kind for v in both], dtype=np.int8),
            "base": _floats(v.base for v in both),
            "width": _floats(v.width for v in both),
            "row": np.array(whole, dtype=PLACE),
            "row_share": _floats(v.row - w for v, w in zip(both, whole, strict=True)),
            "key": _keys(names),
            "engagement": np.array([e for e, _ in self.activities], dtype=PLACE),
            "day_factor": _floats(self._day_factor(a) for _, a in self.activities),
            "cost_factor": _floats(self._cost_factor(a) for _, a in self.activities),
        }

    def _engagement_arrays(self) -> dict[str, object]:
        engagements = self.portfolio.engagements
        # The normal correlation that gives the asked rank correlation (K. Pearson, 1907).
        rho = [2 * math.sin(math.pi / 6 * g.correlation) for g in engagements]
        return {
            "common": _floats(math.sqrt(r) for r in rho),
            "own": _floats(math.sqrt(1 - r) for r in rho),
            "common_key": _keys([("common", g.id) for g in engagements]),
            "fixed_cost": _floats(g.fixed_cost for g in engagements),
        }

    def _risks(self) -> list[tuple[Engagement, Risk]]:
        return [] if self.certain else [(g, r) for g in self.portfolio.engagements for r in g.risks]

    def _impact(self, risk: Risk) -> ThreePoint:
        return risk.effort or risk.duration or ThreePoint.certain(0.0)

    def _risk_arrays(self) -> dict[str, object]:
        risks = self._risks()
        position = {g.id: e for e, g in enumerate(self.portfolio.engagements)}
        on = [self.at[g.id, r.on] if r.on is not None else -1 for g, r in risks]
        hit = [self.activities[i][1] if i >= 0 else None for i in on]
        pairs = [(r, a) for (_, r), a in zip(risks, hit, strict=True)]
        return {
            "risk_probability": _floats(r.probability for _, r in risks),
            "risk_activity": np.array(on, dtype=np.int32),
            "risk_engagement": np.array([position[g.id] for g, _ in risks], dtype=PLACE),
            "risk_work": _floats(
                1 / self._speed(a.needs) if r.effort and a and a.done < 1 else 0.0 for r, a in pairs
            ),
            "risk_wait": _floats(1.0 if r.duration and a and a.done < 1 else 0.0 for r, a in pairs),
            "risk_cost_factor": _floats(self._risk_money(r, a) for r, a in pairs),
            "risk_cost": _floats(r.cost for r, _ in pairs),
            "risk_key": _keys([("risk", g.id, r.id) for g, r in risks]),
        }

    def _risk_money(self, risk: Risk, activity: Activity | None) -> float:
        if activity is None or activity.done >= 1 or self._is_flexible(activity):
            return 0.0
        money = self._money_per_day(activity.needs)
        if risk.effort:
            return money / self._speed(activity.needs)
        return money if risk.duration else 0.0

    def _links(self) -> list[tuple[int, int, int, float]]:
        links = []
        for j, (e, activity) in enumerate(self.activities):
            if activity.done >= 1:
                continue
            for link in activity.after:
                code = CODES[link.type]
                if activity.done == 0 or code not in (FS, SS):  # what has started no longer waits to start
                    links.append((self.at[self.portfolio.engagements[e].id, link.of], j, code, link.lag))
        return links

    def _ranks(self, latest_finish: NDArray[np.float64]) -> NDArray[np.int32]:
        """What has started keeps its people; then engagement priority; then the latest finish."""
        return ranks_by(
            [
                (a.done == 0, self.portfolio.engagements[e].priority, latest_finish[i])
                for i, (e, a) in enumerate(self.activities)
            ]
        )

    # People

    def _people_arrays(self) -> dict[str, object]:
        resources, pools = self.resources, self.pools
        pool_of = [self.number[r.role] if r.role is not None else -1 for r in resources]
        away = [self.calendar.away(r.away) if r.named else [] for r in resources]
        events = sorted(
            (moment, begins, k)
            for k, stretches in enumerate(away)
            for begin, end in stretches
            for moment, begins in ((begin, True), (end, False))
        )
        unnamed = [_units(r.units) for r in resources[:pools]]
        return {
            "pools": pools,
            "capacity": np.array(
                [u + UNIT * len(self.members[k]) for k, u in enumerate(unnamed)]
                + [UNIT] * (len(resources) - pools),
                dtype=np.int64,
            ),
            "unnamed": np.array(unnamed, dtype=np.int64),
            "first_member": _offsets(len(self.members[k]) for k in range(pools)),
            "member": np.array([m for k in range(pools) for m in self.members[k]], dtype=PLACE),
            "pool_of": np.array(pool_of, dtype=np.int32),
            "hours": _floats(r.hours_per_day for r in resources),
            "rate": _floats(r.cost_rate for r in resources),
            "first_away": _offsets(len(s) for s in away),
            "away_from": _floats(begin for s in away for begin, _ in s),
            "away_to": _floats(end for s in away for _, end in s),
            "away_moment": _floats(moment for moment, _, _ in events),
            "away_resource": np.array([k for _, _, k in events], dtype=PLACE),
            "away_begins": np.array([begins for _, begins, _ in events], dtype=np.bool_),
        }

    def _scheduling_needs(self, network: Network) -> list[list[tuple[int, int]]]:
        """For each activity the (resource, thousandths) that it may have to wait for."""
        plenty = self._never_short(network)
        return [
            [
                (k, _units(n.units))
                for n in a.needs
                if (k := self.number[n.of]) not in plenty or self._is_flexible(a)
            ]
            if a.done < 1
            else []
            for _, a in self.activities
        ]

    def _never_short(self, network: Network) -> set[int]:
        """Resources that always have enough units, so that nothing needs to be scheduled for them.

        Never a pool with members (whoever is taken decides speed and absence), and a member only if never away
        and if nothing is asked of its pool.
        """
        users: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for i, (_, a) in enumerate(self.activities):
            for need in a.needs if a.done < 1 else ():
                users[self.number[need.of]].append((i, need.units))
        reach = finish_to_start_reach(network) if network.count <= CLOSURE_LIMIT else None
        enough = set()
        for k, using in users.items():
            resource = self.resources[k]
            if (
                resource.away
                or self.members.get(k)
                or (
                    sum(u for _, u in using) > resource.units
                    and (
                        reach is None
                        or peak_demand(network, [i for i, _ in using], [u for _, u in using], reach)
                        > resource.units
                    )
                )
            ):
                continue
            enough.add(k)
        return {
            k for k in enough if (role := self.resources[k].role) is None or self.number[role] not in users
        }

    def _need_arrays(self, needs: list[list[tuple[int, int]]]) -> dict[str, object]:
        pool_of = [self.number[r.role] if r.role is not None else -1 for r in self.resources]
        smallest = np.full(len(self.resources), 1, dtype=np.int64)
        free: list[int] = []
        for own in needs:
            # By name first: a member held by name is no longer there for the pool's share of the same activity.
            own.sort(key=lambda need: need[0] < self.pools)
            by_name: dict[int, int] = defaultdict(int)
            for k, units in own:
                if k >= self.pools and pool_of[k] >= 0:
                    by_name[pool_of[k]] += units
            free += [units + (by_name[k] if k < self.pools else 0) for k, units in own]
        users = defaultdict(list)
        for k, units in ((k, f) for (k, _), f in zip((x for own in needs for x in own), free, strict=True)):
            users[k].append(units)
        for k, all_units in users.items():
            smallest[k] = min(all_units)
        flexible = [
            bool(own) and self._is_flexible(a) for own, (_, a) in zip(needs, self.activities, strict=True)
        ]
        held = [sum(1 if k >= self.pools else len(self.members[k]) for k, _ in own) for own in needs]
        return {
            "first_need": _offsets(len(own) for own in needs),
            "need_resource": np.array([k for own in needs for k, _ in own], dtype=PLACE),
            "need_units": np.array([u for own in needs for _, u in own], dtype=np.int64),
            "need_free": np.array(free, dtype=np.int64),
            "smallest_need": smallest,
            "flexible": np.array(flexible, dtype=np.bool_),
            "nominal_speed": _floats(self._speed(a.needs) if a.effort else 0.0 for _, a in self.activities),
            "fastest": _floats(
                self._fastest(a) if f else 1.0 for f, (_, a) in zip(flexible, self.activities, strict=True)
            ),
            "first_held": _offsets(held),
        }

    def _fastest(self, activity: Activity) -> float:
        """The nominal time's share that is left if the pools give their longest-working people."""
        if not activity.effort:
            return 1.0
        best = 0.0
        for need in activity.needs:
            k = self.number[need.of]
            alike = [k, *self.members[k]] if k < self.pools else [k]
            best += need.units * max(self.resources[m].hours_per_day for m in alike)
        return self._speed(activity.needs) / best


def ranks_by(keys: list[tuple[object, ...]]) -> NDArray[np.int32]:
    """The place of each activity when all are sorted by key; equal keys keep the order of the file."""
    order = sorted(range(len(keys)), key=lambda i: keys[i])
    rank = np.empty(len(keys), dtype=np.int32)
    rank[order] = np.arange(len(keys), dtype=np.int32)
    return rank


def network_arrays(network: Network) -> dict[str, Any]:
    """The links as the compiled loops read them."""
    return {
        "first": network.first.astype(PLACE),
        "target": network.target.astype(PLACE),
        "link": network.type,
        "lag": network.lag,
        "first_in": network.first_in.astype(PLACE),
        "incoming": network.incoming.astype(PLACE),
        "source": network.source.astype(PLACE),
        "order": network.order.astype(PLACE),
        "predecessors": np.diff(network.first_in).astype(np.int32),
    }


def rank_arrays(
    rank: NDArray[Any], first_need: NDArray[Any], need_resource: NDArray[Any], resources: int
) -> dict[str, Any]:
    """All that follows from the ranks: each resource has a place for each need of it, by rank, from a whole word on."""
    need_rank = np.repeat(rank, np.diff(first_need))
    users = np.bincount(need_resource, minlength=resources)
    first_word = np.concatenate([[0], np.cumsum((users + 63) // 64)])
    order = np.lexsort((need_rank, need_resource))
    gaps = 64 * first_word[:-1] - (np.cumsum(users) - users)
    place = np.empty(len(order), dtype=PLACE)
    place[order] = np.arange(len(order)) + gaps[need_resource[order]]
    place_rank = np.zeros(64 * first_word[-1], dtype=PLACE)
    place_rank[place] = need_rank
    return {
        "rank": rank.astype(PLACE),
        "by_rank": np.argsort(rank).astype(PLACE),
        "need_place": place,
        "first_word": first_word.astype(PLACE),
        "place_rank": place_rank,
    }


def scratch_for(t: Tables) -> Scratch:
    """Working space for one thread."""
    n, engagements, resources = len(t.engagement), len(t.fixed_cost), len(t.capacity)
    whole, words = np.int32, int(t.first_word[-1])
    return Scratch(
        work=np.zeros((n + 1, BLOCK)),
        wait=np.zeros((n, BLOCK)),
        factor=np.zeros((engagements, BLOCK)),
        cost=np.zeros((engagements, BLOCK)),
        start=np.zeros((n, BLOCK)),
        finish=np.zeros((n, BLOCK)),
        size=np.zeros(n),
        delay=np.zeros(n),
        begin=np.zeros(n),
        end=np.zeros(n),
        ready=np.zeros(n),
        left=np.zeros(n, whole),
        binding=np.zeros(n, whole),
        asked=np.zeros(n),
        cause=np.zeros(n, whole),
        waited_for=np.full(n, -1, whole),
        told=np.zeros(n + 1),
        stack=np.zeros(n + 1, PLACE),  # one spare place: a push is undone by not counting it
        heap_time=np.zeros(2 * n + 1),
        heap_code=np.zeros(2 * n + 1, PLACE),
        wake=np.zeros(n, whole),
        wake_next=np.zeros(n, whole),
        running=np.zeros(n, np.bool_),
        available=np.zeros(resources, np.int64),
        free=np.zeros(resources, np.int64),
        since=np.zeros(resources),
        freed_by=np.zeros(resources, whole),
        present=np.zeros(resources, np.bool_),
        waiting=np.zeros(words, np.uint64),
        waiting_words=np.zeros((words + 63) // 64, np.uint64),
        candidates=np.zeros((n + 63) // 64, np.uint64),
        candidate_words=np.zeros((n + 4095) // 4096, np.uint64),
        queue=np.zeros(n, whole),
        taken=np.zeros(len(t.need_units), np.int64),
        held=np.zeros(t.first_held[-1], PLACE),
        held_units=np.zeros(t.first_held[-1], np.int64),
        held_count=np.zeros(n, whole),
        seen=np.zeros(n, np.int64),
    )


def _units(units: float) -> int:
    return round(units * UNIT)


def _floats(values: object) -> NDArray[np.float64]:
    return np.fromiter(values, dtype=np.float64)  # type: ignore[call-overload, no-any-return]


def _offsets(sizes: object) -> NDArray[np.uint32]:
    return np.array(list(accumulate(sizes, initial=0)), dtype=PLACE)  # type: ignore[call-overload]


def _keys(names: Sequence[tuple[str, ...]]) -> NDArray[np.uint64]:
    whole = np.array([key_of(*name) for name in names], dtype=np.uint64)
    return np.stack([whole & np.uint64(0xFFFFFFFF), whole >> np.uint64(32)], axis=1)
