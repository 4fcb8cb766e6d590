"""Two people act at the same moment: the rules hold as if one had come first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from accord.actions.refusals import Refused, WrongInput
from accord.engagements.actions import give_part, take_part
from accord.engagements.models import Engagement, Part
from accord.estimating.actions import add_estimator, approve_estimate, ask_for_estimate, send_back
from accord.estimating.models import Estimate, State
from accord.people.actions import take_role
from accord.people.models import AccessRole, GivenRole
from accord.relationships.actions import hand_over_relationship
from accord.relationships.models import Relationship
from tests import firm
from tests.estimating.builders import asked, delivered, delivery_lead, estimator, seller_of

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each of them got: a result or a refusal."""
    start, got = threading.Barrier(len(acts)), [None] * len(acts)

    def go(k: int, act: Callable[[], Any]) -> None:
        try:
            start.wait()
            got[k] = act()
        except Exception as error:
            got[k] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go, args=(k, act)) for k, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert all(isinstance(one, Refused | WrongInput) for one in got if isinstance(one, Exception)), got
    return got


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def test_nobody_approves_and_becomes_seller() -> None:
    estimate, lead = delivered(), firm.member(AccessRole.DELIVERY_LEAD, AccessRole.SELLER)
    engagement, seller = estimate.engagement, seller_of(estimate.engagement)
    at_once(
        lambda: approve_estimate(lead, Estimate.objects.get(pk=estimate.pk)),
        lambda: give_part(seller, Engagement.objects.get(pk=engagement.pk), lead, Part.SELLER),
    )
    sells = engagement.parts.filter(member=lead, part=Part.SELLER).exists()
    assert (fresh(estimate).state == State.APPROVED) != sells


def test_nobody_approves_and_becomes_the_owner() -> None:
    estimate = delivered()
    lead = firm.member(AccessRole.DELIVERY_LEAD, AccessRole.RELATIONSHIP_MANAGER)
    relationship, admin = estimate.engagement.relationship, firm.administrator()
    at_once(
        lambda: approve_estimate(lead, Estimate.objects.get(pk=estimate.pk)),
        lambda: hand_over_relationship(admin, Relationship.objects.get(pk=relationship.pk), lead),
    )
    assert (fresh(estimate).state == State.APPROVED) != (fresh(relationship).owner_id == lead.pk)


def test_nobody_comes_to_sell_and_to_estimate() -> None:
    estimate = asked(None, estimator())
    engagement, seller = estimate.engagement, seller_of(estimate.engagement)
    both = firm.member(AccessRole.ESTIMATOR, AccessRole.SELLER)
    at_once(
        lambda: give_part(seller, Engagement.objects.get(pk=engagement.pk), both, Part.SELLER),
        lambda: add_estimator(seller, Estimate.objects.get(pk=estimate.pk), both),
    )
    assert engagement.parts.filter(member=both).count() == 1


def test_one_open_estimate_comes_of_four_that_are_asked_for() -> None:
    engagement, people = firm.engagement(), [estimator() for _ in range(4)]
    seller = seller_of(engagement)
    at_once(
        *(lambda one=one: ask_for_estimate(seller, fresh(engagement), "?", None, [one]) for one in people)
    )
    assert engagement.estimates.count() == 1


def test_an_estimate_is_approved_or_sent_back() -> None:
    estimate, one, other = delivered(), delivery_lead(), delivery_lead()
    got = at_once(
        lambda: approve_estimate(one, Estimate.objects.get(pk=estimate.pk)),
        lambda: send_back(other, Estimate.objects.get(pk=estimate.pk), "Look at the tests again."),
    )
    assert sum(isinstance(one, Refused) for one in got) == 1


def test_an_engagement_keeps_one_of_two_sellers_who_leave() -> None:
    engagement, other = firm.engagement(), firm.seller()
    seller = seller_of(engagement)
    give_part(seller, engagement, other, Part.SELLER)
    at_once(
        lambda: take_part(seller, fresh(engagement), seller, Part.SELLER),
        lambda: take_part(other, fresh(engagement), other, Part.SELLER),
    )
    assert engagement.parts.filter(part=Part.SELLER).count() == 1


def test_a_firm_keeps_one_of_two_administrators_who_dismiss_each_other() -> None:
    one = firm.administrator()
    other = firm.member(AccessRole.ADMINISTRATOR)
    at_once(
        lambda: take_role(one, other, AccessRole.ADMINISTRATOR),
        lambda: take_role(other, one, AccessRole.ADMINISTRATOR),
    )
    assert GivenRole.objects.filter(role=AccessRole.ADMINISTRATOR).exists()
