"""A review decides on one exact version, by people who may sit there, each with a vote of their own."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.db import DatabaseError, transaction

from accord.actions.door import once
from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.contracts.models import Choice, Condition, Review, SeatTaken, Vote
from accord.contracts.reviewing.actions import (
    answer_question,
    ask_question,
    call_off,
    call_review,
    cast_vote,
    confirm_condition,
    leave_seat,
    raise_condition,
    renew_evidence,
    seat_member,
    stand_in,
    take_seat,
)
from accord.contracts.reviewing.evidence import digest_of
from accord.contracts.reviewing.queries import decision_on, open_conditions
from accord.engagements.actions import change_engagement, end_engagement, give_part, take_part
from accord.engagements.models import Outcome, Part, Profile
from accord.engagements.policies.content import Seat
from accord.ledger import chain
from accord.ledger.models import LedgerEntry
from accord.people.actions import deactivate_member, give_role, take_role
from accord.people.models import AccessRole
from accord.proposals.actions import begin_proposal, new_version, save_proposal, withdraw_proposal
from accord.relationships.actions import hand_over_relationship
from tests import firm
from tests.contracts.builders import all_vote, called, condition, judged, now, people, seat_of, sitting, vote
from tests.engagements.test_policies import asks, put
from tests.proposals import builders as proposals
from tests.proposals.builders import says, seller

pytestmark = pytest.mark.django_db


def test_all_vote_and_the_last_vote_decides() -> None:
    review = called()
    who = sitting(review)
    for member in (who.seller, who.pm, who.lead):
        vote(member, review)
        assert now(review).state == Review.State.OPEN
    vote(who.finance, review)
    done = now(review)
    assert (done.state, done.decision) == (Review.State.DECIDED, Choice.SIGN)
    assert decision_on(done.engagement, done.proposal.seal) == done
    body = json.loads(LedgerEntry.objects.get(kind="review_decided").body)
    assert (body["about"], body["evidence"]) == (done.about, done.evidence_digest)
    assert chain.verify().holds


def test_what_its_members_were_shown_is_kept_with_its_digest() -> None:
    review = now(called())
    assert digest_of(review.evidence) == review.evidence_digest
    shown = review.evidence
    assert shown["check"]["digest"]
    assert {t["name"] for t in shown["terms"]} >= {"Go-live", "Price", "No open finding"}
    assert shown["margin"]["wanted"] == 0.2
    assert shown["estimate"]["hours"] == 200


def test_a_review_is_called_by_who_leads_the_engagement() -> None:
    draft = judged()
    with pytest.raises(NotAllowed):
        called(draft, firm.member(AccessRole.FINANCE))
    assert called(draft, firm.with_part(draft.engagement, Part.DELIVERY_LEAD))


def test_only_what_is_complete_and_judged_is_decided_on() -> None:
    of = proposals.engagement()
    draft = proposals.proposal(of)
    with pytest.raises(Refused, match="what delivery has judged"):
        called(draft)
    proposals.checked(of)
    save_proposal(seller(of), draft, says(dates=()), draft.revision)
    with pytest.raises(Refused, match="what, when and for how much"):
        called(now(draft))
    for thing, where in ((None, of), (now(draft), firm.engagement())):
        with pytest.raises(Refused, match="exactly one version"):
            call_review(seller(where), where, Review.Kind.PROPOSAL, thing)


def test_one_review_is_open_and_a_version_is_decided_once() -> None:
    review = called()
    with pytest.raises(Refused, match="open at a time"):
        called(review.proposal)
    all_vote(review, sitting(review), lead=Choice.REWORK)
    assert now(review).decision == Choice.REWORK
    with pytest.raises(Refused, match="decided on once"):
        called(now(review.proposal))


def test_a_deadline_lies_ahead() -> None:
    draft, today = judged(), dt.date.today()
    for day in (today - dt.timedelta(1), today + dt.timedelta(91), dt.date(9999, 12, 31)):
        with pytest.raises(WrongInput):
            called(draft, due_on=day)
    assert called(draft).due_on == today + dt.timedelta(5)


# Seats


@pytest.mark.parametrize("seat", [Seat.PROJECT, Seat.DELIVERY, Seat.QUALITY])
def test_whoever_sells_or_owns_the_relationship_or_set_the_price_takes_no_seat_of_delivery(
    seat: Seat,
) -> None:
    draft = judged()
    of = draft.engagement
    roles = (
        *(AccessRole.SELLER, AccessRole.RELATIONSHIP_MANAGER, AccessRole.EXECUTIVE),
        *(AccessRole.PROJECT_MANAGER, AccessRole.DELIVERY_LEAD, AccessRole.QUALITY_MANAGER),
    )
    sells, owns, prices, is_free = (firm.member(*roles) for _ in range(4))
    first = seller(of)
    give_part(first, of, sells, Part.SELLER)
    hand_over_relationship(firm.administrator(), of.relationship, owns)
    save_proposal(prices, now(draft), says(price=41_000), now(draft).revision)
    review = called(now(draft), first)
    for member, because in ((sells, "sells this"), (owns, "owns the rel"), (prices, "set the price")):
        with pytest.raises(Refused, match=because):
            take_seat(member, review, seat)
        with pytest.raises(Refused, match=because):
            seat_member(review.called_by, review, seat, member)
    held = take_seat(is_free, review, seat)
    for member in (sells, owns, prices):
        with pytest.raises(Refused, match="does not sit"):
            stand_in(is_free, held, member)  # nor as a deputy
        with pytest.raises(NotAllowed, match="sits"):
            cast_vote(member, held, Choice.SIGN, "For them.", review.evidence_digest)
    assert now(held).member == is_free
    assert chain.verify().holds


def test_whoever_sold_it_once_is_independent_no_more() -> None:
    draft = judged()
    of = draft.engagement
    once_seller = firm.member(AccessRole.SELLER, AccessRole.DELIVERY_LEAD)
    first = seller(of)
    give_part(first, of, once_seller, Part.SELLER)
    take_part(first, now(of), once_seller, Part.SELLER)
    with pytest.raises(Refused, match="sold this engagement"):
        take_seat(once_seller, called(draft), Seat.DELIVERY)


def test_a_seat_asks_for_its_role_and_the_review_for_its_seats() -> None:
    review = called()
    with pytest.raises(Refused, match="access role fits"):
        take_seat(firm.member(AccessRole.MEMBER), review, Seat.FINANCE)
    with pytest.raises(Refused, match="no seat for"):
        take_seat(firm.member(AccessRole.MEMBER), review, Seat.OTHER)
    with pytest.raises(NotAllowed):
        take_seat(firm.member(AccessRole.AUDITOR), review, Seat.FINANCE)


def test_one_person_has_one_seat_and_a_seat_one_person() -> None:
    review = called()
    both = firm.member(AccessRole.FINANCE, AccessRole.LEGAL)
    take_seat(both, review, Seat.FINANCE)
    with pytest.raises(Refused, match="One person has one seat"):
        take_seat(both, review, Seat.LEGAL)
    with pytest.raises(Refused, match="A seat is taken once"):
        take_seat(firm.member(AccessRole.FINANCE), review, Seat.FINANCE)
    legal = take_seat(firm.member(AccessRole.LEGAL), review, Seat.LEGAL)
    with pytest.raises(Refused, match="One person has one seat"):
        stand_in(legal.member, legal, both)


def test_somebody_stands_in_and_the_seat_tells_for_whom() -> None:
    review = called()
    who, other = sitting(review), firm.member(AccessRole.FINANCE)
    seat = seat_of(who.finance, review)
    with pytest.raises(NotAllowed):
        stand_in(other, seat, other)
    stand_in(who.finance, seat, other)
    assert (now(seat).member, now(seat).stands_in_for) == (other, who.finance)
    with pytest.raises(NotAllowed):
        cast_vote(who.finance, now(seat), Choice.SIGN, "Mine.", review.evidence_digest)
    vote(other, review)
    with pytest.raises(Refused, match="never changed"):
        stand_in(firm.member(AccessRole.EXECUTIVE), now(seat), firm.member(AccessRole.FINANCE))


def test_whoever_called_it_neither_exchanges_who_sits_nor_gets_rid_of_a_vote() -> None:
    review = called()
    who = sitting(review)
    friend = firm.member(AccessRole.DELIVERY_LEAD)
    with pytest.raises(NotAllowed):
        stand_in(who.seller, seat_of(who.lead, review), friend)
    vote(who.lead, review, Choice.DECLINE)
    with pytest.raises(NotAllowed):
        call_off(who.seller, review, "We ask somebody else.")
    boss = firm.member(AccessRole.EXECUTIVE)
    assert stand_in(boss, seat_of(who.finance, review), firm.member(AccessRole.FINANCE))
    assert call_off(boss, review, "The client changed its mind.").state == Review.State.VOID


def test_a_seat_is_left_before_the_vote_and_not_after() -> None:
    review = called()
    who = sitting(review)
    leave_seat(who.finance, seat_of(who.finance, review))
    take_seat(firm.member(AccessRole.FINANCE), review, Seat.FINANCE)
    vote(who.lead, review)
    with pytest.raises(Refused, match="never changed"):
        leave_seat(who.lead, seat_of(who.lead, review))


def test_seats_of_a_confidential_engagement_are_for_who_may_see_it() -> None:
    draft = judged()
    of = draft.engagement
    change_engagement(seller(of), of, of.title, of.value, 10, True)
    review, stranger = called(now(draft)), firm.member(AccessRole.FINANCE)
    with pytest.raises(NotAllowed):
        take_seat(stranger, review, Seat.FINANCE)
    with pytest.raises(Refused, match="may see it"):
        seat_member(seller(of), review, Seat.FINANCE, stranger)
    give_part(seller(of), now(of), stranger, Part.TEAM)
    assert seat_member(seller(of), review, Seat.FINANCE, stranger)


def test_a_light_engagement_needs_one_other_person() -> None:
    of = proposals.engagement()
    of = firm.with_profile(of, Profile.LIGHT)
    proposals.checked(of)
    review = called(proposals.proposal(of))
    with pytest.raises(Refused, match="does not sit"):
        take_seat(seller(of), review, Seat.OTHER)
    other = firm.member(AccessRole.MEMBER)
    take_seat(other, review, Seat.OTHER)
    vote(other, review)
    assert now(review).decision == Choice.SIGN


# Votes


def test_a_vote_has_a_reason_and_is_never_changed() -> None:
    review = called()
    who = sitting(review)
    with pytest.raises(WrongInput):
        vote(who.lead, review, because="  ")
    cast = vote(who.lead, review, Choice.DECLINE)
    with pytest.raises(Refused, match="never changed"):
        vote(who.lead, review, Choice.SIGN)
    cast.choice = Choice.SIGN
    with pytest.raises(Refused):
        cast.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        Vote.objects.filter(pk=cast.pk)._raw_delete("default")
    assert now(cast).choice == Choice.DECLINE


def test_a_form_that_is_sent_twice_votes_once() -> None:
    review = called()
    who = sitting(review)
    seat = seat_of(who.lead, review)
    cast = []
    for _ in range(2):
        with once("one-form"):
            cast.append(cast_vote(who.lead, seat, Choice.SIGN, "It fits.", review.evidence_digest))
    assert cast[0] == cast[1]
    assert Vote.objects.count() == 1


def test_a_stale_page_does_not_vote() -> None:
    review = called()
    who = sitting(review)
    proposals.checked(review.engagement)
    renew_evidence(review.called_by, review)
    with pytest.raises(Refused, match="renewed since you opened"):
        cast_vote(who.lead, seat_of(who.lead, review), Choice.SIGN, "Yes.", "0" * 64)
    vote(who.lead, review)
    with pytest.raises(Refused, match="same evidence"):
        renew_evidence(review.called_by, now(review))


def test_whoever_votes_for_conditions_names_one() -> None:
    review = called()
    who = sitting(review)
    with pytest.raises(Refused, match="says which"):
        vote(who.lead, review, Choice.CONDITIONS)
    condition(who.pm, review, who.seller)
    assert vote(who.lead, review, Choice.CONDITIONS)


def test_a_member_who_left_does_not_vote_and_the_seat_is_given_anew() -> None:
    review = called()
    who = sitting(review)
    vote(who.pm, review)
    for member in (who.pm, who.lead):
        deactivate_member(firm.administrator(), now(member))
    with pytest.raises(NotAllowed):
        vote(now(who.lead), review)
    with pytest.raises(Refused, match="taken once"):
        take_seat(firm.member(AccessRole.PROJECT_MANAGER), review, Seat.PROJECT)  # that vote stays
    new = firm.member(AccessRole.DELIVERY_LEAD)
    take_seat(new, review, Seat.DELIVERY)
    for member in (who.seller, who.finance, new):
        vote(member, review)
    assert now(review).decision == Choice.SIGN


def test_who_lost_the_role_or_came_to_sell_votes_no_more() -> None:
    review = called()
    who = sitting(review)
    give_role(firm.administrator(), who.finance, AccessRole.MEMBER)
    take_role(firm.administrator(), now(who.finance), AccessRole.FINANCE)
    with pytest.raises(Refused, match="access role fits"):
        cast_vote(now(who.finance), seat_of(who.finance, review), Choice.SIGN, "Yes.", review.evidence_digest)
    assert take_seat(firm.member(AccessRole.FINANCE), review, Seat.FINANCE)


def test_whoever_voted_for_delivery_does_not_come_to_sell() -> None:
    review = called()
    quality = firm.member(AccessRole.QUALITY_MANAGER, AccessRole.SELLER)
    take_seat(quality, review, Seat.QUALITY)
    vote(quality, review)
    with pytest.raises(Refused, match="either sells or delivers"):
        give_part(review.called_by, now(review.engagement), quality, Part.SELLER)


def test_a_change_of_the_policy_or_profile_does_not_reach_a_review_that_goes_on() -> None:
    review = called()
    who = sitting(review)
    put(asks("0.9"))
    firm.with_profile(now(review.engagement), Profile.LIGHT)
    kept = now(review)
    assert (kept.policy_version, kept.profile) == (0, Profile.STANDARD)
    assert [str(s) for s in kept.must_sit] == ["sales", "project", "delivery", "finance"]
    all_vote(review, who)
    assert now(review).decision == Choice.SIGN


# What changes the version


def test_an_edit_after_a_vote_voids_the_review_and_no_decision_fits_the_new_text() -> None:
    review = called()
    who = sitting(review)
    vote(who.lead, review)
    draft = now(review.proposal)
    save_proposal(who.seller, draft, says(price=39_000), draft.revision)
    gone = now(review)
    assert gone.state == Review.State.VOID
    assert gone.void_because == f"Proposal, version 1 was changed by {who.seller}."
    assert Vote.objects.count() == 1  # kept, as void
    with pytest.raises(Refused, match="void"):
        vote(who.pm, review)
    with pytest.raises(Refused, match="void"):
        take_seat(firm.member(AccessRole.LEGAL), gone, Seat.LEGAL)
    again = called(now(draft))
    all_vote(again, sitting(again, who))
    assert decision_on(again.engagement, now(draft).seal) == now(again)
    edited = save_proposal(who.seller, now(draft), says(price=38_000), now(draft).revision)
    assert now(again).state == Review.State.DECIDED
    assert decision_on(again.engagement, edited.seal) is None
    assert chain.verify().holds


def test_sending_exactly_this_version_voids_nothing_and_replacing_it_does() -> None:
    draft = judged()
    to = [proposals.contact(draft.engagement)]
    review = called(draft)
    sent = proposals.send(now(draft), to)
    assert now(review).state == Review.State.OPEN
    assert sent.seal == review.about
    second = new_version(seller(draft.engagement), sent)
    assert now(review).state == Review.State.OPEN
    proposals.send(second, to)
    assert now(review).state == Review.State.VOID
    other = called(now(second))
    withdraw_proposal(seller(draft.engagement), now(second), "We cannot.")
    assert "withdrawn" in now(other).void_because


def test_a_review_is_called_off_with_a_reason_and_ends_with_its_engagement() -> None:
    review = called()
    who = sitting(review)
    with pytest.raises(WrongInput):
        call_off(who.seller, review, "")
    with pytest.raises(NotAllowed):
        call_off(who.finance, review, "I say so.")
    call_off(who.seller, review, "The client waits.")
    again = called(now(review.proposal))
    end_engagement(who.seller, now(review.engagement), Outcome.LOST, "Too dear")
    assert (now(review).state, now(again).state) == (Review.State.VOID, Review.State.VOID)


# Questions and conditions


def test_questions_are_asked_and_answered_while_the_review_is_open() -> None:
    review = called()
    who = sitting(review)
    question = ask_question(who.lead, review, "Who brings the test data?")
    answer_question(who.seller, question, "The client.")
    with pytest.raises(WrongInput):
        ask_question(who.lead, review, " ")
    all_vote(review, who)
    with pytest.raises(Refused, match="decides once"):
        ask_question(who.lead, now(review), "And when?")
    with pytest.raises(DatabaseError), transaction.atomic():
        type(question).objects.filter(pk=question.pk)._raw_delete("default")


def test_signing_with_an_open_condition_is_signing_with_conditions() -> None:
    review = called()
    who = sitting(review)
    raised = condition(who.lead, review, who.seller)
    all_vote(review, who)
    done = now(review)
    assert done.decision == Choice.CONDITIONS
    assert open_conditions(done.engagement, Condition.Blocks.SIGN) == [raised]
    assert open_conditions(done.engagement, Condition.Blocks.START) == []
    confirm_condition(who.lead, raised, "I opened the file.")
    assert open_conditions(done.engagement, Condition.Blocks.SIGN) == []
    assert chain.verify().holds


def test_a_condition_is_not_confirmed_by_its_owner_nor_by_a_stranger() -> None:
    review = called()
    who = sitting(review)
    raised = condition(who.lead, review, who.pm)
    for nobody in (who.pm, firm.member(AccessRole.DELIVERY_LEAD), firm.member(AccessRole.EXECUTIVE)):
        with pytest.raises(NotAllowed, match="other than its owner"):
            confirm_condition(nobody, raised, "It is there.")
    with pytest.raises(WrongInput):
        confirm_condition(who.finance, raised, " ")
    confirm_condition(who.finance, raised, "I saw it.")
    with pytest.raises(Refused, match="confirmed once"):
        confirm_condition(who.lead, now(raised), "Me too.")


def test_a_condition_needs_an_owner_who_may_see_to_it() -> None:
    review = called()
    who = sitting(review)
    gone = firm.member(AccessRole.MEMBER)
    deactivate_member(firm.administrator(), gone)
    seat = seat_of(who.lead, review)
    with pytest.raises(WrongInput):
        raise_condition(who.lead, seat, "", Condition.Blocks.SIGN, now(gone), dt.date(3000, 1, 1))
    assert not Condition.objects.exists()


# Whether to bid


def test_where_the_policy_asks_for_it_nobody_begins_a_proposal_before_it_is_decided() -> None:
    of = firm.with_profile(proposals.engagement(), Profile.HEAVY)
    with pytest.raises(Refused, match="Nothing was decided yet"):
        begin_proposal(seller(of), of)
    who = people(of)
    review = call_review(seller(of), now(of), Review.Kind.BID)
    for seat, member in ((Seat.SALES, who.seller), (Seat.DELIVERY, who.lead), (Seat.FINANCE, who.finance)):
        take_seat(member, review, seat)
        vote(member, review)
    assert now(review).decision == Choice.SIGN
    assert begin_proposal(seller(of), now(of))


def test_a_further_version_waits_for_the_decision_where_the_engagement_became_heavy() -> None:
    draft = judged()
    of = draft.engagement
    sent = proposals.send(draft, [proposals.contact(of)])
    firm.with_profile(of, Profile.HEAVY)
    with pytest.raises(Refused, match="Nothing was decided yet"):
        new_version(seller(of), now(sent))
    who = people(of)
    review = call_review(seller(of), now(of), Review.Kind.BID)
    for seat, member in ((Seat.SALES, who.seller), (Seat.DELIVERY, who.lead), (Seat.FINANCE, who.finance)):
        take_seat(member, review, seat)
        vote(member, review)
    change_engagement(seller(of), now(of), of.title, 90_000, 10, False)
    assert new_version(seller(of), now(sent)).version == 2


def test_no_bid_is_no_proposal_and_another_value_is_another_decision() -> None:
    of = firm.with_profile(proposals.engagement(), Profile.HEAVY)
    who = people(of)
    review = call_review(seller(of), now(of), Review.Kind.BID)
    for seat, member in ((Seat.SALES, who.seller), (Seat.DELIVERY, who.lead), (Seat.FINANCE, who.finance)):
        take_seat(member, review, seat)
        vote(member, review, Choice.DECLINE if member == who.lead else Choice.SIGN)
    with pytest.raises(Refused, match="decided not to"):
        begin_proposal(seller(of), now(of))
    change_engagement(seller(of), now(of), of.title, 90_000, 10, False)
    with pytest.raises(Refused, match="as it is now"):
        begin_proposal(seller(of), now(of))
    again = call_review(seller(of), now(of), Review.Kind.BID)
    change_engagement(seller(of), now(of), of.title, 90_000, 20, False)
    assert now(again).state == Review.State.OPEN  # the chance is not what is decided on
    change_engagement(seller(of), now(of), of.title, 95_000, 20, False)
    assert now(again).state == Review.State.VOID


def test_where_the_policy_asks_nobody_there_is_no_decision_to_bid() -> None:
    of = proposals.engagement()
    with pytest.raises(Refused, match="asks nobody"):
        call_review(seller(of), of, Review.Kind.BID)
    assert SeatTaken.objects.count() == 0
