"""What an override lets pass, when more stands against it than was known then."""

from __future__ import annotations

import pytest

from accord.actions.refusals import Refused
from accord.contracts.models import Choice
from accord.contracts.signing.actions import prepare_contract
from accord.engagements.models import Override, Part, Profile
from accord.engagements.overriding import override
from accord.estimating.actions.noting import uncover
from accord.estimating.models import Coverage
from accord.people.models import AccessRole
from accord.proposals.actions import override_sending
from accord.proposals.judging import judge
from tests import firm
from tests.contracts import builders as rooms
from tests.contracts.signing_builders import executive, term
from tests.proposals import builders as proposals

pytestmark = pytest.mark.django_db
BECAUSE = "The quay is sinking."
now, Deed = rooms.now, Override.Deed


def test_a_version_that_was_declined_is_not_signed_by_what_let_it_pass_before_anybody_voted() -> None:
    review = rooms.called()
    text = now(review.proposal)
    who = rooms.sitting(review)
    override(executive(), now(text.engagement), Deed.SIGN, text.seal, text.name, "0 of 4", BECAUSE)
    proposals.send(text, [proposals.contact(text.engagement)])
    rooms.all_vote(review, who, lead=Choice.DECLINE)
    assert now(review).decision == Choice.DECLINE
    with pytest.raises(Refused, match="The review decided: decline"):
        prepare_contract(who.seller, now(text), term())


def test_what_was_let_pass_before_the_seats_decided_to_sign_still_holds_when_the_profile_asks_for_more() -> (
    None
):
    review = rooms.called()
    text = now(review.proposal)
    who = rooms.sitting(review)
    override(executive(), now(text.engagement), Deed.SIGN, text.seal, text.name, "0 of 4", BECAUSE)
    proposals.send(text, [proposals.contact(text.engagement)])
    rooms.all_vote(review, who)
    firm.with_profile(now(text.engagement), Profile.HEAVY)
    assert prepare_contract(who.seller, now(text), term()).override is not None


def test_what_was_let_pass_for_its_date_is_not_sent_when_delivery_backs_less_of_it() -> None:
    of = proposals.engagement()
    proposals.checked(of)
    draft = proposals.proposal(of, proposals.says(days=5))
    override_sending(executive(), draft, BECAUSE, now(draft).revision)
    lead = firm.with_part(of, Part.DELIVERY_LEAD, AccessRole.DELIVERY_LEAD)
    for coverage in Coverage.objects.filter(expectation__engagement=of):
        uncover(lead, coverage.expectation)
    assert len(judge(now(draft)).unbacked) > 1
    with pytest.raises(Refused, match="backed"):
        proposals.send(now(draft), [proposals.contact(of)])
