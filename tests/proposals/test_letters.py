"""What a client gets: in their language, with the firm's letterhead, holding until a day; and what became of the mail."""

from __future__ import annotations

import datetime as dt
import gettext
import re
import smtplib
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils.translation import override

import accord
from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.people import actions as people
from accord.people.mail import TRIES
from accord.people.models import AccessRole, Firm, Logo
from accord.proposals import pdf, telling
from accord.proposals.actions import send_proposal, withdraw_proposal
from accord.proposals.content import PriceKind
from accord.proposals.mail import mail_again, mail_proposal
from accord.proposals.models import VALID_FOR, Proposal, Sending
from accord.relationships.actions import change_client
from accord.relationships.models import Language
from tests import firm
from tests.proposals.builders import checked, contact, engagement, now, proposal, says, seller, send

pytestmark = pytest.mark.django_db
SITE = "https://accord.example/"
TODAY = dt.date.today()
LOCALES = Path(accord.__file__).parent / "locale"
OTHERS = [language for language in Language.values if language != "en"]


def ready(language: str = "en", **text: object) -> Proposal:
    """A draft that can be sent, to a client who reads this language."""
    of = engagement()
    bond = of.relationship
    change_client(bond.owner, bond, bond.client.name, bond.client.kind, language=language)
    checked(of)
    return proposal(of, says(**text))  # type: ignore[arg-type]


# Languages


@pytest.mark.parametrize("language", OTHERS)
def test_each_language_has_all_words_of_the_letter(language: str) -> None:
    catalog = gettext.translation("django", LOCALES, [language])._catalog  # type: ignore[attr-defined]
    with override("en"):
        words = {*pdf._words().values(), *(str(kind.label) for kind in PriceKind)}
    assert {word for word in words if word not in catalog} == set()


@pytest.mark.parametrize("language", OTHERS)
def test_the_compiled_words_are_those_that_are_written_down(language: str) -> None:
    folder = LOCALES / language / "LC_MESSAGES"
    compiled = gettext.translation("django", LOCALES, [language])._catalog  # type: ignore[attr-defined]
    written = re.findall(
        r'^msgid ((?:".*"\n)+)msgstr ((?:".*"\n?)+)', (folder / "django.po").read_text(), re.M
    )
    read = {_read(msgid): _read(msgstr) for msgid, msgstr in written if _read(msgid)}
    assert read
    assert read == {msgid: msgstr for msgid, msgstr in compiled.items() if msgid}, "run `make words`"


def _read(quoted: str) -> str:
    lines = [line.strip()[1:-1] for line in quoted.strip().splitlines()]
    return "".join(lines).replace("\\n", "\n").replace('\\"', '"')


@pytest.mark.parametrize(
    ("language", "day", "money"),
    [("en", "4 March 2027", "1,234.50\xa0EUR"), ("de", "4. März 2027", "1.234,50\xa0EUR"),
     ("fr", "4 mars 2027", "1\xa0234,50\xa0EUR")],
)  # fmt: skip
def test_days_and_money_are_told_as_the_language_tells_them(language: str, day: str, money: str) -> None:
    with override(language):
        assert telling.day(dt.date(2027, 3, 4)) == day
        assert telling.Money("EUR", 2).told(Decimal("1234.5")) == money


def test_french_calls_the_first_day_of_a_month_the_first() -> None:
    with override("fr"):
        assert telling.day(dt.date(2027, 3, 1)) == "1er mars 2027"
        assert telling.day(dt.date(2027, 3, 21)) == "21 mars 2027"


@pytest.mark.parametrize(
    ("language", "greeting"), [("en", "Dear Bea"), ("de", "Guten Tag Bea"), ("fr", "Bonjour Bea")]
)
def test_mail_and_letter_speak_the_clients_language(language: str, greeting: str) -> None:
    draft = ready(language)
    send(draft, [contact(draft.engagement)])
    (letter,) = mail.outbox
    assert greeting in letter.body
    assert now(draft).number in letter.body
    assert letter.attachments[0][1].startswith(b"%PDF")


def test_members_pages_stay_in_their_own_language(client: Client) -> None:
    client.force_login(firm.administrator(), backend="accord.people.backends.Backend")
    page = client.get("/people/firm/", headers={"accept-language": "de"}).content.decode()
    assert '<html lang="en"' in page
    assert settings.LANGUAGES == [("en", "English")]


def test_a_client_has_only_a_language_that_we_have() -> None:
    bond = firm.relationship()
    with pytest.raises(WrongInput):
        change_client(bond.owner, bond, bond.client.name, bond.client.kind, language="tlh")


# How long it holds


def test_what_names_no_day_holds_for_thirty_days_from_sending() -> None:
    draft = ready()
    assert draft.valid_until is None
    done = send(draft, [contact(draft.engagement)])
    assert done.valid_until == TODAY + VALID_FOR
    assert (TODAY + VALID_FOR).strftime("%B %Y") in mail.outbox[0].body


