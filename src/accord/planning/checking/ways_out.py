"""What would make promises backed, and who else would feel it: computed on the same futures, never advised."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from accord.engine import promise_check
from accord.engine.plan import Activity, Engagement, Portfolio
from accord.planning.checking.changes import (
    Change,
    DateChange,
    DropChange,
    PeopleChange,
    PriceChange,
    applied,
    kept,
)
from accord.planning.checking.curves import curve_of, share_by
from accord.planning.checking.judging import Json, Progress, few, of
from accord.planning.checking.portfolio import Gathered

# A change of a probability that is smaller than this is the simulation's noise.
FELT = 0.02
_DROPPED_AT_MOST = 3
_CRITICAL = 0.25
_ROLES_TRIED = 2
_RUNS = 9  # about so many simulations, for the progress


@dataclass(frozen=True, slots=True)
class Measured:
    """What is compared: every probability, and how our engagement ends in few simulated courses."""

    probabilities: dict[str, dict[str, float]]  # engagement -> promise
    joint: float
    finish: str  # with 80 percent
    days: float  # working days until then
    cost: float  # in the mean


def measure(portfolio: Portfolio, about: str) -> Measured:
    """
    Raises:
        CyclicNetwork, NeverStarts, BeyondCalendar: the plans cannot be carried out.
    """
    result = promise_check.check(few(portfolio), detailed=about)
    own = of(result, about)
    return Measured(
        {e.id: {p.promise.id: p.kept.probability for p in e.promises} for e in result.engagements},
        own.joint.probability,
        own.finish.p80.isoformat(),
        own.working_days.p80,
        own.cost.mean,
    )


class WaysOut:
    """Everything that is found after the answer itself."""

    def __init__(self, gathered: Gathered, answer: Json, needed: Sequence[str], progress: Progress) -> None:
        """`needed`: the codes of activities that a client expects by name."""
        self.gathered, self.answer, self.needed = gathered, answer, set(needed)
        self.portfolio = gathered.portfolio
        self.own: Engagement = next(e for e in self.portfolio.engagements if e.id == gathered.about)
        self.progress, self.runs = progress, 0
        self.base = self._measured(self.portfolio)

    def found(self) -> Json:
        return {"few": asdict(self.base), "others": self._others(), "remedies": self._remedies()}

    def _measured(self, portfolio: Portfolio, about: str | None = None) -> Measured:
        found = measure(portfolio, about or self.gathered.about)
        self.runs += 1
        self.progress(min(1.0, self.runs / _RUNS))
        return found

    # Others

    def _others(self) -> list[Json]:
        """Promises of other engagements that are kept less often because of this one."""
        if len(self.portfolio.engagements) == 1:
            return []
        without = self.portfolio.without(self.gathered.about)
        found = self._measured(without, without.engagements[0].id)
        return felt(found.probabilities, self.base.probabilities, self.gathered)

    # Remedies

    def _remedies(self) -> list[Json]:
        wrong = [(name, p) for name, p in self.answer["promises"].items() if not p["backed"]]
        if not wrong:
            return []
        found = self._promised_anew(wrong)
        late = [name for name, p in wrong if p["kind"] == "time"]
        if late:
            found += self._more_people(late)
        found += self._fewer([name for name, _ in wrong])
        return sorted(found, key=lambda way: (not self._is_enough(way), abs(way["price"])))

    def _promised_anew(self, wrong: list[tuple[str, Json]]) -> list[Json]:
        """Promise the best values that are backed: all dates about the same end together, and all prices."""
        together: dict[tuple[str, str | None], list[tuple[str, Json]]] = {}
        for name, p in wrong:
            together.setdefault((p["kind"], p["of"]), []).append((name, p))
        return [self._better(kind, promises) for (kind, _of), promises in together.items()]

    def _better(self, kind: str, promises: list[tuple[str, Json]]) -> Json:
        """How often better values are kept is known from the answer's curves."""
        changes: list[Change] = []
        for name, p in promises:
            about = {"expectation": int(name[1:])}
            if kind == "time":
                changes.append(DateChange.model_validate(about | {"date": p["best"]}))
            else:
                changes.append(PriceChange.model_validate(about | {"amount": p["best"]}))
        price = 0.0 if kind == "time" else max(p["best"] - p["said"] for _, p in promises)
        now = kept_anew(self.answer, changes)
        return self._way(changes[0].kind, [name for name, _ in promises], changes, price, now, None)

    def _way(
        self,
        kind: str,
        about: list[str],
        changes: list[Change],
        price: float,
        now: dict[str, float],
        joint: float | None,
    ) -> Json:
        """`for`: the promise that is least likely of those that the way is about."""
        return {
            "kind": kind, "for": min(about, key=lambda name: now[name]), "about": about, "changes": kept(changes),
            "price": price, "probabilities": now, "joint": joint,
        }  # fmt: skip

    def _now(self, name: str) -> float:
        return float(self.answer["promises"][name]["p"])

    def _tried(self, kind: str, about: list[str], changes: list[Change]) -> list[Json]:
        """What these changes would give; nothing if the least likely promise does not become likelier by them."""
        gathered, worst = self.gathered, min(about, key=self._now)
        after = self._measured(applied(self.portfolio, gathered.about, gathered.margin, changes))
        now, before = after.probabilities[gathered.about], self.base.probabilities[gathered.about]
        if now[worst] < before[worst] + FELT:
            return []
        price = price_of(gathered, self.base, after, changes)
        return [self._way(kind, about, changes, price, now, after.joint)]

    def _more_people(self, late: list[str]) -> list[Json]:
        """The best with people whom the firm has, and the best with one who is hired."""
        found = []
        for changes in (list(self._with_those_there()), list(self._with_one_hired())):
            tried = [way for change in changes for way in self._tried("people", late, [change])]
            found += sorted(tried, key=lambda way: (not self._is_enough(way), way["price"]))[:1]
        return found

    def _with_those_there(self) -> Iterator[Change]:
        """One more of a role on all that often decides the end."""
        for role, codes in list(self._critical_by_role().items())[:_ROLES_TRIED]:
            if self._people(role) > max(self._units(code, role) for code in codes):
                yield PeopleChange(role=int(role[1:]), codes=tuple(codes))

    def _with_one_hired(self) -> Iterator[Change]:
        """First of the role that is waited for longest."""
        by_role = self._critical_by_role()
        waited = [w["of"] for w in self.answer["waiting"] if w["of"][0] == "r"]
        for role in list(dict.fromkeys([*waited, *by_role]))[:_ROLES_TRIED]:
            codes = tuple(by_role.get(role, ()))
            yield PeopleChange(role=int(role[1:]), codes=codes, hired=True, cost=self._rate(role))

    def _critical_by_role(self) -> dict[str, list[str]]:
        """Roles with the activities of theirs that often decide the end, the heaviest role first."""
        chance = {a["code"]: a["criticality"] for a in self.answer["activities"]}
        weight: dict[str, float] = {}
        found: dict[str, list[str]] = {}
        for a in self.own.activities:
            for need in a.needs:
                if need.of[0] == "r" and a.effort and a.done < 1 and chance[a.id] >= _CRITICAL:
                    found.setdefault(need.of, []).append(a.id)
                    weight[need.of] = weight.get(need.of, 0.0) + chance[a.id] * a.effort.likely
        return dict(sorted(found.items(), key=lambda item: -weight[item[0]]))

    def _people(self, role: str) -> float:
        return sum(r.role == role for r in self.portfolio.capacity) + sum(
            r.units for r in self.portfolio.capacity if r.id == role
        )

    def _units(self, code: str, role: str) -> float:
        return max(n.units for a in self.own.activities if a.id == code for n in a.needs if n.of == role)

    def _rate(self, role: str) -> float:
        """What an hour of this role costs in the middle of those who have it."""
        rates = [r.cost_rate for r in self.portfolio.capacity if r.role == role]
        return float(np.median(rates)) if rates else 0.0

    def _fewer(self, wrong: list[str]) -> list[Json]:
        """Leave out what nobody expects by name: the least that is enough, or the largest together."""
        order = self._droppable()[:_DROPPED_AT_MOST]
        alone = [way for a in order for way in self._tried("drop", wrong, [DropChange(codes=(a.id,))])]
        enough = [way for way in alone if self._is_enough(way)]
        if enough:
            return [min(enough, key=lambda way: abs(way["price"]))]
        best = alone[:1]
        for count in range(2, len(order) + 1):
            codes = tuple(a.id for a in order[:count])
            best = self._tried("drop", wrong, [DropChange(codes=codes)]) or best
            if best and self._is_enough(best[0]):
                break
        return best

    def _is_enough(self, way: Json) -> bool:
        """Whether all that it is about would be backed by this way alone."""
        return bool(way["probabilities"][way["for"]] >= self.answer["asked"])

    def _droppable(self) -> list[Activity]:
        """The heaviest first; never the one that all begins or ends with, which holds the rest together."""
        chance = {a["code"]: a["criticality"] for a in self.answer["activities"]}
        begins = [a.id for a in self.own.activities if not a.after]
        followed = {link.of for a in self.own.activities for link in a.after}
        ends = [a.id for a in self.own.activities if a.id not in followed]
        kept_ones = self.needed | {p.of for p in self.own.promises if p.of}
        kept_ones |= {ids[0] for ids in (begins, ends) if len(ids) == 1}
        free = [a for a in self.own.activities if a.effort and not a.done and a.id not in kept_ones]
        return sorted(free, key=lambda a: -(0.1 + chance[a.id]) * (a.effort.likely if a.effort else 0.0))


