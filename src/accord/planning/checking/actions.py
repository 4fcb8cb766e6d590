"""What people and the job do with promise checks and scenarios."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accord.actions.door import action
from accord.actions.refusals import WrongInput
from accord.engagements.believing import keep as keep_belief
from accord.engagements.models import Belief, Engagement, Expectation
from accord.engagements.queries import standing
from accord.engagements.rules import still_open
from accord.estimating.models import State
from accord.ledger import chain
from accord.people.models import Member
from accord.planning.checking import rules
from accord.planning.checking.adopting import Adoption
from accord.planning.checking.changes import applied, kept, read
from accord.planning.checking.curves import reworded
from accord.planning.checking.marking import mark
from accord.planning.checking.portfolio import Gathered, digest_of, gather, promise_id
from accord.planning.checking.queries import standing_promises
from accord.planning.departing import departures
from accord.planning.models import Activity, Plan, PromiseCheck, Scenario


@action(permission=rules.may_ask)
def ask_for_check(actor: Member, engagement: Engagement, scenario: Scenario | None = None) -> PromiseCheck:
    """Have the promises of an engagement judged, or a scenario of it.

    The same inputs have the same answer: a check that was made of them is used again.

    Raises:
        Refused: there is no plan to compute from, or the engagement has ended.
    """
    still_open(engagement)
    if scenario is not None and scenario.engagement_id != engagement.pk:
        raise WrongInput(scenario=_("This belongs to another engagement."))
    return _asked(actor, engagement, gather(engagement, dt.date.today()), scenario)


@action(permission=rules.only_the_system)
def renew_check(actor: None, engagement: Engagement) -> PromiseCheck:
    """The check of the inputs as they are now, in nobody's name: whoever asks computes it if it is still to be computed.

    Raises:
        Refused: there is no plan to compute from.
    """
    return _check_of(None, engagement, gather(engagement, dt.date.today()), None)


@action(permission=rules.may_ask)
def try_scenario(actor: Member, engagement: Engagement, name: str, changes: Sequence[Any]) -> Scenario:
    """Compute what changes would do. The plan stays as it is.

    Raises:
        WrongInput: something is no change, or names what is not in the plan.
        Refused: there is no plan, or the engagement has ended.
    """
    still_open(engagement)
    tried = read(changes)
    if not tried:
        raise WrongInput(changes=_("Say what is to be tried."))
    gathered = gather(engagement, dt.date.today())
    applied(gathered.portfolio, gathered.about, gathered.margin, tried)  # refuses what does not fit
    scenario = Scenario(engagement=engagement, name=name.strip()[:120], changes=kept(tried), made_by=actor)
    scenario.save()
    _asked(actor, engagement, gathered, scenario)
    scenario.refresh_from_db()
    return scenario


@action(permission=rules.may_adopt)
def adopt_scenario(actor: Member, scenario: Scenario) -> Scenario:
    """Make a scenario the plan: leave out, assign, correct.

    Another date or price is what is to be promised from now on. Nobody has told the client by that: what was said stays
    what was said until somebody records that they told them (`telling`).

    Raises:
        Refused: it was adopted before, is not computed or stale, or counts on somebody who is still to be found; the
            engagement has ended.
    """
    still_open(scenario.engagement)
    check = rules.can_be_adopted(scenario, scenario.checks.first())
    adoption = Adoption(scenario)
    rules.plan_can_do(adoption.needs_hiring)
    adoption.promises_still_stand()
    adoption.change_the_plan()
    mark(scenario.engagement, _("a scenario was adopted"))
    scenario.adopted_by, scenario.adopted_at = actor, timezone.now()
    scenario.save()
    body = {
        "scenario": scenario.pk,
        "name": scenario.name,
        "changes": scenario.changes,
        "digest": check.digest,
    }
    chain.append("scenario_adopted", f"engagement:{scenario.engagement_id}", actor.pk, body)
    ask_for_check(actor, scenario.engagement)
    return scenario


@action(permission=rules.only_the_system)
def note_answer(actor: None, check: PromiseCheck, answer: dict[str, Any]) -> None:
    """Keep the answer of a check, and what it means for every expectation and activity."""
    check.result = reworded(answer, standing_promises(check.engagement))
    check.departs = departures(_plan_of(check))
    check.stale = _stale_by_now(check)
    check.save()
    believe(check)
    _plan_dates(check)


@action(permission=rules.only_the_system)
def finish_check(actor: None, check: PromiseCheck, found: dict[str, Any]) -> None:
    """Keep what would make promises backed, and who else would feel it."""
    assert check.result is not None
    check.result = check.result | found
    _close(check, PromiseCheck.State.DONE)


@action(permission=rules.only_the_system)
def finish_scenario(actor: None, check: PromiseCheck, compared: dict[str, Any]) -> None:
    assert check.scenario is not None
    check.result = compared
    _close(check, PromiseCheck.State.DONE)
    check.scenario.price = Decimal(str(compared["price"]))
    check.scenario.save()


@action(permission=rules.only_the_system)
def fail_check(actor: None, check: PromiseCheck, problem: str) -> None:
    check.problem = problem
    _close(check, PromiseCheck.State.FAILED)


def _asked(
    actor: Member, engagement: Engagement, gathered: Gathered, scenario: Scenario | None
) -> PromiseCheck:
    from accord.planning.checking.jobs import run_check

    check = _check_of(actor, engagement, gathered, scenario)
    if check.state == PromiseCheck.State.WAITING and check.asked_now:
        run_check.enqueue(check.pk)
        check.refresh_from_db()
    return check


def _check_of(
    actor: Member | None, engagement: Engagement, gathered: Gathered, scenario: Scenario | None
) -> PromiseCheck:
    """One that was or is being made of the same inputs, or a new one."""
    inputs = gathered.inputs()
    digest = digest_of(inputs, scenario.changes if scenario else [])
    same = _same(engagement, scenario, digest)
    if same is not None:
        return same
    check = PromiseCheck(
        engagement=engagement, scenario=scenario, asked_by=actor, digest=digest, inputs=inputs
    )
    check.save()
    check.asked_now = True
    return check


def _same(engagement: Engagement, scenario: Scenario | None, digest: str) -> PromiseCheck | None:
    """The newest check of the same inputs, if it was or is being made."""
    if scenario is not None:
        return None
    newest: PromiseCheck | None = engagement.checks.filter(scenario=None).first()
    if newest is None or newest.digest != digest:
        return None
    if rules.is_under_way(newest):
        return None if rules.is_lost(newest, timezone.now()) else newest
    if newest.state != PromiseCheck.State.DONE:
        return None
    newest.stale, newest.stale_because, newest.only_words = False, "", False
    newest.finished_at = timezone.now()
    newest.departs = departures(_plan_of(newest))
    newest.save()
    believe(newest)
    return newest


def _stale_by_now(check: PromiseCheck) -> bool:
    """What was asked for may have changed while it was computed."""
    row = PromiseCheck.objects.filter(pk=check.pk).values("stale", "stale_because", "only_words").get()
    check.stale_because, check.only_words = row["stale_because"], row["only_words"]
    return bool(row["stale"])


def _close(check: PromiseCheck, state: str) -> None:
    check.state, check.progress, check.finished_at = state, 1.0, timezone.now()
    check.stale = _stale_by_now(check)
    check.save()


def believe(check: PromiseCheck) -> None:
    """Tell every standing expectation what delivery believes of it."""
    assert check.result is not None
    plan = _plan_of(check)
    approved = plan.estimate.state == State.APPROVED
    backed_by = {"from_approved_estimate": approved and not check.departs, "departs": check.departs}
    covering = _packages_in(plan)
    rows = standing().filter(engagement=check.engagement_id).select_related("engagement")
    for row in rows.select_related("belief", "coverage"):
        judged = check.result["promises"].get(promise_id(row.pk))
        code = row.coverage.code if hasattr(row, "coverage") else None
        if judged is not None:
            found = {"probability": judged["p"], "covered_by": "", **backed_value(judged), **backed_by}
        elif code in covering:
            name, is_planned = covering[code]
            found = {
                "probability": None,
                "covered_by": name,
                "backed_date": None,
                "backed_amount": None,
                "from_approved_estimate": approved and is_planned,
                "departs": "" if is_planned else _("The plan does no work on “{name}”.").format(name=name),
            }
        else:
            if (
                hasattr(row, "belief")
                and not row.belief.left_out
                and row.kind in (Expectation.Kind.SCOPE, Expectation.Kind.QUALITY)
            ):
                row.belief.delete()
            continue
        belief = row.belief if hasattr(row, "belief") else Belief(expectation=row)
        for name, value in found.items():
            setattr(belief, name, value)
        belief.stale = check.stale and not check.only_words
        belief.digest, belief.at = check.digest, timezone.now()
        keep_belief(belief)


def _plan_of(check: PromiseCheck) -> Plan:
    found: Plan = Plan.objects.select_related("estimate", "engagement").get(engagement=check.engagement_id)
    return found


def backed_value(judged: dict[str, Any]) -> dict[str, Any]:
    """The best value that would be backed, in the fields of a belief."""
    if judged["kind"] == "time":
        return {"backed_date": dt.date.fromisoformat(judged["best"]), "backed_amount": None}
    return {"backed_date": None, "backed_amount": Decimal(judged["best"])}


def _packages_in(plan: Plan) -> dict[str, tuple[str, bool]]:
    """Code -> name of the estimate's work packages, and whether the plan still contains them as work."""
    rows = plan.activities.filter(package__isnull=False, kind=Activity.Kind.EFFORT, likely__gt=0)
    there = set(rows.values_list("package__code", flat=True))
    packages = plan.estimate.packages.values_list("code", "name")
    return {code: (name, code in there) for code, name in packages}


def _plan_dates(check: PromiseCheck) -> None:
    assert check.result is not None
    found = {a["code"]: a for a in check.result["activities"]}
    for row in Activity.objects.filter(plan__engagement=check.engagement_id, code__in=found):
        a = found[row.code]
        if row.planned_start is None:  # else the plan's own schedule has put them
            row.planned_start = dt.date.fromisoformat(a["start"])
            row.planned_finish = dt.date.fromisoformat(a["finish"])
        if row.done < 1:  # what is complete has no future left
            row.finish_p80 = dt.date.fromisoformat(a["finish_p80"])
        row.criticality = a["criticality"]
        row.save(update_fields=["planned_start", "planned_finish", "finish_p80", "criticality"])
