"""Promises that were adopted and that the client has not been told yet.

Adopting another date or price decides what is to be promised; it says nothing to the client. What is still to be told
follows from what was adopted and from what stands: as soon as somebody records the new words, nothing is left to tell.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from accord.engagements.models import Engagement, Expectation
from accord.engagements.queries import standing
from accord.exchange.wording import day, money, share
from accord.planning.checking.changes import DateChange, PriceChange, read
from accord.planning.checking.curves import curve_of, share_by
from accord.planning.checking.portfolio import promise_id
from accord.planning.models import Scenario


@dataclass(frozen=True, slots=True)
class ToTell:
    """A value that was adopted, and what the client was told instead."""

    scenario: Scenario
    expectation: Expectation
    date: dt.date | None
    amount: Decimal | None

    @property
    def value(self) -> str:
        return self._told(self.date, self.amount)

    @property
    def said(self) -> str:
        return self._told(self.expectation.date, self.expectation.amount)

    @property
    def what(self) -> str:
        """What somebody has to do, as a sentence."""
        values = {
            "who": self.expectation.contact or _("the client"),
            "subject": self.expectation.subject,
            "value": self.value,
            "said": self.said,
        }
        return _("Tell %(who)s: %(subject)s %(value)s instead of %(said)s.") % values

    @property
    def address(self) -> str:
        """The form that records that it was told, with what was adopted filled in."""
        filled = {"date": self.date.isoformat()} if self.date else {"amount": str(self.amount)}
        told = {"direction": Expectation.Direction.TOLD.value}
        return f"{reverse('engagements:restate', args=[self.expectation.pk])}?{urlencode(filled | told)}"

    def kept_with(self, result: dict[str, Any]) -> str:
        """How likely what was adopted is kept, by a check's answer."""
        kind = "time" if self.date else "price"
        curve = curve_of(result, promise_id(self.expectation.pk), kind)["curve"]
        if not curve:
            return ""
        p = share_by(curve, self.date.isoformat() if self.date else float(self.amount or 0))
        words = _("With the adopted %(value)s it is kept with %(share)s; the client is still to be told.")
        return words % {"value": self.value, "share": share(p, result["asked"])}

    def _told(self, date: dt.date | None, amount: Decimal | None) -> str:
        return day(date) if date else money(float(amount or 0), self.scenario.engagement.currency)


def to_tell(engagement: Engagement) -> list[ToTell]:
    """Of one engagement; at most two queries."""
    rows = Scenario.objects.filter(engagement=engagement).exclude(adopted_at=None)
    return to_tell_of(rows.select_related("engagement__relationship"))


def to_tell_of(scenarios: Iterable[Scenario]) -> list[ToTell]:
    """What was adopted last for each promise that still stands as it was; at most two queries."""
    adopted = sorted((s for s in scenarios if s.adopted_at is not None), key=lambda s: (s.adopted_at, s.pk))
    newest = {change.expectation: (scenario, change) for scenario, change in _promising(adopted)}
    if not newest:
        return []
    said = standing().select_related("contact").in_bulk(list(newest))
    found = []
    for pk, (scenario, change) in newest.items():
        date, amount = getattr(change, "date", None), getattr(change, "amount", None)
        if pk in said and (said[pk].date, said[pk].amount) != (date, amount):
            found.append(ToTell(scenario, said[pk], date, amount))
    return found


def _promising(scenarios: Iterable[Scenario]) -> Iterable[tuple[Scenario, DateChange | PriceChange]]:
    for scenario in scenarios:
        for change in read(scenario.changes):
            if isinstance(change, DateChange | PriceChange):
                yield scenario, change
