"""Short builders for the engine's values, and an independent judge of schedules."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from accord.engine.plan import (
    Activity,
    Engagement,
    Link,
    LinkType,
    Need,
    Portfolio,
    Promise,
    PromiseKind,
    Resource,
    ThreePoint,
)
from accord.engine.scheduling import Schedule, ScheduledActivity

MONDAY = dt.date(2027, 1, 4)
BEST_KNOWN = {"j90_1_1": 73, "j90_13_1": 138, "j90_37_1": 110}


def days(low: float, likely: float | None = None, high: float | None = None) -> ThreePoint:
    if likely is None or high is None:
        return ThreePoint.certain(low)
    return ThreePoint(low, likely, high)


def a_portfolio(*engagements: Engagement, capacity: tuple[Resource, ...] = (), **more: object) -> Portfolio:
    return Portfolio(start=MONDAY, engagements=engagements, capacity=capacity, **more)  # type: ignore[arg-type]


def an_engagement(*activities: Activity, id: str = "portal", **more: object) -> Engagement:  # noqa: A002
    return Engagement(id=id, activities=activities, **more)  # type: ignore[arg-type]


def by(date: dt.date, of: str | None = None, id: str = "date") -> Promise:  # noqa: A002
    return Promise(id, PromiseKind.DATE, date=date, of=of)


def psplib(name: str) -> Portfolio:
    """An instance in Patterson format as a portfolio."""
    path = Path(__file__).parent / "data" / "psplib" / f"{name}.rcp"
    numbers = iter([int(word) for word in path.read_text().split()])
    count, resources = next(numbers), next(numbers)
    units = [next(numbers) for _ in range(resources)]
    after: dict[int, list[Link]] = {i: [] for i in range(count)}
    work = []
    for i in range(count):
        duration = next(numbers)
        demand = [next(numbers) for _ in range(resources)]
        for _ in range(next(numbers)):
            after[next(numbers) - 1].append(Link(str(i)))
        work.append((duration, demand))
    activities = [
        Activity(
            str(i),
            duration=days(duration) if duration else None,
            needs=tuple(Need(f"r{k}", u) for k, u in enumerate(demand) if u and duration),
            after=tuple(after[i]),
        )
        for i, (duration, demand) in enumerate(work)
    ]
    capacity = tuple(Resource(f"r{k}", units=u) for k, u in enumerate(units))
    return a_portfolio(an_engagement(*activities), capacity=capacity)


def violations(portfolio: Portfolio, schedule: Schedule) -> list[str]:
    """What a schedule breaks, found from the portfolio's values alone: links, releases, and people at every moment."""
    found = []
    running: list[tuple[Activity, ScheduledActivity]] = []
    for engagement, planned in zip(portfolio.engagements, schedule.engagements, strict=True):
        at = {a.id: a for a in planned.activities}
        for activity in engagement.activities:
            here = at[activity.id]
            running.append((activity, here))
            if here.start_day < 0 or here.finish_day < here.start_day:
                found.append(f"{activity.id}: impossible dates")
            found += [f"{activity.id} after {k.of}" for k in activity.after if not _kept(k, at[k.of], here)]
    found += _overloads(portfolio, running)
    return found


def _kept(link: Link, before: ScheduledActivity, here: ScheduledActivity) -> bool:
    left = before.finish_day if link.type in (LinkType.FS, LinkType.FF) else before.start_day
    right = here.start_day if link.type in (LinkType.FS, LinkType.SS) else here.finish_day
    return right >= left + link.lag - 1e-6


def _overloads(portfolio: Portfolio, running: list[tuple[Activity, ScheduledActivity]]) -> list[str]:
    roles = {r.id: r.role for r in portfolio.capacity}
    units = {r.id: r.units for r in portfolio.capacity}
    for resource in portfolio.capacity:
        if resource.role is not None:
            units[resource.role] += 1
    found = []
    for moment in sorted({here.start_day for _, here in running}):
        held: dict[str, float] = dict.fromkeys(units, 0.0)
        for activity, here in running:
            if not here.start_day - 1e-9 <= moment < here.finish_day - 1e-9:
                continue
            for need in activity.needs:
                held[need.of] += need.units
                role = roles[need.of]
                if role is not None:
                    held[role] += need.units
            for assigned in here.assigned:
                for member in assigned.members:
                    held[member] += 0.0  # named people taken for a role are counted in the role's pool
        found += [f"{of} at {moment}" for of, load in held.items() if load > units[of] + 1e-6]
    return found
