"""The list of engagements: filters, order, columns, views, several at once, and what is waiting."""

from __future__ import annotations

import datetime as dt
from itertools import product
from typing import Any

import pytest
from django.http import QueryDict

from accord.actions.refusals import NotAllowed, WrongInput
from accord.engagements import listing
from accord.engagements.actions import Said, end_engagement, plan_next_step
from accord.engagements.desk import Group, waiting_for
from accord.engagements.list_actions import (
    delete_view,
    give_part_in_each,
    plan_next_step_of_each,
    rename_view,
    save_view,
)
from accord.engagements.models import Engagement, Expectation, Outcome, Part, Profile, SavedView, TakenPart
from accord.engagements.policies.in_force import in_force
from accord.engagements.queries import not_backed, row_of
from accord.engagements.rules import RefusedForSome, backing_of
from accord.people.models import AccessRole
from tests import firm
from tests.engagements.builders import TODAY, a_scope, amount, believed, pages_of, said

pytestmark = pytest.mark.django_db


def titles(member, query: str = "") -> list[str]:  # type: ignore[no-untyped-def]
    asked = QueryDict(query)
    found = listing.engagements(member, listing.Filter.of(asked), asked.get("sort", ""))
    return [engagement.title for engagement in found]


def test_each_filter_narrows_the_list() -> None:
    seller = firm.seller()
    mine = firm.engagement(seller, title="Alpha")
    other = firm.engagement(title="Beta")
    lost = firm.engagement(seller, title="Gamma")
    end_engagement(seller, lost, Outcome.LOST, "Too dear.")
    said(other, firm.a_date())
    assert titles(seller) == ["Alpha", "Beta"]
    assert titles(seller, "mine=on") == ["Alpha"]
    assert titles(seller, "unbacked=on") == ["Beta"]
    assert titles(seller, "outcome=lost") == ["Gamma"]
    assert titles(seller, "outcome=all") == ["Alpha", "Beta", "Gamma"]
    assert titles(seller, f"seller={seller.pk}") == ["Alpha"]
    assert titles(seller, f"owner={mine.relationship.owner_id}") == ["Alpha"]
    assert titles(seller, "search=alph") == ["Alpha"]
    assert titles(seller, "stage=proposal") == []


@pytest.mark.parametrize("query", ["stage=nowhere", "seller=x", "owner=%00", "outcome=%27", "sort=password"])
def test_an_address_that_makes_no_sense_narrows_nothing(query: str) -> None:
    assert titles(firm.engagement().parts.get().member, query) == ["Portal"]


@pytest.mark.parametrize("column", ["title", *listing.COLUMNS])
def test_every_column_sorts_both_ways(column: str) -> None:
    seller = firm.seller()
    first = firm.engagement(seller, title="A", value=amount(1), begun_on=TODAY - dt.timedelta(9))
    firm.engagement(firm.seller(), title="B", value=amount(2))
    said(first, firm.a_date())
    assert sorted(titles(seller, f"sort={column}")) == ["A", "B"]
    assert sorted(titles(seller, f"sort=-{column}")) == ["A", "B"]


def test_values_sort_as_numbers() -> None:
    seller = firm.seller()
    for title, value in (("small", 9), ("big", 1000), ("middle", 50)):
        firm.engagement(seller, title=title, value=amount(value))
    assert titles(seller, "sort=-value") == ["big", "middle", "small"]


def test_the_rule_of_what_is_backed_is_the_same_in_sql() -> None:
    """Every profile with every belief that tells the cases apart."""
    chances = (None, 0.69, 0.7, 0.79, 0.8, 0.89, 0.9, 1.0)
    for profile, chance, approved, stale in product(Profile, chances, (True, False), (True, False)):
        kept = said(firm.with_profile(firm.engagement(), profile), firm.a_date())
        believed(kept, chance, from_approved_estimate=approved, stale=stale)
    said(firm.engagement(), a_scope())
    in_sql = set(Expectation.objects.filter(not_backed()).values_list("pk", flat=True))
    rows = Expectation.objects.select_related("belief", "engagement")
    asked = {e.pk: in_force().asked(e.engagement.profile) for e in rows}
    judged = {e.pk for e in rows if not backing_of(e.kind, getattr(e, "belief", None), asked[e.pk]).backed}
    assert in_sql == judged
    assert 0 < len(judged) < rows.count()


def test_the_columns_that_are_chosen_are_shown() -> None:
    seller = firm.engagement(value=amount(5)).parts.get().member
    text = pages_of(seller).get("/engagements/?columns=profile&columns=chance").content.decode()
    heads = text[text.index("<thead>") : text.index("</thead>")]
    assert "Profile" in heads
    assert "Chance" in heads
    assert "Seller" not in heads


