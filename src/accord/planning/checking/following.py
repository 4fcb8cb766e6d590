"""What the promise check asks before others' actions, and does after them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.actions.door import follows, gate
from accord.actions.refusals import Refused
from accord.engagements.models import Engagement, Expectation, Stage
from accord.engagements.policies.actions import follow
from accord.engagements.policies.deciding import tells_margins
from accord.engagements.rules import SIGNED
from accord.estimating.models import State
from accord.planning.checking import rules
from accord.planning.checking.actions import believe
from accord.planning.checking.curves import reworded
from accord.planning.checking.marking import engagement_of, mark, mark_all, mark_words
from accord.planning.checking.queries import standing_promises
from accord.planning.models import Plan, PromiseCheck, Target

# Action -> what it did, as the end of the sentence "since the check something changed: …".
OF_PEOPLE = {
    "people.set_up_firm": gettext_lazy("the firm's place or working hours"),
    "people.change_member": gettext_lazy("what somebody does or when they work"),
    "people.deactivate_member": gettext_lazy("somebody left the firm"),
    "people.reactivate_member": gettext_lazy("somebody came back to the firm"),
    "people.record_absence": gettext_lazy("somebody will be away"),
    "people.cancel_absence": gettext_lazy("somebody will be there after all"),
    "people.set_rate": gettext_lazy("what an hour costs"),
}
OF_ESTIMATES = {
    "estimating.approve_estimate": gettext_lazy("an estimate was approved"),
    "estimating.send_back": gettext_lazy("an estimate was sent back"),
    "estimating.note_risk": gettext_lazy("a risk was noted"),
    "estimating.drop_risk": gettext_lazy("a risk was taken out"),
    "estimating.cover": gettext_lazy("which work covers what the client expects"),
    "estimating.uncover": gettext_lazy("which work covers what the client expects"),
}
OF_PLANS = {
    "planning.make_plan": gettext_lazy("the plan was made"),
    "planning.follow_estimate": gettext_lazy("the plan follows a newer estimate"),
    "planning.change_plan": gettext_lazy("the plan's beginning, priority or costs"),
    "planning.add_activity": gettext_lazy("an activity was added"),
    "planning.change_activity": gettext_lazy("an activity was changed"),
    "planning.remove_activity": gettext_lazy("an activity was removed"),
    "planning.move_activity": gettext_lazy("an activity was moved"),
    "planning.link_activities": gettext_lazy("activities were linked"),
    "planning.unlink": gettext_lazy("a link was removed"),
    "planning.assign": gettext_lazy("somebody was assigned"),
    "planning.unassign": gettext_lazy("an assignment was removed"),
    "planning.aim_promise": gettext_lazy("what a promised date is about"),
    "planning.undo_last_change": gettext_lazy("a change of the plan was taken back"),
}
OF_ENGAGEMENTS = {
    "engagements.change_profile": gettext_lazy("the profile, and with it what the policy asks"),
    "engagements.apply_profile": gettext_lazy("the profile, and with it what the policy asks"),
}


@gate("engagements.move_to_stage")
def what_is_signed_takes_no_less_than_was_approved(_actor: Any, engagement: Engagement, stage: Stage) -> None:
    """After the contract a plan follows the work: so it departs from nothing when it gets there."""
    if stage != Stage.CONTRACT:
        return
    newest = engagement.checks.filter(scenario=None).defer("inputs", "result").first()
    if newest is not None and newest.departs:
        raise _departs(newest)


@gate("engagements.move_to_stage")
def a_proposal_has_a_checked_plan(_actor: Any, engagement: Engagement, stage: Stage) -> None:
    """Forward to the proposal only with a plan and a promise check of it that still holds."""
    if stage != Stage.PROPOSAL or engagement.stage != Stage.ESTIMATED:
        return
    # Not by `engagement.checks`: its rows share the engagement, and would forget the plan that was joined.
    checks = PromiseCheck.objects.filter(engagement=engagement, scenario=None)
    checks = checks.select_related("engagement__plan__estimate")
    newest = checks.defer("inputs", "result").first()
    plan = (
        newest.engagement.plan
        if newest is not None
        else Plan.objects.filter(engagement=engagement).select_related("estimate").first()
    )
    if plan is not None and plan.estimate.state != State.APPROVED:
        raise Refused(
            _("A proposal stands on a plan that was made from the approved estimate."),
            _("The plan was made from version %(version)d, which is %(state)s.")
            % {"version": plan.estimate.version, "state": plan.estimate.get_state_display()},
            _(
                "Have that version approved, or let the plan follow the approved one; then check the promises."
            ),
        )
    if newest is not None and newest.departs:
        raise _departs(newest)
    if newest is None and plan is None:
        raise Refused(
            _("A proposal stands on a plan that was checked."),
            _("There is no plan."),
            _("The project manager or delivery lead makes one from the estimate."),
        )
    because = rules.why_not_current(newest, timezone.now())
    if because:
        raise Refused(
            _("A proposal stands on a plan that was checked."),
            because,
            _("Check the promises, then move on."),
        )


def _follow_people(name: str, because: Any) -> None:
    @follows(name)
    def changed(*_args: Any, **_kwargs: Any) -> None:
        mark_all(because)


def _follow_one(name: str, because: Any) -> None:
    @follows(name)
    def changed(_actor: Any, about: Any, *_args: Any, **_kwargs: Any) -> None:
        engagement = engagement_of(about)
        if engagement is not None:
            mark(engagement, because)


for _name, _because in OF_PEOPLE.items():
    _follow_people(_name, _because)
for _name, _because in (OF_ESTIMATES | OF_PLANS | OF_ENGAGEMENTS).items():
    _follow_one(_name, _because)


@follows("engagements.put_policy")
@follows("engagements.take_policy_in_force")
def another_policy_asks_otherwise(*_args: Any, **_kwargs: Any) -> None:
    mark_all(_("the policy, and with it what it asks"))


@follows("planning.note_answer")
def another_answer_may_need_another_profile(_actor: Any, check: PromiseCheck, *_args: Any) -> None:
    follow(check.engagement)


@tells_margins
def margins_of(engagements: Collection[Engagement]) -> dict[int, float]:
    """By the newest check of each, what the engagement's value leaves in the middle."""
    values = {e.pk: float(e.value) for e in engagements if e.value}
    done = PromiseCheck.objects.filter(engagement__in=values, scenario=None, result__isnull=False)
    found: dict[int, float] = {}
    for pk, price, margin in done.order_by("pk").values_list(
        "engagement", "result__price__p50", "result__margin"
    ):
        if price is not None:
            found[pk] = 1 - float(price) * (1 - float(margin)) / values[pk]
    return found


