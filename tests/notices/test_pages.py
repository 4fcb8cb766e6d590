"""The page where a member chooses, and what an administrator sees of mail that could not be sent."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accord.actions.models import AuditEntry
from accord.actions.refusals import NotAllowed
from accord.notices.actions import choose_mails
from accord.notices.models import MailChoice
from accord.notices.queries import choice_of
from accord.people.actions import MemberProfile, change_member
from accord.people.models import AccessRole, Member
from tests import firm
from tests.notices.builders import A_WHILE, Lines, MailServer, chooses, go

pytestmark = pytest.mark.django_db

CHOOSE, UNDELIVERED = "/notices/", "/notices/undelivered/"
CHOSEN = {"when": "weekly", "hour": "7", "weekday": "thu", "time_zone": "Asia/Tokyo"}


def signed_in(member: Member) -> Client:
    client = Client()
    client.force_login(member, backend="accord.people.backends.Backend")
    return client


def test_a_member_chooses_on_their_own_page() -> None:
    member = firm.member()
    client = signed_in(member)
    assert "once a day" in client.get(CHOOSE).content.decode()
    assert client.post(CHOOSE, CHOSEN).status_code == 302
    choice = MailChoice.objects.get(member=member)
    assert (choice.when, choice.hour, choice.weekday, choice.time_zone) == ("weekly", 7, "thu", "Asia/Tokyo")
    assert AuditEntry.objects.first().action == "notices.choose_mails"  # type: ignore[union-attr]


def test_a_reader_chooses_too() -> None:
    assert signed_in(firm.member(AccessRole.AUDITOR)).post(CHOOSE, CHOSEN).status_code == 302


def test_the_usual_choice_is_a_digest_each_day_where_the_member_works() -> None:
    member = firm.member()
    usual = choice_of(member)
    assert (usual.when, usual.hour, usual.time_zone) == ("daily", 8, "Europe/Berlin")
    there = MemberProfile(member.name, member.email, country="JP")
    change_member(firm.administrator(), member, there)
    assert choice_of(Member.objects.get(pk=member.pk)).time_zone == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("when", "hourly"),
        ("hour", "24"),
        ("hour", "-1"),
        ("hour", "x"),
        ("weekday", "fry"),
        ("time_zone", "Moon/Tranquility"),
        ("time_zone", "../../etc/passwd"),
        ("when", ""),
    ],
)
def test_what_makes_no_sense_is_told_beside_its_field(field: str, value: str) -> None:
    answer = signed_in(firm.member()).post(CHOOSE, CHOSEN | {field: value})
    assert answer.status_code == 422
    assert not MailChoice.objects.exists()


def test_nobody_chooses_for_somebody_else() -> None:
    with pytest.raises(NotAllowed):
        choose_mails(firm.administrator(), firm.member(), "never", 8, "mon", "UTC")


def test_the_account_page_and_the_desk_lead_to_the_choice() -> None:
    client = signed_in(firm.member())
    for page in (reverse("people:account"), "/"):
        assert f'href="{CHOOSE}"' in client.get(page).content.decode()


def test_an_administrator_sees_what_could_not_be_sent(
    lines: Lines, server: MailServer, clock: object
) -> None:
    member = firm.member(name="Nora")
    chooses(member, "at_once")
    lines.put(member, "a")
    lines.put(member, "b")
    server.fails = ConnectionRefusedError("nobody listens there")
    go()
    clock.shift(A_WHILE)  # type: ignore[attr-defined]
    go()
    administrator = signed_in(firm.administrator())
    page = administrator.get(UNDELIVERED).content.decode()
    for part in ("Nora", member.email, "nobody listens there", "2 things wait to be told", "Tried once."):
        assert part in page
    server.fails = None
    clock.shift(A_WHILE)  # type: ignore[attr-defined]
    go()
    assert "All mails went out" in administrator.get(UNDELIVERED).content.decode()
    assert UNDELIVERED in administrator.get(reverse("people:firm")).content.decode()


def test_others_do_not_see_what_could_not_be_sent() -> None:
    member = signed_in(firm.member(AccessRole.EXECUTIVE))
    assert member.get(UNDELIVERED).status_code == 403
    assert UNDELIVERED not in member.get(reverse("people:firm")).content.decode()
