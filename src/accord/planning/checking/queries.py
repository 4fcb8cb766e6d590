"""What pages show of promise checks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accord.engagements.models import Engagement, Expectation
from accord.engagements.queries import standing, visible_to
from accord.estimating.models import Estimate, State
from accord.exchange.wording import share
from accord.people.models import Member, Role
from accord.planning.checking import rules, wording
from accord.planning.checking.curves import curve_of
from accord.planning.checking.portfolio import digest_of
from accord.planning.checking.telling import ToTell
from accord.planning.models import Activity, Plan, PromiseCheck, Scenario

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Judged:
    """One promise as the check judged it."""

    expectation: Expectation
    kind: str  # time or price
    share: str
    backed: bool
    best: dt.date | float
    of: str  # the activity it is about; empty: the whole engagement


@dataclass(frozen=True, slots=True)
class Felt:
    """A promise of another engagement, which this one makes less likely (or, in a scenario, likelier)."""

    engagement: Engagement | None  # None: the reader may not see it
    subject: str
    before: str
    after: str
    worse: bool
    shared: Sequence[str]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answered check as its page shows it."""

    check: PromiseCheck
    result: Json
    headline: wording.Headline
    together: str
    judged: list[Judged]
    drivers: list[str]
    curves: Json


@dataclass(frozen=True, slots=True)
class WaysOut:
    ways: list[wording.Way]
    others: list[Felt]


@dataclass(frozen=True, slots=True)
class Missing:
    """What a first check needs."""

    estimate: bool
    plan: bool
    expectation: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """One promise before and after a scenario."""

    subject: str
    p: float
    kind: str
    before: str
    after: str
    better: bool
    backed: bool


def newest_check(engagement: Engagement) -> PromiseCheck | None:
    return engagement.checks.filter(scenario=None).select_related("asked_by").defer("inputs").first()


def answered_check(engagement: Engagement, newest: PromiseCheck | None) -> PromiseCheck | None:
    """The newest check that has an answer, which may be an earlier one while a new one is computed."""
    if newest is None or newest.result is not None:
        return newest
    earlier = engagement.checks.filter(scenario=None, result__isnull=False)
    return earlier.select_related("asked_by").defer("inputs").first()


def answer_of(check: PromiseCheck, said: Sequence[Expectation]) -> Answer:
    """`said`: the standing expectations of the engagement."""
    result: Json = check.result or {}
    names = {a["code"]: a["name"] for a in result["activities"]}
    by_id = {f"x{e.pk}": e for e in said}
    judged = [
        _judged(by_id[name], p, result["asked"], names)
        for name, p in result["promises"].items()
        if name in by_id
    ]
    return Answer(
        check=check,
        result=result,
        headline=wording.headline(
            ((p["kind"], p["p"]) for p in result["promises"].values()),
            result["asked"],
            result["joint"]["p"] if not check.stale else None,
        ),
        together=share(result["joint"]["p"], result["asked"]),
        judged=judged,
        drivers=wording.drivers(result),
        curves=curves_of(result, said),
    )


def ways_out_of(
    check: PromiseCheck, member: Member, said: Sequence[Expectation], told: Iterable[ToTell] = ()
) -> WaysOut:
    """`said`: the standing expectations of the engagement; `told`: what was adopted and the client is still to be told."""
    result: Json = check.result or {}
    adopted = {(one.expectation.pk, one.date or one.amount) for one in told}
    return WaysOut(wording.ways(result, names_in(result, said), adopted), felt_by_others(result, member))


def names_in(result: Json, said: Sequence[Expectation]) -> wording.Names:
    activities = {a["code"]: a["name"] for a in result["activities"]}
    roles = {int(pk): name for pk, name in result["roles"].items()}
    return wording.Names(activities, roles, result["currency"], {e.pk: e.subject for e in said})


def names_of(engagement: Engagement, said: Sequence[Expectation]) -> wording.Names:
    """Activities by the plan's rows: for a scenario, which keeps no names."""
    rows = Activity.objects.filter(plan__engagement=engagement).values_list("code", "name")
    roles = dict(Role.objects.values_list("pk", "name"))
    return wording.Names(dict(rows), roles, engagement.currency, {e.pk: e.subject for e in said})


