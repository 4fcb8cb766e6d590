"""The round that looks at desks and mails what is to be told, again and again, as one chain of jobs.

Each round puts the next one into the queue before it does anything, with the next beat; a job that knows another beat than
the newest does nothing. So the chain can be begun anew at any time, by any worker, without there ever being two.
"""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction
from django.utils import timezone
from django_tasks import default_task_backend, task

from accord.engagements.desk import waiting_for
from accord.notices.models import Notice, Rounds
from accord.notices.queries import Desk, desks
from accord.notices.telling import Outcome, note, tell
from accord.people.models import Member

log = logging.getLogger(__name__)

EVERY = dt.timedelta(minutes=1)
LOOKS_ANYWAY = dt.timedelta(minutes=15)  # some lines come with the time, without anybody doing anything
_RESTS = 9  # times as long as looking took: it never takes more than a tenth of a worker
_LOST = dt.timedelta(minutes=10)  # a round that is so late was lost with the worker that took it
_KEPT = dt.timedelta(days=1)  # how long the queue remembers rounds


@task()
def go_round(beat: int) -> None:
    looks = _go_on(beat)
    if looks is not None:
        go(looks)


def begin_rounds() -> None:
    """Let the chain begin now, in place of the one that went on so far."""
    Rounds.objects.get_or_create(pk=Rounds.ONLY)
    with transaction.atomic():
        _next(Rounds.objects.select_for_update().get(pk=Rounds.ONLY), timezone.now())


def something_was_done(**_about: object) -> None:
    """After an action: the next round looks at the desks."""
    if default_task_backend.supports_defer:
        transaction.on_commit(_ask_for_a_look, robust=True)


def go(looks: bool) -> None:
    """One round: mail what is due, and note what waits if somebody `looks`.

    While the mail server is away one letter is tried, not all of them.
    """
    now, away = timezone.now(), False
    Notice.objects.filter(gone_at=None, member__is_active=False).update(gone_at=now)
    for desk in desks(Member.objects.all(), now):
        is_due = not away and (desk.to_tell(now) or desk.to_remind(now))
        outcome = tell(desk.member) if is_due else Outcome.NOT_TRIED
        away = away or outcome == Outcome.SERVER_AWAY
        if looks and outcome == Outcome.NOT_TRIED:
            _look(desk, now)
    if looks:
        end = timezone.now()
        rests_until = end + _RESTS * (end - now)
        Rounds.objects.filter(pk=Rounds.ONLY).update(looked_at=now, rests_until=rests_until)
        _forget_old(now)


def _look(desk: Desk, now: dt.datetime) -> None:
    try:
        note(desk, waiting_for(desk.member), now)
    except Exception:  # what is wrong with one desk is not to keep others from being told
        log.exception("the desk of member %s could not be looked at", desk.member.pk)


def _go_on(beat: int) -> bool | None:
    """Put the next round into the queue; whether this one looks at desks, or None if it is not its turn."""
    now = timezone.now()
    with transaction.atomic():
        row = Rounds.objects.select_for_update().filter(pk=Rounds.ONLY, beat=beat).first()
        if row is None:
            return None
        looks = _is_time_to_look(row, now)
        row.something_done = row.something_done and not looks
        _next(row, now + EVERY)
        return looks


def _is_time_to_look(row: Rounds, now: dt.datetime) -> bool:
    if row.rests_until is not None and row.rests_until > now:
        return False
    return row.something_done or row.looked_at is None or row.looked_at <= now - LOOKS_ANYWAY


def _next(row: Rounds, at: dt.datetime) -> None:
    row.beat += 1
    row.next_at = at
    row.save()
    go_round.using(run_after=at).enqueue(row.beat)


def _ask_for_a_look() -> None:
    row = Rounds.objects.filter(pk=Rounds.ONLY).first()
    if row is None:  # the first worker begins the chain, and its first round looks
        return
    if not row.something_done:
        Rounds.objects.filter(pk=row.pk).update(something_done=True)
    if row.next_at is not None and row.next_at < timezone.now() - _LOST:
        begin_rounds()


def _forget_old(now: dt.datetime) -> None:
    from django_tasks_db.models import DBTaskResult

    ours = DBTaskResult.objects.filter(task_path=go_round.module_path, status="SUCCESSFUL")
    ours.filter(finished_at__lt=now - _KEPT).delete()