@follows("people.add_member")
def somebody_comes(_actor: Any, *_args: Any, **about: Any) -> None:
    """Whoever does not work in delivery takes nobody's place."""
    if about.get("works_as") is not None:
        mark_all(_("somebody came to the firm"))


@follows("engagements.move_to_stage")
def joins_the_others(_actor: Any, engagement: Engagement, stage: Stage) -> None:
    """With its contract an engagement takes people from all others for good."""
    if stage == Stage.CONTRACT:
        mark_all(_("an engagement was signed"))


@follows("engagements.reopen_engagement")
def joins_them_again(_actor: Any, engagement: Engagement, *_args: Any, **_kwargs: Any) -> None:
    if engagement.stage in SIGNED:
        mark_all(_("an engagement was taken up again"))


@follows("engagements.end_engagement")
def leaves_the_others(_actor: Any, engagement: Engagement, *_args: Any, **_kwargs: Any) -> None:
    if engagement.stage in SIGNED:
        mark_all(_("an engagement ended"))


@follows("engagements.record_expectation")
def something_was_said(_actor: Any, engagement: Engagement, *_args: Any, **_kwargs: Any) -> None:
    _said(engagement)


@follows("engagements.restate_expectation")
def something_was_restated(_actor: Any, expectation: Expectation, *_args: Any, **_kwargs: Any) -> None:
    _is_about_the_same(expectation)
    _said(expectation.engagement)


@follows("engagements.withdraw_expectation")
def something_was_taken_back(_actor: Any, expectation: Expectation, *_args: Any, **_kwargs: Any) -> None:
    _said(expectation.engagement)


def _is_about_the_same(expectation: Expectation) -> None:
    """A date that is restated stays about the activity of the earlier one; other words are about another thing."""
    target = Target.objects.filter(expectation=expectation).first()
    new = Expectation.objects.get(restates=expectation)
    is_the_same = new.subject.casefold() == expectation.subject.casefold()
    if target is not None and is_the_same and new.kind == Expectation.Kind.TIME:
        Target(expectation=new, activity=target.activity).save()


def _said(engagement: Engagement) -> None:
    """What delivery can keep did not change: the last check tells at once how likely the new words are kept."""
    check = engagement.checks.filter(scenario=None, state=PromiseCheck.State.DONE).defer("inputs").first()
    if check is not None and rules.curves_hold(check, timezone.now()):
        assert check.result is not None
        check.result = reworded(check.result, standing_promises(engagement))
        check.save()
        believe(check)
    mark_words(engagement)


def _departs(check: PromiseCheck) -> Refused:
    return Refused(
        _("What is offered takes no less than was approved."),
        check.departs,
        _("Bring the plan back to the estimate, or have a version approved that says so; then check again."),
    )
