"""What happens when a review's time is over."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django_tasks_db.models import DBTaskResult

from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.contracts.models import Choice, Review
from accord.contracts.reviewing.actions import extend, seat_member, take_seat
from accord.contracts.reviewing.watching import meet_deadline
from accord.engagements.actions import give_part
from accord.engagements.models import Override
from accord.engagements.overriding import allows, override
from accord.engagements.policies.content import Seat
from accord.ledger import chain
from accord.ledger.models import LedgerEntry
from accord.people.models import AccessRole
from tests import firm
from tests.contracts.builders import called, now, sitting, vote

pytestmark = pytest.mark.django_db


def on(day: dt.date) -> Any:
    return time_machine.travel(dt.datetime.combine(day, dt.time(12), dt.UTC), tick=False)


def late(review: Review) -> Review:
    with on(review.due_on + dt.timedelta(1)):
        meet_deadline(None, review)
    return now(review)


def test_an_invited_seat_is_waited_for_until_the_deadline_only() -> None:
    review = called()
    who = sitting(review)
    take_seat(firm.member(AccessRole.LEGAL), review, Seat.LEGAL)
    for member in (who.seller, who.pm, who.lead, who.finance):
        vote(member, review)
    assert now(review).state == Review.State.OPEN
    meet_deadline(None, review)  # too early
    assert now(review).state == Review.State.OPEN
    assert late(review).decision == Choice.SIGN


def test_the_last_day_reminds_and_the_day_after_tells_the_authority_once() -> None:
    review = called()
    who = sitting(review)
    vote(who.pm, review)
    with on(review.due_on):
        meet_deadline(None, review)
    assert now(review).reminded_at
    assert not now(review).escalated_at
    assert late(review).escalated_at
    late(review)
    assert LedgerEntry.objects.filter(kind="review_escalated").count() == 1
    assert now(review).state == Review.State.OPEN


def test_the_authority_gives_more_time_or_a_seat_and_nobody_else_does() -> None:
    review = called()
    boss = firm.member(AccessRole.EXECUTIVE)
    late(review)
    later = review.due_on + dt.timedelta(7)
    with pytest.raises(NotAllowed):
        extend(firm.member(AccessRole.FINANCE), now(review), later, "More time.")
    with pytest.raises(NotAllowed):
        extend(review.called_by, now(review), later, "More time.")  # it has been told to the authority
    with pytest.raises(WrongInput):
        extend(boss, now(review), review.due_on, "More time.")
    with pytest.raises(WrongInput):
        extend(boss, now(review), later, " ")
    extend(boss, now(review), later, "Finance is ill.")
    assert (now(review).due_on, now(review).escalated_at) == (later, None)
    assert seat_member(boss, now(review), Seat.FINANCE, firm.member(AccessRole.FINANCE))


def test_an_override_needs_the_authority_and_a_reason_and_lets_exactly_this_version_pass() -> None:
    review = called()
    of = review.engagement
    about = (Override.Deed.SIGN, review.about, review.name, "Nobody has voted.")
    sells = firm.member(AccessRole.EXECUTIVE, AccessRole.SELLER)
    give_part(review.called_by, of, sells, "seller")
    for nobody in (firm.member(AccessRole.FINANCE), sells):
        with pytest.raises(NotAllowed):
            override(nobody, now(of), *about, "It is urgent.")
    boss = firm.member(AccessRole.EXECUTIVE)
    with pytest.raises(WrongInput):
        override(boss, now(of), *about, " ")
    kept = override(boss, now(of), *about, "The client's board meets today.")
    assert allows(now(of), Override.Deed.SIGN, review.about) == kept
    assert allows(now(of), Override.Deed.SIGN, "0" * 64) is None
    with pytest.raises(Refused, match="overridden once"):
        override(boss, now(of), *about, "Again.")
    assert chain.verify().holds


def test_a_person_does_not_play_the_clock() -> None:
    with pytest.raises(NotAllowed):
        meet_deadline(firm.member(*AccessRole), called())  # type: ignore[arg-type]


def test_jobs_wait_for_the_last_day_and_the_day_after(
    settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    review = called()
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
    with django_capture_on_commit_callbacks(execute=True):
        extend(review.called_by, review, review.due_on + dt.timedelta(1), "One more day.")
    rows = DBTaskResult.objects.filter(task_path__endswith="look_at_review")
    days = sorted(row.run_after.date() for row in rows)
    assert days[-1] - days[0] == dt.timedelta(1)
