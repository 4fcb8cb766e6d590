"""The client's page: who holds the address reads and answers, and nobody else learns anything."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from accord.contracts.signing.actions import sign_for_firm
from accord.proposals.actions import new_version, withdraw_proposal
from accord.proposals.answering import actions
from accord.proposals.answering.links import token_of
from accord.proposals.content import PriceLine
from accord.proposals.models import Answer, Link, Proposal
from accord.relationships.actions import change_client
from tests import firm
from tests.contracts import signing_builders as contracts
from tests.proposals.builders import accept, link, now, says, seller, send, sent

pytestmark = pytest.mark.django_db
MOST = 12
DAYS = (dt.date(2031, 3, 4) - dt.date.today()).days


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    cache.clear()


@pytest.fixture
def browser() -> Client:
    """As a browser behaves: it has no cookie, and a page without a referrer sends its forms from "null"."""
    return Client(enforce_csrf_checks=True, headers={"origin": "null"})


def page_of(own: Link) -> str:
    return f"/client/{token_of(own)}/"


def acceptance(done: Proposal, **changed: str) -> dict[str, str]:
    return {"accept-name": "Bea", "accept-agreed": "on", "accept-digest": done.digest} | changed


def speaking(language: str, done: Proposal) -> Proposal:
    """Its client reads this language from now on."""
    bond = done.engagement.relationship
    change_client(bond.owner, bond, bond.client.name, bond.client.kind, language=language)
    return now(done)


def test_it_shows_price_dates_and_the_whole_text_and_no_navigation(browser: Client) -> None:
    done = sent(content=says(opening="Thank you for the talks.", excluded=("Hosting",)))
    page = browser.get(page_of(link(done))).content.decode()
    assert page.index("40,000\xa0EUR") < page.index("Thank you for the talks.")
    assert "Hosting" in page
    assert "it stands once Our firm has signed too" in page
    assert "<nav" not in page
    assert 'href="/"' not in page
    assert "hx-" not in page


def test_the_client_is_told_when_both_sides_have_signed(browser: Client) -> None:
    contract = contracts.prepared()
    own = link(contract.proposal)
    accept(own)
    assert "it stands once Our firm has signed too" in browser.get(page_of(own)).content.decode()
    sign_for_firm(contracts.executive(), contracts.now(contract), contract.digest)
    page = browser.get(page_of(own)).content.decode()
    assert "Both sides have signed: the contract stands since" in page
    assert "Accept version" not in page


def test_every_answer_is_private_and_sets_no_cookie(browser: Client) -> None:
    done = sent()
    for address, status in (
        (page_of(link(done)), 200),
        (page_of(link(done)) + "pdf/", 200),
        (page_of(link(done)) + "accept/", 405),
        ("/client/nothing/", 404),
    ):
        answer = browser.get(address)
        assert answer.status_code == status
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]
        assert answer["Cache-Control"] == "no-store"
        assert not answer.cookies


# The language


@pytest.mark.parametrize(
    ("language", "accepts", "price", "day"),
    [
        ("de", "Version 1 annehmen", "40.000,50\xa0EUR", "4. März 2031"),
        ("fr", "Accepter la version 1", "40\xa0000,50\xa0EUR", "4 mars 2031"),
    ],
)
def test_it_speaks_the_clients_language_whatever_the_browser_asks_for(
    browser: Client, language: str, accepts: str, price: str, day: str
) -> None:
    done = speaking(
        language, sent(content=says(DAYS, prices=(PriceLine(name="All", rate=Decimal("40000.5")),)))
    )
    answer = browser.get(page_of(link(done)), headers={"accept-language": "en"})
    page = answer.content.decode()
    assert answer["Content-Language"] == language
    assert f'<html lang="{language}">' in page
    for told in (accepts, price, day):
        assert told in page
    for english in ("Price", "Ask or comment", "(optional)", "The whole proposal"):
        assert f">{english}<" not in page


def test_what_is_wrong_or_refused_is_said_in_the_clients_language(browser: Client) -> None:
    done = speaking("de", sent())
    own = page_of(link(done))
    wrong = browser.post(own + "accept/", {"accept-name": "Bea", "accept-digest": done.digest})
    assert "Bitte ankreuzen" in wrong.content.decode()
    refused = browser.post(own + "accept/", acceptance(done, **{"accept-digest": "0" * 64}))
    assert "Nur genau das, was gesendet wurde" in refused.content.decode()


def test_what_is_kept_for_the_firm_is_in_its_own_language(browser: Client) -> None:
    done = speaking("de", sent("a@client.example", "b@client.example"))
    for mail in ("a@client.example", "b@client.example"):
        browser.post(page_of(link(done, mail)) + "accept/", acceptance(done))
    late = Answer.objects.get(kind=Answer.Kind.TOO_LATE)
    assert "accepted this version on" in late.not_counted


@pytest.mark.parametrize(
    ("accepts", "language", "told"),
    [
        ("", "en", "This link opens nothing."),
        ("nl, de-AT;q=0.7, fr;q=0.3", "de", "Dieser Link öffnet nichts."),
        ("fr-CH", "fr", "Ce lien n’ouvre rien."),
    ],
)
def test_behind_a_dead_link_the_browser_is_asked_what_its_reader_speaks(
    browser: Client, accepts: str, language: str, told: str
) -> None:
    firm.administrator()
    answer = browser.get("/client/nothing/", headers={"accept-language": accepts})
    assert answer["Content-Language"] == language
    assert told in answer.content.decode()


def test_looking_neither_accepts_nor_declines(browser: Client) -> None:
    own = link(sent())
    for ask in (browser.get, browser.head, browser.options):
        for deed in ("", "accept/", "decline/", "comment/", "pdf/"):
            ask(page_of(own) + deed, acceptance(own.proposal))
    assert not Answer.objects.exists()


def test_a_get_is_told_as_opened_and_a_head_is_not(browser: Client) -> None:
    own = link(sent())
    browser.head(page_of(own))
    assert Link.objects.get().opened_first_at is None
    browser.get(page_of(own))
    first = Link.objects.get().opened_last_at
    browser.get(page_of(own))  # reading on
    assert Link.objects.get().opened_last_at == first
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)):
        browser.get(page_of(own))
    assert Link.objects.get().opened_last_at > first
    assert Link.objects.get().opened_first_at == first


def test_an_address_that_is_wrong_or_over_shows_one_and_the_same_page(browser: Client) -> None:
    done = sent(content=says(opening="Thank you for the talks."))
    own = link(done)
    wrong = browser.get("/client/nothing/")
    withdraw_proposal(seller(done.engagement), now(done), "A secret reason.")
    over = browser.get(page_of(own))
    assert (wrong.status_code, over.status_code) == (404, 410)
    assert wrong.content == over.content
    assert "Ask the person at Our firm" in over.content.decode()
    for deed in ("accept/", "decline/", "comment/", "pdf/"):
        assert browser.post(page_of(own) + deed, acceptance(done)).status_code == 410
    assert not Answer.objects.exists()


def test_the_client_accepts_once(browser: Client) -> None:
    done = sent()
    own = page_of(link(done))
    answer = browser.post(own + "accept/", acceptance(done))
    assert answer["Location"] == f"{own}#state"
    page = browser.get(own).content.decode()
    assert "Accepted by Bea" in page
    assert "accept-title" not in page
    again = browser.post(own + "accept/", acceptance(done))
    assert again.status_code == 409
    assert "accepted this version" in again.content.decode()
    assert Answer.objects.count() == 1


def test_a_form_that_is_sent_twice_acts_once(browser: Client) -> None:
    own = page_of(link(sent()))
    for _again in range(2):
        sent_form = {"ask-text": "When?", "form-key": "one-form"}
        assert browser.post(own + "comment/", sent_form).status_code == 302
    assert Answer.objects.count() == 1


@pytest.mark.parametrize(
    ("deed", "wrong"),
    [
        ("accept/", {}),
        ("accept/", {"accept-name": "Bea", "accept-digest": "x"}),
        ("accept/", {"accept-name": "\0", "accept-agreed": "on"}),
        ("comment/", {}),
        ("comment/", {"ask-text": "x" * 4001}),
        ("decline/", {"decline-because": "x" * 4001}),
    ],
)
def test_what_is_missing_stands_beside_its_field(browser: Client, deed: str, wrong: dict[str, str]) -> None:
    answer = browser.post(page_of(link(sent())) + deed, wrong)
    assert answer.status_code == 422
    assert 'class="wrong"' in answer.content.decode()
    assert not Answer.objects.exists()


def test_a_page_of_another_text_is_refused_in_plain_words(browser: Client) -> None:
    done = sent()
    answer = browser.post(page_of(link(done)) + "accept/", acceptance(done, **{"accept-digest": "0" * 64}))
    assert answer.status_code == 409
    assert "Only exactly what was sent can be accepted." in answer.content.decode()
    assert not Answer.objects.exists()


def test_by_the_link_of_another_version_the_newer_is_not_accepted(browser: Client) -> None:
    first = sent()
    old = link(first)
    second = send(new_version(seller(first.engagement), now(first)), [old.contact])
    assert browser.post(page_of(old) + "accept/", acceptance(second)).status_code == 410
    renewed = browser.post(page_of(link(second)) + "accept/", acceptance(first))
    assert renewed.status_code == 409  # the digest of what was shown is the older one's
    assert not Answer.objects.exists()


def test_a_client_never_reads_what_another_is_offered(browser: Client) -> None:
    ours, theirs = sent(content=says(opening="For us alone")), sent(content=says(opening="For them alone"))
    page = browser.get(page_of(link(ours))).content.decode()
    assert "For us alone" in page
    assert "For them alone" not in page
    answer = browser.post(page_of(link(ours)) + "accept/", acceptance(theirs))
    assert answer.status_code == 409
    assert not Answer.objects.exists()


def test_withdrawn_between_reading_and_accepting(browser: Client, monkeypatch: Any) -> None:
    done = sent()
    real = actions.accept_by_link

    def meanwhile(*args: Any, **kwargs: Any) -> Answer:
        withdraw_proposal(seller(done.engagement), now(done), "The tester left.")
        return real(*args, **kwargs)

    monkeypatch.setattr(actions, "accept_by_link", meanwhile)
    assert browser.post(page_of(link(done)) + "accept/", acceptance(done)).status_code == 410
    assert not Answer.objects.exists()


def test_a_comment_and_its_answer_stand_on_the_page_of_who_asked(browser: Client) -> None:
    done = sent("a@client.example", "b@client.example")
    own = link(done, "a@client.example")
    browser.post(page_of(own) + "comment/", {"ask-text": "When can <b>you</b> begin?"})
    actions.answer_comment(seller(done.engagement), Answer.objects.get(), "In March.")
    page = browser.get(page_of(own)).content.decode()
    assert "When can &lt;b&gt;you&lt;/b&gt; begin?" in page
    assert "In March." in page
    assert "In March." not in browser.get(page_of(link(done, "b@client.example"))).content.decode()


def test_who_comes_second_is_told_so(browser: Client) -> None:
    done = sent("a@client.example", "b@client.example")
    accept(link(done, "a@client.example"))
    accept(link(done, "b@client.example"), "Ben")
    page = browser.get(page_of(link(done, "b@client.example"))).content.decode()
    assert "Your own answer came later." in page


def test_a_link_sends_so_much_and_then_waits(browser: Client) -> None:
    own = link(sent())
    statuses = [
        browser.post(page_of(own) + "comment/", {"ask-text": f"Question {k}"}).status_code for k in range(22)
    ]
    assert statuses[19:] == [302, 429, 429]
    assert Answer.objects.count() == 20
    assert browser.get(page_of(own)).status_code == 200


def test_it_asks_no_more_for_more_answers(browser: Client, django_assert_max_num_queries: Any) -> None:
    done = sent()
    for k in range(8):
        said = actions.comment_by_link(None, link(done), f"Question {k}")
        actions.answer_comment(seller(done.engagement), said, "Yes.")
    browser.get(page_of(link(done)))
    with django_assert_max_num_queries(MOST):
        browser.get(page_of(link(done)))


def test_the_firms_page_shows_links_and_what_was_said(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    done = sent("a@client.example", "b@client.example", "c@client.example")
    who = seller(done.engagement)
    for k in range(5):
        actions.comment_by_link(None, link(done, "a@client.example"), f"Question {k}")
    accept(link(done, "b@client.example"), "Bea the Buyer")
    accept(link(done, "c@client.example"), "Too Late")
    client.force_login(who, backend="accord.people.backends.Backend")
    client.get("/")
    with django_assert_max_num_queries(MOST):
        page = client.get(f"/proposals/{done.pk}/").content.decode()
    for told in ("Question 4", "Signed as Bea the Buyer", "It does not count", "Never opened.", "Revoke"):
        assert told in page
    for one in Link.objects.all():
        assert token_of(one) not in page  # the address is the client's alone


def test_links_and_comments_are_handled_from_the_firms_page(client: Client) -> None:
    done = sent()
    client.force_login(seller(done.engagement), backend="accord.people.backends.Backend")
    said = actions.comment_by_link(None, link(done), "When?")
    client.post(f"/proposals/comments/{said.pk}/answer/", {"text": "In March."})
    assert said.replies.get().text == "In March."
    old = token_of(link(done))
    client.post(f"/proposals/links/{link(done).pk}/revoke/")
    assert client.get(f"/client/{old}/").status_code == 410
    wrong = client.post(f"/proposals/links/{link(done).pk}/renew/", {"expires_on": "2200-01-01"})
    assert wrong.status_code == 422
    client.post(f"/proposals/links/{link(done).pk}/renew/", {"expires_on": dt.date.today().isoformat()})
    assert client.get(f"/client/{old}/").status_code == 404
    assert client.get(page_of(link(done))).status_code == 200
