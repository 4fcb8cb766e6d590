"""Asking for an estimate: what is to be estimated, by whom, until when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from accord.actions.door import action
from accord.actions.refusals import Refused, WrongInput
from accord.engagements.models import Engagement, Part, TakenPart
from accord.engagements.rules import can_take_a_part, still_open
from accord.engagements.sides import delivers_from_now
from accord.estimating import rules
from accord.estimating.actions.breaking_down import begin_agreement, locked
from accord.estimating.models import Contribution, Estimate, State
from accord.people.models import Member


@action(permission=rules.may_ask)
def ask_for_estimate(
    actor: Member,
    engagement: Engagement,
    question: str,
    due_on: dt.date | None,
    estimators: Sequence[Member],
    delivery_lead: Member | None = None,
) -> Estimate:
    """Ask delivery what the work takes. The estimators and the delivery lead become part of the engagement.

    Raises:
        WrongInput: no question, no estimator, or one who may not estimate this.
        Refused: an estimate is open already, or the delivery lead cannot take that part.
    """
    if not question.strip():
        raise WrongInput(question=_("Say what is to be estimated."))
    estimate = new_version(actor, engagement, question.strip(), due_on, estimators)
    if delivery_lead is not None:
        can_take_a_part(engagement, delivery_lead, Part.DELIVERY_LEAD)
        _take_part(engagement, delivery_lead, Part.DELIVERY_LEAD)
    return estimate


@action(permission=rules.may_arrange)
def change_question(actor: Member, estimate: Estimate, question: str, due_on: dt.date | None) -> Estimate:
    """
    Raises:
        WrongInput: no question.
        Refused: the estimate is delivered already.
    """
    estimate = locked(estimate)
    rules.is_in_work(estimate)
    if not question.strip():
        raise WrongInput(question=_("Say what is to be estimated."))
    estimate.question, estimate.due_on = question.strip(), due_on
    estimate.save()
    return estimate


@action(permission=rules.may_arrange)
def add_estimator(actor: Member, estimate: Estimate, estimator: Member) -> Contribution:
    """Let one more person estimate the same breakdown independently.

    Raises:
        WrongInput: this person may not estimate it.
        Refused: all estimators are done already.
    """
    estimate = locked(estimate)
    rules.is_in_work(estimate)
    if rules.all_done(estimate.contributions.all()):
        raise Refused(
            _("Whoever estimates independently has not seen the others' numbers."),
            _("All estimators are done, and their numbers are open."),
            _("Begin a new version and ask for it there."),
        )
    because = rules.may_be_estimator(estimator, estimate.engagement)
    if because:
        raise WrongInput(estimator=because)
    if estimate.contributions.filter(estimator=estimator).exists():
        raise WrongInput(
            estimator=_("{estimator} is an estimator of it already.").format(estimator=estimator)
        )
    _take_part(estimate.engagement, estimator, Part.ESTIMATOR)
    contribution = Contribution(estimate=estimate, estimator=estimator)
    contribution.save()
    return contribution


@action(permission=rules.may_release)
def release_estimator(actor: Member, estimate: Estimate, estimator: Member) -> Estimate:
    """Go on without somebody who has not finished; what they typed is dropped.

    Raises:
        NotAllowed: the actor sells the engagement, and so does not choose who is not heard.
        Refused: they are done, or nobody else estimates.
    """
    return _without(estimate, estimator)


@action(permission=rules.may_step_back)
def step_back(actor: Member, estimate: Estimate) -> Estimate:
    """An estimator who has not finished asks not to be waited for.

    Raises:
        Refused: they are done, or nobody else estimates.
    """
    return _without(estimate, actor)


def _without(estimate: Estimate, estimator: Member) -> Estimate:
    estimate = locked(estimate)
    rules.is_in_work(estimate)
    contributions = list(estimate.contributions.select_related("estimator"))
    own = next((c for c in contributions if c.estimator_id == estimator.pk), None)
    if own is None or own.done_at is not None:
        raise Refused(
            _("Only somebody who is still at work is released."),
            _("{estimator} is done, or was never asked.").format(estimator=estimator),
            _("Agree on the efforts, or begin a new version."),
        )
    if len(contributions) == 1:
        raise Refused(
            _("An estimate has at least one estimator."),
            _("{estimator} is the only one.").format(estimator=estimator),
            _("Add somebody else first."),
        )
    own.delete()
    if rules.all_done([c for c in contributions if c is not own]):
        begin_agreement(estimate)
    return estimate


def new_version(
    actor: Member,
    engagement: Engagement,
    question: str,
    due_on: dt.date | None,
    estimators: Sequence[Member],
    copied_from: Estimate | None = None,
) -> Estimate:
    """The next version of an engagement's estimate, empty."""
    still_open(engagement)
    earlier = list(Estimate.objects.select_for_update().filter(engagement=engagement))
    rules.none_is_open(earlier)
    if not estimators:
        raise WrongInput(estimators=_("Name at least one person who estimates."))
    wrong = [told for e in estimators if (told := rules.may_be_estimator(e, engagement))]
    if wrong:
        raise WrongInput(estimators=" ".join(wrong))
    estimate = Estimate(
        engagement=engagement,
        version=max((e.version for e in earlier), default=0) + 1,
        question=question,
        asked_by=actor,
        due_on=due_on,
        copied_from=copied_from,
        state=State.IN_WORK if copied_from else State.ASKED,
    )
    estimate.save()
    for estimator in dict.fromkeys(estimators):
        _take_part(engagement, estimator, Part.ESTIMATOR)
        Contribution(estimate=estimate, estimator=estimator).save()
    return estimate


def _take_part(engagement: Engagement, member: Member, part: Part) -> None:
    if not engagement.parts.filter(member=member, part=part).exists():
        TakenPart(engagement=engagement, member=member, part=part).save()
    delivers_from_now(engagement, member)
