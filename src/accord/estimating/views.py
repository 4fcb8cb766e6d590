"""Pages about estimates: parse, call an action or a query, render."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accord.actions.door import obstacles
from accord.actions.forms import carried_out, form_page, gone
from accord.actions.queries import history_of
from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.engagements.pages import engagement_page, visible
from accord.estimating import actions, parsing, queries, rules
from accord.estimating.authority import names_of
from accord.estimating.dialogs import TAB, asked_first, deed, dialog, estimate_of
from accord.estimating.forms import (
    ApproveForm,
    AskForm,
    BecauseForm,
    CopyForm,
    EstimatorForm,
    NewVersionForm,
    QuestionForm,
    TemplateForm,
    TemplateNameForm,
)
from accord.estimating.models import Estimate, State, Template
from accord.estimating.possible import far_apart, possible_for
from accord.people.accounts import signed_in
from accord.people.models import Member, Role

SHOWN = 50


def estimates(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    member = signed_in(request)
    versions = queries.versions(found, member)
    approved = next((v.estimate for v in versions if v.estimate.state == State.APPROVED), None)
    page = {
        "versions": versions,
        "covered": queries.covered(found, approved),
        "approved": approved,
        "may_ask": not found.outcome and not obstacles("estimating.ask_for_estimate", member, found),
        "may_reuse": not found.outcome and not obstacles("estimating.copy_estimate", member, found),
        "is_open": any(v.estimate.state in rules.OPEN for v in versions),
    }
    return engagement_page(request, found, TAB, "estimating/estimates.html", page)


def estimate(request: HttpRequest, pk: int) -> HttpResponse:
    found = estimate_of(request, pk)
    member = signed_in(request)
    grid = queries.grid(member, found)
    possible = possible_for(member, found, grid)
    is_open = found.state in rules.OPEN
    expected = queries.covered_by(found, grid) if found.state != State.REPLACED else []
    page = {
        "estimate": found,
        "grid": grid,
        "whole": grid.totals[-1],
        "waits_for": queries.waits_for(found, member),
        "possible": possible,
        "own": queries.own_contribution(member, found),
        "untouched": queries.is_untouched(grid, queries.own_contribution(member, found)),
        "unchanged": queries.unchanged(found) if found.state == State.DELIVERED or possible.deliver else [],
        "far_apart": far_apart(found),
        "uncovered": [c.expectation for c in expected if is_open and not c.package],
        "covered": [c for c in expected if c.package],
        "may_cover": is_open
        and not found.engagement.outcome
        and not obstacles("estimating.copy_estimate", member, found.engagement),
        "rows": parsing.rows_as_json(grid),
        "roles": list(Role.objects.values_list("name", flat=True)) if possible.edit else [],
        "has_templates": possible.edit and not grid.rows and Template.objects.exists(),
        "assumptions": list(found.assumptions.all()),
        "risks": list(found.risks.select_related("package")),
    }
    return engagement_page(request, found.engagement, TAB, "estimating/estimate.html", page)


def rows(request: HttpRequest, pk: int) -> HttpResponse:
    """The grid's own address: GET gives the newest rows, POST saves them. What goes wrong is told as JSON."""
    found = estimate_of(request, pk)
    member = signed_in(request)
    if request.method == "POST":
        try:
            given, revision = parsing.body_of(_json_of(request))
            actions.save_grid(member, found, given, revision)
        except rules.WrongRows as wrong:
            problems = [{"row": p.row, "field": p.field, "message": p.message} for p in wrong.problems]
            return JsonResponse({"problems": problems}, status=422)
        except WrongInput as wrong:
            return JsonResponse({"because": str(wrong), "remedy": ""}, status=422)
        except Refused as refused:
            told = {"rule": refused.rule, "because": refused.because, "remedy": refused.remedy}
            return JsonResponse(told, status=403 if isinstance(refused, NotAllowed) else 409)
        found = estimate_of(request, pk)
    grid = queries.grid(member, found)
    possible = possible_for(member, found, grid)
    about = {"grid": grid, "whole": grid.totals[-1]}
    headline = render_to_string("estimating/headline.html", about, request)
    answer = {
        "rows": parsing.rows_as_json(grid),
        "revision": grid.revision,
        "missing": possible.missing,
        "headline": headline,
    }
    return JsonResponse(answer)


