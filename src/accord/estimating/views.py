"""Pages about estimates: parse, call an action or a query, render."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accord.actions.door import obstacles
from accord.actions.forms import carried_out, form_page, gone
from accord.actions.queries import history_of
from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.engagements import rules as engagement_rules
from accord.engagements.models import Expectation
from accord.engagements.pages import engagement_page, visible
from accord.estimating import actions, parsing, pictures, queries, rules
from accord.estimating.authority import names_of
from accord.estimating.forms import (
    ApproveForm,
    AskForm,
    AssumptionForm,
    BecauseForm,
    CopyForm,
    CoverForm,
    EstimatorForm,
    NewVersionForm,
    QuestionForm,
    RiskForm,
    TemplateForm,
    TemplateNameForm,
)
from accord.estimating.models import Assumption, Contribution, Estimate, Risk, State, Template
from accord.estimating.numbers import Points
from accord.people.accounts import signed_in
from accord.people.models import Member, Role

TAB = "estimating:estimates"
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Possible:
    """What the member can do with the estimate now, and what forbids the rest."""

    edit: bool
    finish: bool
    again: bool
    deliver: bool
    approve: bool
    send_back: bool
    arrange: bool
    release: bool
    works: bool
    missing: str  # why the main action is not possible yet
    refused: Refused | None  # why this member may not approve, though they hold authority


def estimate_of(request: HttpRequest, pk: int) -> Estimate:
    """
    Raises:
        NotAllowed: its engagement is confidential. Http404: there is none.
    """
    found = get_object_or_404(queries.estimate_for_page(pk))
    engagement_rules.must_see(signed_in(request), found.engagement)
    return found


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
    possible = _possible(member, found, grid)
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
        "far_apart": _far_apart(found),
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
    possible = _possible(member, found, grid)
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


def cover(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Expectation.objects.select_related(
        "engagement__relationship__client", "coverage", "withdrawal", "restated_by"
    )
    expectation = get_object_or_404(rows, pk=pk)
    engagement_rules.must_see(signed_in(request), expectation.engagement)
    newest = queries.latest(expectation.engagement)
    packages = list(newest.packages.all()) if newest else []
    coverage = getattr(expectation, "coverage", None)
    form = CoverForm(request.POST or None, packages=packages, coverage=coverage)

    def act() -> None:
        if form.package:
            actions.cover(signed_in(request), expectation, form.cleaned_data["code"])
        else:
            actions.uncover(signed_in(request), expectation)

    if carried_out(request, form, act):
        _say_covered(request, expectation.subject, form.package)
        if newest and "estimate" in request.GET:  # the page that asked
            return gone(request, "estimating:estimate", newest.pk)
        return gone(request, TAB, expectation.engagement_id)
    title = _("Which package delivers “{subject}”?").format(subject=expectation.subject)
    return form_page(request, form, title, _("Keep"), engagement=expectation.engagement)


def _say_covered(request: HttpRequest, subject: str, package: str) -> None:
    told = _("“{subject}” is delivered by no package.").format(subject=subject)
    if package:
        told = _("“{subject}” is delivered by “{package}”.").format(subject=subject, package=package)
    messages.success(request, told)


def question(request: HttpRequest, pk: int) -> HttpResponse:
    found = estimate_of(request, pk)
    form = QuestionForm(request.POST or None, initial={"question": found.question, "due_on": found.due_on})
    return _dialog(
        request, found, form, _("The question"), _("Save"),
        lambda: actions.change_question(signed_in(request), found, **form.cleaned_data),
    )  # fmt: skip


def add_estimator(request: HttpRequest, pk: int) -> HttpResponse:
    found = estimate_of(request, pk)
    form = EstimatorForm(request.POST or None, estimate=found)
    return _dialog(
        request, found, form, _("Ask somebody as well"), _("Ask"),
        lambda: actions.add_estimator(signed_in(request), found, **form.cleaned_data),
    )  # fmt: skip


def release_estimator(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    somebody = get_object_or_404(Member, pk=member)
    return _asked_first(
        request, pk, _("Go on without {name}?").format(name=somebody), _("Go on without them"),
        _("What they typed is dropped. Their numbers will not be compared with the others'."),
        lambda found: actions.release_estimator(signed_in(request), found, somebody), rules.may_release,
    )  # fmt: skip


def step_back(request: HttpRequest, pk: int) -> HttpResponse:
    return _asked_first(
        request, pk, _("Step back from this estimate?"), _("Step back"),
        _("What you typed is dropped, and the others go on without you."),
        lambda found: actions.step_back(signed_in(request), found), rules.may_step_back,
    )  # fmt: skip


def reconcile(request: HttpRequest, pk: int) -> HttpResponse:
    """What the estimators said of each package, and the agreed efforts to change."""
    found = estimate_of(request, pk)
    everything = queries.disputed(found)
    only = request.GET.get("only") == "apart"
    disputed = sorted(everything, key=lambda d: not d.disagreement)  # what is to be talked about comes first
    if only:
        disputed = [d for d in disputed if d.disagreement]
    wrong: dict[str, str] = {}
    if request.method == "POST":
        efforts, wrong = _agreed(request, [d.package.code for d in disputed])
        if not wrong:
            try:
                actions.agree_on_efforts(signed_in(request), found, efforts)
                messages.success(request, _("The hours are agreed. The next step: deliver the estimate."))
                return redirect("estimating:estimate", found.pk)
            except rules.WrongRows as rows:
                codes = list(efforts)
                wrong = {codes[p.row]: p.message for p in rows.problems}
    page = {
        "estimate": found,
        "lines": [(d, pictures.bars(d), wrong.get(d.package.code, ""), _typed(request, d)) for d in disputed],
        "wide": sum(bool(d.disagreement) for d in everything),
        "of": len(everything),
        "only": only,
        "wrong": wrong,
        "may_agree": not found.engagement.outcome
        and found.state == State.IN_WORK
        and not obstacles("estimating.agree_on_efforts", signed_in(request), found),
    }
    status = 422 if wrong else 200
    return engagement_page(request, found.engagement, TAB, "estimating/reconcile.html", page, status)


def compare(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    found = estimate_of(request, pk)
    before = get_object_or_404(found.engagement.estimates, pk=other)
    page = {"estimate": found, "before": before, "comparison": queries.compare(before, found)}
    return engagement_page(request, found.engagement, TAB, "estimating/compare.html", page)


def history(request: HttpRequest, pk: int) -> HttpResponse:
    found = estimate_of(request, pk)
    page = {"estimate": found, "history": history_of(found)[:SHOWN]}
    return engagement_page(request, found.engagement, TAB, "estimating/history.html", page)


def done(request: HttpRequest, pk: int) -> HttpResponse:
    return _deed(
        request, pk, lambda found: actions.finish_contribution(signed_in(request), found),
        _("You are done with your hours."),
    )  # fmt: skip


def again(request: HttpRequest, pk: int) -> HttpResponse:
    return _deed(request, pk, lambda found: actions.take_up_again(signed_in(request), found))


def deliver(request: HttpRequest, pk: int) -> HttpResponse:
    return _deed(
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
    return _dialog(
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


def add_assumption(request: HttpRequest, pk: int) -> HttpResponse:
    found = estimate_of(request, pk)
    form = AssumptionForm(request.POST or None)
    return _dialog(
        request, found, form, _("Assumption or exclusion"), _("Add"),
        lambda: actions.note_assumption(signed_in(request), found, **form.cleaned_data),
    )  # fmt: skip


def drop_assumption(request: HttpRequest, pk: int, noted: int) -> HttpResponse:
    assumption = get_object_or_404(Assumption, pk=noted, estimate=pk)
    return _asked_first(
        request, pk, _("Remove this?"), _("Remove"), assumption.text,
        lambda found: actions.drop_assumption(signed_in(request), found, assumption), rules.may_estimate,
    )  # fmt: skip


def add_risk(request: HttpRequest, pk: int) -> HttpResponse:
    found = estimate_of(request, pk)
    form = RiskForm(request.POST or None, estimate=found)
    return _dialog(
        request, found, form, _("Risk"), _("Add"),
        lambda: actions.note_risk(signed_in(request), found, **form.noted()),
    )  # fmt: skip


def drop_risk(request: HttpRequest, pk: int, noted: int) -> HttpResponse:
    risk = get_object_or_404(Risk, pk=noted, estimate=pk)
    return _asked_first(
        request, pk, _("Remove this?"), _("Remove"), risk.name,
        lambda found: actions.drop_risk(signed_in(request), found, risk), rules.may_estimate,
    )  # fmt: skip


def use_template(request: HttpRequest, pk: int) -> HttpResponse:
    found = estimate_of(request, pk)
    form = TemplateForm(request.POST or None)
    return _dialog(
        request, found, form, _("Begin with a template"), _("Use it"),
        lambda: actions.use_template(signed_in(request), found, **form.cleaned_data),
    )  # fmt: skip


def keep_as_template(request: HttpRequest, pk: int) -> HttpResponse:
    found = estimate_of(request, pk)
    form = TemplateNameForm(request.POST or None)
    return _dialog(
        request, found, form, _("Keep as a template"), _("Keep"),
        lambda: actions.keep_as_template(signed_in(request), found, **form.cleaned_data),
    )  # fmt: skip


def _dialog(
    request: HttpRequest,
    found: Estimate,
    form: forms.Form,
    title: str,
    button: str,
    act: Callable[[], Any],
    told: str = "",
) -> HttpResponse:
    """A form about an estimate, after which its page is shown again and tells what happened."""
    if carried_out(request, form, act):
        if told:
            messages.success(request, told)
        return gone(request, "estimating:estimate", found.pk)
    return form_page(request, form, title, button, engagement=found.engagement)


def _asked_first(
    request: HttpRequest,
    pk: int,
    title: str,
    button: str,
    explanation: str,
    act: Callable[[Estimate], Any],
    permission: Callable[[Member | None, Estimate], None],
) -> HttpResponse:
    """What cannot be undone is asked in a dialog; who may not is told at once."""
    found = estimate_of(request, pk)
    permission(signed_in(request), found)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if carried_out(request, form, lambda: act(found)):
        return gone(request, "estimating:estimate", pk)
    return form_page(request, form, title, button, engagement=found.engagement, explanation=explanation)


@require_POST
def _deed(request: HttpRequest, pk: int, act: Callable[[Estimate], Any], told: str = "") -> HttpResponse:
    """Something done by one button, after which the estimate's page is shown again and tells who is next."""
    act(estimate_of(request, pk))
    if told:
        messages.success(request, f"{told} {queries.waits_for(estimate_of(request, pk), signed_in(request))}")
    return gone(request, "estimating:estimate", pk)


