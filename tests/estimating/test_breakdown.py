"""Saving the grid: which rows are taken, which cells are told to be wrong, what stays the same."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from accord.actions.refusals import Refused, WrongInput
from accord.estimating import queries
from accord.estimating.actions import note_assumption, note_risk, save_grid
from accord.estimating.models import Effort, Estimate, WorkPackage
from accord.estimating.parsing import body_of
from accord.estimating.rules import MOST_ROWS, Row, WrongRows, rows_are_right
from tests import firm
from tests.estimating.builders import (
    asked,
    delivered,
    delivery_lead,
    estimator,
    given,
    row,
    saved,
    two_packages,
)


def wrong_in(*rows: Row) -> list[tuple[int, str]]:
    with pytest.raises(WrongRows) as found:
        rows_are_right(rows)
    return [(p.row, p.field) for p in found.value.problems]


def plain(name: str = "Build", level: int = 0, *points: Any, units: str = "1") -> Row:
    low, likely, high = (Decimal(p) for p in points) if points else (None, None, None)
    return Row(None, level, name, None, Decimal(units), low, likely, high)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (plain("  "), "name"),
        (plain("x" * 201), "name"),
        (plain("Build", 0, 5, 4, 6), "likely"),
        (plain("Build", 0, 5, 6, 5), "high"),
        (plain("Build", 0, -1, 6, 7), "low"),
        (plain("Build", 0, 1, 6, "NaN"), "high"),
        (plain("Build", 0, 1, 6, "Infinity"), "high"),
        (plain("Build", 0, 1, 6, 10_000_000), "high"),
        (replace(plain("Build", 0, 1, 2, 3), likely=None), "likely"),
        (plain(units="0"), "units"),
        (plain(units="-1"), "units"),
        (plain(units="NaN"), "units"),
        (plain(units="1.25"), "units"),
        (plain("Build", 1), "name"),
        (plain("Build", -1), "name"),
    ],
)
def test_a_cell_that_cannot_be_is_told(wrong: Row, field: str) -> None:
    assert (0, field) in wrong_in(wrong)


def test_all_wrong_cells_are_told_at_once() -> None:
    assert wrong_in(plain("A", 0, 5, 4, 6), plain(""), plain("B", 2)) == [
        (0, "likely"),
        (1, "name"),
        (2, "name"),
    ]


def test_a_breakdown_is_not_deeper_or_longer_than_allowed() -> None:
    assert wrong_in(*[plain(str(k), k) for k in range(7)]) == [(6, "name")]
    assert wrong_in(*[plain("x")] * (MOST_ROWS + 1))[0] == (MOST_ROWS, "name")


def test_a_code_stands_once() -> None:
    assert wrong_in(replace(plain(), code="w1"), replace(plain(), code="w1")) == [(1, "name")]


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"rows": 1, "revision": 1}', b'{"rows": [], "revision": "1"}', b"[" * 100_000],
)
@pytest.mark.django_db
def test_what_is_no_breakdown_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(WrongInput):
        body_of(body)


@pytest.mark.django_db
def test_texts_that_are_no_numbers_or_roles_are_told_with_their_cells() -> None:
    with pytest.raises(WrongRows) as found:
        body_of(b'{"revision": 0, "rows": [{"name": "A", "low": "NaN", "likely": "abc", "role": "Pope"}, 7]}')
    assert {(p.row, p.field) for p in found.value.problems} == {(0, "low"), (0, "likely"), (0, "role")}


@pytest.mark.django_db
def test_a_script_in_a_name_stays_text(client: Any) -> None:
    somebody = estimator()
    estimate = saved(asked(None, somebody), somebody, [row("</script><script>alert(1)</script>", (1, 2, 3))])
    client.force_login(somebody, backend="accord.people.backends.Backend")
    content = client.get(f"/estimates/{estimate.pk}/").content
    assert b"<script>alert" not in content


@pytest.mark.django_db
def test_codes_stay_when_lines_move_and_are_never_given_twice() -> None:
    somebody = estimator()
    estimate = asked(None, somebody)
    saved(estimate, somebody, [row("A"), row("B"), row("C")])
    saved(estimate, somebody, [row("C", code="w3"), row("A", code="w1")])
    saved(estimate, somebody, [row("C", code="w3"), row("A", code="w1"), row("D")])
    assert [(p.code, p.name) for p in estimate.packages.all()] == [("w3", "C"), ("w1", "A"), ("w4", "D")]


@pytest.mark.django_db
def test_a_new_line_before_one_that_asks_for_its_code_leaves_it_the_code() -> None:
    somebody = estimator()
    estimate = saved(asked(None, somebody), somebody, [row("A"), row("B"), row("C")])
    rows = [row("A", code="w1"), row("B", code="w2")]
    saved(estimate, somebody, rows)
    saved(estimate, somebody, [row("New"), row("Bad", code="x"), *rows, row("C", code="w3")])
    assert [(p.code, p.name) for p in estimate.packages.all()] == [
        ("w4", "New"), ("w5", "Bad"), ("w1", "A"), ("w2", "B"), ("w3", "C"),
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_made_up_code_is_replaced() -> None:
    somebody = estimator()
    estimate = saved(asked(None, somebody), somebody, [row("A", code="w99999"), row("B", code="'; DROP")])
    assert [p.code for p in estimate.packages.all()] == ["w1", "w2"]


@pytest.mark.django_db
def test_a_summary_is_the_sum_of_its_leaves() -> None:
    somebody = estimator()
    rows = [
        row("Portal"),
        row("Form", (1, 2, 3), 1),
        row("Parts", None, 1),
        row("Upload", (2, 4, 8), 2),
        row("Test", (5, 5, 5)),
    ]
    estimate = saved(asked(None, somebody), somebody, rows)
    grid = queries.grid(somebody, estimate)
    assert [r.points.likely if r.points else None for r in grid.rows] == [6, 2, 4, 4, 5]
    assert [r.is_summary for r in grid.rows] == [True, False, True, False, False]
    assert grid.totals[-1].likely == 11


@pytest.mark.django_db
def test_hours_of_a_line_that_becomes_a_summary_come_back_when_it_is_a_leaf_again() -> None:
    somebody = estimator()
    estimate = saved(asked(None, somebody), somebody, [row("Build", (1, 2, 3)), row("Test", (1, 1, 1))])
    saved(estimate, somebody, [row("Build", None, code="w1"), row("Test", (1, 1, 1), 1, "w2")])
    assert queries.leaves(estimate)[0].package.name == "Test"
    estimate = saved(
        estimate, somebody, [row("Build", (1, 2, 3), code="w1"), row("Test", (1, 1, 1), code="w2")]
    )
    assert queries.grid(somebody, estimate).given == 2


@pytest.mark.django_db
def test_nothing_is_written_when_one_cell_is_wrong() -> None:
    somebody = estimator()
    estimate = saved(asked(None, somebody), somebody, two_packages())
    with pytest.raises(WrongRows):
        saved(estimate, somebody, [row("New", (1, 2, 3)), row("", (1, 2, 3))])
    assert [p.name for p in estimate.packages.all()] == ["Build", "Test"]


@pytest.mark.django_db
def test_saving_the_same_again_changes_no_revision() -> None:
    somebody = estimator()
    estimate = saved(asked(None, somebody), somebody, two_packages())
    revision = queries.grid(somebody, Estimate.objects.get(pk=estimate.pk)).revision
    saved(estimate, somebody, two_packages())
    assert queries.grid(somebody, Estimate.objects.get(pk=estimate.pk)).revision == revision


@pytest.mark.django_db
def test_a_delivery_lead_prepares_the_structure_but_gives_no_hours() -> None:
    lead, somebody = delivery_lead(), estimator()
    estimate = saved(asked(None, somebody), lead, [row("Build"), row("Test")])
    assert WorkPackage.objects.filter(estimate=estimate).count() == 2
    with pytest.raises(Refused, match="hours are given by the estimators"):
        saved(estimate, lead, two_packages())
    assert not Effort.objects.exists()


@pytest.mark.django_db
def test_after_all_are_done_the_grid_writes_the_agreed_hours() -> None:
    somebody = estimator()
    estimate = given(asked(None, somebody), somebody, two_packages())
    saved(estimate, somebody, two_packages((9, 9, 9)))
    assert queries.leaves(estimate)[0].effort.likely == 9  # type: ignore[union-attr]
    assert Effort.objects.get(package__code="w1", contribution__isnull=False).likely == 10


@pytest.mark.django_db
def test_notes_are_judged_and_closed_with_the_estimate() -> None:
    somebody = estimator()
    estimate = saved(asked(None, somebody), somebody, two_packages())
    build = estimate.packages.get(code="w1")
    note_assumption(somebody, estimate, "exclusion", "The archive")
    note_risk(somebody, estimate, "No interface", Decimal("0.3"), build, Decimal(1), Decimal(2), Decimal(3))
    for wrong in (
        {"probability": Decimal(0)},
        {"probability": Decimal(1)},
        {"probability": Decimal("0.5"), "high": Decimal(3)},
        {"probability": Decimal("0.5"), "package": delivered().packages.first()},
        {"probability": Decimal("0.5"), "cost": Decimal(-1)},
        {"probability": Decimal("0.5"), "package": build, "low": Decimal(3)},
    ):
        with pytest.raises(WrongInput):
            note_risk(somebody, estimate, "Wrong", **wrong)  # type: ignore[arg-type]
    with pytest.raises(WrongInput):
        note_assumption(somebody, estimate, "hope", "All goes well")


@pytest.mark.django_db
def test_five_hundred_lines_are_saved_with_few_queries(django_assert_max_num_queries: Any) -> None:
    somebody = estimator()
    estimate = asked(None, somebody)
    by = row("x").role
    rows = [row(f"Package {k}", (1, 2, 3), by=by) for k in range(500)]
    with django_assert_max_num_queries(40):
        save_grid(somebody, estimate, rows, 0)


@pytest.mark.django_db
def test_an_ended_engagement_takes_no_estimate() -> None:
    from accord.engagements.actions import end_engagement
    from accord.engagements.models import Outcome
    from tests.estimating.builders import seller_of

    somebody = estimator()
    estimate = saved(asked(None, somebody), somebody, two_packages())
    end_engagement(seller_of(estimate.engagement), estimate.engagement, Outcome.LOST, "Too dear")
    with pytest.raises(Refused, match="has ended"):
        saved(estimate, somebody, two_packages((9, 9, 9)))
    with pytest.raises(Refused, match="has ended"):
        asked(firm.Engagement.objects.get(pk=estimate.engagement_id))
