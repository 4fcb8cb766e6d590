"""Marking checks as stale, and with them what delivery believes.

A check is stale when something that it was computed from changes. What the simulation of every engagement reads (people,
rates, plans of signed engagements) makes all checks stale; the rest only its own engagement's.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from accord.engagements.models import Belief, Engagement
from accord.engagements.rules import SIGNED
from accord.planning.checking.renewing import renew_now, renew_soon
from accord.planning.models import PromiseCheck


def mark_all(because: str) -> None:
    _mark(_checks(), because)
    _beliefs().update(stale=True)


def mark(engagement: Engagement, because: str) -> None:
    """One engagement's check; all of them if it is signed, because the others compete with it for people."""
    if engagement.stage in SIGNED and not engagement.outcome:
        mark_all(because)
    else:
        _mark(_checks().filter(engagement=engagement), because)
        _beliefs().filter(expectation__engagement=engagement).update(stale=True)


def mark_words(engagement: Engagement) -> None:
    """The check alone: what it computed still holds, and with it what delivery believes of each promise."""
    fresh: models.QuerySet[PromiseCheck] = models.QuerySet(PromiseCheck).filter(
        engagement=engagement, stale=False
    )
    if fresh.update(stale=True, only_words=True, stale_because=_("what the client was told")):
        renew_now(engagement)


def engagement_of(about: Any) -> Engagement | None:
    """The engagement that an action's object belongs to."""
    for _step in range(4):
        if about is None or isinstance(about, Engagement):
            return about
        names = ("engagement", "plan", "estimate", "activity", "source", "package", "expectation")
        about = next((getattr(about, name) for name in names if hasattr(about, name)), None)
    return None


# Marking follows from what was changed, which the audit tells: it goes past the door, in two statements however many
# rows there are.
def _checks() -> models.QuerySet[PromiseCheck]:
    return models.QuerySet(PromiseCheck).filter(models.Q(stale=False) | models.Q(only_words=True))


def _beliefs() -> models.QuerySet[Belief]:
    return models.QuerySet(Belief).filter(stale=False, probability__isnull=False)


def _mark(checks: models.QuerySet[PromiseCheck], because: str) -> None:
    if checks.update(stale=True, only_words=False, stale_because=str(because)[:200]):
        renew_soon()
