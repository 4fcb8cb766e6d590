"""Who comes in: the first administrator, invitations, passwords, and that leaving means leaving at once."""

from __future__ import annotations

import os
import re
import smtplib
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django_tasks_db.models import DBTaskResult

from accord.actions.models import AuditChange
from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.people.actions import (
    MemberProfile,
    appoint_first_administrator,
    change_member,
    deactivate_member,
    reactivate_member,
)
from accord.people.invitations import accept_invitation, invite_member, mail_invitation, token_of
from accord.people.models import AccessRole, Firm, Invitation, Member
from tests import firm
from tests.people.builders import SITE, an_invitation

pytestmark = pytest.mark.django_db

GOOD = "seven green bicycles"


def _link() -> str:
    """The address in the newest mail."""
    found = re.search(r"http://testserver(/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def test_an_invited_member_chooses_a_password_and_is_in(client: Client) -> None:
    invitation = an_invitation()
    assert mail.outbox[0].to == [invitation.member.email]
    answer = client.post(_link(), {"password": GOOD}, follow=True)
    assert answer.wsgi_request.user == invitation.member
    assert Client().login(email=invitation.member.email, password=GOOD)


def test_the_invitation_says_who_invites_whom_to_which_firm() -> None:
    invitation = an_invitation()
    body = str(mail.outbox[0].body)
    assert invitation.invited_by.name in body
    assert invitation.member.name in body
    assert Firm.objects.get().name in mail.outbox[0].subject


def test_the_link_works_once(client: Client) -> None:
    an_invitation()
    client.post(_link(), {"password": GOOD})
    answer = Client().get(_link())
    assert answer.status_code == 410
    assert "chosen already" in answer.content.decode()


def test_a_second_use_at_the_same_moment_changes_nothing() -> None:
    invitation = an_invitation()
    stale = Invitation.objects.select_related("member").get(pk=invitation.pk)
    accept_invitation(invitation.member, invitation, GOOD)
    with pytest.raises(Refused):
        accept_invitation(stale.member, stale, "another good password")
    assert Member.objects.get(pk=invitation.member_id).check_password(GOOD)


def test_the_link_dies_after_a_week(client: Client) -> None:
    with time_machine.travel("2026-03-02 12:00", tick=False):
        an_invitation()
    with time_machine.travel("2026-03-09 11:59", tick=False):
        assert client.get(_link()).status_code == 200
    with time_machine.travel("2026-03-09 12:01", tick=False):
        assert client.get(_link()).status_code == 410


def test_inviting_again_replaces_the_earlier_link(client: Client) -> None:
    first = an_invitation()
    earlier = _link()
    an_invitation(first.member)
    assert client.get(earlier).status_code == 410
    assert client.get(_link()).status_code == 200


def test_the_link_dies_when_the_member_is_deactivated(client: Client) -> None:
    invitation = an_invitation()
    deactivate_member(firm.administrator(), invitation.member)
    assert client.get(_link()).status_code == 410
    assert client.post(_link(), {"password": GOOD}).status_code == 410


def test_the_link_dies_when_a_password_was_set_otherwise(client: Client) -> None:
    invitation = an_invitation()
    invitation.member.set_password(GOOD)
    invitation.member.save(update_fields=["password"])
    assert client.get(_link()).status_code == 410


def test_a_forged_link_is_told_apart(client: Client) -> None:
    token = token_of(an_invitation())
    assert client.get(f"/people/join/{token[:-1]}x/").status_code == 410
    assert client.get("/people/join/1/").status_code == 410


def test_who_has_joined_is_not_invited_again() -> None:
    invitation = an_invitation()
    accept_invitation(invitation.member, invitation, GOOD)
    with pytest.raises(Refused, match="chosen a password"):
        invite_member(firm.administrator(), invitation.member, SITE)


def test_only_administrators_invite() -> None:
    with pytest.raises(NotAllowed):
        invite_member(firm.seller(), firm.member(), SITE)


def test_a_password_is_not_kept_in_the_audit() -> None:
    invitation = an_invitation()
    accept_invitation(invitation.member, invitation, GOOD)
    assert not [c for c in AuditChange.objects.all() if "password" in c.after or GOOD in str(c.after)]


@pytest.mark.parametrize(
    ("password", "advice"),
    [
        ("short", "at least 12 characters"),
        ("password1234", "unrelated words"),
        ("aaaaaaaaaaaaaa", "unrelated words"),
        ("12345678901234", "unrelated words"),
        ("Member M Member", "similar"),
    ],
)
def test_a_bad_password_is_refused_with_advice(password: str, advice: str) -> None:
    invitation = an_invitation(firm.member(name="Member M Member"))
    with pytest.raises(WrongInput, match=advice):
        accept_invitation(invitation.member, invitation, password)
    assert Invitation.objects.get(pk=invitation.pk).used_at is None


# Nothing is lost while the mail server is away


class NoMailServer(EmailBackend):
    away = True

    def send_messages(self, messages: Any) -> int:
        if NoMailServer.away:
            raise smtplib.SMTPServerDisconnected("nobody answers")
        return super().send_messages(messages)


@pytest.fixture
def waiting_jobs(settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
    settings.EMAIL_BACKEND = f"{__name__}.NoMailServer"
    NoMailServer.away = True


def _work() -> None:
    """Do the waiting jobs, as a worker would."""
    for job in list(DBTaskResult.objects.filter(status="READY")):
        job.claim("test")
        job.task.call(*job.args_kwargs["args"], **job.args_kwargs["kwargs"])
        job.set_successful(None)


def test_the_mail_waits_with_the_invitation_that_caused_it(waiting_jobs: None) -> None:
    before = DBTaskResult.objects.count()
    with pytest.raises(NotAllowed):
        invite_member(firm.seller(), firm.member(), SITE)
    assert DBTaskResult.objects.count() == before
    an_invitation()
    assert DBTaskResult.objects.count() == before + 1
    assert not mail.outbox


def test_while_the_mail_server_is_away_the_page_says_so_and_the_mail_is_tried_again(
    waiting_jobs: None, client: Client
) -> None:
    invitation = an_invitation()
    _work()
    client.force_login(firm.administrator())
    page = client.get(f"/people/{invitation.member_id}/").content.decode()
    assert "invited, mail not sent yet" in page
    assert "nobody answers" in page
    NoMailServer.away = False
    _work()
    assert len(mail.outbox) == 1
    page = client.get(f"/people/{invitation.member_id}/").content.decode()
    assert "mail not sent yet" not in page
    assert "was mailed on" in page


def test_a_mail_that_was_not_out_when_a_newer_one_was_sent_is_not_sent(waiting_jobs: None) -> None:
    first = an_invitation()
    an_invitation(first.member)
    NoMailServer.away = False
    mail_invitation.call(first.pk, SITE)
    assert not mail.outbox


def test_a_forgotten_password_does_not_break_while_the_mail_server_is_away(
    waiting_jobs: None, client: Client
) -> None:
    answer = client.post("/accounts/password/reset/", {"email": firm.administrator().email}, follow=True)
    assert answer.status_code == 200
    _work()
    NoMailServer.away = False
    _work()
    assert "/accounts/password/reset/key/" in str(mail.outbox[0].body)


def test_a_stranger_who_asks_for_a_new_password_gets_the_same_page_and_no_mail(client: Client) -> None:
    firm.administrator()
    answer = client.post("/accounts/password/reset/", {"email": "nobody@else.example"}, follow=True)
    assert "Look into your mail" in answer.content.decode()
    assert not mail.outbox


# Leaving


def test_who_is_deactivated_is_locked_out_of_open_sessions_at_once(client: Client) -> None:
    somebody = firm.member(AccessRole.MEMBER)
    client.force_login(somebody)
    assert client.get("/people/").status_code == 200
    deactivate_member(firm.administrator(), somebody)
    answer = client.get("/people/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_an_old_session_does_not_come_back_with_its_owner(client: Client) -> None:
    somebody = firm.member(AccessRole.MEMBER)
    client.force_login(somebody)
    deactivate_member(firm.administrator(), somebody)
    reactivate_member(firm.administrator(), somebody)
    assert client.get("/people/").status_code == 302


def test_who_is_deactivated_cannot_sign_in(client: Client) -> None:
    invitation = an_invitation()
    accept_invitation(invitation.member, invitation, GOOD)
    deactivate_member(firm.administrator(), Member.objects.get(pk=invitation.member_id))
    client.post("/accounts/login/", {"login": invitation.member.email, "password": GOOD})
    assert "_auth_user_id" not in client.session


def test_with_another_mail_address_the_old_one_opens_nothing(client: Client) -> None:
    invitation = an_invitation()
    old = invitation.member.email
    client.post(_link(), {"password": GOOD})
    change_member(
        firm.administrator(),
        Member.objects.get(pk=invitation.member_id),
        MemberProfile("New Name", "new@firm.example"),
    )
    for address, inside in ((old, False), ("new@firm.example", True)):
        other = Client()
        other.post("/accounts/login/", {"login": address, "password": GOOD})
        assert ("_auth_user_id" in other.session) == inside


# Guessing


def test_guessing_is_slowed_down(client: Client) -> None:
    administrator = firm.administrator()
    for _ in range(5):
        client.post("/accounts/login/", {"login": administrator.email, "password": "wrong wrong wrong"})
    client.post("/accounts/login/", {"login": administrator.email, "password": firm.PASSWORD})
    assert "_auth_user_id" not in client.session


def test_asking_too_often_gets_a_page_that_says_what_to_do(client: Client) -> None:
    firm.administrator()
    for _ in range(21):
        answer = client.post("/accounts/password/reset/", {"email": "nobody@else.example"})
    assert answer.status_code == 429
    assert "tried too often" in answer.content.decode()


def test_nobody_signs_up_by_themselves(client: Client) -> None:
    firm.administrator()
    answer = client.post("/accounts/signup/", {"email": "x@y.example", "password1": GOOD})
    assert answer["Location"].startswith("/accounts/login/")
    assert Member.objects.count() == 1


def test_a_member_does_not_give_themselves_another_mail_address(client: Client) -> None:
    client.force_login(firm.member(AccessRole.MEMBER))
    answer = client.post("/accounts/email/", {"email": "boss@firm.example", "action_add": ""})
    assert answer["Location"] == "/people/account/"


# Sessions


def test_one_session_is_ended_and_only_ones_own(client: Client) -> None:
    administrator = firm.administrator()
    here, there = Client(), Client()
    for browser in (here, there):
        browser.post("/accounts/login/", {"login": administrator.email, "password": firm.PASSWORD})
    from allauth.usersessions.models import UserSession

    other = UserSession.objects.get(session_key=there.session.session_key)
    client.force_login(firm.member(AccessRole.MEMBER))
    assert client.post(f"/accounts/sessions/{other.pk}/end/").status_code == 404
    assert there.get("/people/").status_code == 200
    assert here.post(f"/accounts/sessions/{other.pk}/end/").status_code == 302
    assert there.get("/people/").status_code == 302
    assert here.get("/people/").status_code == 200


# The first administrator


FIRST = {
    "firm": "Kestrel",
    "currency": "CHF",
    "country": "CH",
    "subdivision": "ZH",
    "name": "Ada",
    "email": "ada@kestrel.example",
    "password": GOOD,
}


def test_the_first_administrator_founds_the_firm(client: Client) -> None:
    assert client.get("/")["Location"] == "/first-administrator/"
    answer = client.post("/first-administrator/", FIRST)
    assert answer["Location"] == "/"
    found = Firm.objects.get()
    assert (found.name, found.currency, found.country, found.subdivision) == ("Kestrel", "CHF", "CH", "ZH")
    assert Member.objects.get().has_any(AccessRole.ADMINISTRATOR)


def test_a_wrong_first_page_founds_nothing(client: Client) -> None:
    answer = client.post("/first-administrator/", FIRST | {"password": "short"})
    assert answer.status_code == 422
    assert not Member.objects.exists()
    assert not Firm.objects.exists()


def test_there_is_no_second_first_administrator() -> None:
    firm.administrator()
    with pytest.raises(NotAllowed, match="appointed once"):
        appoint_first_administrator(None, "Eve", "eve@else.example", GOOD)


_RACE = """
    import sys, time
    from accord import serving
    serving.begin()
    from accord.actions.refusals import NotAllowed
    from accord.people.actions import appoint_first_administrator
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        appoint_first_administrator(None, sys.argv[1], sys.argv[1] + "@firm.example", "seven green bicycles")
        print("in")
    except NotAllowed:
        print("out")
"""


def test_of_two_first_administrators_at_the_same_moment_one_comes_in(tmp_path: Path) -> None:
    environment = os.environ | {"ACCORD_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "accord.settings"}
    environment.pop("ACCORD_DATABASE", None)
    begin = [sys.executable, "-c", "from accord import serving; serving.begin()"]
    subprocess.run(begin, env=environment, check=True)
    rivals = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(_RACE), name],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("ada", "eve")
    ]
    for rival in rivals:
        assert rival.stdout is not None
        assert rival.stdout.readline() == "ready\n"
    for rival in rivals:
        assert rival.stdin is not None
        rival.stdin.write("go\n")
        rival.stdin.flush()
    assert sorted(rival.communicate(timeout=60)[0] for rival in rivals) == ["in\n", "out\n"]


def test_who_has_just_chosen_a_password_is_not_asked_who_they_are(client: Client) -> None:
    an_invitation()
    client.post(_link(), {"password": GOOD})
    answer = client.get("/accounts/2fa/totp/activate/")
    assert answer.status_code == 200
