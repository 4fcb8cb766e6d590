"""Rounds go on as one chain, whatever starts, stops or dies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django_tasks_db.models import DBTaskResult

from accord.notices import rounds
from accord.notices.models import Rounds
from accord.notices.rounds import begin_rounds, go_round
from tests import firm

pytestmark = pytest.mark.django_db

Clock = time_machine.Traveller
A_MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def gone(settings: object, monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Iterator[list[bool]]:
    """The rounds that were gone: whether they looked."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}  # type: ignore[attr-defined]
    found: list[bool] = []
    monkeypatch.setattr(rounds, "go", found.append)
    return found  # type: ignore[return-value]


def work() -> None:
    """What a worker does with what is ready."""
    for job in DBTaskResult.objects.ready().filter(task_path=go_round.module_path):
        job.claim("worker")
        job.task.call(*job.args_kwargs["args"])
        job.set_successful(None)


def minutes(clock: Clock, count: int) -> None:
    for _ in range(count):
        work()
        clock.shift(A_MINUTE)


def test_a_round_is_gone_each_minute(gone: list[bool], clock: Clock) -> None:
    begin_rounds()
    minutes(clock, 10)
    assert len(gone) == 10


def test_workers_that_start_together_make_one_chain(gone: list[bool], clock: Clock) -> None:
    for _ in range(4):
        begin_rounds()
    minutes(clock, 10)
    assert len(gone) == 10


def test_a_restart_neither_doubles_nor_loses_the_chain(gone: list[bool], clock: Clock) -> None:
    begin_rounds()
    for _ in range(5):
        minutes(clock, 4)
        begin_rounds()
    assert len(gone) == 20
    beat = Rounds.objects.get().beat
    ready = DBTaskResult.objects.filter(status="READY", task_path=go_round.module_path)
    assert [job.args_kwargs["args"] for job in ready].count([beat]) == 1


def test_after_a_long_stop_the_chain_goes_on_once(gone: list[bool], clock: Clock) -> None:
    begin_rounds()
    minutes(clock, 3)
    clock.shift(dt.timedelta(days=2))
    begin_rounds()
    minutes(clock, 3)
    assert len(gone) == 6


def test_a_round_that_dies_does_not_end_the_chain(
    gone: list[bool], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_rounds()

    def dies(_looks: bool) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(rounds, "go", dies)
        with pytest.raises(SystemExit):
            work()
    clock.shift(A_MINUTE)
    minutes(clock, 3)
    assert len(gone) == 3


def test_a_round_lost_with_its_worker_is_taken_up_after_somebody_acts(
    gone: list[bool],
    clock: Clock,
    django_capture_on_commit_callbacks: object,
) -> None:
    begin_rounds()
    minutes(clock, 2)
    DBTaskResult.objects.get(status="READY").claim("a worker that dies now")
    clock.shift(dt.timedelta(minutes=30))
    minutes(clock, 2)
    assert len(gone) == 2
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        firm.member()
    minutes(clock, 2)
    assert len(gone) == 4


def test_desks_are_looked_at_after_somebody_did_something_and_now_and_then(
    gone: list[bool], clock: Clock, django_capture_on_commit_callbacks: object
) -> None:
    begin_rounds()
    minutes(clock, 1)
    Rounds.objects.update(looked_at=dt.datetime.now(dt.UTC))
    minutes(clock, 5)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        firm.member()
    minutes(clock, 3)
    assert gone == [True] + 5 * [False] + [True] + 2 * [False]
    minutes(clock, 8)  # a quarter of an hour since they were looked at
    assert gone[9:] == 7 * [False] + [True]


def test_after_much_work_the_desks_have_a_rest_and_nothing_is_forgotten(
    gone: list[bool], clock: Clock
) -> None:
    begin_rounds()
    now = dt.datetime.now(dt.UTC)
    Rounds.objects.update(looked_at=now, rests_until=now + 3 * A_MINUTE, something_done=True)
    minutes(clock, 5)
    assert gone == [False, False, False, True, False]


def test_the_queue_forgets_old_rounds(settings: object, clock: Clock, db: None) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}  # type: ignore[attr-defined]
    begin_rounds()
    minutes(clock, 3)
    clock.shift(dt.timedelta(days=2))
    minutes(clock, 2)
    assert DBTaskResult.objects.filter(task_path=go_round.module_path).count() <= 3