def compare(gathered: Gathered, changes: Sequence[Change], known: Json | None = None) -> Json:
    """A what-if: how likely everything is before and after, on the same futures.

    `known`: the answer of a check of the same inputs. Another date or price is read from its curves, so that a what-if
    says what the check said; only the rest is simulated.
    """
    portfolio, about = gathered.portfolio, gathered.about
    before = Measured(**known["few"]) if known and "few" in known else measure(portfolio, about)
    after = measure(applied(portfolio, about, gathered.margin, changes), about)
    if known and all(isinstance(change, DateChange | PriceChange) for change in changes):
        now = {name: p["p"] for name, p in known["promises"].items()}
        before = replace(before, probabilities=before.probabilities | {about: now}, joint=known["joint"]["p"])
        anew = kept_anew(known, changes)
        joint = min(after.joint, *anew.values())
        after = replace(after, probabilities=after.probabilities | {about: anew}, joint=joint)
    return {
        "asked": portfolio.confidence,
        "samples": few(portfolio).samples,
        "currency": portfolio.currency,
        "before": before.probabilities[about],
        "after": after.probabilities[about],
        "joint": [before.joint, after.joint],
        "finish": [before.finish, after.finish],
        "price": price_of(gathered, before, after, changes),
        "others": felt(before.probabilities, after.probabilities, gathered, both_ways=True),
    }