def _json_of(request: HttpRequest) -> bytes:
    """What was sent as JSON; the content of a form has been read before, and cannot be read again.

    Raises:
        WrongInput: it was sent as something else.
    """
    if request.content_type != "application/json":
        raise WrongInput(rows=_("A breakdown is sent as JSON."))
    return request.body


def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a version is open already, the way leads to that one: a dialog cannot be redirected, so it is told to leave."""
    found = visible(request, pk)
    rules.may_ask(signed_in(request), found)
    open_one = found.estimates.filter(state__in=rules.OPEN).first()
    if request.method == "GET" and open_one is not None:
        if request.headers.get("HX-Request"):
            return HttpResponse(status=409)
        return redirect("estimating:estimate", open_one.pk)
    form = AskForm(request.POST or None, engagement=found)
    done = carried_out(
        request, form, lambda: actions.ask_for_estimate(signed_in(request), found, **form.cleaned_data)
    )
    if done:
        return gone(request, "estimating:estimate", done.result.pk)
    title = _("Ask for an estimate: {engagement}").format(engagement=found)
    return form_page(request, form, title, _("Ask"), "estimating/asking.html", engagement=found)


def copy(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    member = signed_in(request)
    form = CopyForm(request.POST or None, member=member, engagement=found)
    done = carried_out(
        request, form, lambda: actions.copy_estimate(member, found, form.cleaned_data["source"])
    )
    if done:
        return gone(request, "estimating:estimate", done.result.pk)
    return form_page(request, form, _("Copy from an earlier engagement"), _("Copy"), engagement=found)


def question(request: HttpRequest, pk: int) -> HttpResponse:
    found = estimate_of(request, pk)
    form = QuestionForm(request.POST or None, initial={"question": found.question, "due_on": found.due_on})
    return dialog(
        request, found, form, _("The question"), _("Save"),
        lambda: actions.change_question(signed_in(request), found, **form.cleaned_data),
    )  # fmt: skip


def add_estimator(request: HttpRequest, pk: int) -> HttpResponse:
    found = estimate_of(request, pk)
    form = EstimatorForm(request.POST or None, estimate=found)
    return dialog(
        request, found, form, _("Ask somebody as well"), _("Ask"),
        lambda: actions.add_estimator(signed_in(request), found, **form.cleaned_data),
    )  # fmt: skip


def release_estimator(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    somebody = get_object_or_404(Member, pk=member)
    return asked_first(
        request, pk, _("Go on without {name}?").format(name=somebody), _("Go on without them"),
        _("What they typed is dropped. Their numbers will not be compared with the others'."),
        lambda found: actions.release_estimator(signed_in(request), found, somebody), rules.may_release,
    )  # fmt: skip


def step_back(request: HttpRequest, pk: int) -> HttpResponse:
    return asked_first(
        request, pk, _("Step back from this estimate?"), _("Step back"),
        _("What you typed is dropped, and the others go on without you."),
        lambda found: actions.step_back(signed_in(request), found), rules.may_step_back,
    )  # fmt: skip


def history(request: HttpRequest, pk: int) -> HttpResponse:
    found = estimate_of(request, pk)
    page = {"estimate": found, "history": history_of(found)[:SHOWN]}
    return engagement_page(request, found.engagement, TAB, "estimating/history.html", page)


def done(request: HttpRequest, pk: int) -> HttpResponse:
    return deed(
        request, pk, lambda found: actions.finish_contribution(signed_in(request), found),
        _("You are done with your hours."),
    )  # fmt: skip


def again(request: HttpRequest, pk: int) -> HttpResponse:
    return deed(request, pk, lambda found: actions.take_up_again(signed_in(request), found))


def deliver(request: HttpRequest, pk: int) -> HttpResponse:
    return deed(
        request, pk, lambda found: actions.deliver_estimate(signed_in(request), found),
        _("The estimate is delivered."),
    )  # fmt: skip


def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approval names what the client expects and no package delivers, and asks for each why it is left out."""
    found = estimate_of(request, pk)
    rules.may_approve(signed_in(request), found)
    uncovered = queries.uncovered(found)
    seen = {"delivered_at": found.delivered_at.isoformat() if found.delivered_at else ""}
    form = ApproveForm(request.POST or None, uncovered=uncovered, initial=seen)

    def act() -> None:
        actions.approve_estimate(
            signed_in(request), found, form.left_out(), form.cleaned_data["delivered_at"]
        )

    if carried_out(request, form, act):
        _say_approved(request, found)
        return gone(request, "estimating:estimate", found.pk)
    told = [_("You stand behind exactly this content: it is not changed afterwards.")]
    told += [
        _("{name}: these are the template's hours, unchanged.").format(name=name)
        for name in queries.unchanged(found)
    ]
    if uncovered:
        told.append(
            _("The client expects what no package delivers: cover it first, or say why it is left out.")
        )
    title = _("Approve version {version}").format(version=found.version)
    return form_page(
        request, form, title, _("Approve"), engagement=found.engagement, explanation=" ".join(told)
    )


