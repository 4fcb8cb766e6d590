"""Delivered by delivery, approved by somebody with delivery authority who is neither the seller nor the only estimator."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from accord.actions.door import obstacles
from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.engagements.actions import Said, begin_engagement, move_to_stage, record_expectation
from accord.engagements.models import Engagement, Expectation, Stage
from accord.estimating import queries
from accord.estimating.actions import (
    agree_on_efforts,
    approve_estimate,
    ask_for_estimate,
    begin_new_version,
    cover,
    deliver_estimate,
    note_assumption,
    send_back,
)
from accord.estimating.content import content_of, digest_of
from accord.estimating.models import Estimate, State
from accord.ledger.models import LedgerEntry
from accord.people.models import AccessRole
from tests import firm
from tests.estimating.builders import (
    approved,
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


def test_approval_keeps_the_digest_of_the_content_and_stands_in_the_ledger() -> None:
    estimate = approved()
    assert estimate.digest == digest_of(estimate)
    entry = LedgerEntry.objects.get(kind="estimate_approved")
    assert estimate.digest in entry.body
    assert queries.approved(estimate.engagement) == estimate


def test_the_digest_changes_with_the_content() -> None:
    one, other = delivered(rows=two_packages()), delivered(rows=two_packages((8, 11, 20)))
    assert content_of(one) != content_of(other)
    assert digest_of(one) != digest_of(other)


@pytest.mark.parametrize(
    "role", sorted(set(AccessRole) - {AccessRole.DELIVERY_LEAD, AccessRole.PROJECT_MANAGER})
)
def test_nobody_approves_without_delivery_authority(role: AccessRole) -> None:
    estimate = delivered()
    with pytest.raises(NotAllowed, match="delivery authority"):
        approve_estimate(firm.member(role), estimate)


def test_a_delivery_lead_who_sells_the_engagement_does_not_approve() -> None:
    both = firm.member(AccessRole.SELLER, AccessRole.DELIVERY_LEAD)
    estimate = delivered(firm.engagement(both))
    with pytest.raises(Refused, match="sells this engagement"):
        approve_estimate(both, estimate)


def test_the_owner_of_the_relationship_does_not_approve() -> None:
    owner = firm.member(AccessRole.RELATIONSHIP_MANAGER, AccessRole.DELIVERY_LEAD)
    engagement = begin_engagement(firm.seller(), firm.relationship(owner), "Portal")
    with pytest.raises(Refused, match="owns the relationship"):
        approve_estimate(owner, delivered(engagement))


def test_the_only_estimator_does_not_approve_but_one_of_two_may() -> None:
    lead = delivery_lead()
    alone = asked(None, lead)
    saved(alone, lead, two_packages())
    deliver_estimate(lead, alone)
    with pytest.raises(Refused, match="only estimator"):
        approve_estimate(lead, alone)
    other = estimator()
    shared = asked(None, lead, other)
    given(shared, lead, two_packages())
    given(shared, other, two_packages())
    deliver_estimate(other, shared)
    assert approve_estimate(lead, shared).state == State.APPROVED


def test_the_sellers_side_is_not_asked_for_numbers() -> None:
    engagement = firm.engagement()
    seller = seller_of(engagement)
    for somebody in (seller, engagement.relationship.owner):
        with pytest.raises(WrongInput, match="delivery answers"):
            ask_for_estimate(seller, engagement, "How long?", None, [somebody])


def test_only_what_is_delivered_is_judged() -> None:
    estimate = asked()
    for judge in (approve_estimate, lambda a, e: send_back(a, e, "Too coarse")):
        with pytest.raises(Refused, match="after it was delivered"):
            judge(delivery_lead(), estimate)


def test_an_approved_estimate_is_never_changed() -> None:
    estimate = approved()
    by = estimate.contributions.get().estimator
    before = digest_of(estimate)
    lead = delivery_lead()
    for attack in (
        lambda: saved(estimate, by, two_packages((1, 1, 1))),
        lambda: agree_on_efforts(lead, estimate, {}),
        lambda: note_assumption(by, estimate, "assumption", "Free coffee"),
        lambda: deliver_estimate(by, estimate),
        lambda: send_back(lead, estimate, "Once more"),
    ):
        with pytest.raises(Refused):
            attack()
    assert digest_of(Estimate.objects.get(pk=estimate.pk)) == before == estimate.digest


def test_a_new_version_is_a_copy_and_the_old_one_counts_until_it_is_approved() -> None:
    first = approved()
    second = begin_new_version(delivery_lead(), first)
    assert [p.code for p in second.packages.all()] == ["w1", "w2"]
    assert queries.approved(first.engagement) == first
    by = second.contributions.get().estimator
    saved(second, by, two_packages())
    deliver_estimate(by, second)
    approve_estimate(delivery_lead(), second)
    first.refresh_from_db()
    assert first.state == State.REPLACED
    assert queries.approved(first.engagement) == second


def expected(engagement: Engagement, subject: str) -> Expectation:
    said = Said("scope", subject, dt.date.today())
    return record_expectation(seller_of(engagement), engagement, said)


def test_what_the_client_expects_is_not_left_out_without_a_word() -> None:
    estimate = delivered()
    lead = delivery_lead()
    covered, forgotten = (expected(estimate.engagement, name) for name in ("Sign-on", "Archive"))
    cover(lead, covered, "w1")
    assert queries.uncovered(estimate) == [forgotten]
    for reasons in ({}, {forgotten.pk: "  "}, {covered.pk: "Not that one"}):
        with pytest.raises(Refused, match="No package delivers “Archive”"):
            approve_estimate(lead, estimate, reasons)
    approve_estimate(lead, estimate, {forgotten.pk: "The client agreed to buy it later."})
    body = LedgerEntry.objects.get(kind="estimate_approved").body
    assert "The client agreed to buy it later." in body
    assert "Sign-on" not in body


def test_a_package_of_another_version_does_not_cover_this_one() -> None:
    first = approved()
    scope = expected(first.engagement, "Archive")
    cover(delivery_lead(), scope, "w2")
    second = begin_new_version(delivery_lead(), first)
    by = second.contributions.get().estimator
    saved(second, by, two_packages()[:1])
    with pytest.raises(Refused, match="Archive"):
        approve_estimate(delivery_lead(), deliver_estimate(by, second))


def test_what_is_sent_back_says_why_and_is_open_again() -> None:
    estimate = delivered()
    with pytest.raises(WrongInput):
        send_back(delivery_lead(), estimate, "  ")
    estimate = send_back(delivery_lead(), estimate, "The migration is missing.")
    assert (estimate.state, estimate.sent_back_because) == (State.IN_WORK, "The migration is missing.")
    saved(estimate, estimate.contributions.get().estimator, [*two_packages(), row("Migrate", (5, 8, 13))])


def test_a_delivered_estimate_has_efforts_and_roles_everywhere() -> None:
    somebody = estimator()
    estimate = asked(None, somebody)
    saved(estimate, somebody, [replace(row("Build", (1, 2, 3)), role=None), row("Test", (1, 2, 3))])
    with pytest.raises(Refused, match="No role: “Build”"):
        deliver_estimate(somebody, estimate)


def test_an_engagement_has_one_open_estimate() -> None:
    estimate = asked()
    with pytest.raises(Refused, match="one open estimate"):
        asked(estimate.engagement)


def test_an_engagement_is_not_estimated_before_an_estimate_is_approved() -> None:
    engagement = firm.engagement()
    seller = seller_of(engagement)
    move_to_stage(seller, engagement, Stage.QUALIFIED)
    found = obstacles("engagements.move_to_stage", seller, engagement, Stage.ESTIMATED)
    assert [refused.because for refused in found] == ["There is no approved estimate."]
    with pytest.raises(Refused):
        move_to_stage(seller, engagement, Stage.ESTIMATED)
    approved(engagement)
    assert move_to_stage(seller, engagement, Stage.ESTIMATED).stage == Stage.ESTIMATED
