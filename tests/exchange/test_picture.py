"""Pictures: the right format, accessible, the same bytes every time, whatever the portfolio looks like."""

import datetime as dt
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from accord.engine.plan import Promise, PromiseKind
from accord.exchange.picture import draw
from accord.exchange.picture_panels import KEPT, SAID
from tests.exchange.handmade_results import portfolio, result

SVG = "{http://www.w3.org/2000/svg}"


def drawn(tmp_path, name, plan, names=None, **how):
    path = tmp_path / name
    draw(result(plan, **how), plan, path, names or {})
    return path


def test_the_suffix_decides_the_format(tmp_path):
    assert drawn(tmp_path, "a.png", portfolio()).read_bytes().startswith(b"\x89PNG")
    assert ET.parse(drawn(tmp_path, "a.SVG", portfolio())).getroot().tag == SVG + "svg"


def test_another_suffix_is_refused_in_plain_words(tmp_path):
    with pytest.raises(ValueError, match=r"ends with \.svg or \.png"):
        drawn(tmp_path, "a.pdf", portfolio())


def test_an_svg_has_title_and_description_for_those_who_listen(tmp_path):
    root = ET.parse(drawn(tmp_path, "a.svg", portfolio("port & <al>"))).getroot()
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "accord-title accord-description"
    assert root.find(SVG + "title").get("id") == "accord-title"
    assert "port & <al>: 63" in root.find(SVG + "desc").text


@pytest.mark.parametrize("name", ["a.svg", "a.png"])
def test_the_same_result_gives_the_same_bytes(tmp_path, name):
    first = drawn(tmp_path, name, portfolio()).read_bytes()
    assert drawn(tmp_path, name, portfolio()).read_bytes() == first


@pytest.mark.parametrize(
    ("plan", "how"),
    [
        (portfolio("certain"), {"certain": True}),
        (portfolio("none"), {"promised": False}),
        (portfolio("certain-none"), {"certain": True, "promised": False}),
        (portfolio(*(f"e{i}" for i in range(8)), activities=45), {}),
        (portfolio("a $name$ with [markup] プロジェクト " * 5, price=None), {}),
    ],
)
def test_every_kind_of_portfolio_can_be_drawn(tmp_path, plan, how):
    names = {"task-1": "A long name, 名前, $x$ " * 4}
    assert drawn(tmp_path, "a.svg", plan, names, **how).stat().st_size > 10_000


def promised(tmp_path, date, backed):
    """The picture of one date promise, as text."""
    plan = portfolio("portal")
    answer = result(plan)
    first = answer.engagements[0].promises[0]
    promise = Promise("go-live", PromiseKind.DATE, date=date, of="live")
    kept = replace(first.kept, backed=backed)
    engagement = replace(answer.engagements[0], promises=(replace(first, promise=promise, kept=kept),))
    path = tmp_path / "a.svg"
    draw(replace(answer, engagements=(engagement,)), plan, path, {})
    return path.read_text(encoding="utf-8")


def lines(text, colour):
    return text.count(f"stroke: {colour}")


def test_a_backed_promise_is_green_and_one_that_is_not_is_red(tmp_path):
    day = dt.date(2027, 5, 14)
    backed, broken = promised(tmp_path, day, True), promised(tmp_path, day, False)
    assert lines(backed, KEPT) == lines(broken, SAID) > 0
    assert lines(backed, SAID) == lines(broken, KEPT) == 0


@pytest.mark.parametrize("day", [dt.date(2026, 5, 14), dt.date(2035, 5, 14)])
def test_a_promise_off_the_axis_has_no_line_at_a_place_that_nobody_promised(tmp_path, day):
    text = promised(tmp_path, day, False)
    assert lines(text, SAID) == 0
    assert f"fill: {SAID}" in text
