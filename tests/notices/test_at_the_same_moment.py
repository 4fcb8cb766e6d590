"""Two workers at the same moment: each thing is noted once and mailed once."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django_tasks_db.models import DBTaskResult

from accord.notices import rounds, telling
from accord.notices.models import MailChoice, Notice, Rounds
from accord.notices.rounds import begin_rounds
from accord.people.models import Member
from tests import firm
from tests.estimating.test_at_the_same_moment import at_once
from tests.notices.builders import A_WHILE, Lines, MailServer, chooses, go

pytestmark = pytest.mark.django_db(transaction=True)

Clock = time_machine.Traveller


@pytest.fixture
def members(transactional_db: None, lines: Lines) -> list[Member]:
    found = [firm.member() for _ in range(3)]
    for member in found:
        chooses(member, "at_once")
        lines.put(member, "a")
    return found


def test_what_two_workers_see_first_is_noted_once(members: list[Member]) -> None:
    at_once(go, go, go)
    assert Notice.objects.count() == 3


@pytest.mark.parametrize("looks", [True, False])
def test_two_rounds_mail_each_thing_once(
    looks: bool, members: list[Member], server: MailServer, clock: Clock
) -> None:
    go()
    clock.shift(A_WHILE)
    server.while_sending = lambda _: time.sleep(0.1)
    at_once(*[lambda: rounds.go(looks)] * 3)
    assert sorted(letter.to[0] for letter in server.letters) == sorted(m.email for m in members)
    assert not Notice.objects.filter(told_at=None).exists()


def test_one_of_two_workers_takes_a_members_post(
    members: list[Member], server: MailServer, clock: Clock
) -> None:
    go()
    clock.shift(A_WHILE)
    server.while_sending = lambda _: time.sleep(0.3)
    tells: list[Callable[[], Any]] = [lambda: telling.tell(members[0])] * 4
    got = at_once(*tells)
    assert got.count(telling.Outcome.NOT_TRIED) == 3
    assert len(server.letters) == 1


def test_workers_that_start_together_put_one_round_into_the_queue_that_counts(
    transactional_db: None, settings: Any
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
    at_once(begin_rounds, begin_rounds, begin_rounds)
    beat = Rounds.objects.get().beat
    jobs = DBTaskResult.objects.filter(task_path=rounds.go_round.module_path)
    beats = [job.args_kwargs["args"] for job in jobs]
    assert beats.count([beat]) == 1
    assert [rounds._go_on(known) for (known,) in beats].count(None) == 2


def test_a_member_who_chooses_twice_at_the_same_moment_has_one_choice(members: list[Member]) -> None:
    somebody = firm.member()
    at_once(lambda: chooses(somebody, "daily"), lambda: chooses(somebody, "weekly"))
    assert MailChoice.objects.filter(member=somebody).count() == 1
