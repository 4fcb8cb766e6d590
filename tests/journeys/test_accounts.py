"""Coming in: by an invitation, with a second factor, with a passkey; and nothing on these pages breaks the policy."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import Page, expect

from accord.people.models import AccessRole, Member
from tests import firm
from tests.journeys.axe import judged
from tests.journeys.widths import WIDTHS

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "seven green bicycles"


def _code(secret: str) -> str:
    """What an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def _sign_in(page: Page, member: Member, password: str = firm.PASSWORD) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(member.email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/login/" not in url)


def _it_is_me(page: Page) -> None:
    """How one signs in is changed by whoever shows once more that it is them."""
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    page.get_by_label("Password").fill(firm.PASSWORD)
    page.get_by_role("button", name="Go on").click()


def _is_accessible(page: Page) -> None:
    assert judged(page) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_an_invited_member_chooses_a_password_by_the_mailed_link(sits_down, width: int) -> None:  # type: ignore[no-untyped-def]
    office = sits_down(firm.administrator(), width).page
    office.goto("/people/")
    office.get_by_role("link", name="Add a member").click()
    dialog = office.locator("#dialog")
    dialog.get_by_label("Name", exact=True).fill("Nele Nowak")
    dialog.get_by_label("Mail address").fill("nele@firm.example")
    dialog.get_by_label("seller").check()
    dialog.get_by_role("button", name="Add").click()
    expect(office.get_by_role("heading", name="Nele Nowak")).to_be_visible()
    expect(office.get_by_text("invited", exact=True)).to_be_visible()

    link = re.search(r"http://\S+/people/join/\S+", str(mail.outbox[-1].body))
    assert link
    newcomer = sits_down(None, width)
    home = newcomer.page
    home.goto(link[0])
    _is_accessible(home)
    home.get_by_label("Password").fill("password1234")
    home.get_by_role("button", name="Choose it and sign in").click()
    expect(home.get_by_text("Take a few unrelated words")).to_be_visible()
    newcomer.faults.clear()  # the browser notes that the page came back with status 422
    home.get_by_label("Password").fill(PASSWORD)
    home.get_by_role("button", name="Choose it and sign in").click()
    expect(home.get_by_text("Welcome, Nele Nowak")).to_be_visible()
    expect(home.get_by_role("heading", name="Desk")).to_be_visible()


def test_a_code_from_the_phone_is_switched_on_and_asked_for_at_the_next_sign_in(sits_down) -> None:  # type: ignore[no-untyped-def]
    somebody = firm.administrator()
    page = sits_down(None).page
    _sign_in(page, somebody)
    page.goto("/people/account/")
    page.get_by_role("link", name="Manage").click()
    page.get_by_role("link", name="Switch on").click()
    _it_is_me(page)
    picture = page.get_by_alt_text("QR code of the secret below")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth > 0"), "the policy lets the picture through"
    _is_accessible(page)
    page.get_by_text("The app cannot scan?").click()
    secret = page.get_by_label("Type this secret into it").input_value()
    page.get_by_label("Authenticator code").fill("000000")
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_text("Incorrect code.")).to_be_visible()
    page.get_by_label("Authenticator code").fill(_code(secret))
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    recovery = page.locator(".codes li").first.inner_text()

    cache.clear()  # a code works once: half a minute goes by
    other = sits_down(None).page
    _sign_in(other, somebody)
    expect(other.get_by_role("heading", name="Now the second factor")).to_be_visible()
    _is_accessible(other)
    other.get_by_label("Code").fill(_code(secret))
    other.get_by_role("button", name="Sign in", exact=True).click()
    expect(other.get_by_role("heading", name="Desk")).to_be_visible()

    lost_phone = sits_down(None).page
    _sign_in(lost_phone, somebody)
    lost_phone.get_by_label("Code").fill(recovery)
    lost_phone.get_by_role("button", name="Sign in", exact=True).click()
    expect(lost_phone.get_by_role("heading", name="Desk")).to_be_visible()