def test_the_sheet_holds_what_the_list_shows_and_no_formula() -> None:
    seller = firm.seller()
    firm.engagement(seller, title="=HYPERLINK(1)", value=amount(5))
    firm.engagement(title="Another")
    answer = pages_of(seller).get("/engagements/?mine=on&columns=value&csv=1")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Engagement,Client,Value"
    assert lines[1].startswith("'=HYPERLINK(1),Client ")
    assert len(lines) == 2


def test_the_list_goes_on_on_further_pages() -> None:
    seller, bond = firm.seller(), firm.relationship()
    from accord.engagements.actions import begin_engagement

    for k in range(52):
        begin_engagement(seller, bond, f"Portal {k:02}")
    page = pages_of(seller)
    assert "Portal 51" not in page.get("/engagements/").content.decode()
    second = page.get("/engagements/?page=2").content.decode()
    assert "Portal 51" in second
    assert "Portal 00" not in second


def test_a_view_is_saved_renamed_and_deleted_by_its_owner_only() -> None:
    seller, other = firm.seller(), firm.seller()
    view = save_view(seller, "engagements:engagements", "Mine", "mine=on")
    assert save_view(seller, "engagements:engagements", "Mine", "mine=on&stage=proposal").pk == view.pk
    with pytest.raises(NotAllowed):
        rename_view(other, view, "Theirs")
    with pytest.raises(NotAllowed):
        delete_view(other, view)
    save_view(seller, "engagements:engagements", "All", "")
    with pytest.raises(WrongInput):
        rename_view(seller, view, "All")
    rename_view(seller, view, "My proposals")
    assert "My proposals" in pages_of(seller).get("/engagements/").content.decode()
    assert "My proposals" not in pages_of(other).get("/engagements/").content.decode()
    delete_view(seller, view)
    assert SavedView.objects.count() == 1


def test_a_view_is_saved_from_the_page_and_shown_as_the_present_one() -> None:
    page = pages_of(firm.seller())
    page.post(
        "/engagements/views/save/?page=engagements:engagements&query=mine%3Don%26page%3D2", {"name": "M"}
    )
    assert SavedView.objects.get().query == "mine=on"
    assert 'aria-current="true">M<' in page.get("/engagements/?mine=on&search=").content.decode()


def test_a_view_of_an_unknown_page_is_not_kept() -> None:
    page = pages_of(firm.seller())
    assert page.get("/engagements/views/save/?page=https://elsewhere.example").status_code == 404


def test_a_part_is_given_in_all_or_in_none_and_each_refusal_is_told() -> None:
    seller, helper = firm.seller(), firm.member()
    mine, other = firm.engagement(seller, title="Mine"), firm.engagement(title="Theirs")
    with pytest.raises(RefusedForSome) as refused:
        give_part_in_each(seller, [mine, other], helper, Part.TEAM)
    assert [engagement for engagement, _ in refused.value.refused] == [other]
    assert not TakenPart.objects.filter(member=helper).exists()
    give_part_in_each(seller, [mine], helper, Part.TEAM)
    assert TakenPart.objects.filter(member=helper).count() == 1


def test_the_page_tells_each_refusal_beside_its_engagement() -> None:
    seller = firm.seller()
    ids = [firm.engagement(seller, title="Mine").pk, firm.engagement(title="Theirs").pk]
    address = f"/engagements/together/next-step/?id={ids[0]}&id={ids[1]}"
    answer = pages_of(seller).post(address, {"on": TODAY, "step": ""})
    assert answer.status_code == 409
    assert "<b>Theirs</b>: You are neither" in answer.content.decode()
    assert not Engagement.objects.exclude(next_step_on=None).exists()


@pytest.mark.parametrize("number", ["9" * 25, str(2**63), "9" * 5000, "\u0663"])
@pytest.mark.parametrize("page", ["part", "next-step"])
def test_a_number_that_no_engagement_has_chooses_none(page: str, number: str) -> None:
    client = pages_of(firm.seller())
    address = f"/engagements/together/{page}/?id={number}"
    assert client.get(address).context["chosen"] == []
    assert client.post(address, {"step": "Call", "part": "team"}).context["chosen"] == []


def test_a_day_for_several_keeps_the_words_of_each() -> None:
    seller = firm.seller()
    one, two = firm.engagement(seller, title="One"), firm.engagement(seller, title="Two")
    plan_next_step(seller, one, "Call", None)
    plan_next_step_of_each(seller, [one, two], "", TODAY)
    assert set(Engagement.objects.values_list("next_step", "next_step_on")) == {("Call", TODAY), ("", TODAY)}
    with pytest.raises(WrongInput):
        plan_next_step_of_each(seller, [one], " ", None)


