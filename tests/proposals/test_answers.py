"""What a client says by its link counts once, for exactly what it saw, and stays."""

from __future__ import annotations

import json

import pytest
from django.db import DatabaseError, connection, transaction

from accord.actions.door import once
from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.engagements.desk import waiting_for
from accord.ledger import chain
from accord.ledger.models import LedgerEntry
from accord.people.models import AccessRole
from accord.proposals.actions import new_version, withdraw_proposal
from accord.proposals.answering.actions import (
    accept_by_link,
    answer_comment,
    comment_by_link,
    decline_by_link,
    open_link,
    revoke_link,
)
from accord.proposals.content import kept
from accord.proposals.models import Answer, Proposal
from tests import firm
from tests.planning import check_builders as planned
from tests.proposals.builders import accept, link, now, says, seller, send, sent

pytestmark = pytest.mark.django_db
Kind = Answer.Kind


def test_an_acceptance_holds_what_was_shown_and_stands_in_the_ledger() -> None:
    done = sent()
    made = accept(link(done))
    assert (made.kind, made.name, made.position, made.digest) == (
        Kind.ACCEPT,
        "Bea Buyer",
        "Head of IT",
        done.digest,
    )
    entry = LedgerEntry.objects.get(kind="proposal_accepted")
    body = json.loads(entry.body)
    assert (entry.actor_id, body["digest"], body["answer"]) == (None, done.digest, made.pk)
    assert chain.verify().holds


def test_a_refusal_needs_no_reason_and_stands_in_the_ledger() -> None:
    made = decline_by_link(None, link(sent()))
    assert (made.kind, made.text) == (Kind.DECLINE, "")
    assert LedgerEntry.objects.filter(kind="proposal_declined").count() == 1
    assert chain.verify().holds


@pytest.mark.parametrize("first", ["accept", "decline"])
def test_nobody_accepts_or_declines_twice(first: str) -> None:
    own = link(sent())
    accept(own) if first == "accept" else decline_by_link(None, own)
    with pytest.raises(Refused, match="once"):
        accept(own)
    with pytest.raises(Refused, match="once"):
        decline_by_link(None, own, "No")
    assert Answer.objects.count() == 1


def test_the_first_of_two_contacts_counts_and_the_second_is_kept_as_too_late() -> None:
    done = sent("a@client.example", "b@client.example")
    accept(link(done, "a@client.example"))
    late = accept(link(done, "b@client.example"), "Ben Buyer")
    assert (late.kind, late.name) == (Kind.TOO_LATE, "Ben Buyer")
    assert "accepted this version" in late.not_counted
    with pytest.raises(Refused, match="once"):
        decline_by_link(None, link(done, "b@client.example"))
    assert LedgerEntry.objects.filter(kind="proposal_accepted").count() == 1
    assert Answer.objects.filter(kind=Kind.ACCEPT).get().link.contact.email == "a@client.example"


def test_a_late_refusal_of_another_contact_changes_nothing() -> None:
    done = sent("a@client.example", "b@client.example")
    accept(link(done, "a@client.example"))
    late = decline_by_link(None, link(done, "b@client.example"), "Too dear")
    assert (late.kind, late.text) == (Kind.TOO_LATE, "Too dear")
    assert not LedgerEntry.objects.filter(kind="proposal_declined").exists()


@pytest.mark.parametrize("shown", ["", "0" * 64, "other"])
def test_another_text_than_the_one_sent_is_not_accepted(shown: str) -> None:
    own = link(sent())
    with pytest.raises(Refused, match="exactly what was sent"):
        accept_by_link(None, own, "Bea", "", True, shown)
    assert not Answer.objects.exists()