@pytest.mark.parametrize("days", [0, 5])
def test_a_named_day_holds_until_its_end(days: int) -> None:
    draft = ready(valid_until=TODAY + dt.timedelta(days))
    assert send(draft, [contact(draft.engagement)]).valid_until == TODAY + dt.timedelta(days)


def test_what_nobody_could_accept_any_more_is_not_sent() -> None:
    draft = ready(valid_until=TODAY - dt.timedelta(1))
    with pytest.raises(Refused, match="which is over"):
        send(draft, [contact(draft.engagement)])
    assert mail.outbox == []


# What became of the mail


@pytest.fixture
def no_mail_server(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise smtplib.SMTPServerDisconnected("The mail server hung up")

    monkeypatch.setattr("accord.proposals.mail.EmailMessage.send", refuse)


def given_up(draft: Proposal) -> Sending:
    send_proposal(seller(draft.engagement), draft, [contact(draft.engagement)], draft.revision, SITE)
    sending = Sending.objects.get(proposal=draft)
    mail_proposal.call(sending.link.pk, SITE, TRIES)
    return Sending.objects.get(pk=sending.pk)


def test_a_mail_that_could_not_be_sent_is_seen_and_tried_again_by_its_sender(
    no_mail_server: None, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    sending = given_up(ready())
    by = seller(sending.proposal.engagement)
    client.force_login(by, backend="accord.people.backends.Backend")
    page = client.get(f"/proposals/{sending.proposal_id}/").content.decode()
    assert "The mail server hung up" in page
    assert "Try it again" in page
    monkeypatch.undo()
    page = client.post(f"/proposals/sendings/{sending.pk}/again/", follow=True).content.decode()
    assert "The mail server hung up" not in page
    assert [letter.to for letter in mail.outbox] == [["buyer@client.example"]]
    with pytest.raises(Refused, match="This mail is out"):
        mail_again(by, Sending.objects.get(pk=sending.pk), SITE)


def test_what_is_tried_by_itself_or_was_withdrawn_is_not_tried_by_hand(no_mail_server: None) -> None:
    sending = given_up(ready())
    by = seller(sending.proposal.engagement)
    withdraw_proposal(by, sending.proposal, "Wrong price")
    with pytest.raises(Refused, match="withdrawn"):
        mail_again(by, Sending.objects.get(pk=sending.pk), SITE)
    with pytest.raises(NotAllowed):
        mail_again(firm.member(AccessRole.MEMBER), sending, SITE)


def test_a_mail_that_is_out_does_not_leave_twice() -> None:
    draft = ready()
    send(draft, [contact(draft.engagement)])
    mail_proposal.call(Sending.objects.get().link.pk, SITE)
    assert len(mail.outbox) == 1


# The letterhead

_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'


def test_a_logo_and_an_address_stand_on_the_letter() -> None:
    admin = firm.administrator()
    people.set_logo(admin, _SVG)
    people.set_up_firm(
        admin, people.FirmProfile("Ours", address=" 1 Quay \r\n\r\n Hamburg ", register="HRB 1")
    )
    assert Firm.objects.get().address == "1 Quay\nHamburg"
    data = pdf._data(ready())
    assert (data["address"], data["register"], bytes(data["logo"])) == (["1 Quay", "Hamburg"], "HRB 1", _SVG)
    assert pdf.of(Proposal.objects.get()).startswith(b"%PDF")
    people.remove_logo(admin)
    assert not Logo.objects.exists()


def _svg(inside: str, about: str = "") -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" {about}>{inside}</svg>'.encode()


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n" + b"x" * 40,
        b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + b"\0\1\0\0" * 2,
        _svg("<script>alert(1)</script>"),
        _svg('<a href="https://elsewhere.example"/>'),
        _svg('<rect style="fill: url(https://elsewhere.example/x)"/>'),
        _svg("<style>@import 'https://elsewhere.example/x';</style>"),
        _svg("", 'onload="alert(1)"'),
        b'<!DOCTYPE x [<!ENTITY a "aa">]>' + _svg("&a;"),
        _SVG + b" " * 100 * 1024,
        b"<html/>",
    ],
)
def test_what_is_no_quiet_small_picture_is_no_logo(wrong: bytes) -> None:
    with pytest.raises(WrongInput) as refused:
        people.set_logo(firm.administrator(), wrong)
    assert set(refused.value.messages) == {"logo"}
    assert not Logo.objects.exists()


def test_the_logo_is_chosen_on_a_page_and_a_wrong_one_is_told_beside_its_field(client: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.force_login(firm.administrator(), backend="accord.people.backends.Backend")
    wrong = client.post("/people/firm/logo/", {"logo": SimpleUploadedFile("x.gif", b"GIF89a")})
    assert wrong.status_code == 422
    assert "Choose a PNG or an SVG file." in wrong.content.decode()
    client.post("/people/firm/logo/", {"logo": SimpleUploadedFile("x.svg", _SVG)})
    assert "data:image/svg+xml;base64," in client.get("/people/firm/").content.decode()
