"""Which version of the policy holds today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from accord.engagements.models import Policy, Profile
from accord.engagements.policies.content import AS_DELIVERED, PolicyContent, Terms

_remembered: ContextVar[list[InForce] | None] = ContextVar("accord_policy_in_force", default=None)


@dataclass(frozen=True, slots=True)
class InForce:
    """`version` 0: as delivered, no version was put in force yet."""

    version: int
    content: PolicyContent

    def terms(self, profile: str) -> Terms:
        return self.content.profiles[Profile(profile)]

    def asked(self, profile: str) -> float:
        """The probability from which a promise counts as backed."""
        return float(self.terms(profile).confidence)

    def margin(self, profile: str) -> float:
        """The share of the price that must be left."""
        return float(self.terms(profile).margin)


def in_force() -> InForce:
    """The policy of today. One query, or none if it was asked before while a page is made."""
    kept = _remembered.get()
    if kept:
        return kept[0]
    found = of_day(dt.date.today())
    if kept is not None:
        kept.append(found)
    return found


def of_day(day: dt.date) -> InForce:
    row = Policy.objects.filter(valid_from__lte=day).order_by("-valid_from", "-version").first()
    if row is None:
        return InForce(0, AS_DELIVERED)
    return InForce(row.version, PolicyContent.model_validate(row.content))


def next_after(day: dt.date) -> Policy | None:
    """The version that takes the place, on a later day, of whatever holds on this one."""
    return Policy.objects.filter(valid_from__gt=day).order_by("valid_from", "-version").first()


@contextmanager
def remembered() -> Iterator[None]:
    """Within, the policy is read once: a page asks it for every line that it shows."""
    outer = _remembered.get()
    token = _remembered.set([] if outer is None else outer)
    try:
        yield
    finally:
        _remembered.reset(token)


def read_anew() -> None:
    """To be called by what puts a policy in force."""
    kept = _remembered.get()
    if kept is not None:
        kept.clear()
