"""A hand-over: written by who sold, accepted by who delivers, exactly as it was read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from accord.actions.door import once
from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.contracts.handing_over.actions import (
    accept_hand_over,
    answer_delivery,
    begin_hand_over,
    change_hand_over,
    offer_hand_over,
    send_back,
)
from accord.contracts.handing_over.content import Words
from accord.contracts.models import Acceptance, HandOver, HandOverQuestion
from accord.engagements.actions import give_part, move_to_stage, take_part
from accord.engagements.models import Engagement, Outcome, Part, Stage
from accord.ledger import chain
from accord.ledger.models import LedgerEntry
from accord.people.actions import deactivate_member, give_role
from accord.people.models import AccessRole, Member
from accord.relationships.actions import hand_over_relationship
from tests import firm
from tests.contracts.handing_over_builders import (
    WHY,
    accept,
    accepted,
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
from tests.planning.check_builders import saved, told_date

pytestmark = pytest.mark.django_db
State = HandOver.State


def test_delivery_accepts_exactly_what_was_offered_and_the_ledger_tells() -> None:
    found = accepted()
    assert now(found.hand_over).state == State.ACCEPTED
    assert found.digest == found.hand_over.digest != ""
    kinds = list(LedgerEntry.objects.filter(kind__startswith="hand_over").values_list("kind", flat=True))
    assert kinds == ["hand_over_offered", "hand_over_accepted"]
    assert chain.verify().holds


def test_what_is_offered_holds_until_the_day_that_the_policy_gives() -> None:
    assert offered().due_on == dt.date.today() + dt.timedelta(5)


@pytest.mark.parametrize("stage", [Stage.PROPOSAL, Stage.REVIEW, Stage.CLOSING])
def test_it_begins_when_it_is_decided_to_sign(stage: Stage) -> None:
    of = engagement(stage)
    with pytest.raises(Refused, match="decided to sign"):
        begin_hand_over(seller(of), of)


def test_there_is_one_hand_over_of_an_engagement() -> None:
    of = written(engagement()).engagement
    with pytest.raises(Refused, match="one hand-over"):
        begin_hand_over(seller(of), of)


@pytest.mark.parametrize("part", [Part.PROJECT_MANAGER, Part.DELIVERY_LEAD])
def test_delivery_does_not_write_what_it_accepts(part: Part) -> None:
    of = engagement()
    with pytest.raises(NotAllowed):
        begin_hand_over(with_part(of, part), of)
    draft = written(of)
    with pytest.raises(NotAllowed):
        change_hand_over(with_part(of, part), draft, Words(why="Ours"), draft.revision)


def test_without_the_reason_why_the_client_wants_it_nothing_is_offered() -> None:
    draft = written(engagement(), Words(worries="The data is old."))
    with pytest.raises(Refused, match="why the client wants it"):
        offer(draft)


def test_a_page_that_was_opened_before_a_change_changes_and_offers_nothing() -> None:
    draft = written(engagement())
    with pytest.raises(Refused, match="since you opened the page"):
        change_hand_over(seller(draft.engagement), draft, Words(why="Other"), draft.revision - 1)
    with pytest.raises(Refused, match="since you opened the page"):
        offer_hand_over(seller(draft.engagement), draft, [manager(draft.engagement)], draft.revision - 1)


def test_it_is_offered_to_those_who_can_accept_it() -> None:
    draft = written(engagement())
    for members in ([], [seller(draft.engagement)], [firm.member(AccessRole.PROJECT_MANAGER)]):
        with pytest.raises(WrongInput):
            offer_hand_over(seller(draft.engagement), draft, members, draft.revision)


# Who accepts


def seller_of(of: Engagement) -> Member:
    return seller(of)


def owner_of(of: Engagement) -> Member:
    return of.relationship.owner  # type: ignore[no-any-return]


def team_of(of: Engagement) -> Member:
    return firm.with_part(of, Part.TEAM, AccessRole.PROJECT_MANAGER)


@pytest.mark.parametrize(
    "who",
    [
        seller_of,
        owner_of,
        team_of,
        lambda _of: firm.member(AccessRole.DELIVERY_LEAD, AccessRole.EXECUTIVE),
        lambda _of: firm.administrator(),
    ],
)
def test_nobody_accepts_for_delivery_who_does_not_answer_for_it(who: Callable[[Engagement], Member]) -> None:
    made = offered()
    with pytest.raises(NotAllowed):
        accept(made, who(made.engagement))
    with pytest.raises(NotAllowed):
        send_back(who(made.engagement), made, ["Why?"], made.digest)


def test_the_seller_does_not_get_round_it_with_another_part_or_role() -> None:
    """Who sold it once stays on that side, whatever roles and parts they take back and are given."""
    made = offered()
    of, sold = made.engagement, seller(made.engagement)
    give_role(firm.administrator(), sold, AccessRole.PROJECT_MANAGER)
    other = firm.member(AccessRole.SELLER)
    give_part(sold, of, other, Part.SELLER)
    take_part(sold, of, sold, Part.SELLER)
    with pytest.raises(Refused, match="either sells or delivers"):
        give_part(other, of, sold, Part.PROJECT_MANAGER)
    with pytest.raises(NotAllowed):
        accept(made, now(sold))


def test_a_project_manager_who_is_given_the_relationship_accepts_it_no_more() -> None:
    made = offered()
    of = made.engagement
    one = manager(of)
    give_role(firm.administrator(), one, AccessRole.RELATIONSHIP_MANAGER)
    hand_over_relationship(of.relationship.owner, of.relationship, now(one))
    with pytest.raises(NotAllowed):
        accept(now(made), now(one))


def test_who_left_the_firm_accepts_nothing() -> None:
    made = offered()
    gone = manager(made.engagement)
    deactivate_member(firm.administrator(), gone)
    with pytest.raises(NotAllowed):
        accept(made, now(gone))


# What is accepted


def test_a_stale_page_accepts_nothing() -> None:
    first = offered()
    change_hand_over(seller(first.engagement), first, Words(why="Another reason"), first.revision)
    with pytest.raises(Refused, match="newer version replaced"):
        accept(first)
    second = offer(first.engagement.hand_overs.get(version=2))
    with pytest.raises(Refused, match="another version"):
        accept(second, seen=first.digest)
    assert not Acceptance.objects.exists()
    assert accept(second).hand_over == second


def test_it_is_accepted_once_and_not_sent_back_afterwards() -> None:
    made = accepted().hand_over
    with pytest.raises(Refused, match="accepted this one"):
        accept(made, with_part(made.engagement, Part.DELIVERY_LEAD))
    with pytest.raises(Refused, match="accepted this one"):
        send_back(manager(made.engagement), made, ["Too late?"], made.digest)
    assert Acceptance.objects.count() == 1


def test_a_form_that_is_sent_twice_accepts_once() -> None:
    made = offered()
    one = manager(made.engagement)
    for _ in range(2):
        with once("the-same-form"):
            accept_hand_over(one, made, made.digest)
    assert Acceptance.objects.count() == 1


def test_what_was_said_after_the_offer_is_not_taken_over_unread() -> None:
    made = offered()
    told_date(made.engagement, 40)
    with pytest.raises(Refused, match="said or withdrawn since"):
        accept(made)
    change_hand_over(seller(made.engagement), made, Words(why=WHY), made.revision)
    assert accept(offer(made.engagement.hand_overs.get(version=2)))


def test_a_draft_is_not_accepted() -> None:
    draft = written(engagement())
    with pytest.raises(Refused, match="draft"):
        accept(draft, seen=draft.seal)


def test_the_letter_is_sealed_and_another_word_has_another_seal() -> None:
    first = offered()
    assert now(first).seal == first.digest
    second = change_hand_over(seller(first.engagement), first, Words(why=WHY + "!"), first.revision)
    assert second.seal != first.digest
    assert now(first).state == State.REPLACED


def test_what_was_accepted_stays_accepted_beside_a_newer_version() -> None:
    first = accepted().hand_over
    change_hand_over(seller(first.engagement), first, Words(why="More is known"), first.revision)
    assert now(first).state == State.ACCEPTED
    assert first.engagement.hand_overs.get(version=2).state == State.DRAFT


# Questions


def test_sent_back_it_is_offered_again_once_every_question_is_answered() -> None:
    first = sent_back("Who brings the test data?", " ", "Who decides?")
    of = first.engagement
    one, two = HandOverQuestion.objects.filter(hand_over=first)
    answer_delivery(seller(of), one, "Their office, within a week.")
    with pytest.raises(Refused, match="Questions without an answer: 1"):
        offer(first)
    answer_delivery(seller(of), two, "Karin Brandt.")
    second = offer(first)
    assert (second.version, second.state, now(first).state) == (2, State.OFFERED, State.REPLACED)
    assert "Their office, within a week." in str(second.content)
    assert accept(second)


def test_a_change_does_not_lose_the_questions_about_the_version_before() -> None:
    first = sent_back()
    second = change_hand_over(seller(first.engagement), first, Words(why="Other"), first.revision)
    with pytest.raises(Refused, match="Questions without an answer: 1"):
        offer(second)


@pytest.mark.parametrize("questions", [[], ["  "], ["?"] * 21, ["x" * 1001]])
def test_sending_back_asks_something_readable(questions: list[str]) -> None:
    made = offered()
    with pytest.raises(WrongInput):
        send_back(manager(made.engagement), made, questions, made.digest)


def test_delivery_does_not_answer_its_own_questions() -> None:
    made = sent_back()
    question = made.questions.get()
    with pytest.raises(NotAllowed):
        answer_delivery(manager(made.engagement), question, "We know it.")
    with pytest.raises(WrongInput):
        answer_delivery(seller(made.engagement), question, "  ")


def test_what_was_asked_answered_and_accepted_is_never_changed() -> None:
    made = sent_back()
    answer_delivery(seller(made.engagement), made.questions.get(), "Theirs.")
    accept(offer(made))
    question, acceptance = made.questions.get(), Acceptance.objects.get()
    for row in (question, question.answers.get(), acceptance):
        with pytest.raises(Refused):
            row.delete()
        for deed in (f"DELETE FROM {row._meta.db_table}", f"UPDATE {row._meta.db_table} SET at = NULL"):
            with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
                connection.cursor().execute(deed)


def test_what_has_ended_is_handed_over_no_more() -> None:
    made = offered()
    of = made.engagement
    of.outcome, of.outcome_because = Outcome.LOST, "They stopped."
    saved(None, of)
    with pytest.raises(Refused, match="has ended"):
        accept(made)


def test_what_was_started_by_an_override_is_still_owed() -> None:
    of = engagement(Stage.DELIVERY)
    assert accepted(of).hand_over.engagement == of


def test_the_work_starts_with_the_accepted_hand_over() -> None:
    made = accepted()
    one = manager(made.hand_over.engagement)
    assert move_to_stage(one, made.hand_over.engagement, Stage.DELIVERY).stage == Stage.DELIVERY
