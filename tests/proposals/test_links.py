"""A link opens one version for one contact, as long as it should and not a moment longer."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re

import pytest
import time_machine
from django.core import mail
from django.db import connection

from accord.actions.models import AuditChange
from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.engagements.actions import end_engagement
from accord.engagements.models import Outcome
from accord.people.models import AccessRole
from accord.proposals.actions import new_version, send_proposal, withdraw_proposal
from accord.proposals.answering.actions import comment_by_link, open_link, renew_link, revoke_link
from accord.proposals.answering.links import by_token, token_of, why_dead
from accord.proposals.models import Link, Proposal
from tests import firm
from tests.planning import check_builders as planned
from tests.proposals.builders import (
    SITE,
    checked,
    contact,
    engagement,
    link,
    now,
    proposal,
    seller,
    send,
    sent,
)

pytestmark = pytest.mark.django_db


def again(of: Link) -> Link:
    return Link.objects.get(pk=of.pk)


def test_sending_gives_each_contact_a_link_of_their_own_and_mails_its_address() -> None:
    done = sent("a@client.example", "b@client.example")
    addresses = {letter.to[0]: re.findall(rf"{SITE}client/(\S+)/", letter.body) for letter in mail.outbox}
    for who in ("a@client.example", "b@client.example"):
        (token,) = addresses[who]
        found = by_token(token)
        assert found is not None
        assert (found.contact.email, found.proposal_id) == (who, done.pk)
        assert found.expires_on == dt.date.today() + dt.timedelta(30)


def test_the_database_holds_nothing_that_opens_the_page(settings: object) -> None:
    first = link(sent())
    token = token_of(first)
    assert len(token) >= 43  # 256 bits
    assert first.digest == hashlib.sha256(token.encode()).hexdigest()
    for held in _everything_stored():
        assert token not in held
    settings.SECRET_KEY = "of another Accord"  # type: ignore[attr-defined]
    assert token_of(first) != token


def test_the_audit_is_told_neither_nonce_nor_digest() -> None:
    first = link(sent())
    told = json.dumps([[c.before, c.after] for c in AuditChange.objects.all()])
    assert first.nonce not in told
    assert first.digest not in told


def _everything_stored() -> list[str]:
    with connection.cursor() as cursor:
        return [
            str(row)
            for table in connection.introspection.table_names(cursor)
            for row in cursor.execute(f'SELECT * FROM "{table}"') or cursor.fetchall()
        ]


@pytest.mark.parametrize("wrong", ["", "x", "é", "a" * 43, "0" * 64])
def test_a_guessed_token_finds_nothing(wrong: str) -> None:
    first = link(sent())
    assert by_token(wrong) is None
    assert by_token(first.digest) is None
    assert by_token(first.nonce) is None


def test_a_revoked_link_is_dead_at_once_and_a_renewed_one_has_another_address() -> None:
    first = link(sent())
    old = token_of(first)
    revoke_link(seller(first.proposal.engagement), first)
    assert "revoked" in why_dead(again(first))
    with pytest.raises(Refused, match="revoked"):
        comment_by_link(None, again(first), "Hello")
    with pytest.raises(Refused, match="revoked"):
        revoke_link(seller(first.proposal.engagement), again(first))
    renew_link(seller(first.proposal.engagement), again(first), SITE)
    assert why_dead(again(first)) == ""
    assert by_token(old) is None
    assert token_of(again(first)) in mail.outbox[-1].body


def test_a_link_dies_the_day_after_its_last() -> None:
    first = link(sent())
    with time_machine.travel(dt.datetime.combine(first.expires_on, dt.time(23, 59), dt.UTC)):
        assert why_dead(again(first)) == ""
    with time_machine.travel(dt.datetime.combine(first.expires_on + dt.timedelta(1), dt.time(0), dt.UTC)):
        with pytest.raises(Refused, match="expired"):
            comment_by_link(None, again(first), "Hello")
        renew_link(seller(first.proposal.engagement), again(first), SITE)
        assert why_dead(again(first)) == ""


def test_links_die_with_their_version() -> None:
    of = engagement()
    checked(of)
    to = contact(of)
    first = send(proposal(of), [to])
    second = send(new_version(seller(of), first), [to])
    assert "newer" in why_dead(link(first))
    with pytest.raises(Refused, match="newer"):
        renew_link(seller(of), link(first), SITE)
    withdraw_proposal(seller(of), now(second), "The tester left.")
    assert "withdrawn" in why_dead(link(second))
    with pytest.raises(Refused, match="withdrawn"):
        open_link(None, link(second))


def test_links_die_with_the_engagement_and_when_the_contact_is_somebody_elses() -> None:
    first = link(sent())
    of = first.proposal.engagement
    other = firm.relationship().client
    person = first.contact
    person.client = other
    planned.saved(None, person)
    assert "no contact of this client" in why_dead(again(first))
    with pytest.raises(WrongInput):
        renew_link(seller(of), again(first), SITE)
    person.client = of.relationship.client
    planned.saved(None, person)
    end_engagement(seller(of), of, Outcome.LOST, "Too dear")
    assert "lost" in why_dead(again(first))


@pytest.mark.parametrize("days", [-1, 91])
def test_a_link_is_open_for_at_most_ninety_days(days: int) -> None:
    of = engagement()
    checked(of)
    draft, to = proposal(of), contact(of)
    day = dt.date.today() + dt.timedelta(days)
    with pytest.raises(WrongInput, match="open until"):
        send_proposal(seller(of), draft, [to], now(draft).revision, SITE, day)
    assert not Link.objects.exists()
    first = link(send(now(draft), [to]))
    with pytest.raises(WrongInput, match="open until"):
        renew_link(seller(of), first, SITE, day)


def test_only_who_speaks_with_the_client_handles_links() -> None:
    first = link(sent())
    for somebody in (firm.member(AccessRole.SELLER), firm.member(AccessRole.DELIVERY_LEAD), None):
        with pytest.raises(NotAllowed):
            revoke_link(somebody, first)  # type: ignore[arg-type]
        with pytest.raises(NotAllowed):
            renew_link(somebody, first, SITE)  # type: ignore[arg-type]


def test_what_is_dead_before_its_mail_leaves_does_not_leave() -> None:
    from accord.proposals.mail import mail_proposal

    done = sent()
    revoke_link(seller(done.engagement), link(done))
    mail.outbox.clear()
    mail_proposal.call(link(done).pk, SITE)
    assert mail.outbox == []


def test_a_version_sent_twice_to_the_same_person_has_one_link() -> None:
    of = engagement()
    checked(of)
    to = contact(of)
    done = send(proposal(of), [to, to])
    assert Link.objects.filter(proposal=done).count() == 1
    assert Proposal.objects.get().links.get().contact == to
