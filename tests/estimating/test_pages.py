"""The pages: few queries whatever the rows, what waits for whom, nothing of confidential engagements."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from accord.engagements.actions import Said, record_expectation
from accord.engagements.desk import Group
from accord.estimating import queries
from accord.estimating.actions import cover, finish_contribution
from accord.estimating.desk import estimates
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
MOST = 12


@pytest.fixture
def at(client: Any, settings: Any) -> Any:
    # Noting when a session was last used is the accounts library's business, the same on every page.
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "usersessions" not in name]

    def come(member: Any) -> Any:
        client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
        client.get("/")  # what is asked once for a process or a session
        return client

    return come


def test_the_page_of_an_estimate_needs_few_queries(at: Any, django_assert_max_num_queries: Any) -> None:
    somebody = estimator()
    by = row("x").role
    estimate = saved(
        asked(None, somebody, estimator()), somebody, [row(f"P{k}", (1, 2, 3), by=by) for k in range(60)]
    )
    client = at(somebody)
    with django_assert_max_num_queries(MOST):
        answer = client.get(f"/estimates/{estimate.pk}/")
    assert b"P59" in answer.content


def test_the_list_of_versions_needs_few_queries(at: Any, django_assert_max_num_queries: Any) -> None:
    estimate = approved()
    seller = seller_of(estimate.engagement)
    for k in range(5):
        said = record_expectation(seller, estimate.engagement, Said("scope", f"Scope {k}", dt.date.today()))
        cover(seller, said, "w1")
    client = at(seller)
    with django_assert_max_num_queries(MOST):
        answer = client.get(f"/estimates/of/{estimate.engagement_id}/")
    assert answer.content.count(b"in the approved estimate") == 5


def test_reconciling_and_comparing_need_few_queries(at: Any, django_assert_max_num_queries: Any) -> None:
    ann, ben = estimator(), estimator()
    estimate = asked(None, ann, ben)
    given(estimate, ann, two_packages())
    given(estimate, ben, two_packages((30, 40, 50)))
    client = at(ann)
    for page in ("reconcile/", f"compare/{estimate.pk}/"):
        with django_assert_max_num_queries(MOST):
            assert client.get(f"/estimates/{estimate.pk}/{page}").status_code == 200


def test_a_confidential_estimate_is_open_to_nobody_else(at: Any) -> None:
    estimate = delivered(firm.engagement(confidential=True))
    client = at(estimator())
    for page in ("", "rows/", "history/", "reconcile/", "export.xlsx", "compare/1/"):
        assert client.get(f"/estimates/{estimate.pk}/{page}").status_code == 403


def test_an_empty_engagement_offers_to_ask(at: Any) -> None:
    engagement = firm.engagement()
    assert b"Ask for an estimate" in at(seller_of(engagement)).get(f"/estimates/of/{engagement.pk}/").content
    assert b"can ask for one" in at(firm.member()).get(f"/estimates/of/{engagement.pk}/").content


def test_the_seller_who_presses_approve_is_refused_in_words(at: Any) -> None:
    both = firm.member(AccessRole.SELLER, AccessRole.DELIVERY_LEAD)
    estimate = delivered(firm.engagement(both))
    client = at(both)
    assert b"sells this engagement" in client.get(f"/estimates/{estimate.pk}/").content
    seen = {"delivered_at": estimate.delivered_at.isoformat()}
    answer = client.post(f"/estimates/{estimate.pk}/approve/", seen)
    assert answer.status_code == 403
    assert b"decides nothing for delivery" in answer.content


def test_the_grid_saves_by_one_post_and_tells_a_stale_page(at: Any) -> None:
    somebody = estimator()
    estimate = asked(None, somebody)
    client = at(somebody)
    address = f"/estimates/{estimate.pk}/rows/"
    body = {"revision": 0, "rows": [{"name": "Build", "level": 0, "low": "1", "likely": "2", "high": "3.5"}]}
    answer = client.post(address, body, content_type="application/json").json()
    assert (answer["revision"], answer["rows"][0]["code"]) == (1, "w1")
    stale = client.post(address, body, content_type="application/json")
    assert stale.status_code == 409
    assert "Nothing of yours is lost" in stale.json()["remedy"]
    wrong = client.post(address, {"revision": 1, "rows": [{"name": ""}]}, content_type="application/json")
    assert wrong.json()["problems"] == [
        {"row": 0, "field": "name", "message": "Give the work package a name."}
    ]


def test_agreeing_takes_commas_and_tells_what_is_wrong(at: Any) -> None:
    ann, ben = estimator(), estimator()
    estimate = asked(None, ann, ben)
    given(estimate, ann, two_packages())
    given(estimate, ben, two_packages((30, 40, 50)))
    client = at(ann)
    address = f"/estimates/{estimate.pk}/reconcile/"
    wrong = client.post(address, {"w1-low": "9", "w1-likely": "8", "w1-high": "20"})
    assert wrong.status_code == 422
    assert b"Likely is not less than low" in wrong.content
    client.post(address, {"w1-low": "9", "w1-likely": "12,5", "w1-high": "20"})
    assert str(queries.leaves(estimate)[0].effort.likely) == "12.50"  # type: ignore[union-attr]


def test_what_waits_follows_the_estimate_from_hand_to_hand() -> None:
    engagement = firm.engagement()
    ann, ben, lead = estimator(), estimator(), delivery_lead()
    estimate = asked(engagement, ann, ben)
    assert [(w.group, w.button) for w in estimates(ann)] == [(Group.ANSWER, "Estimate")]
    assert estimates(lead) == []
    given(estimate, ann, two_packages())
    assert estimates(ann) == []
    saved(estimate, ben, two_packages())
    finish_contribution(ben, estimate)
    assert [w.button for w in estimates(ann)] == ["Agree and deliver"]
    from accord.estimating.actions import deliver_estimate

    deliver_estimate(ben, estimate)
    waiting = estimates(lead)
    assert [(w.group, w.button, w.engagement, w.address) for w in waiting] == [
        (Group.DECIDE, "Judge the estimate", engagement, f"/estimates/{estimate.pk}/")
    ]
    assert estimates(seller_of(engagement)) == []


def test_what_waits_needs_few_queries(django_assert_max_num_queries: Any) -> None:
    lead = delivery_lead()
    for _ in range(4):
        delivered()
    with django_assert_max_num_queries(4):
        assert len(estimates(lead)) == 4
