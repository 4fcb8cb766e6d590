"""Ways around the two sides of an engagement: each was found by trying, and each is closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.engagements.actions import (
    Said,
    begin_engagement,
    change_engagement,
    give_part,
    plan_next_step,
    record_expectation,
    take_part,
)
from accord.engagements.models import Part
from accord.engagements.policies.actions import change_profile
from accord.estimating.actions import (
    agree_on_efforts,
    approve_estimate,
    ask_for_estimate,
    begin_new_version,
    copy_estimate,
    cover,
    deliver_estimate,
    note_risk,
    send_back,
)
from accord.estimating.models import Estimate, State
from accord.estimating.numbers import Points
from accord.people.actions import give_role, take_role
from accord.people.models import AccessRole
from accord.relationships.actions import hand_over_relationship
from tests import firm
from tests.estimating.builders import (
    asked,
    delivered,
    delivery_lead,
    estimator,
    given,
    row,
    saved,
    seller_of,
    two_packages,
)

pytestmark = pytest.mark.django_db
BOTH = (AccessRole.SELLER, AccessRole.DELIVERY_LEAD, AccessRole.PROJECT_MANAGER)


def now(estimate: Estimate) -> Estimate:
    return Estimate.objects.get(pk=estimate.pk)


# A part gives no authority by itself


@pytest.mark.parametrize(
    ("part", "roles"),
    [
        (Part.DELIVERY_LEAD, [AccessRole.SELLER]),
        (Part.DELIVERY_LEAD, [AccessRole.AUDITOR]),
        (Part.DELIVERY_LEAD, [AccessRole.PROJECT_MANAGER, AccessRole.MEMBER]),
        (Part.PROJECT_MANAGER, [AccessRole.DELIVERY_LEAD, AccessRole.MEMBER]),
        (Part.QUALITY_MANAGER, [AccessRole.MEMBER]),
        (Part.ESTIMATOR, [AccessRole.SELLER]),
        (Part.SELLER, [AccessRole.DELIVERY_LEAD]),
        (Part.TEAM, [AccessRole.AUDITOR]),
    ],
)
def test_a_part_needs_its_access_role(part: Part, roles: Sequence[AccessRole]) -> None:
    engagement = firm.engagement()
    with pytest.raises(Refused, match="no role that allows the part"):
        give_part(seller_of(engagement), engagement, firm.member(*roles), part)


def test_who_asks_for_an_estimate_makes_no_pal_the_delivery_lead() -> None:
    engagement = firm.engagement()
    with pytest.raises(Refused, match="no role that allows the part"):
        ask_for_estimate(
            seller_of(engagement), engagement, "What?", None, [estimator()], delivery_lead=firm.seller()
        )


def test_a_part_is_worth_nothing_once_its_access_role_is_gone() -> None:
    estimate = delivered()
    lead = firm.with_part(estimate.engagement, Part.DELIVERY_LEAD)
    take_role(firm.administrator(), lead, AccessRole.DELIVERY_LEAD)
    with pytest.raises(NotAllowed):
        approve_estimate(lead, estimate)


def test_a_project_manager_approves_only_where_they_have_that_part() -> None:
    estimate = delivered()
    with pytest.raises(NotAllowed, match="delivery authority"):
        approve_estimate(firm.member(AccessRole.PROJECT_MANAGER), estimate)
    manager = firm.with_part(estimate.engagement, Part.PROJECT_MANAGER)
    assert approve_estimate(manager, now(estimate)).state == State.APPROVED


# One person, one side


@pytest.mark.parametrize("part", [Part.DELIVERY_LEAD, Part.PROJECT_MANAGER, Part.ESTIMATOR])
def test_nobody_sells_and_delivers(part: Part) -> None:
    both = firm.member(*BOTH)
    engagement = firm.engagement(both)
    with pytest.raises(Refused, match="either sells or delivers"):
        give_part(both, engagement, both, part)
    other = firm.member(*BOTH)
    give_part(both, engagement, other, part)
    with pytest.raises(Refused, match="either sells or delivers"):
        give_part(both, engagement, other, Part.SELLER)


def test_who_sells_decides_nothing_for_delivery_whatever_their_roles() -> None:
    both = firm.member(*AccessRole)
    somebody = estimator()
    estimate = given(asked(firm.engagement(both), somebody), somebody, two_packages())
    for attempt in (
        lambda: agree_on_efforts(both, estimate, {"w1": Points(1, 1, 1)}),  # type: ignore[arg-type]
        lambda: saved(estimate, both, [row("Build", (1, 1, 1), code="w1")]),
        lambda: deliver_estimate(both, estimate),
        lambda: change_profile(both, estimate.engagement, "light", "It is small."),
    ):
        with pytest.raises(NotAllowed, match="sells this engagement"):
            attempt()
    deliver_estimate(somebody, now(estimate))
    for judge in (approve_estimate, lambda a, e: send_back(a, e, "no")):
        with pytest.raises(NotAllowed, match="sells this engagement"):
            judge(both, now(estimate))


def test_giving_up_the_sellers_part_makes_nobody_independent() -> None:
    both = firm.member(AccessRole.SELLER, AccessRole.DELIVERY_LEAD)
    estimate = delivered(firm.engagement(both))
    give_part(both, estimate.engagement, firm.seller(), Part.SELLER)
    take_part(both, estimate.engagement, both, Part.SELLER)
    with pytest.raises(Refused, match="since it began"):
        approve_estimate(both, now(estimate))


def test_giving_away_the_relationship_makes_nobody_independent() -> None:
    owner = firm.member(AccessRole.RELATIONSHIP_MANAGER, AccessRole.DELIVERY_LEAD)
    engagement = begin_engagement(firm.seller(), firm.relationship(owner), "Portal")
    estimate = delivered(engagement)
    hand_over_relationship(owner, engagement.relationship, firm.member(AccessRole.RELATIONSHIP_MANAGER))
    with pytest.raises(Refused, match="since it began"):
        approve_estimate(owner, now(estimate))


def test_the_approver_does_not_become_seller_or_owner_while_the_approval_stands() -> None:
    both = firm.member(AccessRole.SELLER, AccessRole.RELATIONSHIP_MANAGER, AccessRole.DELIVERY_LEAD)
    estimate = approve_estimate(both, delivered())
    engagement = estimate.engagement
    with pytest.raises(Refused, match="made or approved an estimate"):
        give_part(seller_of(engagement), engagement, both, Part.SELLER)
    relationship = engagement.relationship
    with pytest.raises(Refused, match="made or approved an estimate"):
        hand_over_relationship(relationship.owner, relationship, both)


# Who made the numbers


def test_who_overwrote_the_agreed_hours_does_not_approve_them() -> None:
    somebody, lead = estimator(), delivery_lead()
    estimate = given(asked(None, somebody), somebody, two_packages())
    saved(estimate, lead, two_packages((1, 1, 1), (1, 1, 1)))
    deliver_estimate(somebody, now(estimate))
    with pytest.raises(Refused, match="had agreed on"):
        approve_estimate(lead, now(estimate))
    assert approve_estimate(delivery_lead(), now(estimate)).state == State.APPROVED


def test_who_took_an_agreed_package_out_does_not_approve_the_rest() -> None:
    somebody, lead = estimator(), delivery_lead()
    estimate = given(asked(None, somebody), somebody, two_packages())
    saved(estimate, lead, two_packages()[:1])
    deliver_estimate(lead, now(estimate))
    with pytest.raises(Refused, match="had agreed on"):
        approve_estimate(lead, now(estimate))


def test_who_prepared_the_breakdown_before_the_hours_may_approve() -> None:
    somebody, lead = estimator(), delivery_lead()
    estimate = asked(None, somebody)
    saved(estimate, lead, [row("Build"), row("Test")])
    given(estimate, somebody, two_packages())
    deliver_estimate(somebody, now(estimate))
    assert approve_estimate(lead, now(estimate)).state == State.APPROVED


# What is confidential


def test_a_confidential_estimate_is_not_copied_where_everybody_reads_it() -> None:
    seller = firm.seller()
    lead = delivery_lead()
    secret = firm.engagement(seller, confidential=True)
    give_part(seller, secret, lead, Part.DELIVERY_LEAD)
    source = approve_estimate(lead, delivered(secret))
    with pytest.raises(Refused, match="stays with those who have a part"):
        copy_estimate(lead, firm.engagement(seller), source)


def test_what_was_copied_in_confidence_is_not_opened_afterwards() -> None:
    seller, lead = firm.seller(), delivery_lead()
    secret, other = (firm.engagement(seller, confidential=True) for _ in range(2))
    for engagement in (secret, other):
        give_part(seller, engagement, lead, Part.DELIVERY_LEAD)
    copy_estimate(lead, other, approve_estimate(lead, delivered(secret)))
    with pytest.raises(Refused, match="copied from a confidential engagement"):
        change_engagement(seller, other, "Open to all", None, 50, False)
    change_engagement(seller, other, "Still confidential", None, 50, True)
    change_engagement(seller, secret, "Its own estimate", None, 50, False)


# Who sells gives no numbers


def test_who_sells_neither_names_the_package_nor_fills_the_breakdown() -> None:
    seller, source = firm.seller(), delivered()
    engagement = firm.engagement(seller)
    estimate = asked(engagement, estimator())
    said = record_expectation(seller, engagement, Said("scope", "Archive", dt.date.today()))
    with pytest.raises(NotAllowed, match="decides nothing for delivery"):
        copy_estimate(seller, engagement, source)
    saved(estimate, estimate.contributions.get().estimator, two_packages())
    with pytest.raises(NotAllowed, match="decides nothing for delivery"):
        cover(seller, said, "w1")


def test_an_estimator_does_not_go_over_to_the_seller() -> None:
    estimate = delivered()
    engagement, somebody = estimate.engagement, estimate.contributions.get().estimator
    give_role(firm.administrator(), somebody, AccessRole.SELLER)
    take_part(seller_of(engagement), engagement, somebody, Part.ESTIMATOR)
    with pytest.raises(Refused, match="made or approved an estimate"):
        give_part(seller_of(engagement), engagement, somebody, Part.SELLER)


def test_somebody_without_a_role_in_delivery_is_not_asked_for_hours() -> None:
    engagement = firm.engagement()
    with pytest.raises(WrongInput, match="no role in delivery"):
        ask_for_estimate(seller_of(engagement), engagement, "What?", None, [firm.member(AccessRole.FINANCE)])


# Who sold it, though they do not sell it now


def test_who_gave_the_selling_away_decides_nothing_for_delivery() -> None:
    seller = firm.member(*BOTH, AccessRole.ESTIMATOR, AccessRole.EXECUTIVE)
    engagement, pal = firm.engagement(seller), firm.seller()
    give_part(seller, engagement, pal, Part.SELLER)
    take_part(pal, engagement, seller, Part.SELLER)
    for part in (Part.DELIVERY_LEAD, Part.PROJECT_MANAGER, Part.ESTIMATOR):
        with pytest.raises(Refused, match="sold this engagement"):
            give_part(pal, engagement, seller, part)
    with pytest.raises(NotAllowed, match="sold this engagement"):
        change_profile(seller, engagement, "light", "It is small.")
    with pytest.raises(WrongInput, match="cannot estimate"):
        ask_for_estimate(pal, engagement, "What?", None, [seller])


def test_who_handed_the_relationship_over_does_not_approve() -> None:
    owner = firm.member(*BOTH, AccessRole.RELATIONSHIP_MANAGER)
    engagement = begin_engagement(firm.seller(), firm.relationship(owner), "Portal")
    hand_over_relationship(owner, engagement.relationship, firm.member(AccessRole.RELATIONSHIP_MANAGER))
    with pytest.raises(NotAllowed, match="owned the relationship"):
        approve_estimate(owner, delivered(engagement))


def test_an_estimator_does_not_become_the_owner() -> None:
    estimate = delivered()
    somebody = estimate.contributions.get().estimator
    give_role(firm.administrator(), somebody, AccessRole.RELATIONSHIP_MANAGER)
    relationship = estimate.engagement.relationship
    with pytest.raises(Refused, match="made or approved an estimate"):
        hand_over_relationship(relationship.owner, relationship, somebody)


def test_a_refusal_does_not_tell_what_is_confidential() -> None:
    secret = firm.engagement(confidential=True, title="Project Zeus")
    lead = firm.with_part(secret, Part.DELIVERY_LEAD)
    give_role(firm.administrator(), lead, AccessRole.RELATIONSHIP_MANAGER)
    approve_estimate(lead, delivered(secret))
    with pytest.raises(Refused, match="a confidential engagement") as refused:
        hand_over_relationship(firm.administrator(), secret.relationship, lead)
    assert "Zeus" not in str(refused.value)


# Whose numbers are heard


def test_the_seller_does_not_throw_an_estimator_out_by_the_part() -> None:
    somebody, other = estimator(), estimator()
    engagement = asked(None, somebody, other).engagement
    with pytest.raises(Refused, match="still estimates keeps the part"):
        take_part(seller_of(engagement), engagement, somebody, Part.ESTIMATOR)


def test_the_seller_does_not_begin_a_version_without_an_estimator() -> None:
    low, high = estimator(), estimator()
    estimate = given(asked(None, low, high), low, two_packages())
    given(estimate, high, two_packages((80, 100, 200), (40, 80, 120)))
    deliver_estimate(high, now(estimate))
    approve_estimate(delivery_lead(), now(estimate))
    with pytest.raises(NotAllowed, match="without an estimator"):
        begin_new_version(seller_of(estimate.engagement), now(estimate), "Again", None, [low])
    assert begin_new_version(delivery_lead(), now(estimate), "Again", None, [low]).version == 2


@pytest.mark.parametrize("what", ["people", "risk"])
def test_who_changed_people_or_risks_of_what_was_agreed_does_not_approve(what: str) -> None:
    somebody, lead = estimator(), delivery_lead()
    estimate = given(asked(None, somebody), somebody, two_packages())
    if what == "people":
        rows = [replace(r, units=Decimal(9)) for r in two_packages()]
        saved(estimate, lead, rows)
    else:
        package = estimate.packages.first()
        note_risk(
            lead, now(estimate), "The interface changes", Decimal("0.5"), package, *map(Decimal, (1, 2, 3))
        )
    deliver_estimate(somebody, now(estimate))
    with pytest.raises(Refused, match="had agreed on"):
        approve_estimate(lead, now(estimate))


# Who only reads


@pytest.mark.parametrize("who", ["owner", "estimator"])
def test_who_has_become_a_reader_writes_nothing(who: str) -> None:
    admin, owner, somebody = firm.administrator(), firm.member(AccessRole.RELATIONSHIP_MANAGER), estimator()
    engagement = begin_engagement(firm.seller(), firm.relationship(owner), "Portal")
    estimate = asked(engagement, somebody)
    reader = owner if who == "owner" else somebody
    for role in reader.access_roles:
        take_role(admin, reader, AccessRole(role))
    give_role(admin, reader, AccessRole.AUDITOR)
    reader = type(reader).objects.get(pk=reader.pk)
    with pytest.raises(NotAllowed):
        plan_next_step(reader, engagement, "Call them", None)
    with pytest.raises(NotAllowed):
        saved(now(estimate), reader, two_packages())


def test_the_seller_does_not_take_the_part_of_who_judges() -> None:
    estimate = delivered()
    engagement = estimate.engagement
    manager = firm.with_part(engagement, Part.PROJECT_MANAGER)
    with pytest.raises(Refused, match="does not choose who judges"):
        take_part(seller_of(engagement), engagement, manager, Part.PROJECT_MANAGER)
    send_back(manager, now(estimate), "Look at the tests again.")
    take_part(seller_of(engagement), engagement, manager, Part.PROJECT_MANAGER)


def test_who_begins_an_engagement_chooses_no_other_currency_and_gets_the_policy_s_profile() -> None:
    begun = begin_engagement(firm.seller(), firm.relationship(), "Portal", Decimal(600_000))
    assert (begun.profile, begun.profile_chosen) == ("heavy", False)
    with pytest.raises(WrongInput, match="People cost EUR"):
        begin_engagement(firm.seller(), firm.relationship(), "Portal", currency="JPY")


@pytest.mark.parametrize("what", ["agreed", "covered", "profile", "part"])
def test_who_decided_for_delivery_does_not_sell_later(what: str) -> None:
    somebody = estimator()
    estimate = given(asked(None, somebody), somebody, two_packages())
    engagement, seller = estimate.engagement, seller_of(estimate.engagement)
    lead = firm.member(AccessRole.DELIVERY_LEAD, AccessRole.EXECUTIVE)
    if what == "agreed":
        agree_on_efforts(lead, estimate, {"w1": Points(Decimal(1), Decimal(1), Decimal(1))})
    elif what == "covered":
        said = record_expectation(seller, engagement, Said("scope", "Archive", dt.date.today()))
        cover(lead, said, "w1")
    elif what == "profile":
        change_profile(lead, engagement, "light", "It is small.")
    else:
        give_part(seller, engagement, lead, Part.DELIVERY_LEAD)
        take_part(seller, engagement, lead, Part.DELIVERY_LEAD)
    with pytest.raises(Refused, match="worked for delivery here"):
        give_part(seller, engagement, lead, Part.SELLER)
