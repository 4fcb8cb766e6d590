"""The terminal's report: verdicts in words, at any width, whatever stands in the file."""

import datetime as dt
import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from accord.engine.calendar import WorkingCalendar
from accord.engine.plan import Calendar, PromiseKind
from accord.engine.promise_check import BetterPromise, OneMore, Remedy
from accord.engine.results import CheckResult, Spread
from accord.engine.scheduling import Assigned, Schedule, ScheduledActivity, ScheduledEngagement
from accord.exchange.schedule_report import print_schedule
from accord.exchange.terminal_report import drivers, portfolio_notes, print_check
from accord.exchange.wording import exact_share, share
from tests.exchange.handmade_results import START, portfolio, result

THIN, SPACE = "\u202f", "\u00a0"


def printed(answer: CheckResult | Schedule, *remedies: Remedy, width: int = 80, names=None, **more) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, highlight=False)
    if isinstance(answer, Schedule):
        print_schedule(answer, console, names or {})
    else:
        calendar = WorkingCalendar(START, Calendar())
        print_check(answer, remedies, console, names or {}, calendar=calendar, **more)
    return out.getvalue()


def flat(text: str) -> str:
    return re.sub(r"[ \n]+", " ", text)


def schedule(rows: int) -> Schedule:
    day = dt.date(2027, 1, 11)
    people = (Assigned("dev", 2.0, ("ana",)),)
    activities = tuple(
        ScheduledActivity(f"task-{i}", day, day, 0.0, 1.0, i % 50 == 49, people) for i in range(rows)
    )
    return Schedule(93.0, 90.0, False, (ScheduledEngagement("portal", 93.0, activities),))


def test_the_verdict_comes_first_and_in_words():
    text = flat(printed(result(portfolio("portal"))))
    assert text.index("Will we keep it?") < text.index("dates and costs")
    assert f"63{THIN}% for go-live (live) on 11 May 2027; asked is 80{THIN}%: not backed." in text
    assert "Backed would be 19 May 2027 (6 working days later)." in text
    assert "All promises of this engagement together" in text


def test_no_line_is_wider_than_the_terminal_and_no_unit_is_left_alone():
    names = {"task-1": "プロジェクト" * 12}
    text = printed(result(portfolio("日本語" * 30, "b"), before=0.9), names=names)
    assert all(Console().render_str(line, markup=False).cell_len <= 80 for line in text.splitlines())
    assert not any(line.lstrip(" ").startswith("%") for line in text.splitlines())


def test_markup_and_control_characters_in_names_stay_text():
    text = printed(result(portfolio("[red]x[/red]\x1b[31m")))
    assert "[red]x[/red]�[31m" in text
    assert "\x1b" not in text


def test_a_backed_cost_is_rounded_to_the_side_that_is_backed():
    answer = result(portfolio("portal"))
    date, cost = answer.engagements[0].promises
    tight = replace(cost, kept=replace(cost.kept, backed=False), backed_value=29_159.2)
    engagement = replace(answer.engagements[0], promises=(date, tight))
    text = flat(printed(replace(answer, engagements=(engagement,))))
    assert f"Backed would be at most 29{THIN}160{SPACE}EUR" in text


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (OneMore("dev", 61.5), f"One more dev: 84{THIN}% for go-live (62{SPACE}EUR an hour)"),
        (OneMore("dev", 0.0), f"One more dev: 84{THIN}% for go-live (cost rate unknown)"),
        (
            BetterPromise(PromiseKind.DATE, dt.date(2027, 7, 12), dt.date(2027, 5, 11)),
            f"Promise 12 Jul 2027 instead of 11 May 2027: 84{THIN}% for go-live (no cost)",
        ),
        (
            BetterPromise(PromiseKind.COST, 31_000.4, 28_000.0),
            f"Agree on a budget of 31{THIN}001{SPACE}EUR: 84{THIN}% for go-live (3{THIN}001{SPACE}EUR more)",
        ),
        (
            BetterPromise(PromiseKind.MARGIN, 0.2179, 0.3),
            f"Accept a margin of 21.7{THIN}%: 84{THIN}% for go-live (8.3 points less)",
        ),
    ],
)
def test_remedies_tell_what_to_do_its_probability_and_its_price(change, told):
    text = printed(result(portfolio("portal")), Remedy("portal", "go-live", change, 0.84), width=120)
    assert told in text


def test_a_remedy_that_is_not_enough_says_so():
    weak = Remedy("portal", "go-live", OneMore("dev", 0.0), 0.7)
    assert "still not backed (" in printed(result(portfolio("portal")), weak, width=120)


