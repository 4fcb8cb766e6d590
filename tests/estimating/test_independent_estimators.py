"""Several estimators give their numbers without seeing each other's, until all are done."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import pytest

from accord.actions.models import AuditChange
from accord.actions.refusals import NotAllowed, Refused
from accord.estimating import queries
from accord.estimating.actions import (
    add_estimator,
    agree_on_efforts,
    finish_contribution,
    keep_as_template,
    release_estimator,
    save_grid,
    step_back,
    take_up_again,
)
from accord.estimating.models import Effort, Estimate
from accord.estimating.numbers import Points
from accord.people.models import AccessRole
from tests import firm
from tests.estimating.builders import (
    asked,
    estimator,
    given,
    row,
    saved,
    seller_of,
    two_packages,
)

pytestmark = pytest.mark.django_db
SECRET = (73577, 84688, 95799)


def points(low: int, likely: int, high: int) -> Points:
    return Points(Decimal(low), Decimal(likely), Decimal(high))


def numbers_of(member: object, estimate: Estimate) -> list[Points | None]:
    return [r.points for r in queries.grid(member, Estimate.objects.get(pk=estimate.pk)).rows]  # type: ignore[arg-type]


def test_each_sees_the_shared_breakdown_and_only_the_own_numbers() -> None:
    ann, ben = estimator(), estimator()
    estimate = asked(None, ann, ben)
    saved(estimate, ann, two_packages())
    saved(estimate, ben, two_packages((1, 2, 3), (4, 5, 6)))
    assert numbers_of(ann, estimate) == [points(8, 10, 20), points(4, 8, 12)]
    assert numbers_of(ben, estimate) == [points(1, 2, 3), points(4, 5, 6)]
    assert numbers_of(seller_of(estimate.engagement), estimate) == [None, None]


def test_what_one_types_does_not_make_the_others_page_stale() -> None:
    ann, ben = estimator(), estimator()
    estimate = saved(asked(None, ann, ben), ann, two_packages())
    seen_by_ben = queries.grid(ben, estimate).revision
    saved(estimate, ann, two_packages((9, 9, 9)))
    save_grid(ben, estimate, two_packages((1, 2, 3)), seen_by_ben)
    assert Effort.objects.filter(contribution__estimator=ben).count() == 2


def test_a_stale_page_is_refused_and_changes_nothing() -> None:
    ann = estimator()
    estimate = saved(asked(None, ann), ann, two_packages())
    stale = estimate.revision
    saved(estimate, ann, two_packages((9, 9, 9)))
    with pytest.raises(Refused, match="changed by somebody else, or in another window"):
        save_grid(ann, estimate, [row("Only this", (1, 1, 1))], stale)
    assert numbers_of(ann, estimate)[0] == points(9, 9, 9)


@pytest.mark.parametrize(
    "page", ["", "rows/", "reconcile/", "history/", "export.xlsx", "export.xml", "export.yaml"]
)
def test_no_page_tells_an_estimator_the_others_numbers(client: object, page: str) -> None:
    ann, ben = estimator(), estimator()
    estimate = asked(None, ann, ben)
    given(estimate, ann, two_packages(SECRET))
    for onlooker in (ben, seller_of(estimate.engagement), firm.administrator()):
        client.force_login(onlooker, backend="accord.people.backends.Backend")  # type: ignore[attr-defined]
        content = _unpacked(client.get(f"/estimates/{estimate.pk}/{page}").content)  # type: ignore[attr-defined]
        for secret in (b"84688", "84\u202f688".encode(), b"84,688", b"73577", b"95799"):
            assert secret not in content


def _unpacked(content: bytes) -> bytes:
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return b"".join(packed.read(name) for name in packed.namelist())


def test_the_audit_never_holds_an_estimators_own_numbers() -> None:
    ann, ben = estimator(), estimator()
    estimate = asked(None, ann, ben)
    saved(estimate, ann, two_packages(SECRET))
    saved(estimate, ann, two_packages((73577, 84689, 95799)))
    saved(estimate, ann, [two_packages()[0]])  # removes one: the audit tells what was deleted
    kept = [str((c.before, c.after)) for c in AuditChange.objects.all()]
    assert kept
    assert not [told for told in kept if "84688" in told or "84689" in told or "73577" in told]


def test_a_template_made_too_early_holds_no_numbers() -> None:
    ann, ben = estimator(), estimator()
    estimate = given(asked(None, ann, ben), ann, two_packages(SECRET))
    assert "84688" not in str(keep_as_template(ben, estimate, "Portals").body)


def test_comparing_opinions_is_refused_before_all_are_done() -> None:
    ann, ben = estimator(name="Ann"), estimator(name="Ben")
    estimate = given(asked(None, ann, ben), ann, two_packages())
    with pytest.raises(Refused, match="Still at work: Ben"):
        queries.disputed(estimate)
    with pytest.raises(Refused):
        agree_on_efforts(ann, estimate, {"w1": points(1, 2, 3)})


def test_agreeing_begins_with_the_means() -> None:
    ann, ben = estimator(), estimator()
    estimate = asked(None, ann, ben)
    given(estimate, ann, two_packages((8, 10, 20), (4, 8, 12)))
    given(estimate, ben, two_packages((10, 30, 40), (6, 8, 14)))
    build, test = queries.disputed(Estimate.objects.get(pk=estimate.pk))
    assert build.agreed == points(9, 20, 30)
    assert build.disagreement == "3.0 times apart"
    assert (test.agreed, test.disagreement) == (points(5, 8, 13), "")
    assert [o.estimator for o in build.opinions] == [ann, ben]


def test_what_was_agreed_leaves_the_opinions_as_they_were() -> None:
    ann, ben = estimator(), estimator()
    estimate = asked(None, ann, ben)
    given(estimate, ann, two_packages((8, 10, 20)))
    given(estimate, ben, two_packages((10, 30, 40)))
    agree_on_efforts(ann, estimate, {"w1": points(10, 24, 40)})
    build = queries.disputed(Estimate.objects.get(pk=estimate.pk))[0]
    assert build.agreed == points(10, 24, 40)
    assert [o.points.likely for o in build.opinions] == [10, 30]


def test_who_is_done_waits_and_may_take_it_up_again_while_others_work() -> None:
    ann, ben = estimator(), estimator()
    estimate = given(asked(None, ann, ben), ann, two_packages())
    with pytest.raises(Refused, match="done waits"):
        saved(estimate, ann, two_packages((9, 9, 9)))
    take_up_again(ann, estimate)
    saved(estimate, ann, two_packages((9, 9, 9)))
    finish_contribution(ann, estimate)
    given(estimate, ben, two_packages((1, 2, 3)))
    with pytest.raises(Refused, match="before everybody sees them"):
        take_up_again(ann, estimate)


def test_a_new_package_asks_everybody_again() -> None:
    ann, ben = estimator(), estimator()
    estimate = given(asked(None, ann, ben), ann, two_packages())
    saved(estimate, ben, [*two_packages(), row("Train users", (2, 3, 4))])
    assert estimate.contributions.get(estimator=ann).done_at is None


def test_nobody_is_done_with_empty_packages() -> None:
    ann = estimator()
    estimate = saved(asked(None, ann), ann, [row("Build", (1, 2, 3)), row("Test")])
    with pytest.raises(Refused, match="Missing: “Test”"):
        finish_contribution(ann, estimate)


def test_nobody_joins_after_the_numbers_are_open() -> None:
    ann, late = estimator(), estimator()
    estimate = given(asked(None, ann), ann, two_packages())
    with pytest.raises(Refused, match="has not seen the others' numbers"):
        add_estimator(seller_of(estimate.engagement), estimate, late)


def test_going_on_without_somebody_opens_the_numbers_of_the_rest() -> None:
    ann, ben = estimator(), estimator()
    estimate = given(asked(None, ann, ben), ann, two_packages())
    release_estimator(firm.member(AccessRole.DELIVERY_LEAD), estimate, ben)
    assert queries.leaves(estimate)[0].effort is not None


def test_the_seller_does_not_choose_who_is_not_heard() -> None:
    ann, ben = estimator(), estimator()
    estimate = asked(None, ann, ben)
    with pytest.raises(NotAllowed):
        release_estimator(seller_of(estimate.engagement), estimate, ben)
    assert estimate.contributions.count() == 2


def test_nobody_removes_what_another_estimator_gave_hours_for() -> None:
    ann, ben = estimator(), estimator()
    estimate = given(asked(None, ann, ben), ann, two_packages())
    with pytest.raises(Refused, match="hours of somebody else"):
        save_grid(ben, estimate, [row("Something else", (1, 2, 3))], estimate.revision)
    assert estimate.packages.count() == 2


def test_an_asked_code_that_is_just_handed_out_is_not_given_twice() -> None:
    ann = estimator()
    estimate = save_grid(ann, asked(None, ann), [row("One"), row("Two", code="w1")], 0)
    assert sorted(p.code for p in estimate.packages.all()) == ["w1", "w2"]


def test_who_sells_does_not_choose_whose_numbers_are_heard() -> None:
    both = firm.member(AccessRole.SELLER, AccessRole.DELIVERY_LEAD)
    lead = firm.member(AccessRole.DELIVERY_LEAD, name="Tomasz")
    ann, ben = estimator(), estimator()
    estimate = given(asked(firm.engagement(both), ann, ben), ann, two_packages())
    owner = estimate.engagement.relationship.owner
    for somebody in (both, owner, ann, firm.administrator()):
        with pytest.raises(NotAllowed, match="Ask Tomasz"):
            release_estimator(somebody, estimate, ben)
    release_estimator(lead, estimate, ben)


def test_an_estimator_may_step_back_but_not_the_last_one() -> None:
    ann, ben = estimator(), estimator()
    estimate = asked(None, ann, ben)
    with pytest.raises(NotAllowed):
        step_back(estimator(), estimate)
    step_back(ben, estimate)
    assert estimate.contributions.get().estimator == ann
    with pytest.raises(Refused, match="the only one"):
        step_back(ann, estimate)


def test_somebody_else_neither_writes_nor_is_done() -> None:
    estimate = asked()
    stranger = estimator()
    with pytest.raises(NotAllowed):
        save_grid(stranger, estimate, two_packages(), 0)
    with pytest.raises(NotAllowed):
        finish_contribution(stranger, estimate)
    with pytest.raises(NotAllowed):
        save_grid(seller_of(estimate.engagement), estimate, two_packages(), 0)