def test_a_passkey_is_added_and_opens_the_door_alone(sits_down) -> None:  # type: ignore[no-untyped-def]
    somebody = firm.administrator()
    person = sits_down(None)
    page = person.page
    device = person.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    _sign_in(page, somebody)
    page.goto("/accounts/2fa/webauthn/add/")
    _it_is_me(page)
    expect(page.get_by_role("heading", name="Add a passkey")).to_be_visible()
    _is_accessible(page)
    page.get_by_label("Name").fill("Laptop")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_text("Laptop", exact=True)).to_be_visible()
    assert Authenticator.objects.filter(user=somebody, type=Authenticator.Type.WEBAUTHN).count() == 1

    page.get_by_role("button", name="Account of").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Desk")).to_be_visible()


def test_a_passkey_that_is_not_given_is_told_in_words(sits_down) -> None:  # type: ignore[no-untyped-def]
    firm.administrator()
    person = sits_down(None)
    device = person.context.new_cdp_session(person.page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}},
    )
    person.page.goto("/accounts/login/")
    person.page.get_by_role("button", name="Sign in with a passkey").click()
    expect(person.page.get_by_role("alert")).to_contain_text("No passkey was given")


def test_sessions_elsewhere_are_ended(sits_down) -> None:  # type: ignore[no-untyped-def]
    somebody = firm.administrator()
    here, there = sits_down(None).page, sits_down(None).page
    for page in (here, there):
        _sign_in(page, somebody)
        expect(page.get_by_role("heading", name="Desk")).to_be_visible()
    here.goto("/accounts/sessions/")
    _is_accessible(here)
    expect(here.get_by_text("this one")).to_be_visible()
    here.get_by_role("button", name=re.compile("^End")).first.click()
    expect(here.get_by_text("That session was ended.")).to_be_visible()
    expect(here.get_by_text("Nowhere else.")).to_be_visible()
    there.goto("/people/")
    expect(there.get_by_role("heading", name="Sign in")).to_be_visible()


_ACCOUNT_PAGES = (
    "/people/account/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/2fa/webauthn/",
    "/accounts/sessions/",
    "/accounts/reauthenticate/",
    "/accounts/logout/",
)
_ENTRANCE_PAGES = (
    "/accounts/login/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-bad/",
    "/accounts/password/reset/key/done/",
    "/accounts/inactive/",
)


@pytest.mark.parametrize("width", WIDTHS)
def test_no_account_page_breaks_the_policy_or_the_screen(sits_down, width: int) -> None:  # type: ignore[no-untyped-def]
    somebody = firm.administrator()
    inside = sits_down(None, width).page
    _sign_in(inside, somebody)
    expect(inside.get_by_role("heading", name="Desk")).to_be_visible()
    outside = sits_down(None, width).page
    for page, addresses in ((inside, _ACCOUNT_PAGES), (outside, _ENTRANCE_PAGES)):
        for address in addresses:
            page.goto(address)
            wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            assert not page.evaluate(wide), address
            assert page.locator("h1").count() == 1, address
            _is_accessible(page)


def test_pages_of_people_are_accessible(sits_down) -> None:  # type: ignore[no-untyped-def]
    from tests.people.builders import a_skill, a_team

    somebody = firm.member(AccessRole.MEMBER)
    a_team(somebody)
    a_skill()
    for width in (375, 1440):
        page = sits_down(firm.administrator(), width).page
        for address in (
            "/people/",
            f"/people/{somebody.pk}/",
            f"/people/{somebody.pk}/history/",
            f"/people/{somebody.pk}/change/",
            "/people/add/",
            "/people/teams/",
            "/people/roles/",
            "/people/skills/",
            "/people/firm/",
            "/people/firm/set-up/",
        ):
            page.goto(address)
            wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            assert not page.evaluate(wide), address
            _is_accessible(page)


def test_the_parts_of_a_country_follow_the_country(sits_down) -> None:  # type: ignore[no-untyped-def]
    page = sits_down(firm.administrator()).page
    page.goto("/people/firm/")
    page.get_by_role("link", name="Change").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Country").select_option("CH")
    dialog.get_by_label("State or province").select_option("ZH")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Zürich, Switzerland")).to_be_visible()