def felt_by_others(result: Json, member: Member) -> list[Felt]:
    """Confidential engagements stay nameless to whoever may not see them."""
    found = result.get("others", [])
    if not found:
        return []
    seen = Expectation.objects.filter(engagement__in=visible_to(member))
    said = seen.select_related("engagement__relationship__client").in_bulk([o["expectation"] for o in found])
    return [_felt(o, said.get(o["expectation"])) for o in found]


def missing_for(engagement: Engagement) -> Missing:
    states = (State.DELIVERED, State.APPROVED)
    return Missing(
        estimate=not Estimate.objects.filter(engagement=engagement, state__in=states).exists(),
        plan=not Plan.objects.filter(engagement=engagement).exists(),
        expectation=not standing().filter(engagement=engagement).exists(),
    )


def standing_promises(engagement: Engagement) -> list[Expectation]:
    kinds = [Expectation.Kind.TIME, Expectation.Kind.COST]
    return list(standing().filter(engagement=engagement, kind__in=kinds).select_related("belief", "target"))


def departs(said: Iterable[Expectation]) -> str:
    """How the plan takes less than was approved, as the last check told it; '' if it does not."""
    beliefs = (getattr(e, "belief", None) for e in said)
    return next((belief.departs for belief in beliefs if belief is not None and belief.departs), "")


def scenarios_of(engagement: Engagement) -> list[Scenario]:
    """Newest first."""
    return list(engagement.scenarios.select_related("made_by", "adopted_by"))


def compared(result: Json, said: Sequence[Expectation]) -> list[Compared]:
    by_id = {f"x{e.pk}": e for e in said}
    asked = result["asked"]
    return [
        Compared(
            subject=by_id[name].subject if name in by_id else "",
            p=result["after"][name],
            kind="time" if name in by_id and by_id[name].date else "price",
            before=share(p, asked),
            after=share(result["after"][name], asked),
            better=result["after"][name] > p,
            backed=result["after"][name] >= asked,
        )
        for name, p in result["before"].items()
        if name in result["after"]
    ]


def codes_expected_by_name(engagement: Engagement) -> list[str]:
    """Codes of the activities that deliver what the client expects in scope or quality."""
    covered = standing().filter(engagement=engagement, coverage__isnull=False).values("coverage__code")
    rows = Activity.objects.filter(plan__engagement=engagement, package__code__in=covered)
    return list(rows.values_list("code", flat=True))


def measured_before(check: PromiseCheck) -> Json | None:
    """The answer of a check of the same inputs without a scenario's changes; None if there is none."""
    assert check.inputs is not None
    same = check.engagement.checks.filter(scenario=None, digest=digest_of(check.inputs, []), state="done")
    found = same.defer("inputs").first()
    return found.result if found is not None else None


def why_not_current(check: PromiseCheck) -> str | None:
    return rules.why_not_current(check, timezone.now())


def _judged(e: Expectation, p: Json, asked: float, names: dict[str, str]) -> Judged:
    best = dt.date.fromisoformat(p["best"]) if p["kind"] == "time" else float(p["best"])
    of = names.get(p["of"], "") if p["of"] else ""
    of = "" if of == e.subject else of
    return Judged(e, p["kind"], share(p["p"], asked), p["backed"], best, of)


def curves_of(result: Json, said: Sequence[Expectation]) -> Json:
    """What the picture needs to follow the line without the server: knots, and the promise that the line begins at."""
    by_id = {f"x{e.pk}": e for e in said}
    found: Json = {"asked": result["asked"], "currency": result["currency"]}
    activities = {a["code"]: a["name"] for a in result["activities"]}
    for kind in ("time", "price"):
        promises = [
            (name, p) for name, p in result["promises"].items() if p["kind"] == kind and name in by_id
        ]
        name, p = min(promises, key=lambda item: item[1]["p"], default=("", None))
        found[kind] = {
            "curve": curve_of(result, name, kind)["curve"],
            "said": p["said"] if p else None,
            "expectation": by_id[name].pk if p else None,
            "best": p["best"] if p else None,
            "of": activities.get(p["of"], "") if p and p["of"] else "",
        }
    return found


def _felt(o: Json, said: Expectation | None) -> Felt:
    return Felt(
        engagement=said.engagement if said else None,
        subject=said.subject if said else "",
        before=share(o["before"]),
        after=share(o["after"]),
        worse=o["after"] < o["before"],
        shared=o["shared"],
    )