def test_a_text_that_was_changed_past_the_door_is_not_accepted() -> None:
    done = sent()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE proposals_proposal SET content = %s WHERE id = %s",
            [json.dumps(kept(says(price=1))), done.pk],
        )
    with pytest.raises(Refused, match="exactly what was sent"):
        accept(link(now(done)))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"name": " "}, "name"), ({"name": "x" * 121}, "name"), ({"agreed": False}, "agreed")],
)
def test_an_acceptance_has_a_name_and_a_tick(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(WrongInput) as refused:
        accept(link(sent()), **wrong)  # type: ignore[arg-type]
    assert list(refused.value.messages) == [field]


@pytest.mark.parametrize("how", ["revoked", "withdrawn", "newer"])
def test_by_a_dead_link_nothing_is_said(how: str) -> None:
    done = sent()
    own = link(done)  # as the page knew it
    who = seller(done.engagement)
    if how == "revoked":
        revoke_link(who, link(done))
    elif how == "withdrawn":
        withdraw_proposal(who, now(done), "The tester left.")
    else:
        send(new_version(who, now(done)), [own.contact])
    for say in (
        lambda: accept(own),
        lambda: decline_by_link(None, own),
        lambda: comment_by_link(None, own, "Hello"),
        lambda: open_link(None, own),
    ):
        with pytest.raises(Refused, match=how):
            say()
    assert not Answer.objects.exists()


def test_no_member_says_what_a_client_says() -> None:
    own = link(sent())
    for somebody in (seller(own.proposal.engagement), firm.member(*AccessRole)):
        with pytest.raises(NotAllowed, match="by the client"):
            decline_by_link(somebody, own)
        with pytest.raises(NotAllowed, match="by the client"):
            comment_by_link(somebody, own, "Very good")


def test_the_same_form_sent_again_says_it_once() -> None:
    own = link(sent())
    for _again in range(2):
        with once("one-form"):
            comment_by_link(None, own, "When can you begin?")
    with once("one-form"), pytest.raises(Refused, match="sent once"):
        comment_by_link(None, own, "Something else")
    assert Answer.objects.count() == 1


def test_the_database_keeps_a_key_without_an_actor_once() -> None:
    from accord.actions.models import IdempotentCall

    call = {"actor": None, "action": "proposals.comment_by_link", "key": "k", "digest": "0" * 64}
    IdempotentCall.objects.create(**call)
    with pytest.raises(DatabaseError), transaction.atomic():
        IdempotentCall.objects.create(**call)


@pytest.mark.parametrize("text", ["", "  \n", "x" * 4001])
def test_a_comment_says_something_and_not_too_much(text: str) -> None:
    with pytest.raises(WrongInput):
        comment_by_link(None, link(sent()), text)


def test_who_leads_the_engagement_answers_a_comment_and_nobody_else() -> None:
    done = sent()
    said = comment_by_link(None, link(done), "When can you begin?")
    for somebody in (firm.member(AccessRole.SELLER), firm.member(AccessRole.AUDITOR), None):
        with pytest.raises(NotAllowed):
            answer_comment(somebody, said, "Tomorrow")  # type: ignore[arg-type]
    reply = answer_comment(planned.delivery_lead(done.engagement), said, "In March.")
    assert list(said.replies.all()) == [reply]
    declined = decline_by_link(None, link(done))
    with pytest.raises(Refused, match="Comments are answered"):
        answer_comment(seller(done.engagement), declined, "Why?")


@pytest.mark.parametrize("statement", ["UPDATE {} SET text = 'x'", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["proposals_answer", "proposals_reply"])
def test_the_database_changes_nothing_that_was_said(table: str, statement: str) -> None:
    done = sent()
    said = comment_by_link(None, link(done), "When?")
    answer_comment(seller(done.engagement), said, "Soon.")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as c:
        c.execute(statement.format(table))


def test_the_database_itself_counts_one_answer_of_a_client() -> None:
    done = sent("a@client.example", "b@client.example")
    accept(link(done, "a@client.example"))
    second = Answer(link=link(done, "b@client.example"), proposal=done, kind=Kind.DECLINE)
    with pytest.raises(DatabaseError), transaction.atomic():
        super(Answer, second).save_base(force_insert=True)


def test_the_desk_asks_for_an_answer_and_tells_what_was_decided() -> None:
    done = sent("a@client.example", "b@client.example")
    who = seller(done.engagement)
    said = comment_by_link(None, link(done, "a@client.example"), "When can you begin?")
    assert _told(who, "When can you begin?") == ["Answer"]
    assert _told(planned.delivery_lead(done.engagement), "When can you begin?") == []
    answer_comment(who, said, "In March.")
    assert _told(who, "When can you begin?") == []
    accept(link(done, "b@client.example"))
    assert _told(who, "accepted version 1") == ["See what the client said"]
    assert _told(done.engagement.relationship.owner, "accepted version 1") == ["See what the client said"]

    done.engagement.stage = "contract"
    planned.saved(None, done.engagement)
    comment_by_link(None, link(done, "b@client.example"), "Whom do I call?")
    assert _told(who, "accepted version 1") == []
    assert _told(who, "Whom do I call?") == ["Answer"]  # a question waits whatever is signed


def test_the_desk_tells_of_links_that_end_without_an_answer() -> None:
    import datetime as dt

    import time_machine

    done = sent("a@client.example", "b@client.example")
    who, last = seller(done.engagement), link(done, "a@client.example").expires_on
    comment_by_link(None, link(done, "b@client.example"), "When?")
    assert _told(who, "nothing was answered") == []
    with time_machine.travel(last - dt.timedelta(3)):
        assert _told(who, "nothing was answered") == ["See the links"]
    with time_machine.travel(last + dt.timedelta(2)):
        assert _told(who, "without an answer") == ["See the links"]
    decline_by_link(None, link(done, "b@client.example"))
    with time_machine.travel(last - dt.timedelta(1)):
        assert _told(who, "nothing was answered") == []
        assert _told(who, "declined version 1") == ["See what the client said"]


def _told(member: object, what: str) -> list[str]:
    return [line.button for line in waiting_for(member) if what in line.what]  # type: ignore[arg-type]


def test_opening_is_told_with_first_and_last() -> None:
    done = sent()
    opened = open_link(None, link(done))
    again = open_link(None, link(done))
    assert again.opened_first_at == opened.opened_first_at
    assert again.opened_last_at is not None
    assert again.opened_last_at >= again.opened_first_at  # type: ignore[operator]
    assert Proposal.objects.get().state == "sent"
