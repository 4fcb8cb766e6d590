"""Delivering an estimate, and judging it by somebody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accord.actions.door import action
from accord.actions.refusals import Refused, WrongInput
from accord.estimating import queries, rules
from accord.estimating.actions.breaking_down import finish, locked
from accord.estimating.content import digest_of
from accord.estimating.models import Estimate, State
from accord.ledger import chain
from accord.people.models import Member


@action(permission=rules.may_estimate)
def deliver_estimate(actor: Member, estimate: Estimate) -> Estimate:
    """Answer the question: from now on nobody changes it. An only estimator who delivers is done by that.

    Raises:
        Refused: estimators are still at work, or packages lack agreed efforts or a role.
    """
    estimate = locked(estimate)
    rules.is_in_work(estimate)
    contributions = list(estimate.contributions.select_related("estimator"))
    if [c.estimator_id for c in contributions if c.done_at is None] == [actor.pk] and len(contributions) == 1:
        finish(actor, estimate)
    elif not rules.all_done(contributions):
        waiting = ", ".join(str(c.estimator) for c in contributions if c.done_at is None)
        raise Refused(
            _("An estimate is delivered when all estimators are done."),
            _("Still at work: {waiting}.").format(waiting=waiting),
            _("Wait for them, or go on without somebody."),
        )
    _is_complete(estimate)
    estimate.state, estimate.delivered_by, estimate.delivered_at = State.DELIVERED, actor, timezone.now()
    estimate.sent_back_because = ""
    estimate.save()
    return estimate


@action(permission=rules.may_decide)
def send_back(actor: Member, estimate: Estimate, because: str) -> Estimate:
    """Ask for more work on it.

    Raises:
        WrongInput: no reason.
        Refused: it is not delivered.
    """
    estimate = locked(estimate)
    rules.is_delivered(estimate)
    if not because.strip():
        raise WrongInput(because=_("Say what is to be done before it can be approved."))
    estimate.state, estimate.sent_back_because = State.IN_WORK, because.strip()
    estimate.save()
    body = {"estimate": estimate.pk, "version": estimate.version, "because": because.strip()}
    chain.append("estimate_sent_back", f"engagement:{estimate.engagement_id}", actor.pk, body)
    return estimate


@action(permission=rules.may_approve)
def approve_estimate(
    actor: Member,
    estimate: Estimate,
    left_out: Mapping[int, str] | None = None,
    delivered_at: dt.datetime | None = None,
) -> Estimate:
    """Stand behind exactly this content; it replaces the version that was approved before.

    Args:
        left_out: why an expected scope or quality is left out knowingly, by the expectation's id.
        delivered_at: when what the actor saw was delivered.

    Raises:
        Refused: it is not delivered, or was delivered anew since the actor saw it; or the actor sells the engagement,
            owns the relationship or estimated it alone; or the client expects what no package delivers and nobody says
            why it is left out.
    """
    estimate = locked(estimate)
    rules.is_delivered(estimate)
    rules.is_what_was_seen(estimate, delivered_at)
    rules.may_approve(actor, estimate)  # once more, with nobody changing parts or estimators at the same time
    knowingly = _left_out(estimate, left_out or {})
    for earlier in estimate.engagement.estimates.filter(state=State.APPROVED):
        earlier.state = State.REPLACED
        earlier.save()
    estimate.state, estimate.approved_by, estimate.approved_at = State.APPROVED, actor, timezone.now()
    estimate.digest, estimate.left_out = digest_of(estimate), knowingly
    estimate.save()
    body = {
        "estimate": estimate.pk,
        "version": estimate.version,
        "digest": estimate.digest,
        "estimators": [c.estimator_id for c in estimate.contributions.all()],
        "left_out": knowingly,
    }
    chain.append("estimate_approved", f"engagement:{estimate.engagement_id}", actor.pk, body)
    return estimate


def _left_out(estimate: Estimate, reasons: Mapping[int, str]) -> list[dict[str, Any]]:
    """What the client expects and this version leaves out, each with its reason, as the ledger keeps it."""
    uncovered = queries.uncovered(estimate)
    without = [e.subject for e in uncovered if not reasons.get(e.pk, "").strip()]
    if without:
        raise Refused(
            _("What the client expects is delivered by a package, or left out knowingly."),
            _("No package delivers {packages}.").format(packages=rules.names(without)),
            _("Name the package that delivers it, send the estimate back, or say why it is left out."),
        )
    return [
        {"expectation": e.pk, "subject": e.subject, "because": reasons[e.pk].strip()[:500]} for e in uncovered
    ]


def _is_complete(estimate: Estimate) -> None:
    leaves = queries.leaves(estimate)
    without_effort = [leaf.package.name for leaf in leaves if leaf.effort is None]
    without_role = [leaf.package.name for leaf in leaves if leaf.role is None]
    told = []
    if without_effort:
        told.append(_("No agreed effort: {packages}.").format(packages=rules.names(without_effort)))
    if without_role:
        told.append(_("No role: {packages}.").format(packages=rules.names(without_role)))
    if told or not leaves:
        raise Refused(
            _("A delivered estimate gives every work package its effort and its role."),
            " ".join(told) or _("There is no work package."),
            _("Fill these cells of the grid, save, and deliver again."),
        )
