"""Plans of a planning tool: every test writes a small plan of its own."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from accord.engine.plan import Absence, Link, LinkType, Need, ThreePoint
from accord.engine.promise_check import check
from accord.exchange.engagement_file import read_engagement_file, to_document
from accord.exchange.mspdi import ImportedPlan, read_mspdi
from accord.exchange.problems import InputError

HEAD = '<Project xmlns="http://schemas.microsoft.com/project"><Title>Court forms</Title><CurrencyCode>USD</CurrencyCode>'
START = "<StartDate>2027-01-04T08:00:00</StartDate>"


def task(uid: int, inner: str = "", level: int = 1, hours: float = 16) -> str:
    return (
        f"<Task><UID>{uid}</UID><Name>Task {uid}</Name><OutlineLevel>{level}</OutlineLevel>"
        f"<Duration>PT{hours:g}H0M0S</Duration><DurationFormat>7</DurationFormat>{inner}</Task>"
    )


def after(uid: int, type: int = 1, lag: int = 0, unit: int = 7) -> str:  # noqa: A002
    return (
        f"<PredecessorLink><PredecessorUID>{uid}</PredecessorUID><Type>{type}</Type>"
        f"<LinkLag>{lag}</LinkLag><LagFormat>{unit}</LagFormat></PredecessorLink>"
    )


def person(uid: int, name: str, inner: str = "") -> str:
    return f"<Resource><UID>{uid}</UID><Name>{name}</Name><Type>1</Type>{inner}</Resource>"


def assigned(task: int, resource: int, hours: float, units: float = 1) -> str:
    return (
        f"<Assignment><TaskUID>{task}</TaskUID><ResourceUID>{resource}</ResourceUID>"
        f"<Units>{units:g}</Units><Work>PT{hours:g}H0M0S</Work></Assignment>"
    )


@pytest.fixture
def read(tmp_path: Path):
    def reading(
        tasks: str, resources: str = "", assignments: str = "", more: str = START, head: str = HEAD
    ) -> ImportedPlan:
        path = tmp_path / "plan.xml"
        path.write_text(
            f"{head}{more}<Tasks>{tasks}</Tasks><Resources>{resources}</Resources>"
            f"<Assignments>{assignments}</Assignments></Project>",
            encoding="utf-8",
        )
        return read_mspdi(path, (0.5, 1, 2))

    return reading


def activities(plan: ImportedPlan):
    return {a.id: a for a in plan.portfolio.engagements[0].activities}


def test_a_tasks_duration_is_likely_and_the_spread_gives_the_rest(read):
    found = activities(read(task(1)))["T1"]
    assert found.duration == ThreePoint(1, 2, 4)
    assert found.effort is None


def test_names_currency_and_title_are_kept(read):
    plan = read(task(1))
    assert plan.names == {"T1": "Task 1"}
    assert (plan.portfolio.currency, plan.portfolio.engagements[0].id) == ("USD", "Court forms")


@pytest.mark.parametrize(
    ("code", "type_"), [(0, LinkType.FF), (1, LinkType.FS), (2, LinkType.SF), (3, LinkType.SS)]
)
def test_link_types_are_read_as_the_format_numbers_them(read, code, type_):
    plan = read(task(1) + task(2, after(1, code)))
    assert activities(plan)["T2"].after == (Link("T1", type_),)


def test_lags_count_tenths_of_minutes_a_share_of_the_predecessor_or_calendar_days(read):
    plan = read(
        task(1)
        + task(2, after(1, lag=9600))
        + task(3, after(1, lag=-4800))
        + task(4, after(1, lag=50, unit=19))
        + task(5, after(1, lag=7 * 24 * 600, unit=8))
    )
    lags = [activities(plan)[f"T{k}"].after[0].lag for k in (2, 3, 4, 5)]
    assert lags == pytest.approx([2, -1, 1, 5])


def test_a_link_on_a_summary_means_all_its_leaves(read):
    plan = read(task(1) + task(2, "", 2) + task(3, "", 2) + task(4, after(1)))
    found = activities(plan)
    assert list(found) == ["T2", "T3", "T4"]
    assert {link.of for link in found["T4"].after} == {"T2", "T3"}


def test_a_summarys_own_predecessors_hold_for_its_leaves(read):
    plan = read(task(1) + task(2, after(1)) + task(3, "", 2) + task(4, "", 2))
    assert [activities(plan)[f"T{k}"].after for k in (3, 4)] == [(Link("T1"),), (Link("T1"),)]


def test_work_that_fits_the_duration_is_effort_and_else_people_are_held(read):
    plan = read(
        task(1) + task(2),
        person(1, "Ana"),
        assigned(1, 1, 16) + assigned(2, 1, 4),
    )
    found = activities(plan)
    assert found["T1"].effort == ThreePoint(8, 16, 32)
    assert found["T2"].duration == ThreePoint(1, 2, 4)
    assert found["T2"].needs == (Need("Ana"),)
    assert any("disagree" in sentence for sentence in plan.assumed)


def test_resources_are_named_members_pools_or_left_out_when_nobody_uses_them(read):
    plan = read(
        task(1),
        person(1, "Ana", "<StandardRate>70</StandardRate><StandardRateFormat>3</StandardRateFormat>")
        + person(2, "Developers", "<MaxUnits>3</MaxUnits>")
        + person(3, "Nobody"),
        assigned(1, 1, 16) + assigned(1, 2, 32, 2),
    )
    ana, developers = plan.portfolio.capacity
    assert (ana.id, ana.units, ana.cost_rate) == ("Ana", 1, 70)  # per hour, however it is shown
    assert (developers.id, developers.named, developers.units) == ("Developers", False, 3)


def test_capacity_is_raised_to_what_a_task_takes_and_that_is_said(read):
    plan = read(task(1), person(1, "Ana"), assigned(1, 1, 32, 2))
    assert plan.portfolio.capacity[0].units == 2
    assert any("takes 2" in sentence for sentence in plan.assumed)


CALENDARS = """<CalendarUID>1</CalendarUID><Calendars>
 <Calendar><UID>1</UID><WeekDays>
  <WeekDay><DayType>6</DayType><DayWorking>0</DayWorking></WeekDay>
  <WeekDay><DayType>0</DayType><DayWorking>0</DayWorking><TimePeriod><FromDate>2027-01-06T00:00:00</FromDate>
   <ToDate>2027-01-06T23:59:00</ToDate></TimePeriod></WeekDay></WeekDays>
  <Exceptions><Exception><Type>2</Type><Month>4</Month><MonthDay>1</MonthDay><DayWorking>0</DayWorking><TimePeriod>
   <FromDate>2027-01-01T00:00:00</FromDate><ToDate>2028-12-31T23:59:00</ToDate></TimePeriod></Exception></Exceptions>
 </Calendar>
 <Calendar><UID>2</UID><BaseCalendarUID>1</BaseCalendarUID><Exceptions><Exception><Type>1</Type><DayWorking>0</DayWorking>
  <TimePeriod><FromDate>2027-02-01T00:00:00</FromDate><ToDate>2027-02-05T23:59:00</ToDate></TimePeriod></Exception></Exceptions>
 </Calendar></Calendars>"""


def test_the_base_calendar_gives_workdays_and_holidays_and_a_resources_own_gives_absences(read):
    plan = read(
        task(1), person(1, "Ana", "<CalendarUID>2</CalendarUID>"), assigned(1, 1, 16), more=START + CALENDARS
    )
    calendar = plan.portfolio.calendar
    assert calendar.workdays == frozenset({0, 1, 2, 3})
    assert calendar.holidays == {dt.date(2027, 1, 6), dt.date(2027, 5, 1), dt.date(2028, 5, 1)}
    assert plan.portfolio.capacity[0].named
    assert plan.portfolio.capacity[0].away == (Absence(dt.date(2027, 2, 1), dt.date(2027, 2, 5)),)


def constrained(kind: int, day: str = "2027-01-13") -> str:
    return f"<ConstraintType>{kind}</ConstraintType><ConstraintDate>{day}T08:00:00</ConstraintDate>"


@pytest.mark.parametrize(("kind", "day"), [(2, 13), (4, 13), (6, 12)])
def test_earliest_dates_become_not_before(read, kind, day):
    assert activities(read(task(1, constrained(kind))))["T1"].not_before == dt.date(2027, 1, day)


@pytest.mark.parametrize(("kind", "day"), [(3, 13), (7, 13), (5, 14)])
def test_latest_dates_are_offered_as_promises(read, kind, day):
    plan = read(task(1, constrained(kind)))
    assert [(o.task, o.date) for o in plan.offered] == [("T1", dt.date(2027, 1, day))]
    assert activities(plan)["T1"].not_before is None


def test_a_summarys_deadline_is_offered_for_the_task_with_which_it_ends(read):
    deadline = "<Deadline>2027-01-20T17:00:00</Deadline>"
    plan = read(task(1, deadline) + task(2, "", 2) + task(3, after(2), 2))
    assert [(o.task, o.why) for o in plan.offered] == [("T3", "deadline")]


def test_manual_tasks_start_on_their_dates(read):
    manual = "<Manual>1</Manual><ManualStart>2027-01-11T08:00:00</ManualStart><ManualDuration>PT40H0M0S</ManualDuration>"
    found = activities(read(task(1, manual)))["T1"]
    assert (found.not_before, found.duration) == (dt.date(2027, 1, 11), ThreePoint(2.5, 5, 10))


def test_progress_starts_at_the_status_date_and_never_at_the_tools_clock(read):
    begun = "<PercentComplete>50</PercentComplete><ActualStart>2027-01-05T08:00:00</ActualStart>"
    clock = START + "<CurrentDate>2026-01-01T00:00:00</CurrentDate>"
    assert read(task(1, begun), more=clock).portfolio.start == dt.date(2027, 1, 5)
    status = clock + "<StatusDate>2027-01-08T17:00:00</StatusDate>"
    plan = read(task(1, begun), more=status)
    assert plan.portfolio.start == dt.date(2027, 1, 8)
    assert activities(plan)["T1"].done == 0.5


def test_fixed_costs_are_hundredths(read):
    assert read(task(1, "<FixedCost>125050</FixedCost>")).portfolio.engagements[0].fixed_cost == 1250.5


def test_inactive_tasks_are_left_out_and_that_is_said(read):
    plan = read(task(1) + task(2, "<Active>0</Active>"))
    assert list(activities(plan)) == ["T1"]
    assert plan.ignored == ("1\u00a0inactive task: Task 2.",)
    many = read(task(1) + "".join(task(k, "<Active>0</Active>") for k in range(2, 14)))
    assert many.ignored[0].startswith("12 inactive tasks: Task 2, Task 3, ")
    assert many.ignored[0].endswith(" and 4 more.")


def test_an_earliest_finish_within_a_day_is_listed_as_rounded(read):
    assert read(task(1, constrained(6))).assumed == ()
    assert "earlier: Task 1." in read(task(1, constrained(6), hours=12)).assumed[0]


def test_one_unit_is_told_as_one(read):
    plan = read(task(1), person(1, "Ana"), assigned(1, 1, 32, 2))
    assert "Ana has 1\u00a0unit, but a task takes 2: 2 units." in plan.assumed


def test_what_was_read_is_a_valid_engagement_file_and_can_be_checked(read, tmp_path):
    plan = read(
        task(1) + task(2, after(1, 3, 4800)),
        person(1, "Ána 🙂"),
        assigned(1, 1, 16),
        more=START + CALENDARS,
    )
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(to_document(plan.portfolio)), encoding="utf-8")
    assert read_engagement_file(path) == plan.portfolio
    assert check(plan.portfolio).engagements[0].working_days.p50 > 2


def test_entities_are_refused(tmp_path):
    path = tmp_path / "plan.xml"
    path.write_text('<!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/passwd">]><p>&a;</p>', encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_mspdi(path, (1, 1, 1))
    assert "DOCTYPE" in refused.value.lines()[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<Project><Tasks>", "not well-formed"),
        ("<plan/>", "no MSPDI plan"),
        (HEAD + START + "</Project>", "no task"),
        (HEAD + "<Tasks>" + task(1) + "</Tasks></Project>", "names no start"),
    ],
)
def test_other_xml_is_refused_in_one_sentence(tmp_path, text, words):
    path = tmp_path / "plan.xml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_mspdi(path, (1, 1, 1))
    assert len(refused.value.lines()) == 1
    assert words in refused.value.lines()[0]


def test_everything_that_is_wrong_is_told_with_its_place(read):
    with pytest.raises(InputError) as refused:
        read(
            task(1, "<Priority>1</Priority><PercentComplete>NaN</PercentComplete>")
            + task(1, "<Deadline>soon</Deadline>")
        )
    lines = refused.value.lines()
    assert len(lines) == 3
    assert all("Task" in line for line in lines)


def test_links_on_summaries_cannot_explode(read):
    many = "".join(task(k, "", 2) for k in range(10, 1_100))
    others = "".join(task(k, "", 2) for k in range(2_010, 3_100))
    with pytest.raises(InputError, match="1 problems"):
        read(task(1) + many + task(2, after(1)) + others)
