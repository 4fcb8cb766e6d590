"""The review's room and its forms, as people use them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accord.contracts.models import Answer, Choice, Condition, Question, Review, Vote
from accord.contracts.reviewing.actions import ask_question, call_review
from accord.engagements.actions import change_engagement
from accord.engagements.models import Override, Profile
from accord.engagements.policies.content import Seat
from accord.ledger import chain
from accord.people.models import AccessRole, Member
from accord.proposals.actions import save_proposal
from tests import firm
from tests.contracts.builders import all_vote, called, condition, now, people, seat_of, sitting, vote
from tests.engagements.test_policies import asks, put
from tests.planning import check_builders as planned
from tests.proposals import builders as proposals
from tests.proposals.builders import says, seller

pytestmark = pytest.mark.django_db
MOST = 12


@pytest.fixture
def at(client: Client) -> Any:
    def go(member: Member) -> Client:
        client.force_login(member, backend="accord.people.backends.Backend")
        return client

    return go


def page_of(client: Client, review: Review) -> str:
    answer = client.get(f"/reviews/{review.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_tab_leads_from_nothing_to_a_review(at: Any) -> None:
    of = proposals.engagement()
    client = at(seller(of))
    assert "First there is a version" in client.get(f"/reviews/of/{of.pk}/").content.decode()
    proposals.checked(of)
    proposals.proposal(of)
    assert "Call a review of proposal, version 1" in client.get(f"/reviews/of/{of.pk}/").content.decode()
    assert (
        "these seats must vote: sales, project"
        in client.get(f"/reviews/of/{of.pk}/call/proposal/").content.decode()
    )
    due = Review.objects.count()
    page = client.post(f"/reviews/of/{of.pk}/call/proposal/", {"due_on": "2020-01-01"})
    assert (page.status_code, Review.objects.count()) == (422, due)
    import datetime as dt

    day = (dt.date.today() + dt.timedelta(4)).isoformat()
    shown = client.post(f"/reviews/of/{of.pk}/call/proposal/", {"due_on": day}, follow=True).content.decode()
    assert "Will we sign?" in shown
    assert "0 of 4 have voted." in shown
    assert client.get(f"/reviews/of/{of.pk}/call/bid/").status_code == 404
    assert client.get(f"/reviews/of/{of.pk}/call/nonsense/").status_code == 404


def test_a_vote_is_cast_in_the_room_and_only_then_others_votes_are_seen(at: Any) -> None:
    review = called()
    who = sitting(review)
    vote(who.lead, review, Choice.REWORK, "The dates do not fit.")
    client = at(who.pm)
    before = page_of(client, review)
    assert "has voted" in before
    assert "do not fit" not in before
    assert "do not fit" not in client.get(f"/engagements/{review.engagement_id}/history/").content.decode()
    address = f"/reviews/seats/{seat_of(who.pm, review).pk}/vote/"
    answer = client.post(address, {"choice": "sign", "because": "", "seen": review.evidence_digest})
    assert answer.status_code == 422
    assert "My vote" in answer.content.decode()
    sent = {"choice": "sign", "because": "Possible.", "seen": review.evidence_digest, "form-key": "k1"}
    for _ in range(2):  # the browser sends it twice
        after = client.post(address, sent, follow=True).content.decode()
    assert Vote.objects.count() == 2
    assert "do not fit" in after
    for other in (who.finance, firm.member(AccessRole.EXECUTIVE), firm.member(AccessRole.AUDITOR)):
        assert "do not fit" not in page_of(at(other), review)
        assert b"do not fit" not in at(other).get(f"/engagements/{review.engagement_id}/history/").content
    for member in (who.seller, who.finance):
        vote(member, review)
    assert "do not fit" in page_of(at(firm.member(AccessRole.AUDITOR)), review)


def test_a_page_that_shows_an_older_version_does_not_vote(at: Any) -> None:
    review = called()
    who = sitting(review)
    seen = review.evidence_digest
    save_proposal(who.seller, now(review.proposal), says(price=39_000), now(review.proposal).revision)
    client = at(who.pm)
    address = f"/reviews/seats/{seat_of(who.pm, review).pk}/vote/"
    answer = client.post(address, {"choice": "sign", "because": "Yes.", "seen": seen})
    assert answer.status_code == 409
    assert "was changed by" in answer.content.decode()
    assert not Vote.objects.exists()
    shown = page_of(client, review)
    assert "The votes are void" in shown
    assert 'id="vote"' not in shown


def test_seats_are_taken_given_and_left_by_their_buttons(at: Any) -> None:
    review = called()
    who = people(review.engagement)
    at(who.lead).post(f"/reviews/{review.pk}/take/delivery/")
    assert seat_of(who.lead, review).seat == Seat.DELIVERY
    client = at(who.seller)
    assert client.post(f"/reviews/{review.pk}/take/project/").status_code == 409  # the seller
    listed = client.get(f"/reviews/{review.pk}/seat/project/").content.decode()
    assert str(who.pm) in listed
    assert str(who.lead) not in listed
    answer = client.post(f"/reviews/{review.pk}/seat/project/", {"member": who.seller.pk})
    assert answer.status_code == 422
    client.post(f"/reviews/{review.pk}/seat/project/", {"member": who.pm.pk})
    other = firm.member(AccessRole.PROJECT_MANAGER)
    seat = seat_of(who.pm, review)
    at(who.pm).post(f"/reviews/seats/{seat.pk}/stand-in/", {"member": other.pk})
    assert f"for {who.pm}" in page_of(at(other), review)
    assert at(who.pm).post(f"/reviews/seats/{seat.pk}/leave/").status_code == 403
    at(other).post(f"/reviews/seats/{seat.pk}/leave/")
    assert review.seats.count() == 1
    assert at(other).post(f"/reviews/{review.pk}/take/nonsense/").status_code == 404


def test_questions_and_conditions_through_their_forms(at: Any) -> None:
    review = called()
    who = sitting(review)
    at(who.lead).post(f"/reviews/{review.pk}/ask/", {"text": "Who tests?", "of": who.pm.pk})
    question = Question.objects.get()
    at(who.pm).post(f"/reviews/questions/{question.pk}/answer/", {"text": "We do."})
    assert Answer.objects.get().text == "We do."
    address = f"/reviews/seats/{seat_of(who.lead, review).pk}/condition/"
    sent = {"text": "Test data", "blocks": "sign", "owner": who.pm.pk}
    assert at(who.lead).post(address, sent | {"due_on": "0001-01-01"}).status_code == 422
    at(who.lead).post(address, sent)
    raised = Condition.objects.get()
    confirm = f"/reviews/conditions/{raised.pk}/confirm/"
    assert at(who.pm).post(confirm, {"how": "I did it."}).status_code == 403
    assert at(who.lead).post(confirm, {"how": ""}).status_code == 422
    at(who.lead).post(confirm, {"how": "I saw it."})
    assert now(raised).confirmed_by == who.lead
    shown = page_of(at(who.seller), review)
    assert "We do." in shown
    assert "I saw it." in shown


def test_an_override_stays_visible_in_the_room(at: Any) -> None:
    review = called()
    who = sitting(review)
    all_vote(review, who, lead=Choice.DECLINE)
    boss = firm.member(AccessRole.EXECUTIVE)
    assert "Override it" not in page_of(at(who.seller), review)
    assert at(who.seller).post(f"/reviews/{review.pk}/override/", {"because": "Now."}).status_code == 403
    assert "Override it" in page_of(at(boss), review)
    assert at(boss).post(f"/reviews/{review.pk}/override/", {"because": " "}).status_code == 422
    at(boss).post(f"/reviews/{review.pk}/override/", {"because": "The board promised it."})
    kept = Override.objects.get()
    assert (kept.about, "decline" in kept.facts) == (review.about, True)
    assert f"Overridden by {boss}: The board promised it." in page_of(at(who.lead), review)
    assert chain.verify().holds


def test_time_is_given_and_a_review_called_off_by_forms(at: Any) -> None:
    review = called()
    client = at(review.called_by)
    later = review.due_on.replace(year=review.due_on.year).isoformat()
    assert client.post(f"/reviews/{review.pk}/extend/", {"due_on": later, "because": "x"}).status_code == 422
    client.post(f"/reviews/{review.pk}/renew/")
    client.post(f"/reviews/{review.pk}/call-off/", {"because": "The client waits."})
    assert now(review).state == Review.State.VOID
    assert "called it off" in page_of(client, review)


def test_the_room_says_that_the_review_keeps_its_policy(at: Any) -> None:
    review = called()
    put(asks("0.9"))
    firm.with_profile(now(review.engagement), Profile.LIGHT)
    shown = page_of(at(review.called_by), review)
    assert "This review keeps it; version 1 holds now." in shown
    assert "the review keeps the one it began with" in shown


def test_a_decision_to_bid_has_its_own_words(at: Any) -> None:
    of = firm.with_profile(proposals.engagement(), Profile.HEAVY)
    client = at(seller(of))
    assert "Decide whether to bid" in client.get(f"/reviews/of/{of.pk}/").content.decode()
    review = call_review(seller(of), now(of), Review.Kind.BID)
    who = people(of)
    from accord.contracts.reviewing.actions import take_seat

    take_seat(who.lead, review, Seat.DELIVERY)
    shown = page_of(at(who.lead), review)
    assert "Do we bid?" in shown
    assert "no bid" in shown


def test_a_confidential_review_is_seen_by_who_has_a_part(at: Any) -> None:
    review = called()
    of = review.engagement
    change_engagement(review.called_by, now(of), of.title, of.value, 10, True)
    question = ask_question(review.called_by, review, "Who?")
    client = at(firm.member(AccessRole.FINANCE))
    for path in (
        f"{review.pk}/",
        f"{review.pk}/minutes/",
        f"questions/{question.pk}/answer/",
        f"of/{of.pk}/",
    ):
        assert client.get(f"/reviews/{path}").status_code == 403


def test_the_minutes_show_no_more_than_the_room(at: Any) -> None:
    from accord.contracts.reviewing.minutes import _data
    from accord.contracts.reviewing.queries import room

    review = called()
    who = sitting(review)
    condition(who.lead, review, who.seller)
    vote(who.lead, review, Choice.CONDITIONS, "Only with the data.")
    answer = at(who.pm).get(f"/reviews/{review.pk}/minutes/")
    assert answer.content.startswith(b"%PDF")
    told = _data(room(now(review), who.pm))
    assert "Only with the data." not in str(told)
    assert "Only with the data." in str(_data(room(now(review), who.lead)))
    assert told["about"] == review.about


def test_pages_of_a_review_ask_few_queries_however_much_is_in_it(at: Any) -> None:
    review = called()
    who = sitting(review)
    client = at(who.pm)
    page_of(client, review)
    few = _queries(client, review)
    for k in range(4):
        ask_question(who.lead, review, f"Question {k}")
        condition(who.lead, review, who.seller)
    vote(who.lead, review)
    vote(who.seller, review)
    many = _queries(client, review)
    assert many <= MOST
    assert many <= few + 1  # answers are asked for once there are questions


def _queries(client: Client, review: Review) -> int:
    with CaptureQueriesContext(connection) as queries:
        page_of(client, review)
    return len(queries)


def test_what_waits_is_on_the_desk_with_its_reason(at: Any) -> None:
    review = called()
    who = people(review.engagement)
    assert "A seat is free in the review of proposal, version 1: delivery." in _desk(at(who.lead))
    assert "A seat is free" not in _desk(at(firm.member(AccessRole.SELLER)))
    sitting(review, who)
    assert "Vote on proposal, version 1." in _desk(at(who.lead))
    ask_question(who.lead, review, "Who brings the data?")
    raised = condition(who.lead, review, who.pm)
    vote(who.lead, review)
    assert "Vote on" not in _desk(at(who.lead))
    assert "Who brings the data?" in _desk(at(who.seller))
    assert "See to it: The test data is there." in _desk(at(who.pm))
    assert "Confirm, once you have seen it" in _desk(at(who.lead))
    assert f"/reviews/conditions/{raised.pk}/confirm/" in _desk(at(who.lead))
    save_proposal(who.seller, now(review.proposal), says(price=39_000), now(review.proposal).revision)
    for member in (who.lead, who.finance):
        desk = _desk(at(member))
        assert "The votes are void: Proposal, version 1 was changed by" in desk
        assert "Vote on" not in desk
    called(now(review.proposal))
    assert "votes are void" not in _desk(at(who.finance))


def test_what_was_not_decided_in_time_is_on_the_authoritys_desk(at: Any) -> None:
    from tests.contracts.test_deadlines import late

    review = called()
    boss = firm.member(AccessRole.EXECUTIVE)
    assert "did not decide in time" not in _desk(at(boss))
    late(review)
    assert "did not decide in time" in _desk(at(boss))
    assert "did not decide in time" not in _desk(at(firm.member(AccessRole.FINANCE)))


def test_the_desk_asks_few_queries(at: Any) -> None:
    review = called()
    who = sitting(review)
    client = at(who.lead)
    _desk(client)
    with CaptureQueriesContext(connection) as queries:
        _desk(client)
    assert len(queries) <= 12


def _desk(client: Client) -> str:
    """The part of the desk in which reviews wait."""
    return client.get("/desk/3/").content.decode().replace("&#x27;", "'")


def test_what_became_known_is_shown_after_renewing(at: Any) -> None:
    review = called()
    planned.told_date(now(review.engagement), 1)
    at(review.called_by).post(f"/reviews/{review.pk}/renew/")
    assert len(now(review).evidence["beside"]) == 1
    assert now(review).evidence_digest != review.evidence_digest