def _say_approved(request: HttpRequest, approved: Estimate) -> None:
    told = _("Version {version} is approved and counts from now on: you asked for it, and can go on.")
    if approved.asked_by_id != signed_in(request).pk:
        told = _("Version {version} is approved and counts from now on: {name}, who asked for it, can go on.")
    messages.success(request, told.format(version=approved.version, name=approved.asked_by))


def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    found = estimate_of(request, pk)
    form = BecauseForm(request.POST or None)
    names = names_of([c.estimator for c in found.contributions.all()], _("and"))
    told = _("Version {version} is sent back. Next, {names} mend it and deliver it again.")
    return dialog(
        request, found, form, _("Send it back"), _("Send back"),
        lambda: actions.send_back(signed_in(request), found, **form.cleaned_data),
        told.format(version=found.version, names=names),
    )  # fmt: skip


def new_version(request: HttpRequest, pk: int) -> HttpResponse:
    found = estimate_of(request, pk)
    again = {"question": found.question, "estimators": [c.estimator_id for c in found.contributions.all()]}
    form = NewVersionForm(request.POST or None, engagement=found.engagement, initial=again)
    made = carried_out(
        request, form, lambda: actions.begin_new_version(signed_in(request), found, **form.cleaned_data)
    )
    if made:
        return gone(request, "estimating:estimate", made.result.pk)
    explanation = _("It starts as a copy of version {version}.").format(version=found.version)
    return form_page(
        request,
        form,
        _("Begin a new version"),
        _("Begin"),
        "estimating/asking.html",
        engagement=found.engagement,
        explanation=explanation,
    )


def use_template(request: HttpRequest, pk: int) -> HttpResponse:
    found = estimate_of(request, pk)
    form = TemplateForm(request.POST or None)
    return dialog(
        request, found, form, _("Begin with a template"), _("Use it"),
        lambda: actions.use_template(signed_in(request), found, **form.cleaned_data),
    )  # fmt: skip


def keep_as_template(request: HttpRequest, pk: int) -> HttpResponse:
    found = estimate_of(request, pk)
    form = TemplateNameForm(request.POST or None)
    return dialog(
        request, found, form, _("Keep as a template"), _("Keep"),
        lambda: actions.keep_as_template(signed_in(request), found, **form.cleaned_data),
    )  # fmt: skip
