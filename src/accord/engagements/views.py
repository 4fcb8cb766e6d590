"""Pages about engagements: parse, call an action or a query, render."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from accord.actions.forms import carried_out, form_page, gone
from accord.actions.queries import history_of
from accord.engagements import actions, queries, rules
from accord.engagements.forms import EndForm, EngagementForm, NextStepForm, SaidForm, WithdrawForm
from accord.engagements.models import Engagement, Expectation, Outcome, Stage
from accord.engagements.pages import engagement_page, visible
from accord.people.accounts import signed_in

SHOWN = 50


def engagements(request: HttpRequest) -> HttpResponse:
    asked = request.GET
    chosen = queries.Filter(
        search=asked.get("search", "").strip(),
        stage=asked.get("stage", ""),
        mine="mine" in asked,
        ended="ended" in asked,
    )
    found = queries.engagements(signed_in(request), chosen)
    rows = list(found[: SHOWN + 1])
    page = {"engagements": rows[:SHOWN], "more": len(rows) > SHOWN, "chosen": chosen, "stages": Stage}
    return render(request, "engagements/list.html", page)


def board(request: HttpRequest) -> HttpResponse:
    return render(request, "engagements/board.html", {"columns": queries.board(signed_in(request))})


def begin(request: HttpRequest) -> HttpResponse:
    form = EngagementForm(request.POST or None, initial={"relationship": request.GET.get("relationship")})
    done = carried_out(
        request, form, lambda: actions.begin_engagement(signed_in(request), **form.cleaned_data)
    )
    if done:
        return gone(request, "web:engagement", done.result.pk)
    return form_page(request, form, "Begin an engagement", "Begin")


def record(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    form = SaidForm(request.POST or None, engagement=found)
    if carried_out(
        request,
        form,
        lambda: actions.record_expectation(signed_in(request), found, form.said()),
    ):
        return gone(request, "web:engagement", found.pk)
    return _said(request, form, found, f"Record what was said: {found}")


def expectation(request: HttpRequest, pk: int) -> HttpResponse:
    found = _expectation(request, pk)
    statement = next(
        s for s in queries.statements(found.engagement) if found == s.expectation or found in s.earlier
    )
    page = {
        "engagement": found.engagement,
        "statement": statement,
        "history": history_of(found),
        "withdraw": WithdrawForm(initial={"told_by": signed_in(request)}),
    }
    return render(request, "engagements/expectation.html", page)


def said(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    page = {"statements": queries.statements(found)}
    return engagement_page(request, found, "engagements:said", "engagements/said_list.html", page)


def history(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    page = {"history": history_of(found)[:SHOWN]}
    return engagement_page(request, found, "engagements:history", "engagements/history.html", page)


def restate(request: HttpRequest, pk: int) -> HttpResponse:
    found = _expectation(request, pk)
    old = {
        name: getattr(found, name) for name in ("kind", "subject", "date", "amount", "contact", "direction")
    }
    form = SaidForm(request.POST or None, engagement=found.engagement, initial=old)
    if carried_out(
        request,
        form,
        lambda: actions.restate_expectation(signed_in(request), found, form.said()),
    ):
        return gone(request, "web:engagement", found.engagement_id)
    return _said(request, form, found.engagement, f"Restate: {found.subject}")


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    found = _expectation(request, pk)
    form = WithdrawForm(request.POST or None, initial={"told_by": signed_in(request)})
    if carried_out(
        request,
        form,
        lambda: actions.withdraw_expectation(signed_in(request), found, **form.cleaned_data),
    ):
        return gone(request, "web:engagement", found.engagement_id)
    return form_page(request, form, f"Withdraw: {found.subject}", "Withdraw it")


@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    stage = request.POST.get("stage", "")
    if stage in Stage.values:
        actions.move_to_stage(signed_in(request), found, Stage(stage))
    return gone(request, "web:engagement", found.pk)


@require_POST
def next_step(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    form = NextStepForm(request.POST)
    if form.is_valid():
        actions.plan_next_step(signed_in(request), found, **form.cleaned_data)
    return gone(request, "web:engagement", found.pk)


def end(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    form = EndForm(request.POST or None)

    def act() -> None:
        data = form.cleaned_data
        actions.end_engagement(signed_in(request), found, Outcome(data["outcome"]), data["because"])

    if carried_out(request, form, act):
        return gone(request, "web:engagement", found.pk)
    return form_page(request, form, f"End without a contract: {found}", "End it")


def _expectation(request: HttpRequest, pk: int) -> Expectation:
    rows = Expectation.objects.select_related("engagement__relationship__client", "member", "contact")
    found: Expectation = get_object_or_404(rows, pk=pk)
    rules.must_see(signed_in(request), found.engagement)
    return found


def _said(request: HttpRequest, form: SaidForm, found: Engagement, title: str) -> HttpResponse:
    return form_page(request, form, title, "Record", "engagements/said.html", engagement=found)
