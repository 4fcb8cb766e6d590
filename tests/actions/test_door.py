from __future__ import annotations

import datetime as dt

import pytest

from accord.actions import call
from accord.actions.call import OutsideTheDoor
from accord.actions.door import follows, gate, obstacles, once, registry
from accord.actions.models import AuditChange, AuditEntry
from accord.actions.refusals import NotAllowed, Refused
from accord.engagements.actions import begin_engagement, end_engagement, plan_next_step, record_expectation
from accord.engagements.models import Engagement, Expectation, Outcome
from accord.ledger.models import LedgerEntry
from accord.people.actions import cancel_absence, record_absence
from accord.people.models import Absence
from tests import firm

pytestmark = pytest.mark.django_db


def test_nothing_is_written_outside_an_action() -> None:
    engagement = firm.engagement()
    engagement.title = "Another"
    with pytest.raises(OutsideTheDoor):
        engagement.save()
    with pytest.raises(OutsideTheDoor):
        Engagement.objects.update(title="Another")
    with pytest.raises(OutsideTheDoor):
        Engagement.objects.all().delete()


def test_the_audit_tells_who_changed_what_from_what_to_what() -> None:
    seller = firm.seller()
    engagement = firm.engagement(seller)
    plan_next_step(seller, engagement, "Call them", None)
    entry = AuditEntry.objects.first()
    assert entry is not None
    assert (entry.actor, entry.action) == (seller, "engagements.plan_next_step")
    change = entry.changes.get()
    assert (change.before, change.after) == ({"next_step": ""}, {"next_step": "Call them"})


def test_a_password_is_not_told_to_the_audit() -> None:
    firm.administrator()
    assert not [c for c in AuditChange.objects.all() if "password" in c.after]


def test_a_form_that_is_sent_twice_acts_once() -> None:
    seller, bond = firm.seller(), firm.relationship()
    with once("key-1"):
        first = begin_engagement(seller, bond, "Portal")
    with once("key-1"):
        second = begin_engagement(seller, bond, "Portal")
    assert first == second
    assert Engagement.objects.count() == 1


def test_the_same_key_with_other_content_is_refused() -> None:
    seller, bond = firm.seller(), firm.relationship()
    with once("key-1"):
        begin_engagement(seller, bond, "Portal")
    with once("key-1"), pytest.raises(Refused):
        begin_engagement(seller, bond, "Another portal")


def test_somebody_elses_key_is_another_call() -> None:
    bond = firm.relationship()
    for seller in (firm.seller(), firm.seller()):
        with once("key-1"):
            begin_engagement(seller, bond, "Portal")
    assert Engagement.objects.count() == 2


def test_a_refused_action_leaves_nothing_behind() -> None:
    seller = firm.seller()
    engagement = firm.engagement(seller)
    before = AuditEntry.objects.count(), LedgerEntry.objects.count()

    @follows("engagements.record_expectation")
    def refuse(*_: object) -> None:
        raise Refused("No.", "Because.", "Ask.")

    try:
        with pytest.raises(Refused):
            record_expectation(seller, engagement, firm.a_date())
    finally:
        _unregister("engagements.record_expectation", refuse)
    assert (AuditEntry.objects.count(), LedgerEntry.objects.count()) == before
    assert not Expectation.objects.exists()


def test_all_obstacles_are_told_at_once() -> None:
    engagement = firm.engagement()
    stranger = firm.member()

    @gate("engagements.plan_next_step")
    def closed(*_: object) -> None:
        raise Refused("No.", "Because.", "Ask.")

    try:
        found = obstacles("engagements.plan_next_step", stranger, engagement, "Call", None)
    finally:
        _unregister("engagements.plan_next_step", closed)
    assert [type(refused) for refused in found] == [NotAllowed, Refused]


def test_every_action_names_a_permission() -> None:
    assert registry
    assert all(callable(action.permission) for action in registry.values())


def _unregister(name: str, function: object) -> None:
    from accord.actions import door

    for register in (door._gates, door._followers):
        if function in register.get(name, []):
            register[name].remove(function)  # type: ignore[arg-type]


def test_an_action_judges_and_changes_what_is_there_now_not_what_was_read_before() -> None:
    seller = firm.seller()
    engagement = firm.engagement(seller)
    stale = Engagement.objects.get(pk=engagement.pk)
    end_engagement(seller, engagement, Outcome.LOST, "Too dear.")
    with pytest.raises(Refused):
        plan_next_step(seller, stale, "Call them", None)
    assert Engagement.objects.get(pk=engagement.pk).outcome == Outcome.LOST


def test_saving_writes_only_what_changed() -> None:
    seller = firm.seller()
    engagement = firm.engagement(seller)
    stale = Engagement.objects.get(pk=engagement.pk)
    plan_next_step(seller, engagement, "Call them", None)
    token = call._current.set(call.Call("test"))
    try:
        stale.title = "Another"
        stale.save()
    finally:
        call._current.reset(token)
    now = Engagement.objects.get(pk=engagement.pk)
    assert (now.title, now.next_step) == ("Another", "Call them")


def test_what_is_gone_is_refused_in_words() -> None:
    admin, somebody = firm.administrator(), firm.member()
    absence = record_absence(somebody, somebody, dt.date(2027, 5, 3), dt.date(2027, 5, 7))
    twice = Absence.objects.get(pk=absence.pk)
    cancel_absence(admin, absence)
    with pytest.raises(Refused, match="gone"):
        cancel_absence(admin, twice)


def test_text_that_no_database_takes_is_refused_in_words() -> None:
    seller, bond = firm.seller(), firm.relationship()
    with pytest.raises(Refused):
        begin_engagement(seller, bond, "\ud800")
    assert not Engagement.objects.exists()


def test_a_form_whose_result_is_gone_is_not_taken_for_done() -> None:
    somebody = firm.member()
    with once("key-1"):
        absence = record_absence(somebody, somebody, dt.date(2027, 5, 3), dt.date(2027, 5, 7))
    cancel_absence(somebody, absence)
    with once("key-1"), pytest.raises(Refused, match="gone"):
        record_absence(somebody, somebody, dt.date(2027, 5, 3), dt.date(2027, 5, 7))
