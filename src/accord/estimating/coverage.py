"""What other rooms are told: whether scope and quality are covered, and that a stage needs an approved estimate."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accord.actions.door import follows, gate
from accord.actions.refusals import Refused
from accord.engagements.models import Belief, Engagement, Expectation, Stage
from accord.estimating import queries
from accord.estimating.models import Estimate, State, WorkPackage
from accord.people.models import Member


@gate("engagements.move_to_stage")
def estimated_means_approved(actor: Member, engagement: Engagement, stage: Stage) -> None:
    """
    Raises:
        Refused: the engagement would count as estimated without an approved estimate.
    """
    versions = queries.with_estimators(engagement) if stage == Stage.ESTIMATED else []
    if stage == Stage.ESTIMATED and not any(v.state == State.APPROVED for v in versions):
        because = _("There is no approved estimate.")
        remedy = _("Ask delivery for one; somebody with delivery authority approves it.")
        if versions:
            newest = versions[0]
            because = _("Version {version} is {state}, not approved.").format(
                version=newest.version, state=newest.get_state_display()
            )
            remedy = queries.waits_for(newest, actor)
        raise Refused(_("An engagement counts as estimated when its estimate is approved."), because, remedy)


@follows("estimating.save_grid")
@follows("estimating.approve_estimate")
@follows("estimating.begin_new_version")
def after_an_estimate(actor: Member, estimate: Estimate, *args: Any, **kwargs: Any) -> None:
    keep_current(estimate.engagement)


@follows("estimating.copy_estimate")
def after_a_copy(actor: Member, engagement: Engagement, *args: Any, **kwargs: Any) -> None:
    keep_current(engagement)


@follows("estimating.cover")
@follows("estimating.uncover")
def after_covering(actor: Member, expectation: Expectation, *args: Any, **kwargs: Any) -> None:
    keep_current(expectation.engagement)


def keep_current(engagement: Engagement) -> None:
    """What delivery believes of each expected scope and quality follows from the package that covers it."""
    kinds = [Expectation.Kind.SCOPE, Expectation.Kind.QUALITY]
    expected = list(engagement.expectations.filter(kind__in=kinds).select_related("belief", "coverage"))
    approved = queries.approved(engagement)
    left_out = {row["expectation"]: row["because"] for row in approved.left_out} if approved else {}
    if not left_out and not any(hasattr(e, "coverage") or hasattr(e, "belief") for e in expected):
        return
    counting = _names(approved)
    newest = _names(queries.latest(engagement))
    for expectation in expected:
        code = expectation.coverage.code if hasattr(expectation, "coverage") else ""
        digest = approved.digest if approved else ""
        if expectation.pk in left_out and code not in counting and code not in newest:
            _is_left_out(expectation, left_out[expectation.pk], approved, digest)
        else:
            _believe(expectation, code, counting, newest, digest)


def _is_left_out(expectation: Expectation, because: str, approved: Estimate | None, digest: str) -> None:
    """Delivery decided against it and said why: that is what the seller reads, and tells the client."""
    belief: Belief = getattr(expectation, "belief", None) or Belief(expectation=expectation)
    by = approved.approved_by if approved else None
    belief.left_out = _("“{because}” {name} left it out of the approved estimate.").format(
        because=because, name=by
    )
    belief.covered_by, belief.departs, belief.from_approved_estimate = "", "", False
    belief.probability, belief.stale, belief.digest, belief.at = None, False, digest, timezone.now()
    belief.save()


def _names(estimate: Estimate | None) -> dict[str, str]:
    if estimate is None:
        return {}
    return dict(WorkPackage.objects.filter(estimate=estimate).values_list("code", "name"))


def _believe(
    expectation: Expectation, code: str, counting: dict[str, str], newest: dict[str, str], digest: str
) -> None:
    old: Belief | None = getattr(expectation, "belief", None)
    name = counting.get(code) or newest.get(code)
    if name is None:
        if old is not None:
            old.delete()
        return
    is_approved = code in counting
    digest = digest if is_approved else ""
    told = old and not old.left_out
    if (
        old
        and told
        and (old.covered_by, old.from_approved_estimate, old.digest) == (name, is_approved, digest)
    ):
        return
    belief = old or Belief(expectation=expectation)
    belief.covered_by, belief.from_approved_estimate, belief.digest = name, is_approved, digest
    belief.left_out = ""
    belief.probability, belief.stale, belief.at = None, False, timezone.now()
    belief.save()
