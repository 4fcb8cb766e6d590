"""The job behind a promise check. Whatever goes wrong is told to a person in words, never as a traceback."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.utils.translation import gettext as _
from django_tasks import task

from accord.actions.refusals import Refused
from accord.engagements.models import Engagement
from accord.planning.models import PromiseCheck

log = logging.getLogger(__name__)

# The main simulation is most of the work; what follows (others, remedies) is the rest.
_ANSWERED = 0.5
_BETWEEN_NOTES = 0.25  # seconds: every note is a write
_LATER = -10  # what nobody waits for goes after what somebody asked for


@task(queue_name="checks")
def run_check(check_id: int) -> None:
    """Compute a promise check and write down what came out."""
    # Not before a job runs: the engine takes its time to load, and pages do without it.
    from accord.planning.checking import actions

    check = PromiseCheck.objects.select_related("engagement", "scenario").get(pk=check_id)
    try:
        _compute(check)
    except _unfit() as error:
        actions.fail_check(None, check, _words(error))
    except Exception:
        log.exception("promise check %s", check_id)
        words = _(
            "Something broke on our side while computing. It stands in the log of whoever runs Accord here."
        )
        actions.fail_check(None, check, words)


@task(queue_name="checks")
def renew_one(engagement_id: int) -> None:
    """Check one engagement anew, in nobody's name."""
    _renew(Engagement.objects.select_related("relationship").get(pk=engagement_id))


@task(queue_name="checks", priority=_LATER)
def renew_stale(after: int = 0) -> None:
    """Check the next running engagement whose check is stale, and leave those behind it to a job of their own.

    One at a time, and each once: whatever somebody asks for goes between.
    """
    from accord.planning.checking import renewing

    engagement = renewing.next_stale(after)
    if engagement is None:
        return
    _renew(engagement)
    if renewing.next_stale(engagement.pk) is not None:
        renew_stale.enqueue(engagement.pk)


def _renew(engagement: Engagement) -> None:
    from accord.planning.checking import actions

    try:
        check = actions.renew_check(None, engagement)
    except Refused:
        log.info("the check of engagement %s cannot be renewed", engagement.pk)
    else:
        if check.asked_now:
            run_check.call(check.pk)


def _compute(check: PromiseCheck) -> None:
    from accord.planning.checking import actions, changes, judging, queries, ways_out
    from accord.planning.checking.portfolio import Gathered

    assert check.inputs is not None
    note = _notes(check)
    gathered = Gathered.of_inputs(check.inputs)
    if check.scenario is not None:
        tried = changes.read(check.scenario.changes)
        known = queries.measured_before(check)
        actions.finish_scenario(None, check, ways_out.compare(gathered, tried, known))
        return
    note(0.01)
    answer = judging.answer(gathered, lambda share: note(share * _ANSWERED))
    actions.note_answer(None, check, answer)
    needed = queries.codes_expected_by_name(check.engagement)
    found = ways_out.WaysOut(
        gathered, answer, needed, lambda s: note(_ANSWERED + s * (1 - _ANSWERED))
    ).found()
    actions.finish_check(None, check, found)


def _notes(check: PromiseCheck) -> Callable[[float], None]:
    last = 0.0

    def note(share: float) -> None:
        nonlocal last
        if time.monotonic() - last >= _BETWEEN_NOTES:
            last = time.monotonic()
            check.note_progress(min(share, 0.99))

    return note


def _unfit() -> tuple[type[Exception], ...]:
    """What is the plan's fault."""
    from accord.actions.refusals import WrongInput
    from accord.engine.calendar import NoWorkingDays
    from accord.engine.network import CyclicNetwork
    from accord.engine.promise_check import BeyondCalendar
    from accord.engine.simulation import NeverStarts
    from accord.exchange.problems import InputError

    return (InputError, WrongInput, CyclicNetwork, NeverStarts, BeyondCalendar, NoWorkingDays)


def _words(error: Exception) -> str:
    from accord.engine.network import CyclicNetwork
    from accord.engine.promise_check import BeyondCalendar
    from accord.engine.simulation import NeverStarts
    from accord.exchange.problems import InputError

    if isinstance(error, CyclicNetwork):
        return _("Some activities of the plan wait for each other in a circle. Remove one of their links.")
    if isinstance(error, NeverStarts):
        return _(
            "Somebody whom a plan needs is away for good, so the work never begins. Assign somebody else."
        )
    if isinstance(error, BeyondCalendar):
        return _(
            "The work would go on for longer than the calendar reaches. Look for an estimate that is far too high."
        )
    if isinstance(error, InputError):
        told = "; ".join(problem.words for problem in error.problems[:5])
        return _("The plan cannot be simulated: %(told)s.") % {"told": told}
    return str(error)


def warm_up() -> None:
    """Load the engine and its compiled loops before the first person waits for them."""
    import datetime as dt

    from accord.engine.plan import (
        Activity,
        Engagement,
        Need,
        Portfolio,
        Promise,
        PromiseKind,
        Resource,
        ThreePoint,
    )
    from accord.planning.checking import judging, ways_out
    from accord.planning.checking.portfolio import Gathered

    start = dt.date(2027, 1, 4)
    sized = ThreePoint(8, 16, 40)
    work = tuple(Activity(f"a{k}", effort=sized, needs=(Need("r1"),)) for k in range(4))
    promises = (Promise("x1", PromiseKind.DATE, date=start), Promise("x2", PromiseKind.COST, amount=1.0))
    people = (Resource("r1", 0.0), *(Resource(f"m{k}", 1.0, 50.0, named=True, role="r1") for k in range(2)))
    portfolio = Portfolio(
        start, (Engagement("e1", work, correlation=0.3, promises=promises),), people, samples=100
    )
    gathered = Gathered(portfolio, "e1", 0.2, {}, ())
    ways_out.WaysOut(gathered, judging.answer(gathered), (), lambda _share: None).found()
