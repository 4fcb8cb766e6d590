"""The answers as JSON documents: rounded, in the order that the engagement file's contract shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.engine.plan import Promise, PromiseKind

if TYPE_CHECKING:
    import datetime as dt

    from accord.engine.results import (
        ActivityResult,
        CheckResult,
        DateSpread,
        EngagementResult,
        Probability,
        PromiseResult,
        Spread,
    )
    from accord.engine.scheduling import Schedule, ScheduledActivity, ScheduledEngagement

VERSION = 1
SHARES = 4  # decimals of probabilities, indices and margins
MONEY = 2
DAYS = 2
SCHEDULE_DAYS = 4  # finer: others check a schedule's feasibility with them


def check_document(result: CheckResult) -> dict[str, Any]:
    """What `accord check --json` prints."""
    return {
        "accord": VERSION,
        "samples": result.samples,
        "seed": result.seed,
        "confidence": result.confidence,
        "currency": result.currency,
        "engagements": [_engagement(e, result.is_what_if) for e in result.engagements],
        "all": _probability(result.all),
    }


def schedule_document(schedule: Schedule) -> dict[str, Any]:
    """What `accord schedule --json` prints."""
    bound = schedule.lower_bound_days
    return {
        "accord": VERSION,
        "makespan_days": round(schedule.makespan_days, SCHEDULE_DAYS),
        "lower_bound_days": None if bound is None else round(bound, SCHEDULE_DAYS),
        "optimal": schedule.optimal,
        "engagements": [_scheduled_engagement(e) for e in schedule.engagements],
    }


def _engagement(engagement: EngagementResult, is_what_if: bool) -> dict[str, Any]:
    document: dict[str, Any] = {
        "id": engagement.id,
        "promises": [_promise(p, is_what_if) for p in engagement.promises],
        "joint": _probability(engagement.joint),
        "finish": _dates(engagement.finish),
        "cost": _spread(engagement.cost, MONEY),
    }
    if engagement.margin is not None:
        document["margin"] = _spread(engagement.margin, SHARES)
    return document | {
        "working_days": _spread(engagement.working_days, DAYS),
        "activities": [_activity(a) for a in engagement.activities],
        "risks": [
            {
                "id": risk.id,
                "contribution_days": round(risk.contribution_days, DAYS),
                "contribution_cost": round(risk.contribution_cost, MONEY),
            }
            for risk in engagement.risks
        ],
        "waiting": [{"of": w.of, "days": round(w.days, DAYS)} for w in engagement.waiting],
    }


def _promise(result: PromiseResult, is_what_if: bool) -> dict[str, Any]:
    promise = result.promise
    document: dict[str, Any] = {"id": promise.id, "kind": promise.kind.value, "value": _promised(promise)}
    if promise.kind is PromiseKind.DATE:
        document["of"] = promise.of
    document |= _probability(result.kept)
    document["backed_value"] = _value(promise.kind, result.backed_value)
    if is_what_if:  # null for a promise that did not exist before
        document["probability_before"] = None if result.before is None else round(result.before, SHARES)
        document["change"] = None if result.change is None else round(result.change, SHARES)
    return document


def _promised(promise: Promise) -> str | float:
    if promise.kind is PromiseKind.DATE and promise.date is not None:
        return promise.date.isoformat()
    return _value(promise.kind, promise.amount)


def _value(kind: PromiseKind, value: dt.date | float) -> str | float:
    if isinstance(value, int | float):
        return round(float(value), SHARES if kind is PromiseKind.MARGIN else MONEY)
    return value.isoformat()


def _probability(p: Probability) -> dict[str, Any]:
    return {
        "probability": round(p.probability, SHARES),
        "standard_error": round(p.standard_error, SHARES),
        "backed": p.backed,
    }


def _dates(spread: DateSpread) -> dict[str, str]:
    return {key: getattr(spread, key).isoformat() for key in ("mean", "p10", "p50", "p80", "p90")}


def _spread(spread: Spread, decimals: int) -> dict[str, float]:
    keys = ("mean", "sd", "p10", "p50", "p80", "p90")
    return {key: round(float(getattr(spread, key)), decimals) for key in keys}


def _activity(activity: ActivityResult) -> dict[str, Any]:
    return {
        "id": activity.id,
        "criticality": round(activity.criticality, SHARES),
        "sensitivity": round(activity.sensitivity, SHARES),
        "finish_p50": activity.finish_p50.isoformat(),
        "finish_p80": activity.finish_p80.isoformat(),
    }


def _scheduled_engagement(engagement: ScheduledEngagement) -> dict[str, Any]:
    return {
        "id": engagement.id,
        "makespan_days": round(engagement.makespan_days, SCHEDULE_DAYS),
        "activities": [_scheduled_activity(a) for a in engagement.activities],
    }


def _scheduled_activity(activity: ScheduledActivity) -> dict[str, Any]:
    return {
        "id": activity.id,
        "start": activity.start.isoformat(),
        "finish": activity.finish.isoformat(),
        "start_day": round(activity.start_day, SCHEDULE_DAYS),
        "finish_day": round(activity.finish_day, SCHEDULE_DAYS),
        "critical": activity.critical,
        "assigned": [
            {"of": a.of, "units": a.units} | ({"members": list(a.members)} if a.members else {})
            for a in activity.assigned
        ],
    }
