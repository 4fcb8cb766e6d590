"""Pages that cross rooms: the palette, queries per page, and hostile text in every field."""

from __future__ import annotations

import pytest

from accord.engagements.actions import begin_engagement, plan_next_step, restate_expectation
from accord.people.models import Member
from accord.relationships.actions import add_contact, begin_relationship, judge_health, record_interaction
from accord.web.history import past
from accord.web.palette import marked, palette, rank
from tests import firm
from tests.engagements.builders import TODAY, a_scope, believed, pages_of, queries_of, said

pytestmark = pytest.mark.django_db


def labels(member: Member, asked: str) -> list[str]:
    return ["".join(piece for piece, _ in line.pieces) for line in palette(member, asked)]


def test_the_palette_finds_engagements_clients_contacts_people_pages_and_actions() -> None:
    seller = firm.seller()
    bond = begin_relationship(firm.member(*["relationship_manager"]), "Harbour Authority", seller)  # type: ignore[arg-type]
    begin_engagement(seller, bond, "Harbour plan")
    add_contact(seller, bond, "Hanna Harbour")
    firm.member(name="Henry Harbour")
    found = labels(seller, "harbour")
    assert found[:2] == ["Harbour plan · Harbour Authority", "Harbour Authority"]
    assert set(found[2:]) == {"Hanna Harbour · Harbour Authority", "Henry Harbour"}
    assert labels(seller, "begin")[0] == "Begin an engagement"
    assert "Pipeline board" in labels(seller, "kanban")
    assert "Record what was said" in labels(seller, "")


def test_the_best_fit_comes_first() -> None:
    labels = ["airport", "the port", "portal", "port"]
    assert sorted(labels, key=lambda label: rank(label, ["port"])) == labels[::-1]
    assert rank("Plan · Port", ["port"]) > rank("The port · Plan", ["port"])


def test_what_was_typed_is_marked_whatever_it_holds() -> None:
    assert marked("A+b (c)", ["+b", "(c"]) == [
        ("A", False),
        ("+b", True),
        (" ", False),
        ("(c", True),
        (")", False),
    ]


def test_an_empty_answer_says_what_is_searched() -> None:
    assert "Nothing is called “zzz”" in pages_of(firm.seller()).get("/palette/?q=zzz").content.decode()


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("engagements.record_expectation", "recorded expectation"),
        ("engagements.give_part", "gave part"),
        ("relationships.judge_health", "judged health"),
        ("engagements.withdraw_expectation", "withdrew expectation"),
    ],
)
def test_deeds_are_told_in_the_past(action: str, told: str) -> None:
    assert past(action) == told


def a_firm_of(seller: Member, rows: int) -> dict[str, int]:
    """So many of everything that the pages list."""
    for _ in range(rows):
        bond = firm.relationship(owner=seller)
        contact = add_contact(seller, bond, "Per Holm")
        begin_engagement(seller, bond, "Portal")
    for _ in range(rows):
        record_interaction(seller, bond, "call", TODAY, "Hello", [contact])
        engagement = begin_engagement(seller, bond, "Portal")
        plan_next_step(seller, engagement, "Call", TODAY)
        believed(said(engagement, firm.a_date()), 0.3)
    for _ in range(rows):
        kept = said(engagement, firm.a_date())
        said(engagement, a_scope())
        kept = restate_expectation(seller, kept, firm.a_date(70))
    return {"bond": bond.pk, "contact": contact.pk, "engagement": engagement.pk, "kept": kept.pk}


PAGES = (
    "/",
    "/desk/2/",
    "/desk/3/",
    "/desk/count/",
    "/desk/count/?part=3&before=2",
    "/palette/?q=o",
    "/relationships/",
    "/relationships/{bond}/",
    "/relationships/contacts/{contact}/",
    "/relationships/{bond}/record/",
    "/engagements/",
    "/engagements/?sort=-said&columns=owner&columns=said&columns=seller&columns=quiet",
    "/engagements/?csv=1",
    "/engagements/board/",
    "/engagements/record/",
    "/engagements/choices/?q=portal",
    "/engagements/{engagement}/said/",
    "/engagements/{engagement}/said/record/",
    "/engagements/{engagement}/history/",
    "/engagements/expectations/{kept}/",
)


def test_no_page_takes_more_queries_for_more_rows_and_none_more_than_12(settings) -> None:  # type: ignore[no-untyped-def]
    settings.USERSESSIONS_TRACK_ACTIVITY = False  # that is written now and then, not for what a page shows
    seller = firm.seller()
    ids = a_firm_of(seller, 3)
    few = {page: queries_of(seller, page.format(**ids)) for page in PAGES}
    ids = a_firm_of(seller, 27)
    many = {page: queries_of(seller, page.format(**ids)) for page in PAGES}
    assert many == few
    assert {page: count for page, count in many.items() if count > 12} == {}


PARTS = (  # of pages
    "/desk/2/",
    "/desk/3/",
    "/desk/count/",
    "/desk/count/?part=3&before=2",
    "/palette/?q=o",
    "/engagements/?csv=1",
    "/engagements/choices/?q=portal",
)
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7|add:7 }}{% now %}",
    "W" * 120,
    "\u202eright to left \u0645\u0631\u062d\u0628\u0627",
)


def hostile_world(text: str) -> tuple[Member, list[str]]:
    """A firm with this text in every field of these rooms, and the pages that show it."""
    seller = firm.member("seller", "relationship_manager", name=text)  # type: ignore[arg-type]
    bond = begin_relationship(seller, text, seller, industry=text[:100])
    judge_health(seller, bond, "strained", text)
    contact = add_contact(seller, bond, text, text, phone=text[:40])
    record_interaction(seller, bond, "call", TODAY, text, [contact])
    engagement = begin_engagement(seller, bond, text)
    plan_next_step(seller, engagement, text, TODAY)
    from accord.engagements.actions import Said

    kept = said(engagement, Said("time", text, TODAY, date=TODAY, words=text, contact=contact))
    believed(said(engagement, a_scope(text)), None, covered_by=text)
    ids = {"bond": bond.pk, "contact": contact.pk, "engagement": engagement.pk, "kept": kept.pk}
    shown = [page.format(**ids) for page in PAGES if "csv" not in page]
    return seller, [*shown, f"/engagements/{engagement.pk}/", f"/engagements/{engagement.pk}/change/"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_text(text: str) -> None:
    seller, pages = hostile_world(text)
    client = pages_of(seller)
    for address in pages:
        body = client.get(address).content.decode()
        assert "<script>alert" not in body, address
        assert "<img src=x" not in body, address
        assert "14{%" not in body, address
