"""When somebody is told: in their own days, hours and time zone."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from accord.notices.models import MailChoice
from accord.notices.rules import is_to_be_reminded, last_hour, told_up_to

BERLIN = ZoneInfo("Europe/Berlin")
When = MailChoice.When


def choice(when: str, **about: object) -> MailChoice:
    return MailChoice(when=when, **{"time_zone": "Europe/Berlin", **about})


def weekdays(day: dt.date) -> bool:
    return day.weekday() < 5


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """June 2026, which begins with a Monday."""
    return dt.datetime(2026, 6, day, hour, minute, tzinfo=BERLIN)


def is_told(chosen: MailChoice, seen: dt.datetime, now: dt.datetime) -> bool:
    up_to = told_up_to(chosen, weekdays, now)
    return up_to is not None and seen <= up_to


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (at(1, 10), False),
        (at(1, 23, 59), False),
        (at(2, 7, 59), False),
        (at(2, 8), True),
        (at(2, 17), True),
    ],
)
def test_a_daily_digest_holds_what_was_there_at_its_hour(now: dt.datetime, told: bool) -> None:
    assert is_told(choice(When.DAILY), at(1, 9), now) is told


def test_a_digest_waits_until_the_member_works_again() -> None:
    friday, saturday, monday = at(5, 9), at(6, 12), at(8, 8)
    assert not is_told(choice(When.DAILY), friday, saturday)
    assert is_told(choice(When.DAILY), friday, monday)


def test_a_weekly_digest_comes_on_its_day() -> None:
    chosen = choice(When.WEEKLY, weekday="wed")
    assert not is_told(chosen, at(1, 9), at(2, 12))
    assert is_told(chosen, at(1, 9), at(3, 8))
    assert not is_told(chosen, at(3, 9), at(9, 12))
    assert is_told(chosen, at(3, 9), at(10, 8))


def test_a_weekly_digest_on_a_day_off_comes_on_the_next_working_day() -> None:
    chosen = choice(When.WEEKLY, weekday="sat")
    assert not is_told(chosen, at(3, 9), at(7, 12))
    assert is_told(chosen, at(3, 9), at(8, 8))


def test_the_hour_is_one_of_the_members_time_zone() -> None:
    chosen = choice(When.DAILY, time_zone="America/New_York")
    eight_there = dt.datetime(2026, 6, 2, 8, 0, tzinfo=ZoneInfo("America/New_York"))
    assert not is_told(chosen, at(1, 20), eight_there - dt.timedelta(minutes=1))
    assert is_told(chosen, at(1, 20), eight_there)


def test_at_once_is_as_soon_as_it_has_settled() -> None:
    assert not is_told(choice(When.AT_ONCE), at(6, 9), at(6, 9, 1))
    assert is_told(choice(When.AT_ONCE), at(6, 9), at(6, 9, 2))


def test_not_at_all_is_never() -> None:
    assert told_up_to(choice(When.NEVER), weekdays, at(30, 12)) is None


def test_what_is_chosen_anew_holds_from_then_on() -> None:
    chosen = choice(When.DAILY, chosen_at=at(2, 12))
    assert not is_told(chosen, at(1, 9), at(2, 12))
    assert is_told(chosen, at(1, 9), at(3, 8))


def test_who_is_away_for_long_is_told_on_the_first_day_back() -> None:
    back = dt.date(2026, 9, 1)

    def works(day: dt.date) -> bool:
        return day >= back

    chosen = choice(When.DAILY)
    assert told_up_to(chosen, works, dt.datetime(2026, 8, 31, 12, tzinfo=BERLIN)) is None
    up_to = told_up_to(chosen, works, dt.datetime(2026, 9, 1, 8, tzinfo=BERLIN))
    assert up_to is not None
    assert up_to > at(1, 9)


def reminded(until: dt.date, told_at: dt.datetime, now: dt.datetime, when: str = When.DAILY) -> bool:
    chosen = choice(when)
    return is_to_be_reminded(chosen, until, told_at, last_hour(chosen, weekdays, now))


def test_a_reminder_comes_the_day_before() -> None:
    until = dt.date(2026, 6, 11)
    assert not reminded(until, at(2, 8), at(9, 20))
    assert not reminded(until, at(2, 8), at(10, 7))
    assert reminded(until, at(2, 8), at(10, 8))


def test_who_was_told_within_the_last_day_is_reminded_when_it_is_late() -> None:
    until = dt.date(2026, 6, 11)
    assert not reminded(until, at(11, 8), at(11, 20))
    assert reminded(until, at(11, 8), at(12, 8))


def test_who_was_told_when_it_was_late_is_not_reminded() -> None:
    assert not reminded(dt.date(2026, 6, 1), at(2, 8), at(30, 12))


@pytest.mark.parametrize(("when", "comes"), [(When.AT_ONCE, True), (When.WEEKLY, True), (When.NEVER, False)])
def test_reminders_wait_for_no_digest_of_the_week(when: str, comes: bool) -> None:
    assert reminded(dt.date(2026, 6, 11), at(2, 8), at(10, 8), when) is comes
