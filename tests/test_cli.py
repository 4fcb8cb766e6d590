"""The command line keeps its contract: exit status, one JSON document, errors on standard error only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from accord.cli import main

FILE = """\
accord: 1
currency: EUR
start: 2027-01-04
samples: 500
capacity:
  - {id: dev, units: 2, cost_rate: 60}
engagements:
  - id: %(id)s
    price: 60000
    activities:
      - id: build
        effort: {low: 200, likely: 300, high: 600}
        needs: [{of: dev, units: 2}]
      - {id: live, milestone: true, after: [build]}
    promises: [%(promises)s]
"""
EASY = "{id: go-live, date: 2027-12-31, of: live}"
IMPOSSIBLE = "{id: go-live, date: 2027-01-06}"
PLAN = """<?xml version="1.0" encoding="UTF-8"?>
<Project xmlns="http://schemas.microsoft.com/project">
  <Name>Plan</Name><StartDate>2013-01-07T08:00:00</StartDate><MinutesPerDay>480</MinutesPerDay>
  <Tasks>
    <Task><UID>1</UID><ID>1</ID><Name>Design &amp; talk</Name><Type>1</Type><OutlineLevel>1</OutlineLevel>
      <Start>2013-01-07T08:00:00</Start><Finish>2013-01-11T17:00:00</Finish>
      <Duration>PT40H0M0S</Duration><DurationFormat>7</DurationFormat><Summary>0</Summary></Task>
  </Tasks>
