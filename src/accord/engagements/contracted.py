"""What of the things that were said stands in a contract: the room of contracts tells, and pages about engagements show it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from accord.engagements.models import Expectation


@dataclass(frozen=True, slots=True)
class Contracted:
    """The constraint that answers an expectation; `value`: what it asks now, None if it is words."""

    name: str
    number: str  # of the contract
    value: dt.date | Decimal | None
    address: str  # of the constraint's history

    def is_other_than(self, said: Expectation) -> bool:
        """The contract names another value than was said."""
        told = said.date or said.amount
        return None not in (told, self.value) and told != self.value


# By the engagement's number, then by the expectation's; where nothing is contracted yet, the engagement is not there.
Source = Callable[[Sequence[Expectation]], Mapping[int, Mapping[int, Contracted]]]
_sources: list[Source] = []


def tells_contracted(source: Source) -> Source:
    """Register who knows which expectations stand in a contract."""
    _sources.append(source)
    return source


def contracted(said: Sequence[Expectation]) -> dict[int, dict[int, Contracted]]:
    """By the engagement, then by the expectation; `said`: all expectations of one or several engagements.

    An engagement that is not there has no contract yet, so that nothing is missing in one either.
    """
    found: dict[int, dict[int, Contracted]] = {}
    for source in _sources:
        for engagement, answered in source(said).items():
            found.setdefault(engagement, {}).update(answered)
    return found
