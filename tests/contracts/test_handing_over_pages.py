"""Pages of hand-overs: the letter, the desk, the PDF, and who sees what."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from accord.contracts.handing_over.actions import change_hand_over
from accord.contracts.handing_over.content import Words
from accord.contracts.models import Choice, Condition, HandOver, Review
from accord.engagements.actions import restate_expectation, withdraw_expectation
from accord.engagements.desk import waiting_for
from accord.engagements.models import Engagement, Part
from accord.engagements.policies.in_force import in_force
from accord.estimating.models import Assumption
from accord.people.models import AccessRole
from accord.planning.checking.actions import ask_for_check
from accord.relationships.actions import add_contact, record_interaction
from accord.relationships.models import Contact, Interaction
from tests import firm
from tests.contracts.handing_over_builders import (
    WHY,
    accept,
    engagement,
    manager,
    now,
    offer,
    offered,
    seller,
    sent_back,
    with_part,
    written,
)
from tests.engagements.builders import pages_of, queries_of
from tests.planning import check_builders as planned

pytestmark = pytest.mark.django_db
TODAY = dt.date.today()


def text_of(hand_over: HandOver) -> str:
    return str(hand_over.content)


def section(hand_over: HandOver, key: str) -> str:
    return str(next((s for s in hand_over.content["sections"] if s["key"] == key), ""))


def planned_engagement() -> Engagement:
    of = engagement()
    role = planned.role("developer")
    plan = planned.plan(of, planned.Work("w1", 80, role))
    planned.risk(plan, "w1", 0.3, 40)
    row = Assumption(estimate=plan.estimate, kind="exclusion", text="No training of their people")
    planned.saved(None, row)
    return now(of)  # type: ignore[no-any-return]


def a_condition(of: Engagement) -> Condition:
    review = Review(
        engagement=of, kind=Review.Kind.BID, about="a" * 64, name="bid", called_by=seller(of), due_on=TODAY,
        profile=of.profile, policy_version=0, terms=in_force().terms(of.profile).model_dump(mode="json"), evidence={},
        evidence_digest="b" * 64, state=Review.State.DECIDED, decision=Choice.CONDITIONS,
    )  # fmt: skip
    planned.saved(None, review)
    condition = Condition(
        review=review, text="Their data is there", blocks="start", owner=seller(of), raised_by=manager(of)
    )
    planned.saved(None, condition)
    return condition


# What the letter holds


def test_nothing_that_sales_knew_is_lost() -> None:
    of = planned_engagement()
    sold = seller(of)
    first = planned.told_date(of, 30)
    restate_expectation(sold, first, firm.a_date(60))
    gone = planned.told_price(of, 9_000)
    withdraw_expectation(sold, gone, "It was a mistake of ours", sold, TODAY)
    ben = add_contact(sold, of.relationship, "Ben Block", "Head of sales", part=Contact.Part.BLOCKS)
    record_interaction(
        sold, of.relationship, Interaction.Kind.CALL, TODAY, "About the Portal: slowly!", [ben]
    )
    record_interaction(sold, of.relationship, Interaction.Kind.CALL, TODAY, "About the weather", [ben])
    a_condition(of)
    ask_for_check(manager(of), now(of))
    words = Words(
        why=WHY, worries="Old data", open="The venue", unasked="Bo leaves", notes={ben.pk: "Be kind"}
    )
    made = offer(written(of, words))
    assert "Go-live" in section(made, "promised")
    assert str(sold) in section(made, "promised")
    assert "It was a mistake of ours" in section(made, "changed")
    assert "said otherwise before" in section(made, "changed")
    assert "Ben Block, Head of sales. Be kind" in section(made, "people")
    assert "slowly!" in section(made, "talks")
    assert "weather" not in text_of(made)
    assert "No training" in section(made, "excluded")
    assert "The interface changes" in section(made, "worries")
    assert "Their data is there" in section(made, "conditions")
    assert "is kept with" in section(made, "plan")
    assert all(said in text_of(made) for said in (WHY, "Old data", "The venue", "Bo leaves"))


def test_what_is_not_backed_is_said_to_be_so() -> None:
    of = engagement()
    planned.told_date(of, 10)
    (one,) = offer(written(of)).letter.sections[1].said
    assert one.tone == "bad"
    assert "Not backed" in one.note


# Pages


def test_the_page_answers_first_and_each_sentence_leads_to_its_source() -> None:
    of = engagement()
    said = planned.told_date(of, 40)
    made = offer(written(of))
    page = pages_of(manager(of)).get(f"/hand-overs/of/{of.pk}/").content.decode()
    assert f"Not yet: {manager(of)} has until" in page
    assert f'href="/engagements/expectations/{said.pk}/"' in page
    assert WHY in page
    assert "Take it over" in page
    assert made.digest[:12] in page
    assert "Take it over" not in pages_of(seller(of)).get(f"/hand-overs/{made.pk}/").content.decode()


def test_forms_carry_out_what_they_say() -> None:
    of = engagement()
    sells, leads = pages_of(seller(of)), pages_of(manager(of))
    sells.post(f"/hand-overs/of/{of.pk}/begin/")
    draft = of.hand_overs.get()
    sells.post(f"/hand-overs/{draft.pk}/change/", {"why": WHY, "revision": draft.revision})
    offered_to = {"members": [manager(of).pk], "revision": now(draft).revision}
    sells.post(f"/hand-overs/{draft.pk}/offer/", offered_to)
    digest = now(draft).digest
    leads.post(f"/hand-overs/{draft.pk}/send-back/", {"questions": "One?\nTwo?", "seen": digest})
    for question in now(draft).questions.all():
        sells.post(f"/hand-overs/questions/{question.pk}/answer/", {"text": "Yes."})
    sells.post(f"/hand-overs/{draft.pk}/offer/", offered_to | {"revision": now(draft).revision})
    second = of.hand_overs.get(version=2)
    assert leads.post(f"/hand-overs/{second.pk}/accept/", {"seen": digest}).status_code == 409
    leads.post(f"/hand-overs/{second.pk}/accept/", {"seen": second.digest})
    assert now(second).acceptance.by == manager(of)
    page = leads.get(f"/hand-overs/of/{of.pk}/").content.decode()
    assert f"Yes: {manager(of)} accepted it on" in page


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("{}/offer/", {"members": "x", "revision": "y"}),
        ("{}/offer/", {"members": "99999999999999999999", "revision": "1"}),
        ("{}/change/", {"why": "x" * 4001, "revision": "1"}),
        ("{}/change/", {"revision": ""}),
        ("questions/{}/answer/", {"text": ""}),
    ],
)
def test_bad_input_is_shown_beside_its_field(address: str, sent: dict[str, Any]) -> None:
    made = sent_back()
    number = made.questions.get().pk if "questions" in address else made.pk
    answer = pages_of(seller(made.engagement)).post(f"/hand-overs/{address.format(number)}", sent)
    assert answer.status_code == 422


def test_a_seal_that_is_none_accepts_nothing() -> None:
    made = offered()
    for seen in ("", "x" * 500, made.digest[:-1]):
        answer = pages_of(manager(made.engagement)).post(f"/hand-overs/{made.pk}/accept/", {"seen": seen})
        assert answer.status_code == 409
    assert now(made).state == HandOver.State.OFFERED


def test_a_confidential_hand_over_is_closed_to_who_has_no_part() -> None:
    made = sent_back(of=engagement(confidential=True))
    stranger = pages_of(firm.member(AccessRole.PROJECT_MANAGER))
    question = made.questions.get().pk
    of = made.engagement_id
    for address in (f"of/{of}/", f"{made.pk}/", f"{made.pk}/pdf/", f"{made.pk}/offer/", f"{made.pk}/send-back/",
                    f"{made.pk}/change/", f"questions/{question}/answer/", f"of/{of}/override/"):  # fmt: skip
        assert stranger.get(f"/hand-overs/{address}").status_code == 403, address
    assert stranger.get("/hand-overs/987654/").status_code == 404


def test_what_people_wrote_is_no_markup() -> None:
    of = engagement()
    made = offer(written(of, Words(why='<script>alert("x")</script> #eval')))
    browser = pages_of(manager(of))
    assert "<script>alert" not in browser.get(f"/hand-overs/{made.pk}/").content.decode()
    answer = browser.get(f"/hand-overs/{made.pk}/pdf/")
    assert answer.content.startswith(b"%PDF")


def test_pages_ask_few_queries_however_much_the_letter_holds() -> None:
    made = sent_back("One?", "Two?", "Three?")
    of = made.engagement
    few = queries_of(seller(of), f"/hand-overs/of/{of.pk}/")
    more = engagement()
    for days in range(20, 40):
        planned.told_date(more, days)
    sent = sent_back(*(f"Question {k}?" for k in range(15)), of=more)
    assert queries_of(seller(more), f"/hand-overs/{sent.pk}/") == few <= 12
    assert queries_of(manager(of), f"/hand-overs/of/{of.pk}/") <= 12


# The desk


def lines(member: Any) -> list[str]:
    return [line.what for line in waiting_for(now(member)) if "hand" in line.address]


def test_the_desk_tells_each_what_waits_for_them() -> None:
    of = engagement()
    assert any("begin the hand-over" in what for what in lines(seller(of)))
    draft = written(of)
    assert any("is a draft" in what for what in lines(seller(of)))
    made = offer(draft)
    assert lines(seller(of)) == []
    (line,) = [w for w in waiting_for(now(manager(of))) if "hand-overs" in w.address]
    assert line.until == made.due_on
    assert lines(with_part(of, Part.DELIVERY_LEAD)) == []
    accept(made)
    assert lines(manager(of)) == lines(seller(of)) == []


def test_questions_wait_for_the_seller_and_then_the_second_offer() -> None:
    made = sent_back("Who pays?")
    of = made.engagement
    assert [what for what in lines(seller(of)) if "Who pays?" in what]
    change_hand_over(seller(of), made, Words(why="Other"), made.revision)
    assert [what for what in lines(seller(of)) if "Who pays?" in what]


def test_who_is_late_is_told_to_those_who_answer_for_it() -> None:
    made = offered()
    made.due_on = TODAY - dt.timedelta(1)
    planned.saved(None, made)
    of = made.engagement
    for member in (seller(of), with_part(of, Part.DELIVERY_LEAD)):
        assert [what for what in lines(member) if "had until" in what]
    assert lines(firm.with_part(of, Part.TEAM, AccessRole.MEMBER)) == []
    assert "had until" in pages_of(seller(of)).get(f"/hand-overs/of/{of.pk}/").content.decode()