</Project>
"""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture
def write(tmp_path: Path):
    def written(name: str = "portal", promises: str = EASY) -> Path:
        path = tmp_path / f"{name}.yaml"
        path.write_text(FILE % {"id": name, "promises": promises}, encoding="utf-8")
        return path

    return written


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.anything"
    path.write_text(PLAN, encoding="utf-8")
    return path


def refused(result: Result, *words: str) -> None:
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    for word in words:
        assert word in result.stderr


def test_help_needs_nothing_heavy():
    heavy = "numpy", "numba", "pydantic", "rich", "matplotlib", "yaml"
    code = f"import sys, accord.cli; sys.exit(any(m in sys.modules for m in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert "schedule" in run("--help").stdout


def test_the_version_is_told():
    assert run("--version").stdout.startswith("accord, version ")


def test_backed_promises_end_with_0(write):
    result = run("check", write())
    assert result.exit_code == 0, result.output
    assert "Will we keep it?" in result.stdout


def test_a_promise_that_is_not_backed_ends_with_1(write):
    result = run("check", write(promises=IMPOSSIBLE))
    assert result.exit_code == 1, result.output
    assert "not backed" in result.stdout
    assert "What would make it backed" in result.stdout


def test_no_promise_at_all_ends_with_0(write):
    assert run("check", write(promises="")).exit_code == 0


def test_json_is_exactly_one_document_and_options_override_the_file(write):
    result = run("check", write(), "--json", "--samples", 200, "--seed", 7, "--confidence", 0.9)
    document = json.loads(result.stdout)
    assert (document["samples"], document["seed"], document["confidence"]) == (200, 7, 0.9)
    assert document["engagements"][0]["promises"][0]["of"] == "live"
    assert "probability_before" not in document["engagements"][0]["promises"][0]


def test_the_same_file_and_seed_give_the_same_document(write):
    path = write()
    assert run("check", path, "--json").stdout == run("check", path, "--json").stdout


@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_wrong_input_is_told_on_standard_error_alone(write, as_json):
    refused(run("check", write(promises="{id: x, dat: 2027-01-01}"), *as_json), "portal.yaml", "promises")


def test_a_missing_file_is_wrong_input(tmp_path):
    refused(run("check", tmp_path / "none.yaml"), "none.yaml", "cannot be read")


@pytest.mark.parametrize(
    "option",
    [
        ("--samples", 99),
        ("--samples", 1_000_001),
        ("--confidence", 1),
        ("--confidence", 0.49),
        ("--confidence", "nan"),
        ("--confidence", "inf"),
        ("--seed", -1),
        ("--spread", "1:2"),
        ("--spread", "1:0.5:2"),
    ],
)
def test_options_have_bounds(write, option):
    refused(run("check", write(), *option), option[0])


@pytest.mark.parametrize("confidence", [0.5, 0.999])
def test_the_option_takes_the_confidences_that_the_file_takes(write, confidence):
    path = write()
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}confidence: {confidence}\n", encoding="utf-8")
    assert run("check", path).exit_code == run("check", path, "--confidence", confidence).exit_code == 0


@pytest.mark.parametrize("seconds", ["nan", "inf", "0"])
def test_a_plan_is_shortened_for_a_finite_time(write, seconds):
    refused(run("schedule", write(), "--optimise", seconds), "--optimise")


@pytest.mark.parametrize("command", ["check", "schedule"])
def test_a_spread_is_only_for_a_planning_tools_plan(write, plan, command):
    refused(run(command, write(), "--spread", "1:1:1"), "--spread", "three points of its own")
    assert run(command, plan, "--spread", "1:1:1").exit_code == 0


def test_too_much_work_is_refused(write):
    path = write()
    text = path.read_text(encoding="utf-8")
    listed = "".join(f"      - {{id: a{i}, duration: 1}}\n" for i in range(101))
    path.write_text(text.replace("    promises:", listed + "    promises:"), encoding="utf-8")
    refused(run("check", path, "--samples", 1_000_000), "100,000,000")


def test_with_another_file_tells_before_and_after(write):
    result = run("check", write("portal"), "--with", write("harbour"), "--json")
    document = json.loads(result.stdout)
    assert [e["id"] for e in document["engagements"]] == ["portal", "harbour"]
    promise = document["engagements"][0]["promises"][0]
    assert promise["change"] == pytest.approx(
        promise["probability"] - promise["probability_before"], abs=2e-4
    )
    new = document["engagements"][1]["promises"][0]
    assert (new["probability_before"], new["change"]) == (None, None)


def test_the_same_engagement_twice_is_refused(write):
    path = write()
    refused(run("check", path, "--with", path), "'portal'", "both files")


def test_another_currency_is_refused(write, tmp_path):
    other = tmp_path / "other.yaml"
    text = write("harbour").read_text(encoding="utf-8").replace("EUR", "USD")
    other.write_text(text, encoding="utf-8")
    refused(run("check", write(), "--with", other), "currency: USD here, EUR in", "portal.yaml")


def test_what_the_other_file_leaves_out_is_the_first_files(write, tmp_path):
    other = tmp_path / "other.yaml"
    own = (
        "accord: 1\nstart: 2027-01-04\nengagements: [{id: harbour, activities: "
        "[{id: build, effort: 80, needs: [{of: dev}]}], promises: [{id: x, date: 2027-12-31}]}]\n"
    )
    other.write_text(own, encoding="utf-8")
    result = run("check", write(), "--with", other, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["engagements"][1]["cost"]["mean"] == 80 * 60
    other.write_text(own.replace("dev", "nobody"), encoding="utf-8")
    refused(run("check", write(), "--with", other), "other.yaml:3", "Known are: dev")


def test_what_the_other_file_says_otherwise_is_refused_with_both_values(write, tmp_path):
    other = tmp_path / "other.yaml"
    text = write("harbour").read_text(encoding="utf-8").replace("units: 2, cost_rate: 60", "units: 3")
    other.write_text(text + "calendar: {workdays: [mon, tue]}\n", encoding="utf-8")
    result = run("check", write(), "--with", other)
    refused(
        result,
        "other.yaml",
        "portal.yaml",
        "units is 3 here, 2 in",
        "mon, tue here, mon, tue, wed, thu, fri in",
    )
    assert "cost_rate" not in result.stderr


def test_without_an_engagement_the_others_are_told(write, tmp_path):
    both = tmp_path / "both.yaml"
    first = write("portal").read_text(encoding="utf-8")
    second = write("harbour").read_text(encoding="utf-8").split("engagements:\n")[1]
    both.write_text(first + second, encoding="utf-8")
    document = json.loads(run("check", both, "--without", "harbour", "--json").stdout)
    assert [e["id"] for e in document["engagements"]] == ["portal"]
    assert "probability_before" in document["engagements"][0]["promises"][0]


def test_without_somebody_unknown_is_refused_with_a_suggestion(write):
    refused(run("check", write(), "--without", "portl"), "did you mean 'portal'")


def test_without_the_last_engagement_is_refused(write):
    refused(run("check", write(), "--without", "portal"), "no engagement would be left")


def test_a_promise_on_the_command_line_is_checked(write):
    result = run("check", write(), "--promise", "cost=1", "--promise", "live=2027-12-30", "--json")
    assert result.exit_code == 1
    promises = json.loads(result.stdout)["engagements"][0]["promises"]
    assert [p["id"] for p in promises] == ["go-live", "cost", "live"]
    assert [p["backed"] for p in promises] == [True, False, True]


def test_a_wrong_promise_is_refused(write):
    refused(run("check", write(), "--promise", "lve=2027-12-30"), "did you mean 'live'")


def test_a_picture_is_written(write, tmp_path):
    picture = tmp_path / "picture.svg"
    assert run("check", write(), "--plot", picture).exit_code == 0
    assert picture.read_text(encoding="utf-8").startswith("<?xml")


@pytest.mark.parametrize(("name", "words"), [("a.pdf", ".svg or .png"), ("no/a.svg", "no folder")])
def test_a_picture_that_cannot_be_written_is_refused(write, tmp_path, name, words):
    refused(run("check", write(), "--plot", tmp_path / name), words)


def test_a_picture_over_a_folder_is_refused(write, tmp_path):
    (tmp_path / "a.svg").mkdir()
    refused(run("check", write(), "--plot", tmp_path / "a.svg"), "cannot be written")


def test_a_schedule_as_text_and_as_json(write):
    path = write()
    text = run("schedule", path)
    assert text.exit_code == 0, text.output
    assert "working days from the likely values" in text.stdout
    document = json.loads(run("schedule", path, "--json").stdout)
    assert document["lower_bound_days"] is None
    activity = document["engagements"][0]["activities"][0]
    assert activity["assigned"][0]["of"] == "dev"
    assert activity["start"] == "2027-01-04"


def test_a_planning_tools_plan_is_known_by_its_content(plan):
    result = run("check", plan, "--promise", "finish=2013-08-21", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["engagements"][0]["promises"][0]["value"] == "2013-08-21"


def test_an_imported_plan_is_an_engagement_file(plan, tmp_path):
    output = tmp_path / "plan.yaml"
    result = run("import", plan, "--output", output)
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert run("check", output).exit_code == 0
    assert "# Design & talk" in output.read_text(encoding="utf-8")


def test_an_existing_file_is_overwritten_only_with_force(plan, tmp_path):
    output = tmp_path / "plan.yaml"
    output.write_text("mine", encoding="utf-8")
    refused(run("import", plan, "--output", output), "--force")
    assert output.read_text(encoding="utf-8") == "mine"
    assert run("import", plan, "--output", output, "--force").exit_code == 0
    assert output.read_text(encoding="utf-8") != "mine"


def test_an_existing_file_is_refused_before_the_plan_is_read(plan, tmp_path):
    output = tmp_path / "plan.yaml"
    output.write_text("mine", encoding="utf-8")
    plan.write_text("<no plan>", encoding="utf-8")
    result = run("import", plan, "--output", output)
    refused(result, "--force")
    assert len(result.stderr.splitlines()) == 1


def test_only_a_planning_tools_plan_is_imported(write):
    refused(run("import", write()), "not a planning tool's XML")


def test_the_schema_is_printed():
    assert "engagements" in json.loads(run("schema").stdout)["properties"]


def test_ctrl_c_ends_quietly(write, monkeypatch):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("accord.exchange.load.load", interrupted)
    result = run("check", write())
    assert (result.exit_code, result.output) == (130, "")


@pytest.mark.skipif(os.name == "nt", reason="pipes close differently there")
def test_a_closed_pipe_ends_quietly():
    read, wrote = os.pipe()
    os.close(read)
    code = "from accord.cli import main; main()"
    command = [sys.executable, "-c", code, "--help"]
    done = subprocess.run(command, stdout=wrote, stderr=subprocess.PIPE, check=False)
    os.close(wrote)
    assert (done.returncode, done.stderr) == (130, b"")


def _with_output(redirected: str, *arguments: object) -> subprocess.CompletedProcess[bytes]:
    code = "from accord.cli import main; main()"
    command = ["sh", "-c", f'program=$0; code=$1; shift; exec "$program" -c "$code" "$@" {redirected}']
    return subprocess.run(
        [*command, sys.executable, code, *(str(a) for a in arguments)], capture_output=True, check=False
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("redirected", [">&-", ">/dev/full"])
@pytest.mark.parametrize("arguments", [(), ("--json",), ("--help",)])
def test_output_that_cannot_be_written_is_told_in_one_line_and_ends_with_2(write, redirected, arguments):
    done = _with_output(redirected, "check", write(promises=IMPOSSIBLE), *arguments)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(b"the output cannot be written: ")


def test_the_readme_shows_the_real_output():
    root = Path(__file__).parents[1]
    shown = (root / "README.md").read_text(encoding="utf-8").split("```text")[1].split("```")[0]
    assert run("check", root / "examples" / "portal.yaml").output.split() == shown.split()