def _possible(member: Member, found: Estimate, grid: queries.Grid) -> Possible:
    own = queries.own_contribution(member, found)
    contributions = list(found.contributions.all())
    all_done = rules.all_done(contributions)
    in_work = found.state in (State.ASKED, State.IN_WORK) and not found.engagement.outcome
    writes = in_work and not obstacles("estimating.save_grid", member, found)
    alone = own is not None and len(contributions) == 1
    is_delivered = found.state == State.DELIVERED and not found.engagement.outcome
    decides = is_delivered and not obstacles("estimating.send_back", member, found)
    judges = is_delivered and (decides or rules.has_authority(member, found.engagement))
    refused = obstacles("estimating.approve_estimate", member, found) if judges else []
    return Possible(
        edit=writes and (all_done or own is None or own.done_at is None),
        finish=writes and not all_done and not alone and own is not None and own.done_at is None,
        again=writes and not all_done and own is not None and own.done_at is not None,
        deliver=writes and (all_done or alone),
        approve=decides and not refused,
        send_back=decides,
        arrange=in_work and not obstacles("estimating.change_question", member, found),
        release=in_work
        and rules.has_authority(member, found.engagement)
        and not engagement_rules.sells(member, found.engagement),
        works=in_work,
        missing=_missing(grid, all_done or alone) or _not_own(grid, own),
        refused=refused[0] if refused else None,
    )


