"""Who may ask for promise checks and adopt what they found, and when a check may be relied on."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from accord.actions.refusals import NotAllowed, Refused
from accord.engagements.models import Engagement
from accord.engagements.rules import may_record, must_see, sells_not
from accord.people.models import Member
from accord.planning.models import PromiseCheck, Scenario
from accord.planning.rules import is_planner

# Time passes too: what has not begun a week after the check was not done in that week.
FRESH_FOR = dt.timedelta(days=7)
# A job that was not finished after this long was lost with its process.
LOST_AFTER = dt.timedelta(minutes=3)


def may_ask(actor: Member | None, engagement: Any) -> None:
    may_record(actor, engagement)


def only_the_system(actor: Member | None, _about: Any) -> None:
    """What a job found out is written by nobody in person."""
    if actor is not None:
        raise NotAllowed(
            _("What a promise check found is written by the check alone."),
            _("You are a person."),
            _("Ask for a check."),
        )


def may_adopt(actor: Member | None, scenario: Any) -> None:
    """The plan belongs to those who have to carry it out."""
    engagement: Engagement = scenario.engagement
    must_see(actor, engagement)
    if is_planner(actor, engagement):
        return
    sells_not(actor, engagement)
    raise NotAllowed(
        _("A scenario is adopted by those who have to keep the promise."),
        _("You are neither project manager or delivery lead of this engagement, nor an executive."),
        _("Ask one of them; show them this scenario."),
    )


def can_be_adopted(scenario: Scenario, check: PromiseCheck | None) -> PromiseCheck:
    """The check that computed the scenario, if it may be relied on."""
    if scenario.adopted_by_id is not None:
        raise Refused(
            _("A scenario is adopted once."),
            _("%(name)s did it already.") % {"name": scenario.adopted_by},
            _("Try another one on the plan as it is now."),
        )
    if check is None or check.state != PromiseCheck.State.DONE:
        raise Refused(
            _("Only what was computed is adopted."),
            _("This scenario was not computed to its end."),
            _("Wait for it, or try it again."),
        )
    if check.stale:
        raise Refused(
            _("Only what still holds is adopted."),
            _("Since this scenario was computed something changed: %(what)s.")
            % {"what": check.stale_because},
            _("Try it again."),
        )
    return check


def plan_can_do(changes_need_hiring: bool) -> None:
    if changes_need_hiring:
        raise Refused(
            _("A plan assigns people whom the firm has."),
            _("This scenario counts on somebody who is still to be found."),
            _("Add them under People when they are sure to come, and check again."),
        )


def why_not_current(check: PromiseCheck | None, now: dt.datetime) -> str | None:
    """Why a check cannot be relied on, in words; None if it can."""
    if check is None:
        return _("No promise check was made.")
    if check.state == PromiseCheck.State.FAILED:
        return _("The last promise check could not be made.")
    if check.state != PromiseCheck.State.DONE or check.finished_at is None:
        return _("The promise check is not finished.")
    if check.stale:
        return _("Since the promise check something changed: %(what)s.") % {"what": check.stale_because}
    if now - check.finished_at > FRESH_FOR:
        return _("The promise check is older than a week.")
    return None


def curves_hold(check: PromiseCheck, now: dt.datetime) -> bool:
    """Whether what a check computed still is so, though it may have been of other words."""
    is_fresh = check.finished_at is not None and now - check.finished_at <= FRESH_FOR
    return (check.only_words and is_fresh) or why_not_current(check, now) is None


def is_lost(check: PromiseCheck, now: dt.datetime) -> bool:
    return is_under_way(check) and now - check.asked_at > LOST_AFTER


def is_under_way(check: PromiseCheck) -> bool:
    return check.state in (PromiseCheck.State.WAITING, PromiseCheck.State.RUNNING)
