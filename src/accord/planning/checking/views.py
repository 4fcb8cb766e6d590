"""Pages about promise checks and scenarios."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accord.actions.door import obstacles, once
from accord.actions.forms import carried_out, form_page, gone, key_of
from accord.actions.refusals import Refused, WrongInput
from accord.engagements.models import Engagement, Expectation, Stage
from accord.engagements.pages import engagement_page, visible
from accord.engagements.rules import must_see
from accord.exchange.wording import share
from accord.people.accounts import signed_in
from accord.planning.checking import actions, queries, rules, wording
from accord.planning.checking.changes import read
from accord.planning.checking.forms import LineForm, WhatIfForm
from accord.planning.checking.renewing import renews
from accord.planning.checking.telling import ToTell, to_tell, to_tell_of
from accord.planning.models import PromiseCheck, Scenario
from accord.planning.rules import is_planner

_SCENARIOS = 5  # told of on the page


def check(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    newest = queries.newest_check(found)
    answered = queries.answered_check(found, newest)
    page: dict[str, Any] = {"newest": newest, "lost": newest and rules.is_lost(newest, timezone.now())}
    page["under_way"] = newest and rules.is_under_way(newest) and not page["lost"]
    if answered is None or answered.result is None:
        page["missing"] = queries.missing_for(found)
        return engagement_page(request, found, "planning:check", "planning/check_first.html", page)
    said, scenarios = queries.standing_promises(found), queries.scenarios_of(found)
    told = to_tell_of(scenarios)
    page |= {
        "answer": queries.answer_of(answered, said),
        "scenarios": scenarios[:_SCENARIOS],
        "to_tell": [(one, one.kept_with(answered.result)) for one in told],
        "not_current": None if page["under_way"] else queries.why_not_current(answered),
        "renews": answered.stale and renews(),
        "departs": queries.departs(said),
        "may_plan": not found.outcome and is_planner(signed_in(request), found),
        **_ways_out(request, answered, said, told),
    }
    return engagement_page(request, found, "planning:check", "planning/check.html", page)


@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    actions.ask_for_check(signed_in(request), found)
    return gone(request, "planning:check", found.pk)


def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Polled while a check is computed: the page is loaded anew as soon as there is an answer."""
    found = _check(request, pk)
    if found.result is not None or not rules.is_under_way(found) or rules.is_lost(found, timezone.now()):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "planning/check_progress.html", {"check": found})


def renewed(request: HttpRequest, pk: int) -> HttpResponse:
    """Polled by the page of a stale check: it is loaded anew as soon as the next one is made."""
    found = _check(request, pk)
    newest = queries.newest_check(found.engagement)
    if newest is None or (newest.pk == found.pk and found.stale):
        return HttpResponse(status=204)
    return HttpResponse(headers={"HX-Refresh": "true"})


def ways_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Polled after the answer, until the ways out are computed too."""
    found = _check(request, pk)
    if not rules.is_under_way(found) and found.engagement.stage == Stage.ESTIMATED:
        return HttpResponse(headers={"HX-Refresh": "true"})  # what forbids the next stage has changed as well
    page = {
        "engagement": found.engagement,
        **_ways_out(request, found, queries.standing_promises(found.engagement), to_tell(found.engagement)),
    }
    return render(request, "planning/check_ways_out.html", page)


@require_POST
def try_way(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Try a way out that a check found."""
    found = _check(request, pk)
    remedies = (found.result or {}).get("remedies", [])
    if number >= len(remedies):
        raise Http404
    return _tried(request, found.engagement, remedies[number]["changes"])