def _far_apart(found: Estimate) -> int:
    """On how many packages the estimators are far apart, where that is still to be decided on."""
    contributions = list(found.contributions.all())
    if found.state not in (State.IN_WORK, State.DELIVERED) or len(contributions) < 2:
        return 0
    if not rules.all_done(contributions):
        return 0
    return sum(bool(d.disagreement) for d in queries.disputed(found))


def _missing(grid: queries.Grid, with_roles: bool) -> str:
    leaves = grid.leaves
    if not leaves:
        return _("There is no work package yet.")
    told = []
    without_hours = len(leaves) - grid.given
    if without_hours:
        told.append(_("{n} of {all} packages have no hours yet.").format(n=without_hours, all=len(leaves)))
    without_role = sum(row.package.role_id is None for row in leaves)
    if with_roles and without_role:
        told.append(_("{n} have no role.").format(n=without_role))
    return " ".join(told)


def _not_own(grid: queries.Grid, own: Contribution | None) -> str:
    if not queries.is_untouched(grid, own):
        return ""
    return _("These are the template's hours, unchanged: look at each and save them.")


def _agreed(request: HttpRequest, codes: list[str]) -> tuple[dict[str, Points], dict[str, str]]:
    """What was typed on the page for reconciling: efforts by code, and what is wrong."""
    efforts, wrong = {}, {}
    for code in codes:
        texts = [request.POST.get(f"{code}-{name}", "").strip() for name in ("low", "likely", "high")]
        if not any(texts):
            continue
        try:
            low, likely, high = (Decimal(re.sub(r"\s", "", t).replace(",", ".")) for t in texts)
            efforts[code] = Points(low, likely, high)
        except InvalidOperation:
            wrong[code] = _("Three numbers are needed.")
    return efforts, wrong


def _typed(request: HttpRequest, disputed: queries.Disputed) -> list[tuple[str, str]]:
    """The fields' names (low, likely, high) with what stands in them."""
    found = []
    for name in ("low", "likely", "high"):
        stored = f"{getattr(disputed.agreed, name).normalize():f}" if disputed.agreed else ""
        found.append((name, request.POST.get(f"{disputed.package.code}-{name}", stored)))
    return found
