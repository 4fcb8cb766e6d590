import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.engine.calendar import NoWorkingDays, WorkingCalendar
from accord.engine.plan import Absence, Calendar

MONDAY = dt.date(2027, 1, 4)
EPIPHANY = dt.date(2027, 1, 6)
CALENDAR = WorkingCalendar(MONDAY, Calendar(holidays=frozenset([EPIPHANY])))


def test_weekends_and_holidays_do_not_count():
    assert CALENDAR.morning(dt.date(2027, 1, 11)) == 4.0
    assert CALENDAR.evening(dt.date(2027, 1, 10)) == 4.0


def test_work_that_ends_in_the_evening_ends_on_that_day_and_the_next_begins_on_the_following():
    assert CALENDAR.finish_date(2.0) == dt.date(2027, 1, 5)
    assert CALENDAR.start_date(2.0) == dt.date(2027, 1, 7)


def test_no_work_ends_before_the_start():
    assert CALENDAR.evening(MONDAY - dt.timedelta(days=1)) == -1.0


def test_absences_are_inclusive_merged_and_without_free_days():
    away = (
        Absence(dt.date(2027, 1, 5), dt.date(2027, 1, 7)),
        Absence(dt.date(2027, 1, 8), dt.date(2027, 1, 11)),
        Absence(dt.date(2027, 1, 16), dt.date(2027, 1, 17)),
    )
    assert CALENDAR.away(away) == [(1.0, 5.0)]


def test_an_absence_that_began_before_the_start_lasts_from_the_start():
    assert CALENDAR.away((Absence(dt.date(2026, 12, 1), dt.date(2027, 1, 4)),)) == [(0.0, 1.0)]


def test_a_calendar_without_working_days_is_refused():
    with pytest.raises(NoWorkingDays):
        WorkingCalendar(MONDAY, Calendar(workdays=frozenset()))


@given(st.integers(0, 20_000))
def test_each_working_day_is_found_again_from_its_morning_and_its_evening(day):
    date = CALENDAR.start_date(float(day))
    assert CALENDAR.morning(date) == day
    assert CALENDAR.evening(date) == day + 1
    assert CALENDAR.finish_date(CALENDAR.evening(date)) == date
