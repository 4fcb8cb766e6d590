"""Working time as one axis: working days (floats) since a start date.

The axis counts the working days of the calendar from the first one on or after the start: 0.0 is the
morning of that day, 1.0 its evening and the next working day's morning. Weekends and holidays do not exist on it.
"""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
from numpy.typing import NDArray

from accord.engine.plan import Absence, Calendar

LAST_DAY = dt.date(2200, 12, 31)

# Two moments closer than this are the same moment: a promise is not broken by the rounding of a float.
TOLERANCE = 1e-9


class NoWorkingDays(ValueError):
    """The calendar has no working day between the start and the last day that Accord knows."""


class WorkingCalendar:
    """Translate dates to the working axis and back."""

    def __init__(self, start: dt.date, calendar: Calendar, last_day: dt.date = LAST_DAY) -> None:
        mask = "".join("1" if day in calendar.workdays else "0" for day in range(7))
        if "1" not in mask:
            raise NoWorkingDays("no day of the week is a working day")
        holidays = np.array(sorted(calendar.holidays), dtype="datetime64[D]")
        days = np.arange(np.datetime64(start), np.datetime64(last_day) + 1)
        working = np.is_busday(days, weekmask=mask, holidays=holidays)
        if not working.any():
            raise NoWorkingDays(f"no working day between {start} and {last_day}")
        self.start = start
        self.hours_per_day = calendar.hours_per_day
        self._working_dates: NDArray[np.datetime64] = days[working]
        # For each calendar day since the start: how many working days lie before its morning.
        self._before: NDArray[np.int64] = np.concatenate(([0], np.cumsum(working)))

    @property
    def length(self) -> int:
        """How many working days the axis has."""
        return len(self._working_dates)

    def morning(self, date: dt.date) -> float:
        """The axis value at the beginning of `date` (of the next working day, if it is none)."""
        offset = min(max((date - self.start).days, 0), len(self._before) - 1)
        return float(self._before[offset])

    def evening(self, date: dt.date) -> float:
        """The axis value at the end of `date`; -1 for a date before the start, which no work can keep."""
        if date < self.start:
            return -1.0
        return self.morning(date + dt.timedelta(days=1))

    def finish_date(self, moment: float) -> dt.date:
        """The working day on which work that ends at `moment` ends (the evening belongs to its day)."""
        return self._date(math.ceil(moment - TOLERANCE) - 1)

    def start_date(self, moment: float) -> dt.date:
        """The working day on which work that begins at `moment` begins (the evening belongs to the next day)."""
        return self._date(math.floor(moment + TOLERANCE))

    def away(self, absences: tuple[Absence, ...]) -> list[tuple[float, float]]:
        """The absences as disjoint ascending stretches of the axis; those on free days alone vanish."""
        stretches: list[tuple[float, float]] = []
        for absence in sorted(absences, key=lambda a: a.start):
            begin, end = self.morning(absence.start), max(self.evening(absence.end), 0.0)
            if end <= begin:
                continue
            if stretches and begin <= stretches[-1][1]:
                stretches[-1] = (stretches[-1][0], max(stretches[-1][1], end))
            else:
                stretches.append((begin, end))
        return stretches

    def _date(self, day: int) -> dt.date:
        found: dt.date = self._working_dates[min(max(day, 0), self.length - 1)].item()
        return found