def kept_anew(answer: Json, changes: Sequence[Change]) -> dict[str, float]:
    """How likely each promise is kept if other dates and prices are promised; nothing else changes by that."""
    found = {name: float(p["p"]) for name, p in answer["promises"].items()}
    for change in changes:
        if isinstance(change, DateChange | PriceChange):
            name, is_date = f"x{change.expectation}", isinstance(change, DateChange)
            curve = curve_of(answer, name, "time" if is_date else "price")["curve"]
            value = change.date.isoformat() if isinstance(change, DateChange) else float(change.amount)
            found[name] = share_by(curve, value)
    return found


def felt(
    before: dict[str, dict[str, float]],
    after: dict[str, dict[str, float]],
    gathered: Gathered,
    both_ways: bool = False,
) -> list[Json]:
    """Promises of others whose probability changes noticeably, the worst first, and which roles they share with ours."""
    found = []
    for engagement, promises in before.items():
        if engagement == gathered.about:
            continue
        for name, p in promises.items():
            change = after[engagement][name] - p
            if change <= -FELT or (both_ways and change >= FELT):
                shared = _shared(gathered, engagement)
                found.append({"engagement": int(engagement[1:]), "expectation": int(name[1:]),
                              "before": p, "after": after[engagement][name], "shared": shared})  # fmt: skip
    return sorted(found, key=lambda o: o["after"] - o["before"])


def _shared(gathered: Gathered, other: str) -> list[str]:
    role_of = {r.id: r.role or r.id for r in gathered.portfolio.capacity}
    used = {
        e.id: {role_of[n.of] for a in e.activities if a.done < 1 for n in a.needs}
        for e in gathered.portfolio.engagements
        if e.id in (other, gathered.about)
    }
    return sorted(gathered.names[r] for r in used[other] & used[gathered.about] if r in gathered.names)


def price_of(gathered: Gathered, before: Measured, after: Measured, changes: Sequence[Change]) -> float:
    """What the changes cost the firm (more than zero) or take from the price (less), in money.

    What is left out takes its cost and the margin on it from the price. Whoever is hired costs their days until the
    work is done with 80 percent, whether they have something to do or not.
    """
    difference = after.cost - before.cost
    price = 0.0
    for change in changes:
        if isinstance(change, DropChange):
            price += difference / (1 - gathered.margin)
        elif isinstance(change, PeopleChange) and change.hired:
            days = math.ceil(after.days)
            price += change.units * days * gathered.portfolio.calendar.hours_per_day * change.cost
        elif not isinstance(change, DateChange | PriceChange):
            price += difference
    return round(price, 2)
