"""Breakdowns in files: what goes out comes back, what is wrong is told at once, nothing is half written."""

from __future__ import annotations

import io
import json
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from accord.estimating.models import Estimate
from tests.estimating.builders import asked, delivered, estimator, role, row, saved

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(client: Any) -> tuple[Any, Estimate]:
    """Somebody signed in whose estimate holds a summary with two packages, and one more."""
    somebody = estimator()
    rows = [
        row("Portal"),
        row("Form", (8, 10, 20), 1),
        row("Upload", (4, 6, 12), 1),
        row("=Test & <try>", (2, 3, 4), by=role("Tester")),
    ]
    estimate = saved(asked(None, somebody), somebody, rows)
    client.force_login(somebody, backend="accord.people.backends.Backend")
    return client, estimate


def upload(client: Any, estimate: Estimate, content: bytes, name: str = "file") -> Any:
    return client.post(f"/estimates/{estimate.pk}/import/", {"file": SimpleUploadedFile(name, content)})


def take(client: Any, estimate: Estimate, preview: Any) -> Any:
    return client.post(f"/estimates/{estimate.pk}/import/take/", {"body": preview.context["body"]})


def names(estimate: Estimate) -> list[tuple[str, int]]:
    return [(p.name, p.level) for p in estimate.packages.all()]


def efforts(estimate: Estimate) -> dict[str, tuple[Decimal, ...]]:
    return {p.name: (e.low, e.likely, e.high) for p in estimate.packages.all() for e in p.efforts.all()}


def test_a_code_from_another_engagement_means_nothing_here_unless_the_name_is_the_same(full: Any) -> None:
    client, foreign = full
    content = client.get(f"/estimates/{foreign.pk}/export.xlsx").content
    somebody = foreign.contributions.get().estimator
    target = saved(asked(None, somebody), somebody, [row("Portal"), row("Migration", (1, 2, 3))])
    preview = upload(client, target, content)
    assert preview.context["change"].removed == ["Migration"]  # and not renamed to “Form”, which is w2 there
    assert [line["code"] for line in preview.context["found"].lines] == ["w1", "", "", ""]


def test_a_file_of_this_engagement_renames_by_code(full: Any) -> None:
    client, estimate = full
    book = load_workbook(io.BytesIO(client.get(f"/estimates/{estimate.pk}/export.xlsx").content))
    book.active["C3"] = "Form for claims"
    content = io.BytesIO()
    book.save(content)
    preview = upload(client, estimate, content.getvalue())
    assert preview.context["change"].removed == []
    assert preview.context["found"].lines[1]["code"] == "w2"


@pytest.mark.parametrize("kind", ["xlsx", "xml", "yaml"])
def test_what_goes_out_comes_back_into_an_empty_estimate(full: Any, kind: str) -> None:
    client, estimate = full
    content = client.get(f"/estimates/{estimate.pk}/export.{kind}").content
    somebody = estimate.contributions.get().estimator
    target = asked(None, somebody)
    take(client, target, upload(client, target, content))
    got = [name for name, _ in names(target)]
    assert got == (
        ["Form", "Upload", "=Test & <try>"]
        if kind == "yaml"
        else ["Portal", "Form", "Upload", "=Test & <try>"]
    )
    assert {p.role.name for p in target.packages.all() if p.role} == {"Developer", "Tester"}
    likely = {name: points[1] for name, points in efforts(target).items()}
    assert likely == {"Form": 10, "Upload": 6, "=Test & <try>": 3}
    if kind != "xml":
        assert efforts(target)["Form"] == (8, 10, 20)
    if kind != "yaml":
        assert [level for _, level in names(target)] == [0, 1, 1, 0]


def test_a_table_that_was_worked_on_comes_back_as_changes(full: Any) -> None:
    client, estimate = full
    book = load_workbook(io.BytesIO(client.get(f"/estimates/{estimate.pk}/export.xlsx").content))
    sheet = book.active
    sheet["G3"] = 12
    sheet.delete_rows(4)
    sheet.append([None, 0, "Migrate", "Wizard", 1, 1, 2, 3])
    content = io.BytesIO()
    book.save(content)
    preview = upload(client, estimate, content.getvalue())
    change = preview.context["change"]
    assert (change.added, change.removed) == (1, ["Upload"])
    assert (
        "Left out: the role “Wizard” (1 times), which this firm does not have."
        in preview.context["found"].notes
    )
    assert names(estimate)[2] == ("Upload", 1)  # nothing is changed by looking
    take(client, estimate, preview)
    assert efforts(estimate)["Form"] == (8, 12, 20)
    assert ("Migrate", 0) in names(estimate)


