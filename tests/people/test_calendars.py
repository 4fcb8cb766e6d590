"""When people work: absences, public holidays of their place, their own week."""

from __future__ import annotations

import datetime as dt

import pytest

from accord.actions.refusals import Refused, WrongInput
from accord.people.actions import (
    FirmProfile,
    MemberProfile,
    cancel_absence,
    change_member,
    deactivate_member,
    set_up_firm,
)
from accord.people.queries import away_of, capacity_by_day, holidays_ahead, the_firm
from tests import firm
from tests.people.builders import away, the_firm_in, works

pytestmark = pytest.mark.django_db


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


# June 2026 begins on a Monday; in Bavaria the 4th (Corpus Christi) is a holiday, in Berlin it is not.
FIRST, LAST = day("2026-06-01"), day("2026-06-14")


def spans(*pairs: tuple[str, str]) -> list[tuple[dt.date, dt.date]]:
    return [(day(a), day(b)) for a, b in pairs]


def test_who_works_all_days_is_never_away() -> None:
    the_firm_in("DE", "BE")
    somebody = firm.member()
    assert away_of([somebody], FIRST, LAST) == {somebody.pk: []}


def test_an_absence_and_a_holiday_beside_it_are_one_span() -> None:
    the_firm_in("DE", "BY")
    somebody = firm.member()
    away(somebody, "2026-06-02", "2026-06-03")
    assert away_of([somebody], FIRST, LAST)[somebody.pk] == spans(("2026-06-02", "2026-06-04"))


def test_the_holidays_of_the_own_place_go_before_those_of_the_firm() -> None:
    the_firm_in("DE", "BY")
    elsewhere = works(firm.member(), country="DE", part="BE")
    assert away_of([elsewhere], FIRST, LAST)[elsewhere.pk] == []


def test_days_that_only_the_firm_works_are_away() -> None:
    the_firm_in("DE", "BE")
    part_time = works(firm.member(), workdays="mon tue wed thu")
    assert away_of([part_time], FIRST, LAST)[part_time.pk] == spans(
        ("2026-06-05", "2026-06-05"), ("2026-06-12", "2026-06-12")
    )


def test_an_absence_is_cut_to_the_span_that_was_asked_for() -> None:
    the_firm_in("DE", "BE")
    somebody = firm.member()
    away(somebody, "2026-05-20", "2026-06-01")
    assert away_of([somebody], FIRST, LAST)[somebody.pk] == spans(("2026-06-01", "2026-06-01"))


def test_a_firm_that_works_on_saturdays_counts_them() -> None:
    the_firm_in("DE", "BE", workdays="mon tue wed thu fri sat")
    somebody = firm.member()
    assert away_of([somebody], FIRST, LAST)[somebody.pk] == spans(
        ("2026-06-06", "2026-06-06"), ("2026-06-13", "2026-06-13")
    )


def test_who_has_left_is_away_for_good() -> None:
    the_firm_in("DE", "BE")
    gone = firm.member()
    deactivate_member(firm.administrator(), gone)
    assert away_of([gone], FIRST, day("2026-06-05"))[gone.pk] == spans(("2026-06-01", "2026-06-05"))
    assert sum(capacity_by_day([gone], FIRST, LAST)[gone.pk].values()) == 0


def test_capacity_is_the_hours_of_the_days_that_somebody_works() -> None:
    the_firm_in("DE", "BY")
    somebody = works(firm.member(), workdays="mon tue wed thu", hours="6.5")
    away(somebody, "2026-06-01", "2026-06-01")
    hours = capacity_by_day([somebody], FIRST, day("2026-06-07"))[somebody.pk]
    assert list(hours.values()) == [0, 6.5, 6.5, 0, 0, 0, 0]


def test_the_number_of_queries_does_not_grow_with_people(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    people = [firm.member() for _ in range(6)]
    for somebody in people:
        away(somebody, "2026-06-02", "2026-06-03")
    with django_assert_num_queries(2):
        away_of(people, FIRST, LAST)
    with django_assert_num_queries(2):
        capacity_by_day(people, FIRST, LAST)


def test_overlapping_absences_are_refused_and_the_earlier_one_is_named() -> None:
    somebody = firm.member()
    kept = away(somebody, "2026-06-02", "2026-06-05")
    with pytest.raises(Refused, match="2 Jun 2026 to 5 Jun 2026"):
        away(somebody, "2026-06-05", "2026-06-09")
    cancel_absence(somebody, kept)
    away(somebody, "2026-06-05", "2026-06-09")


def test_an_absence_that_ends_before_it_begins_is_wrong() -> None:
    with pytest.raises(WrongInput, match="before the first"):
        away(firm.member(), "2026-06-05", "2026-06-01")


def test_a_mistyped_year_is_wrong() -> None:
    with pytest.raises(WrongInput, match="three years"):
        away(firm.member(), "2026-06-05", "2062-06-06")


@pytest.mark.parametrize(
    ("country", "part", "field"),
    [("XX", "", "country"), ("DE", "CA", "subdivision"), ("MC", "A", "subdivision")],
)
def test_an_unknown_place_is_told_in_words(country: str, part: str, field: str) -> None:
    with pytest.raises(WrongInput) as wrong:
        set_up_firm(firm.administrator(), FirmProfile("Firm", country=country, subdivision=part))
    assert set(wrong.value.messages) == {field}


def test_a_member_works_at_least_one_day() -> None:
    somebody = firm.member()
    with pytest.raises(WrongInput, match="working day"):
        change_member(
            firm.administrator(), somebody, MemberProfile(somebody.name, somebody.email, workdays=())
        )


def test_holidays_ahead_fall_on_the_members_working_days() -> None:
    the_firm_in("DE", "BY")
    somebody = works(firm.member(), workdays="mon tue wed")
    ahead = holidays_ahead(somebody, the_firm(), day("2026-05-20"), days=30)
    assert list(ahead) == [day("2026-05-25")]  # Whit Monday, not Corpus Christi, which is a Thursday
