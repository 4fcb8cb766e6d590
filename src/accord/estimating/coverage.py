"""What other rooms are told: whether scope and quality are covered, and that a stage needs an approved estimate."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accord.actions.door import follows, gate
from accord.actions.refusals import Refused
from accord.engagements.believing import keep as keep_belief
from accord.engagements.models import Belief, Engagement, Expectation, Stage
from accord.engagements.queries import loads_with_statements
from accord.estimating import queries
from accord.estimating.models import Estimate, State, WorkPackage
from accord.people.models import Member

loads_with_statements("coverage")


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
    left_out = _left_out(approved)
    if not left_out and not any(hasattr(e, "coverage") or hasattr(e, "belief") for e in expected):
        return
    counting, newest = _names(approved), _names(queries.latest(engagement))
    for expectation in expected:
        code = expectation.coverage.code if hasattr(expectation, "coverage") else ""
        name = counting.get(code) or newest.get(code) or ""
        told = "" if name else left_out.get(expectation.pk, "")
        _believe(expectation, name, told, approved.digest if approved and code in counting else "")


def _left_out(approved: Estimate | None) -> dict[int, str]:
    """Expectation -> that delivery decided against it, and why: what the seller reads, and tells the client."""
    if approved is None:
        return {}
    words = _("“{because}” {name} left it out of the approved estimate.")
    return {
        row["expectation"]: words.format(because=row["because"], name=approved.approved_by)
        for row in approved.left_out
    }


def _believe(expectation: Expectation, name: str, left_out: str, digest: str) -> None:
    """`name`: of the package that covers it; `digest`: of the approved estimate, if that package is in it."""
    old: Belief | None = getattr(expectation, "belief", None)
    if not name and not left_out:
        if old is not None:
            old.delete()
        return
    believed = (name, left_out, bool(digest), digest)
    if old and (old.covered_by, old.left_out, old.from_approved_estimate, old.digest) == believed:
        return
    belief = old or Belief(expectation=expectation)
    belief.covered_by, belief.left_out, belief.from_approved_estimate, belief.digest = believed
    belief.probability, belief.stale, belief.at = None, False, timezone.now()
    keep_belief(belief)


def _names(estimate: Estimate | None) -> dict[str, str]:
    if estimate is None:
        return {}
    return dict(WorkPackage.objects.filter(estimate=estimate).values_list("code", "name"))