def test_a_table_cell_is_never_a_formula(full: Any) -> None:
    client, estimate = full
    book = load_workbook(io.BytesIO(client.get(f"/estimates/{estimate.pk}/export.xlsx").content))
    assert [c.data_type for c in book.active["C"]] == ["s"] * 5


def test_everything_wrong_in_a_table_is_told_at_once(full: Any) -> None:
    client, estimate = full
    book = Workbook()
    book.active.append(["Work package", "Low", "Likely", "High"])
    book.active.append(["Build", "much", 2, 3])
    book.active.append([None, 1, 2, "?"])
    content = io.BytesIO()
    book.save(content)
    answer = upload(client, estimate, content.getvalue())
    assert answer.status_code == 422
    told = " ".join(answer.context["problems"])
    assert "Low is “much”" in told
    assert "High is “?”" in told
    assert "has no name" in told


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 no table",
        b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><Project/>",
        b"<Project xmlns='http://schemas.microsoft.com/project'><Tasks/></Project>",
        b"<html></html>",
        b"accord: 1",
        b"&a [*a, *a]",
        b"\xff\xfe\x00",
        b"just text",
        b"accord: 1\nstart: 2027-01-04\nengagements: [{id: x, activities: [{id: y, milestone: true}]}]",
    ],
)
def test_what_is_no_breakdown_is_refused_in_words(full: Any, content: bytes) -> None:
    client, estimate = full
    before = names(estimate)
    answer = upload(client, estimate, content)
    assert answer.status_code == 422
    assert answer.context.get("problems") or answer.context["form"].errors
    assert names(estimate) == before


def test_a_table_that_unpacks_to_too_much_is_refused(full: Any) -> None:
    client, estimate = full
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (60 * 1024 * 1024))
    answer = upload(client, estimate, content.getvalue())
    assert "larger than 50 MB" in " ".join(answer.context["problems"])


def test_taking_goes_through_the_same_rules_as_the_grid(full: Any) -> None:
    client, estimate = full
    before = names(estimate)
    body = '{"revision": 1, "rows": [{"name": "A", "low": "3", "likely": "2", "high": "1"}]}'
    answer = client.post(f"/estimates/{estimate.pk}/import/take/", {"body": body})
    assert answer.status_code == 422
    assert names(estimate) == before
    stale = '{"revision": 0, "rows": []}'
    assert client.post(f"/estimates/{estimate.pk}/import/take/", {"body": stale}).status_code == 409


def test_a_stranger_and_a_delivered_estimate_take_no_file(client: Any) -> None:
    estimate = delivered()
    by = estimate.contributions.get().estimator
    for somebody, status in ((estimator(), 403), (by, 409)):
        client.force_login(somebody, backend="accord.people.backends.Backend")
        assert client.get(f"/estimates/{estimate.pk}/import/").status_code == status


@pytest.mark.parametrize(
    "body",
    [
        None,
        "[]",
        "{}",
        "null",
        "1",
        "[" * 100_000,
        '{"rows": {}, "revision": 1}',
        '{"rows": [], "revision": 1e400}',
        '{"rows": [], "revision": ' + "9" * 5000 + "}",
    ],
)
def test_what_is_taken_and_is_no_breakdown_is_refused_in_words(full: Any, body: str | None) -> None:
    client, estimate = full
    before = names(estimate)
    answer = client.post(f"/estimates/{estimate.pk}/import/take/", {} if body is None else {"body": body})
    assert answer.status_code == 422
    assert "This is not a breakdown." in answer.content.decode()
    assert names(estimate) == before


def test_what_is_taken_is_sent_as_a_form(full: Any) -> None:
    client, estimate = full
    address = f"/estimates/{estimate.pk}/import/take/"
    answer = client.post(address, {"revision": 1, "rows": []}, content_type="application/json")
    assert answer.status_code == 422


@pytest.mark.parametrize("field", ["role", "low"])
def test_a_character_that_no_page_can_hold_is_left_out_of_what_is_wrong(full: Any, field: str) -> None:
    client, estimate = full
    line = {"name": "n", field: "x\ud800"}
    body = json.dumps({"revision": 1, "rows": [line]})
    answer = client.post(f"/estimates/{estimate.pk}/import/take/", {"body": body})
    assert answer.status_code == 422
    assert "“x”" in answer.content.decode()
