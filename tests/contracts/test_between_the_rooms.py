"""What one room decided holds in the next one: profile, price, hand-over, and who may see what."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.contracts.handing_over.actions import change_hand_over, override_start
from accord.contracts.handing_over.content import Words
from accord.contracts.handing_over.queries import newest, seal_of
from accord.contracts.models import Contract, Review
from accord.contracts.reviewing.actions import call_review
from accord.contracts.reviewing.wording import evidence_of
from accord.contracts.signing.actions import prepare_contract
from accord.engagements.actions import change_engagement, move_to_stage
from accord.engagements.models import Engagement, Override, Part, Profile, Stage
from accord.engagements.policies.actions import apply_profile, change_profile, judge_engagement, put_policy
from accord.engagements.policies.content import AS_DELIVERED
from accord.people.models import AccessRole
from accord.people.queries import the_firm
from accord.proposals.actions import new_version
from tests import firm
from tests.contracts.builders import called, judged
from tests.contracts.handing_over_builders import accept, accepted, offer, offered
from tests.contracts.signing_builders import (
    TODAY,
    amended,
    amendment,
    decided_on,
    in_force_now,
    now,
    prepared,
    seller,
    sent,
    term,
)
from tests.engagements.builders import pages_of
from tests.planning import check_builders as planned
from tests.proposals import builders as proposals

pytestmark = pytest.mark.django_db
PAGES_OF_AN_ENGAGEMENT = (
    "contracts:reviews", "signing:contracts", "signing:prepare", "signing:let_pass", "handing_over:hand_overs",
    "handing_over:override",
)  # fmt: skip


def with_delivery(of: Engagement) -> Engagement:
    firm.with_part(of, Part.PROJECT_MANAGER, AccessRole.PROJECT_MANAGER)
    return now(of)


# The profile


def test_a_value_written_down_low_spares_a_text_no_seat() -> None:
    draft = judged(proposals.says(price=600_000))
    of, lead = now(draft.engagement), firm.member(AccessRole.DELIVERY_LEAD)
    judge_engagement(lead, of, 1, 1)
    change_engagement(seller(of), now(of), of.title, Decimal(10_000), 50, False)
    proposals.checked(of)
    assert now(of).profile == Profile.LIGHT
    with pytest.raises(Refused, match="at the price that is decided on"):
        call_review(seller(of), now(of), Review.Kind.PROPOSAL, draft)
    change_engagement(seller(of), now(of), of.title, Decimal(600_000), 50, False)
    proposals.checked(of)
    assert call_review(seller(of), now(of), Review.Kind.PROPOSAL, draft).profile == Profile.HEAVY


def test_nor_does_an_amendment_that_asks_for_much_more() -> None:
    contract = in_force_now()
    draft = amendment(contract, price_difference=Decimal(900_000))
    with pytest.raises(Refused, match="at the price that is decided on"):
        call_review(seller(contract.engagement), now(contract.engagement), Review.Kind.AMENDMENT, draft)


def test_the_policy_applies_no_profile_where_somebody_chose_one_meanwhile() -> None:
    of = proposals.engagement()
    change_profile(firm.member(AccessRole.DELIVERY_LEAD), of, Profile.HEAVY, "It is new to us.")
    apply_profile(None, now(of), Profile.LIGHT, "The policy says so.", 0)
    assert now(of).profile == Profile.HEAVY


def test_who_may_only_read_overrides_nothing_even_if_the_policy_names_them() -> None:
    draft = judged()
    terms = AS_DELIVERED.profiles
    named = {p: t.model_copy(update={"overrides": (AccessRole.AUDITOR,)}) for p, t in terms.items()}
    content = AS_DELIVERED.model_copy(update={"profiles": named})
    put_policy(firm.administrator(), the_firm(), content, TODAY, "An error", 0)
    from accord.engagements.overriding import override

    with pytest.raises(NotAllowed):
        override(
            firm.member(AccessRole.AUDITOR),
            now(draft.engagement),
            Override.Deed.SIGN,
            draft.seal,
            "x",
            "y",
            "z",
        )


# The hand-over


def test_what_delivery_took_over_before_another_version_was_signed_starts_nothing() -> None:
    first = sent()
    of = with_delivery(first.engagement)
    decided_on(first)
    accepted(of)
    draft = new_version(seller(of), first)
    second = proposals.send(draft, [proposals.contact(of, "other@client.example")])
    in_force_now(prepared(type(first).objects.get(pk=second.pk)))
    move_to_stage(seller(of), now(of), Stage.CONTRACT)
    with pytest.raises(Refused, match="does not tell of"):
        move_to_stage(seller(of), now(of), Stage.DELIVERY)
    row = now(of).hand_overs.first()
    accept(offer(change_hand_over(seller(of), row, Words(why="They close two offices."), row.revision)))
    assert move_to_stage(seller(of), now(of), Stage.DELIVERY).stage == Stage.DELIVERY


def test_nor_before_it_was_amended_unless_that_is_overridden() -> None:
    contract = in_force_now()
    of = with_delivery(contract.engagement)
    move_to_stage(seller(of), of, Stage.CONTRACT)
    accepted(now(of))
    amended(amendment(contract, price_difference=Decimal(5000)))
    with pytest.raises(Refused, match="does not tell of"):
        move_to_stage(seller(of), now(of), Stage.DELIVERY)
    seal = seal_of(now(of), newest(of))
    made = override_start(firm.member(AccessRole.EXECUTIVE), now(of), "They wait.", seal)
    assert "does not tell of" in made.facts
    assert move_to_stage(seller(of), now(of), Stage.DELIVERY).stage == Stage.DELIVERY


def test_a_start_that_was_let_pass_waits_again_when_the_contract_was_amended_since() -> None:
    contract = in_force_now()
    of = with_delivery(contract.engagement)
    move_to_stage(seller(of), of, Stage.CONTRACT)
    override_start(firm.member(AccessRole.EXECUTIVE), now(of), "They wait.", seal_of(of, newest(of)))
    amended(amendment(contract, price_difference=Decimal(5000)))
    with pytest.raises(Refused, match="accepted the hand-over"):
        move_to_stage(seller(of), now(of), Stage.DELIVERY)


def test_nothing_is_accepted_that_was_offered_before_the_contract_was_amended() -> None:
    contract = in_force_now()
    of = with_delivery(contract.engagement)
    move_to_stage(seller(of), of, Stage.CONTRACT)
    made = offered(now(of))
    amended(amendment(contract, price_difference=Decimal(5000)))
    with pytest.raises(Refused, match="tells of what is signed"):
        accept(made)


def test_what_was_accepted_of_the_version_that_is_signed_then_starts_the_work() -> None:
    text = sent()
    of = with_delivery(text.engagement)
    decided_on(text)
    accepted(of)
    in_force_now(prepared(text))
    move_to_stage(seller(of), now(of), Stage.CONTRACT)
    browser = pages_of(seller(of))
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(f"/engagements/{of.pk}/").status_code == 200
    assert len(asked) <= 12
    assert move_to_stage(seller(of), now(of), Stage.DELIVERY).stage == Stage.DELIVERY


# Who may see what


def test_a_master_agreement_of_a_confidential_engagement_is_named_to_nobody_else() -> None:
    master = in_force_now(prepared(kind=Contract.Kind.MASTER, title="Project Merger"))
    hidden = now(master.engagement)
    other = proposals.engagement()
    other.relationship, hidden.confidential = hidden.relationship, True
    planned.saved(None, other)
    planned.saved(None, hidden)
    text = sent(of=now(other))
    decided_on(text)
    page = pages_of(seller(other)).get(reverse("signing:prepare", args=[other.pk])).content.decode()
    assert "Project Merger" not in page
    with pytest.raises(WrongInput):
        prepare_contract(seller(other), text, term(kind="order", master=Contract.objects.get(pk=master.pk)))


def test_evidence_keeps_no_name_of_an_engagement_that_became_confidential_since() -> None:
    past, open_one = firm.engagement(), called()
    row = {"engagement": past.pk, "title": "Project Merger", "client": "Harbour Bank"}
    ended = row | {"late": 3, "runs": False, "because": ""}
    check = open_one.evidence["check"] | {"others": [row | {"before": "80 %", "after": "60 %"}]}
    open_one.evidence |= {"alike": [ended], "check": check}
    assert sum("Project Merger" in told.told for told in evidence_of(open_one, open_one.engagement)) == 2
    past.confidential = True
    planned.saved(None, past)
    found = [told.told for told in evidence_of(open_one, open_one.engagement)]
    assert not any("Merger" in told or "Harbour" in told for told in found)
    assert "another engagement (confidential): 3 days late" in found


def test_pages_of_a_confidential_engagement_tell_an_outsider_nothing() -> None:
    contract = in_force_now(prepared(title="Project Merger"))
    of = with_delivery(contract.engagement)
    made = accepted(of).hand_over
    draft = amendment(contract, price_difference=Decimal(5000))
    review = contract.review
    hidden = now(of)
    hidden.title, hidden.confidential = "Project Merger", True
    planned.saved(None, hidden)
    browser = pages_of(firm.member(AccessRole.MEMBER, AccessRole.DELIVERY_LEAD))
    addresses = [
        *(reverse(name, args=[of.pk]) for name in PAGES_OF_AN_ENGAGEMENT),
        *(reverse(f"contracts:{name}", args=[review.pk]) for name in ("review", "minutes")),
        *(reverse(f"signing:{name}", args=[contract.pk]) for name in ("contract", "pdf")),
        reverse("signing:amendment", args=[draft.pk]),
        reverse("signing:constraint", args=[contract.constraints.first().pk]),
        reverse("signing:copy", args=[contract.signatures.exclude(copy="").get().pk]),
        reverse("handing_over:hand_over", args=[made.pk]),
    ]
    for address in addresses:
        answer = browser.get(address)
        assert answer.status_code in (403, 404), address
        assert b"Merger" not in answer.content, address


def test_numbers_that_no_row_can_have_are_not_found() -> None:
    browser = pages_of(firm.member(AccessRole.EXECUTIVE))
    huge = 10**25
    named = (
        "contracts:review",
        "contracts:minutes",
        "signing:contract",
        "signing:amendment",
        "signing:constraint",
    )
    for name in (*PAGES_OF_AN_ENGAGEMENT, *named, "signing:copy", "handing_over:hand_over"):
        assert browser.get(reverse(name, args=[huge])).status_code == 404, name
