"""What of the things that were said stands in a contract: the room of contracts tells, and pages about engagements show it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from accord.engagements.models import Engagement, Expectation


@dataclass(frozen=True, slots=True)
class Contracted:
    """The constraint that answers an expectation; `value`: what it asks now, None if it is words."""

    name: str
    number: str  # of the contract
    value: dt.date | Decimal | None
    address: str  # of the constraint's history


# By the number of the expectation; None: nothing is contracted in this engagement yet.
Source = Callable[[Engagement, Sequence[Expectation]], Mapping[int, Contracted] | None]
_sources: list[Source] = []


def tells_contracted(source: Source) -> Source:
    """Register who knows which expectations stand in a contract."""
    _sources.append(source)
    return source


def contracted_in(engagement: Engagement, said: Sequence[Expectation]) -> dict[int, Contracted] | None:
    """`said`: all its expectations. None: nothing is contracted yet, so that nothing is missing in a contract either."""
    found = [told for source in _sources if (told := source(engagement, said)) is not None]
    return None if not found else {pk: one for told in found for pk, one in told.items()}
