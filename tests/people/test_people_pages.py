"""The pages of people: lists with filters in the address, records, and what they cost in queries."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.engagements.models import Part
from accord.people.actions import (
    add_role,
    deactivate_member,
    give_role,
    join_team,
    lead_team,
    leave_team,
    remove_skill,
    set_roles,
    set_skill,
)
from accord.people.models import Absence, AccessRole, Member, Team
from tests import firm
from tests.people.builders import a_rate, a_role, a_skill, a_team, an_invitation, away, works_as

pytestmark = pytest.mark.django_db
TODAY = dt.date.today()


def _names(client: Client, query: str) -> set[str]:
    return {member.name for member in client.get(f"/people/?{query}").context["members"]}


@pytest.fixture
def reader(client: Client) -> Client:
    client.force_login(firm.administrator())
    return client


def test_the_list_is_filtered_by_name_role_team_skill_and_level(reader: Client) -> None:
    role, skill = a_role(), a_skill()
    ann, bob = works_as(firm.member(name="Ann"), role), firm.member(name="Bob")
    team = a_team(bob)
    set_skill(firm.administrator(), ann, skill, 4)
    set_skill(firm.administrator(), bob, skill, 2)
    assert _names(reader, "search=an") == {"Ann"}
    assert _names(reader, f"role={role.pk}") == {"Ann"}
    assert _names(reader, f"team={team.pk}") == {"Bob"}
    assert _names(reader, f"skill={skill.pk}") == {"Ann", "Bob"}
    assert _names(reader, f"skill={skill.pk}&level=3") == {"Ann"}


def test_who_has_left_is_in_a_list_of_their_own(reader: Client) -> None:
    gone = firm.member(name="Gone")
    deactivate_member(firm.administrator(), gone)
    assert _names(reader, "state=left") == {"Gone"}
    assert "Gone" not in _names(reader, "")


def test_nonsense_in_the_address_is_no_filter(reader: Client) -> None:
    assert _names(reader, "role=x&team=-1&skill=&level=99999999999999999999&state=?") == {"Ada Min"}


def test_an_empty_list_says_what_to_do(reader: Client) -> None:
    assert "Nobody fits" in reader.get("/people/?search=zzz").content.decode()


def _a_full_member() -> Member:
    role = a_role()
    somebody = works_as(firm.member(AccessRole.MEMBER, AccessRole.ESTIMATOR), role)
    for level in (2, 4):
        set_skill(firm.administrator(), somebody, a_skill(), level)
    a_team(somebody)
    first = TODAY + dt.timedelta(10)
    away(somebody, first.isoformat(), first.isoformat())
    a_rate(role, "2026-01-01", 60, 110)
    a_rate(somebody, "2026-01-01", 70, 120)
    return somebody


@pytest.mark.parametrize(
    "address",
    [
        "/people/",
        "/people/teams/",
        "/people/roles/",
        "/people/skills/",
        "/people/firm/",
        "/people/{}/",
        "/people/{}/history/",
    ],
)
def test_a_page_takes_few_queries_and_no_more_with_more_people(
    reader: Client,
    address: str,
    django_assert_max_num_queries,  # type: ignore[no-untyped-def]
) -> None:
    shown = _a_full_member()
    for _ in range(4):
        _a_full_member()
    with django_assert_max_num_queries(12):
        assert reader.get(address.format(shown.pk)).status_code == 200


def test_scripts_in_every_text_are_only_text(reader: Client) -> None:
    bad = "<script>alert(1)</script>"
    somebody = firm.member(AccessRole.MEMBER, name=bad)
    works_as(somebody, add_role(firm.administrator(), bad))
    set_skill(firm.administrator(), somebody, a_skill(bad), 3)
    a_team(somebody, bad)
    for address in (
        "/people/",
        f"/people/{somebody.pk}/",
        "/people/teams/",
        "/people/roles/",
        "/people/skills/",
    ):
        assert bad not in reader.get(address).content.decode(), address


def test_the_record_shows_the_engagements_that_the_reader_may_see(client: Client) -> None:
    open_one, secret = firm.engagement(title="Open"), firm.engagement(title="Secret", confidential=True)
    somebody = firm.with_part(open_one, Part.ESTIMATOR, AccessRole.ESTIMATOR)
    from accord.engagements.actions import give_part

    give_part(secret.parts.get().member, secret, somebody, Part.ESTIMATOR)
    client.force_login(firm.member(AccessRole.MEMBER))
    page = client.get(f"/people/{somebody.pk}/").content.decode()
    assert "Open" in page
    assert "Secret" not in page
    client.force_login(somebody)
    assert "Secret" in client.get(f"/people/{somebody.pk}/").content.decode()


def test_others_see_that_somebody_is_away_and_not_why(client: Client) -> None:
    somebody = firm.member(AccessRole.MEMBER)
    away(somebody, TODAY.isoformat(), TODAY.isoformat(), Absence.Kind.SICKNESS)
    for looking, sees in (
        (firm.seller(), False),
        (somebody, True),
        (firm.member(AccessRole.DELIVERY_LEAD), True),
    ):
        client.force_login(looking)
        page = client.get(f"/people/{somebody.pk}/").content.decode()
        assert ("sickness" in page) == sees


def test_the_history_tells_which_role_was_given(reader: Client) -> None:
    somebody = firm.member()
    give_role(firm.administrator(), somebody, AccessRole.LEGAL)
    assert "give role: legal" in " ".join(
        reader.get(f"/people/{somebody.pk}/history/").content.decode().split()
    )


def test_a_member_records_their_own_absence_by_the_page(client: Client) -> None:
    somebody = firm.member(AccessRole.MEMBER)
    client.force_login(somebody)
    absence = {"kind": "vacation", "first": "2026-08-03", "last": "2026-08-14"}
    client.post(f"/people/{somebody.pk}/absences/record/", absence)
    assert Absence.objects.get().last == dt.date(2026, 8, 14)
    other = firm.member()
    assert client.post(f"/people/{other.pk}/absences/record/", absence).status_code == 403


def test_an_administrator_adds_a_member_who_is_invited_at_once(
    reader: Client, mailoutbox: list[object]
) -> None:
    about = {"name": "New", "email": "new@firm.example", "roles": ["seller"], "invite": "on"}
    reader.post("/people/add/", about)
    added = Member.objects.get(email="new@firm.example")
    assert added.has_any(AccessRole.SELLER)
    assert len(mailoutbox) == 1


def test_a_taken_address_is_told_beside_its_field(reader: Client) -> None:
    answer = reader.post("/people/add/", {"name": "New", "email": "ADA@firm.example"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["email"] == ["Somebody has this address already."]


def test_the_parts_of_a_country_are_offered_when_it_is_chosen(client: Client) -> None:
    assert "Bayern" in client.get("/people/parts-of-country/?country=DE").content.decode()
    assert "Bayern" not in client.get("/people/parts-of-country/?country=XX").content.decode()


def test_the_invitation_page_names_firm_and_member(client: Client, mailoutbox: list[object]) -> None:
    invitation = an_invitation()
    from accord.people.invitations import token_of

    page = client.get(f"/people/join/{token_of(invitation)}/").content.decode()
    assert invitation.member.name in page
    assert "Our firm" in page


# Rules behind the pages


def test_the_last_administrator_cannot_be_taken_the_role_by_setting_roles() -> None:
    administrator = firm.administrator()
    with pytest.raises(Refused, match="at least one administrator"):
        set_roles(administrator, administrator, [AccessRole.MEMBER])
    assert administrator.given_roles.get().role == AccessRole.ADMINISTRATOR


def test_setting_roles_gives_and_takes() -> None:
    somebody = firm.member(AccessRole.SELLER, AccessRole.LEGAL)
    set_roles(firm.administrator(), somebody, [AccessRole.LEGAL, AccessRole.FINANCE])
    assert {given.role for given in somebody.given_roles.all()} == {"legal", "finance"}


def test_a_skill_level_is_one_to_five_and_changed_in_place() -> None:
    somebody, skill = firm.member(), a_skill()
    with pytest.raises(WrongInput):
        set_skill(firm.administrator(), somebody, skill, 6)
    set_skill(somebody, somebody, skill, 2)
    set_skill(somebody, somebody, skill, 3)
    assert [held.level for held in somebody.skills.all()] == [3]
    remove_skill(somebody, somebody, skill)
    assert not somebody.skills.exists()


def test_a_seller_does_not_judge_the_skills_of_others() -> None:
    with pytest.raises(NotAllowed, match="delivery lead"):
        set_skill(firm.seller(), firm.member(), a_skill(), 5)


def test_names_of_roles_skills_and_teams_are_given_once() -> None:
    a_role("Analyst")
    with pytest.raises(WrongInput, match="already"):
        a_role("  analyst ")
    with pytest.raises(WrongInput, match="Give it a name"):
        add_role(firm.administrator(), "   ")


def test_a_team_keeps_its_lead_until_another_one_leads() -> None:
    lead, other = firm.member(), firm.member()
    team = a_team(lead)
    join_team(lead, team, other)
    join_team(lead, team, other)
    with pytest.raises(Refused, match="leads"):
        leave_team(lead, team, lead)
    lead_team(firm.administrator(), team, other)
    leave_team(firm.administrator(), Team.objects.get(), lead)
    assert [place.member for place in team.places.all()] == [other]


def test_who_has_left_does_not_join_a_team() -> None:
    gone = firm.member()
    deactivate_member(firm.administrator(), gone)
    with pytest.raises(Refused, match="left"):
        join_team(firm.administrator(), a_team(), gone)