@require_POST
def try_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Try the date or price that the line was dragged to."""
    found = visible(request, pk)
    form = LineForm(request.POST)
    if not form.is_valid():
        return gone(request, "planning:check", found.pk)
    return _tried(request, found, [form.change()])


def what_if(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    form = WhatIfForm(request.POST or None, engagement=found)

    def act() -> Scenario:
        return _try(request, found, [form.change()])

    done = carried_out(request, form, act)
    if done:
        return gone(request, "planning:scenario", done.result.pk)
    title = _("Try something else: %(engagement)s") % {"engagement": found}
    return form_page(
        request,
        form,
        title,
        _("Try it"),
        "planning/check_what_if.html",
        engagement=found,
        explanation=_("Trying changes nothing until it is adopted."),
    )


def scenario(request: HttpRequest, pk: int) -> HttpResponse:
    found = _scenario(request, pk)
    engagement = found.engagement
    computed = found.checks.defer("inputs").first()
    page: dict[str, Any] = {"scenario": found, "check": computed}
    if found.adopted_at is not None:
        page["to_tell"] = [told for told in to_tell(engagement) if told.scenario.pk == found.pk]
    if computed is not None and computed.result is not None:
        page |= _compared(request, engagement, found, computed)
    return engagement_page(request, engagement, "planning:check", "planning/check_scenario.html", page)


@require_POST
def adopt(request: HttpRequest, pk: int) -> HttpResponse:
    found = _scenario(request, pk)
    with once(key_of(request)):
        adopted = actions.adopt_scenario(signed_in(request), found)
    told = _("Adopted: %(name)s.") % {"name": adopted.name}
    if any(change["kind"] in ("date", "price") for change in adopted.changes):
        told += " " + _("The client is still to be told.")
    messages.success(request, told)
    return gone(request, "planning:check", found.engagement_id)


def _compared(
    request: HttpRequest, engagement: Engagement, found: Scenario, computed: PromiseCheck
) -> dict[str, Any]:
    result: dict[str, Any] = computed.result or {}
    changes = read(found.changes)
    said = queries.standing_promises(engagement)
    lines = queries.compared(result, said)
    refused = obstacles("planning.adopt_scenario", signed_in(request), found)
    return {
        "lines": lines,
        "together": [share(p, result["asked"]) for p in result["joint"]],
        "headline": wording.headline(((line.kind, line.p) for line in lines), result["asked"]),
        "price": wording.price_of(result["price"], changes, result["currency"]),
        "consequences": wording.consequences(changes, queries.names_of(engagement, said)),
        "others": queries.felt_by_others(result, signed_in(request)),
        "refused": refused[0] if refused else _not_adoptable(found, computed),
        "samples": result["samples"],
    }


def _not_adoptable(found: Scenario, computed: PromiseCheck) -> Refused | None:
    """What besides the person forbids adopting it, to be said beside the button."""
    try:
        rules.can_be_adopted(found, computed)
        rules.plan_can_do(any(change.get("hired") for change in found.changes))
    except Refused as refused:
        return refused
    return None


def _ways_out(
    request: HttpRequest, answered: PromiseCheck, said: list[Expectation], told: list[ToTell]
) -> dict[str, Any]:
    return {
        "answered": answered,
        "looking": rules.is_under_way(answered) and not rules.is_lost(answered, timezone.now()),
        "found": queries.ways_out_of(answered, signed_in(request), said, told),
    }


def _tried(request: HttpRequest, engagement: Engagement, changes: list[dict[str, Any]]) -> HttpResponse:
    try:
        made = _try(request, engagement, changes)
    except WrongInput as wrong:
        because = " ".join(wrong.messages.values())
        rule, remedy = _("Only what fits the plan as it is now can be tried."), _("Check the promises again.")
        raise Refused(rule, because, remedy) from None
    return gone(request, "planning:scenario", made.pk)


def _try(request: HttpRequest, engagement: Engagement, changes: list[dict[str, Any]]) -> Scenario:
    names = queries.names_of(engagement, queries.standing_promises(engagement))
    name = wording.title_of(read(changes), names)
    return actions.try_scenario(signed_in(request), engagement, name, changes)


def _check(request: HttpRequest, pk: int) -> PromiseCheck:
    rows = PromiseCheck.objects.select_related("engagement__relationship").defer("inputs")
    found: PromiseCheck = get_object_or_404(rows.prefetch_related("engagement__parts"), pk=pk)
    must_see(signed_in(request), found.engagement)
    return found


def _scenario(request: HttpRequest, pk: int) -> Scenario:
    rows = Scenario.objects.select_related("made_by", "adopted_by")
    found: Scenario = get_object_or_404(rows, pk=pk)
    found.engagement = visible(request, found.engagement_id)
    return found