def test_a_what_if_tells_the_direction_and_what_is_only_noise():
    answer = result(portfolio("portal"), before=0.9)
    promise = answer.engagements[0].promises[0]
    still = replace(promise, before=promise.kept.probability + promise.kept.standard_error / 2)
    engagement = replace(answer.engagements[0], promises=(promise, still))
    text = flat(printed(replace(answer, engagements=(engagement,))))
    assert f"90{THIN}% → 63{THIN}%" in text
    assert "points lower" in text
    assert "less than one standard error" in text


def test_many_engagements_get_one_line_each():
    text = printed(result(portfolio(*(f"e{i}" for i in range(100)), activities=3)))
    assert sum(line.startswith("e") and "not backed (" in line for line in text.splitlines()) == 100
    assert "80 more are not backed" in text


def test_costs_are_not_told_where_nothing_costs_anything():
    answer = result(portfolio("portal"))
    free = replace(answer.engagements[0], cost=Spread(0, 0, 0, 0, 0, 0))
    assert "Costs at most" in printed(answer)
    assert "Costs at most" not in printed(replace(answer, engagements=(free,)))


def test_without_promises_the_report_says_so():
    assert "No promise is recorded here" in printed(result(portfolio("portal"), promised=False))


def test_nothing_drives_what_is_certain():
    certain = result(portfolio(), certain=True).engagements[0]
    quiet = tuple(replace(a, sensitivity=0.0) for a in certain.activities)
    assert drivers(replace(certain, activities=quiet), "EUR")[0].startswith("Nothing in particular")


def test_at_most_three_drivers_are_told():
    assert len(drivers(result(portfolio()).engagements[0], "EUR")) == 3


def test_free_people_and_notes_are_told():
    notes = ["Task 7 is ignored.", *portfolio_notes(portfolio())]
    text = printed(result(portfolio()), notes=notes)
    assert "Task 7 is ignored." in text
    assert "cost nothing in these figures: analyst" in text


@pytest.mark.parametrize(
    ("p", "limit", "words"),
    [
        (0.63, None, f"63{THIN}%"),
        (0.7996, 0.8, f"79.9{THIN}%"),
        (0.9999, None, f"over 99{THIN}%"),
        (0.0001, None, f"under 1{THIN}%"),
        (1.0, None, f"100{THIN}%"),
        (0.0, None, f"0{THIN}%"),
    ],
)
def test_no_probability_is_rounded_to_a_lie(p, limit, words):
    assert share(p, limit) == words


def test_a_typed_confidence_keeps_its_decimals():
    assert exact_share(0.995) == f"99.5{THIN}%"


def test_a_schedule_says_length_bound_and_who():
    text = printed(schedule(60))
    assert "93.0 working days" in text
    assert "shorter than 90.0" in text
    assert "critical" in text
    assert sum("task-" in line for line in text.splitlines()) == 60


def test_a_huge_schedule_shows_critical_activities_and_where_the_rest_is():
    text = flat(printed(schedule(20_000)))
    assert "--json" in text
    assert text.count("critical ") >= 200
    assert len(text) < 60_000


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (0.0, f"what they all agree on is certain to 0.075 points (95{THIN}% confidence)"),
        (0.0004, "a probability is exact to less than ±0.1 points (one standard error)"),
        (0.004, "a probability is exact to ±0.4 points (one standard error)"),
    ],
)
def test_how_exact_probabilities_are_is_never_told_as_zero(error, told):
    answer = result(portfolio("portal"))
    promises = tuple(
        replace(p, kept=replace(p.kept, standard_error=error)) for p in answer.engagements[0].promises
    )
    engagement = replace(answer.engagements[0], promises=promises)
    assert told in flat(printed(replace(answer, engagements=(engagement,))))


@pytest.mark.parametrize("width", [46, 50, 79, 80])
def test_a_schedule_can_be_read_in_a_narrow_terminal(width):
    text = printed(schedule(3), width=width)
    for words in ("task-2", "2 × dev (ana)", "11 Jan 2027"):
        assert words in text
    assert all(len(line) <= width for line in text.splitlines())


def test_what_is_begun_before_its_predecessors_is_noted():
    plan = portfolio()
    activities = [
        replace(a, done=done)
        for a, done in zip(plan.engagements[0].activities, (0.5, 0.2, 0, 0, 0, 0), strict=True)
    ]
    engagement = replace(plan.engagements[0], activities=tuple(activities))
    notes = portfolio_notes(replace(plan, engagements=(engagement,)))
    assert notes[-1] == "Begun before their predecessors allow it: task-1 (after task-0)."
    activities[0] = replace(activities[0], done=1.0)
    engagement = replace(engagement, activities=tuple(activities))
    assert not any("Begun" in note for note in portfolio_notes(replace(plan, engagements=(engagement,))))
