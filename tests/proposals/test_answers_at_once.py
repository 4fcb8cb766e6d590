"""Clients and the firm act at the same moment: what counts is as if one had come first."""

from __future__ import annotations

import pytest

from accord.actions.door import once
from accord.actions.refusals import Refused
from accord.ledger import chain
from accord.ledger.models import LedgerEntry
from accord.proposals.actions import withdraw_proposal
from accord.proposals.answering.actions import comment_by_link, decline_by_link
from accord.proposals.models import Answer, Link
from tests.estimating.test_at_the_same_moment import at_once
from tests.proposals.builders import accept, link, now, seller, sent

pytestmark = pytest.mark.django_db(transaction=True)
Kind = Answer.Kind


def test_of_two_contacts_one_decides_and_the_other_is_too_late() -> None:
    done = sent("a@client.example", "b@client.example")
    first, second = link(done, "a@client.example"), link(done, "b@client.example")
    at_once(lambda: accept(first), lambda: decline_by_link(None, second))
    kinds = sorted(Answer.objects.values_list("kind", flat=True))
    assert kinds in ([Kind.ACCEPT, Kind.TOO_LATE], [Kind.DECLINE, Kind.TOO_LATE])
    assert LedgerEntry.objects.filter(kind__in=["proposal_accepted", "proposal_declined"]).count() == 1
    assert chain.verify().holds


def test_one_form_sent_twice_at_once_says_it_once() -> None:
    own = link(sent())

    def say() -> Answer:
        with once("one-form"):
            return comment_by_link(None, Link.objects.get(pk=own.pk), "When can you begin?")

    at_once(say, say)
    assert Answer.objects.count() == 1


def test_what_is_withdrawn_at_the_same_moment_is_accepted_before_or_not_at_all() -> None:
    done = sent()
    own, who = link(done), seller(done.engagement)
    got = at_once(lambda: accept(own), lambda: withdraw_proposal(who, now(done), "The tester left."))
    accepted = not isinstance(got[0], Refused)
    assert Answer.objects.exists() == accepted
    kinds = list(LedgerEntry.objects.order_by("sequence").values_list("kind", flat=True))
    if accepted:
        assert kinds.index("proposal_accepted") < kinds.index("proposal_withdrawn")
    assert chain.verify().holds
