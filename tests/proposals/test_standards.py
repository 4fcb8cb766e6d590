"""Standard clauses and rate cards: who keeps them, and how a proposal stands beside them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.people.actions import add_role
from accord.people.models import AccessRole
from accord.proposals.actions import begin_proposal, new_version, save_proposal
from accord.proposals.clauses import departures
from accord.proposals.content import ClauseText, PriceKind, PriceLine
from accord.proposals.models import Clause, Proposal, RateCard, State
from accord.proposals.rates import beside_cards, lines_for
from accord.proposals.standards import Card, ClauseWords, retire_clause, write_clause, write_rate_card
from accord.relationships.actions import change_client
from tests import firm
from tests.planning import check_builders as planned
from tests.proposals.builders import engagement, now, proposal, says, seller
from tests.proposals.test_pages import sent_form

pytestmark = pytest.mark.django_db
TODAY = dt.date.today()


def clause(title: str = "Changes", **about: object) -> Clause:
    words = {"text": "In writing.", "language": "en", "profiles": ["standard"], "mandatory": True} | about
    return write_clause(firm.member(AccessRole.LEGAL), Clause(), ClauseWords(title=title, **words))  # type: ignore[arg-type]


def anew(old: Clause, **about: object) -> Clause:
    words = {name: getattr(old, name) for name in ("title", "text", "language", "profiles", "mandatory")}
    return write_clause(firm.member(AccessRole.LEGAL), old, ClauseWords(**words | about))  # type: ignore[arg-type]


def told(row: Proposal) -> dict[str, str]:
    return {d.title: d.state for d in departures(row.says, row.engagement)}


def test_a_draft_begins_with_the_mandatory_clauses_of_its_profile_in_the_clients_language() -> None:
    wanted = clause()
    clause("Offered", mandatory=False)
    clause("Heavy only", profiles=["heavy"])
    clause("Änderungen", language="de")
    of = engagement()
    draft = begin_proposal(seller(of), of)
    assert draft.says.clauses == (ClauseText(title="Changes", text="In writing.", clause=wanted.pk),)
    assert told(draft) == {}


def test_a_client_who_reads_german_gets_german_clauses_and_words() -> None:
    clause()
    clause("Änderungen", language="de")
    of = engagement()
    bond = of.relationship
    change_client(bond.owner, bond, bond.client.name, bond.client.kind, language="de")
    draft = begin_proposal(seller(of), of)
    assert [text.title for text in draft.says.clauses] == ["Änderungen"]
    assert draft.says.payments[0].name == "Bei der Abnahme"


def test_a_language_without_clauses_is_told_instead_of_leaving_them_out_silently() -> None:
    clause()
    of = engagement()
    bond = of.relationship
    change_client(bond.owner, bond, bond.client.name, bond.client.kind, language="fr")
    (found,) = departures(begin_proposal(seller(of), of).says, of)
    assert "None is kept in Français" in found.told


def test_a_text_keeps_its_words_when_the_standard_changes_and_the_page_says_so() -> None:
    of, first = engagement(), clause()
    draft = begin_proposal(seller(of), of)
    second = anew(first, text="By mail is enough.")
    third = anew(second, text="By mail or letter.")
    assert now(draft).says.clauses[0].text == "In writing."
    assert told(now(draft)) == {"Changes": "older"}
    retire_clause(firm.member(AccessRole.LEGAL), third)
    assert told(now(draft)) == {"Changes": "older"}


def test_what_is_missing_or_was_changed_by_hand_is_told() -> None:
    first, of = clause(), engagement()
    clause("Liability")
    own = ClauseText(title="Changes", text="Never.", clause=first.pk)
    draft = proposal(of, says(clauses=(own,)))
    assert told(draft) == {"Liability": "missing", "Changes": "changed"}


def test_a_retired_clause_begins_no_draft_and_stays_where_it_is() -> None:
    of, first = engagement(), clause()
    draft = begin_proposal(seller(of), of)
    retire_clause(firm.member(AccessRole.LEGAL), first)
    assert told(now(draft)) == {"Changes": "retired"}
    other = engagement()
    assert begin_proposal(seller(other), other).says.clauses == ()


def test_a_clause_whose_words_were_replaced_is_not_written_anew_from_a_stale_page() -> None:
    first = clause()
    anew(first, text="By mail is enough.")
    with pytest.raises(Refused, match="replaced or retired"):
        anew(first, title="Other changes")
    with pytest.raises(Refused, match="replaced or retired"):
        retire_clause(firm.administrator(), first)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("title", {"title": " "}), ("text", {"text": ""}), ("text", {"text": "x" * 4001}),
     ("language", {"language": "xx"}), ("profiles", {"profiles": []}), ("title", {"title": "Changes"})],
)  # fmt: skip
def test_what_is_no_clause_is_not_kept(field: str, wrong: dict[str, object]) -> None:
    clause()
    with pytest.raises(WrongInput) as refused:
        clause(**{"title": "Another"} | wrong)  # type: ignore[arg-type]
    assert set(refused.value.messages) == {field}


def test_a_seller_keeps_neither_clauses_nor_cards() -> None:
    by = firm.seller()
    with pytest.raises(NotAllowed):
        write_clause(by, Clause(), ClauseWords("x", "x", "en", ["light"]))
    with pytest.raises(NotAllowed):
        write_rate_card(by, RateCard(), Card("x", "EUR", TODAY, None, {}))


# Rate cards


def card(name: str = "Standard", rate: int = 120, **about: object) -> RateCard:
    role = add_role(firm.administrator(), f"Developer of {name}")
    words = {"currency": "eur", "valid_from": TODAY, "valid_until": None} | about
    rates = {role.pk: Decimal(rate)}
    return write_rate_card(firm.member(AccessRole.FINANCE), RateCard(), Card(name, **words, rates=rates))  # type: ignore[arg-type]


def offered(currency: str = "EUR") -> set[str]:
    return {str(line.card) for line in lines_for((), currency, TODAY)}


def test_a_card_is_offered_while_it_is_valid_and_in_its_currency() -> None:
    day = dt.timedelta(1)
    card("Now", valid_until=TODAY)
    card("Over", valid_from=TODAY - 9 * day, valid_until=TODAY - day)
    card("To come", valid_from=TODAY + day)
    card("Pounds", currency="GBP")
    assert offered() == {"Now"}
    assert offered("GBP") == {"Pounds"}


@pytest.mark.parametrize(
    ("rate", "kind", "below"),
    [("120", PriceKind.TIME, None), ("90", PriceKind.TIME, 0.25), ("90", PriceKind.RETAINER, 0.25),
     ("150", PriceKind.TIME, None), ("90", PriceKind.FIXED, None)],
)  # fmt: skip
def test_a_rate_below_its_card_is_shown_as_such(rate: str, kind: PriceKind, below: float | None) -> None:
    line = card().lines.get()
    (found,) = beside_cards([PriceLine(kind=kind, name="Support", rate=Decimal(rate), card=line.pk)])
    assert found.below == (below if below is None else pytest.approx(below))


def test_a_text_keeps_its_rate_when_the_card_changes() -> None:
    made = card()
    line = made.lines.get()
    price = PriceLine(kind=PriceKind.TIME, name="Support", rate=Decimal(120), card=line.pk)
    draft = proposal(content=says(prices=(price,)))
    words = Card("Standard", "EUR", TODAY, None, {line.role_id: Decimal(160)})
    write_rate_card(firm.member(AccessRole.FINANCE), made, words)
    assert now(draft).says.prices[0].rate == 120
    assert beside_cards(now(draft).says.prices)[0].below == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("name", {"name": " "}), ("name", {"name": "standard"}), ("currency", {"currency": "€"}),
     ("valid_until", {"valid_until": TODAY - dt.timedelta(1)}), ("rates", {"rate": 0}),
     ("valid_from", {"valid_from": dt.date(1066, 1, 1)})],
)  # fmt: skip
def test_what_is_no_card_is_not_kept(field: str, wrong: dict[str, object]) -> None:
    card()
    with pytest.raises(WrongInput) as refused:
        card(**{"name": "Another"} | wrong)  # type: ignore[arg-type]
    assert set(refused.value.messages) == {field}


# Numbers


def test_each_offer_has_the_next_number_of_the_year_in_all_its_versions() -> None:
    first, second = proposal(), proposal()
    year = TODAY.year
    assert [first.number, second.number] == [f"P-{year}-001", f"P-{year}-002"]
    draft = save_proposal(seller(first.engagement), first, says(price=1), first.revision)
    assert draft.number == f"P-{year}-001"
    with pytest.raises(Refused):
        new_version(seller(first.engagement), draft)  # refused, it takes no number
    assert proposal().number == f"P-{year}-003"


def test_a_number_never_changes() -> None:
    from django.db import DatabaseError, connection

    proposal()
    with pytest.raises(DatabaseError, match="never changes"), connection.cursor() as cursor:
        cursor.execute("UPDATE proposals_offernumber SET serial = 7")


def test_a_new_version_does_not_hold_until_a_day_that_is_over() -> None:
    over = TODAY - dt.timedelta(1)
    draft = proposal(content=says(valid_until=over))
    planned.saved(None, _sent(draft))
    assert new_version(seller(draft.engagement), now(draft)).says.valid_until is None


def _sent(draft: Proposal) -> Proposal:
    draft.state, draft.digest = State.SENT, "x"
    return draft


def test_a_line_of_a_card_fills_in_what_is_empty_and_a_fixed_price_is_of_no_card(client: Client) -> None:
    line = card().lines.get()
    draft = proposal()
    client.force_login(seller(draft.engagement), backend="accord.people.backends.Backend")
    taken = {"prices-1-card": str(line.pk), "prices-1-quantity": "10", "prices-0-card": str(line.pk)}
    client.post(f"/proposals/{draft.pk}/change/", sent_form(draft, **taken))
    fixed, by_the_hour = now(draft).says.prices
    assert (fixed.kind, fixed.card, fixed.rate) == (PriceKind.FIXED, None, 40_000)
    assert (by_the_hour.kind, by_the_hour.card) == (PriceKind.TIME, line.pk)
    assert (by_the_hour.name, by_the_hour.amount) == (line.role.name, 1_200)


def test_what_is_paid_by_the_hour_or_month_is_asked_how_many(client: Client) -> None:
    line = card().lines.get()
    draft = proposal()
    client.force_login(seller(draft.engagement), backend="accord.people.backends.Backend")
    answer = client.post(
        f"/proposals/{draft.pk}/change/", sent_form(draft, **{"prices-1-card": str(line.pk)})
    )
    assert answer.status_code == 422
    assert "Say how many" in answer.content.decode()
    assert len(now(draft).says.prices) == 1


def test_a_line_of_a_card_that_is_not_offered_is_told_and_not_taken(client: Client) -> None:
    card()
    line = card("Pounds", currency="GBP").lines.get()
    draft = proposal()
    client.force_login(seller(draft.engagement), backend="accord.people.backends.Backend")
    for typed in (str(line.pk), "nonsense"):
        answer = client.post(f"/proposals/{draft.pk}/change/", sent_form(draft, **{"prices-0-card": typed}))
        assert answer.status_code == 422
    assert now(draft).says.prices[0].card is None


def test_a_clause_comes_through_the_form_word_for_word_and_an_offered_one_is_added(client: Client) -> None:
    clause(text="First.\n\nSecond.")
    more = clause("Personal data", mandatory=False)
    of = engagement()
    draft = begin_proposal(seller(of), of)
    client.force_login(seller(of), backend="accord.people.backends.Backend")
    data = sent_form(draft) | {"clauses-0-text": "First.\r\n\r\nSecond.", "add_clauses": [more.pk]}
    client.post(f"/proposals/{draft.pk}/change/", data)
    assert [text.clause for text in now(draft).says.clauses] == [
        *(c.clause for c in draft.says.clauses),
        more.pk,
    ]
    assert told(now(draft)) == {}


def test_who_reads_no_rate_cards_is_not_led_to_them(client: Client) -> None:
    client.force_login(firm.member(AccessRole.MEMBER), backend="accord.people.backends.Backend")
    assert "/proposals/rate-cards/" not in client.get("/proposals/clauses/").content.decode()
    assert client.get("/proposals/rate-cards/").status_code == 403
    for page in ("clauses/new/", "rate-cards/new/"):
        assert client.get(f"/proposals/{page}").status_code == 403
