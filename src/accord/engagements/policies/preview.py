"""What a version of the policy would do to the running engagements, before it is put in force."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from accord.engagements.models import Engagement, Expectation, Profile
from accord.engagements.policies.content import PolicyContent
from accord.engagements.policies.deciding import decide, facts_of
from accord.engagements.policies.in_force import in_force


@dataclass(frozen=True, slots=True)
class Changed:
    """An engagement that would get another profile, or whose promises would be judged otherwise."""

    engagement: Engagement
    before: Profile
    after: Profile
    because: str
    lost: int  # promises that are backed now and would not be
    won: int  # the other way round


@dataclass(frozen=True, slots=True)
class Effect:
    running: int
    kept: int  # have a profile that somebody chose, which stays
    changed: list[Changed]


def effect_of(content: PolicyContent, seen_by: Iterable[Engagement]) -> Effect:
    """On these running engagements; four queries at most, however many there are."""
    running = list(seen_by)
    facts, held, likely = facts_of(running, content), in_force(), _probabilities(running)
    changed = []
    for engagement in running:
        before = Profile(engagement.profile)
        after, because = decide(content, facts[engagement.pk], engagement.currency)
        if engagement.profile_chosen:
            after, because = before, engagement.profile_because
        was, will = held.asked(before), float(content.profiles[after].confidence)
        chances = likely.get(engagement.pk, [])
        lost, won = sum(was <= p < will for p in chances), sum(will <= p < was for p in chances)
        if before != after or lost or won:
            changed.append(Changed(engagement, before, after, because, lost, won))
    return Effect(len(running), sum(e.profile_chosen for e in running), changed)


def _probabilities(engagements: list[Engagement]) -> dict[int, list[float]]:
    said = Expectation.objects.filter(
        engagement__in=[e.pk for e in engagements], restated_by=None, withdrawal=None, belief__stale=False,
        belief__from_approved_estimate=True, belief__departs="", belief__probability__isnull=False,
    )  # fmt: skip
    found: dict[int, list[float]] = {}
    for pk, probability in said.values_list("engagement", "belief__probability"):
        found.setdefault(pk, []).append(probability)
    return found
