"""When the sample firm is made anew, and whose data it never touches."""

from __future__ import annotations

import datetime as dt
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from accord import cli, serving
from accord.demo import running


@pytest.fixture
def loadings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Loading and the database are stood in for; the list tells what was done."""
    done: list[str] = []

    def open_database(demo: bool = False) -> None:
        done.append("opened")
        (tmp_path / "accord.sqlite3").touch()

    monkeypatch.setenv("ACCORD_DATA", str(tmp_path))
    monkeypatch.setenv("ACCORD_DEMO", "")
    monkeypatch.setattr(serving, "begin", open_database)
    monkeypatch.setattr(running, "_load", lambda _tell: done.append("loaded"))
    monkeypatch.setattr(running, "_must_be_marked", lambda: None)
    return done


def _begin(fresh: bool = False) -> list[str]:
    told: list[str] = []
    running.begin(fresh, told.append)
    return told


def test_the_first_start_loads_it_and_the_second_finds_it(loadings: list[str]) -> None:
    assert _begin() == []
    assert _begin() == []
    assert loadings == ["opened", "loaded", "opened"]


def test_another_day_makes_it_anew_and_says_so(loadings: list[str], tmp_path: Path) -> None:
    _begin()
    noted = running.marked(tmp_path)
    assert noted is not None
    yesterday = (dt.date.today() - dt.timedelta(1)).isoformat()
    running._write(tmp_path, running.Note(yesterday, noted.made_of))
    assert yesterday in _begin()[0]
    assert loadings.count("loaded") == 2


def test_another_version_makes_it_anew(loadings: list[str], tmp_path: Path) -> None:
    _begin()
    running._write(tmp_path, running.Note(dt.date.today().isoformat(), "older"))
    assert "another version" in _begin()[0]


def test_it_is_made_anew_when_asked(loadings: list[str]) -> None:
    _begin()
    _begin(fresh=True)
    assert loadings.count("loaded") == 2


def test_after_a_loading_that_failed_the_next_start_begins_from_nothing(
    loadings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_tell: running.Tell) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(running, "_load", fails)
        with pytest.raises(RuntimeError):
            _begin()
    assert "did not end" in _begin()[0]
    assert loadings.count("loaded") == 1


def test_a_folder_with_somebodys_own_firm_is_left_as_it_is(loadings: list[str], tmp_path: Path) -> None:
    own = tmp_path / "accord.sqlite3"
    own.write_text("a real firm")
    with pytest.raises(running.NotTheSampleFirm):
        _begin(fresh=True)
    assert own.read_text() == "a real firm"
    told = CliRunner().invoke(cli.main, ["demo", "--load-only"])
    assert told.exit_code == 1
    assert "left as it is" not in told.output or "Traceback" not in told.output
    assert loadings == []


def test_a_port_in_use_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port < serving.free_port("127.0.0.1", port) <= port + 20


def test_a_host_that_is_not_this_machine_is_told_in_one_line(loadings: list[str]) -> None:
    told = CliRunner().invoke(cli.main, ["demo", "--host", "192.0.2.1"])
    assert told.exit_code == 1
    assert told.output.strip().count("\n") == 0
    assert "192.0.2.1" in told.output