def test_the_board_shows_the_next_steps_of_a_stage_and_counts_and_sums_the_rest(
    monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(listing, "CARDS", 2)
    seller = firm.seller()
    for k in range(4):
        made = firm.engagement(seller, title=f"Job {k}", value=amount(100))
        plan_next_step(seller, made, "Call", TODAY + dt.timedelta(9 - k))
    column = listing.board(seller, listing.Filter())[0]
    assert [row.engagement.title for row in column.rows] == ["Job 3", "Job 2"]
    assert (column.count, column.more, column.totals) == (4, 2, [("EUR", amount(400), amount(40))])
    browser = pages_of(seller)
    with django_assert_max_num_queries(12):
        text = browser.get("/engagements/board/?search=job").content.decode()
    assert "and 2 more" in text
    assert "/engagements/?search=job&amp;stage=first_talk" in text


def test_the_board_sums_each_stage_and_shows_the_chance_that_a_date_is_kept() -> None:
    seller = firm.seller()
    engagement = firm.engagement(seller, value=amount(1000))
    firm.engagement(seller, title="Two", value=amount(500))
    believed(said(engagement, firm.a_date()), 0.63)
    columns = listing.board(seller, listing.Filter())
    assert columns[0].totals == [("EUR", amount(1500), amount(150))]
    text = pages_of(seller).get("/engagements/board/").content.decode()
    assert 'said-red">63\u202f%' in text
    assert "not backed" in text


def test_the_age_counts_from_the_last_thing_that_happened() -> None:
    engagement = firm.engagement(begun_on=TODAY - dt.timedelta(30))
    seller = engagement.parts.get().member
    (row,) = [row_of(e) for e in listing.engagements(seller, listing.Filter())]
    assert row.age == 30
    said(engagement, Said(Expectation.Kind.SCOPE, "Reports", TODAY - dt.timedelta(4)))
    (row,) = [row_of(e) for e in listing.engagements(seller, listing.Filter())]
    assert row.age == 4


def test_the_desk_tells_what_is_due_and_what_is_not_backed_to_those_who_lead() -> None:
    seller = firm.seller()
    engagement = firm.engagement(seller)
    plan_next_step(seller, engagement, "Call them", TODAY)
    believed(said(engagement, firm.a_date()), 0.63)
    due, unbacked = waiting_for(seller)
    assert (due.group, due.what, due.until) == (Group.ANSWER, "Call them", TODAY)
    assert unbacked.group == Group.LOOK
    assert "the policy asks 80" in unbacked.what
    assert unbacked.why == "You are its seller."
    assert [line.why for line in waiting_for(engagement.relationship.owner)] == [
        "You own the relationship."
    ] * 2
    assert waiting_for(firm.seller()) == []


def test_what_is_backed_ended_or_not_yet_due_does_not_wait() -> None:
    seller = firm.seller()
    engagement = firm.engagement(seller)
    believed(said(engagement, firm.a_date()), 0.8)
    plan_next_step(seller, engagement, "Call them", TODAY + dt.timedelta(1))
    ended = firm.engagement(seller)
    said(ended, firm.a_date())
    end_engagement(seller, ended, Outcome.LOST, "Too dear.")
    assert waiting_for(seller) == []


def test_an_empty_desk_says_so() -> None:
    text = (
        pages_of(firm.seller()).get("/desk/3/").content.decode()
    )  # the last part, when none was found before
    assert "Nothing waits for you" in text
    assert "Checked at" in text


def test_a_confidential_engagement_shows_nowhere_to_others() -> None:
    engagement = firm.engagement(title="Secret merger", value=amount(77_777), confidential=True)
    said(engagement, firm.a_date())
    page = pages_of(firm.member(AccessRole.SELLER))
    client = engagement.relationship
    for address in (
        "/",
        "/engagements/",
        "/engagements/?outcome=all&confidential=on",
        "/engagements/?csv=1",
        "/engagements/board/",
        "/palette/?q=secret",
        "/relationships/",
        f"/relationships/{client.pk}/",
        "/desk/count/",
        f"/engagements/together/part/?id={engagement.pk}",
    ):
        text = page.get(address).content.decode()
        assert "merger" not in text.replace("Nothing is called “secret”", ""), address
        assert "77\u202f777" not in text, address
    assert "none running" in page.get("/relationships/").content.decode()
