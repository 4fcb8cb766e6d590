"""New versions, copies of other engagements' estimates, templates."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.estimating import queries
from accord.estimating.actions import (
    begin_new_version,
    copy_estimate,
    deliver_estimate,
    finish_contribution,
    keep_as_template,
    note_assumption,
    note_risk,
    send_back,
    use_template,
)
from accord.estimating.models import Estimate
from tests import firm
from tests.estimating.builders import (
    approved,
    asked,
    delivered,
    delivery_lead,
    estimator,
    row,
    saved,
    seller_of,
    two_packages,
)

pytestmark = pytest.mark.django_db


def with_notes() -> Estimate:
    estimate = delivered()
    send_back(delivery_lead(), estimate, "Note the risk")
    by = estimate.contributions.get().estimator
    note_assumption(by, estimate, "assumption", "One language")
    note_risk(
        by,
        estimate,
        "No interface",
        Decimal("0.3"),
        estimate.packages.get(code="w1"),
        Decimal(1),
        Decimal(2),
        Decimal(3),
    )
    return estimate


def test_a_template_brings_packages_hours_assumptions_and_risks() -> None:
    source = with_notes()
    template = keep_as_template(source.contributions.get().estimator, source, "Portals")
    somebody = estimator()
    target = use_template(somebody, asked(None, somebody), template)
    grid = queries.grid(somebody, target)
    assert [(r.package.name, r.points.likely) for r in grid.rows if r.points] == [("Build", 10), ("Test", 8)]
    assert target.assumptions.get().text == "One language"
    assert target.risks.get().package == target.packages.get(name="Build")


def test_a_templates_hours_come_only_to_who_uses_it() -> None:
    source = delivered()
    template = keep_as_template(source.contributions.get().estimator, source, "Portals")
    for bring in (
        lambda who, estimate: use_template(who, estimate, template),
        lambda who, estimate: copy_estimate(who, estimate.engagement, source),
    ):
        ann, ben = estimator(), estimator()
        estimate = asked(None, ann, ben)
        bring(ann, estimate)
        estimate = Estimate.objects.get(pk=estimate.pk)
        assert queries.grid(ann, estimate).given == 2
        other = queries.grid(ben, estimate)
        assert ([r.package.name for r in other.rows], other.given) == (["Build", "Test"], 0)
        with pytest.raises(Refused, match="Missing"):
            finish_contribution(ben, estimate)


def test_a_templates_hours_are_nobodys_before_they_are_saved() -> None:
    source = delivered()
    template = keep_as_template(source.contributions.get().estimator, source, "Portals")
    ann = estimator(name="Ann")
    estimate = use_template(ann, asked(None, ann), template)
    for finish in (finish_contribution, deliver_estimate):
        with pytest.raises(Refused, match="unchanged"):
            finish(ann, estimate)
    rows = two_packages()
    codes = [p.code for p in estimate.packages.all()]
    saved(estimate, ann, [replace(r, code=c) for r, c in zip(rows, codes, strict=True)])
    assert queries.unchanged(estimate) == ["Ann"]
    saved(estimate, ann, [replace(row("Build", (1, 2, 3)), code=codes[0]), replace(rows[1], code=codes[1])])
    assert queries.unchanged(estimate) == []
    deliver_estimate(ann, estimate)


def test_who_is_new_to_a_version_begins_without_hours() -> None:
    first = approved()
    new = estimator()
    second = begin_new_version(delivery_lead(), first, estimators=[first.contributions.get().estimator, new])
    second = Estimate.objects.get(pk=second.pk)
    assert queries.grid(new, second).given == 0
    assert queries.grid(first.contributions.get().estimator, second).given == 2


def test_a_template_does_not_overwrite() -> None:
    source = delivered()
    template = keep_as_template(source.contributions.get().estimator, source, "Portals")
    somebody = estimator()
    target = saved(asked(None, somebody), somebody, two_packages())
    with pytest.raises(Refused, match="holds 2 lines"):
        use_template(somebody, target, template)


def test_a_template_has_its_own_name_and_comes_from_nothing_confidential() -> None:
    source = delivered()
    by = source.contributions.get().estimator
    keep_as_template(by, source, "Portals")
    with pytest.raises(WrongInput):
        keep_as_template(by, source, "Portals")
    secret = delivered(firm.engagement(confidential=True))
    with pytest.raises(Refused, match="confidential"):
        keep_as_template(secret.contributions.get().estimator, secret, "Secret")


def test_an_earlier_engagements_estimate_is_copied_with_fresh_codes() -> None:
    source = approved()
    somebody = estimator()
    target = asked(None, somebody)
    copied = copy_estimate(somebody, target.engagement, source)
    assert copied == target
    assert copied.copied_from == source
    assert queries.grid(somebody, copied).given == 2


def test_what_one_may_not_see_is_not_copied() -> None:
    secret = delivered(firm.engagement(confidential=True))
    somebody = estimator()
    target = asked(None, somebody)
    with pytest.raises(NotAllowed):
        copy_estimate(somebody, target.engagement, secret)
    assert secret not in queries.sources(somebody, target.engagement)


def test_only_who_leads_begins_a_new_version() -> None:
    estimate = approved()
    with pytest.raises(NotAllowed):
        begin_new_version(firm.member(), estimate)
    second = begin_new_version(seller_of(estimate.engagement), estimate, "With the archive")
    assert (second.version, second.question) == (2, "With the archive")


def test_versions_are_compared_by_their_packages() -> None:
    first = approved()
    second = begin_new_version(delivery_lead(), first)
    by = second.contributions.get().estimator
    saved(second, by, [two_packages((8, 16, 20))[0]])
    second = deliver_estimate(by, second)
    found = queries.compare(first, second)
    assert [(d.code, d.kind) for d in found.differences] == [("w1", "changed"), ("w2", "removed")]
    assert found.change == -2
