"""What is noted beside the breakdown: assumptions, risks, and which package delivers what the client expects."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accord.actions.forms import carried_out, form_page, gone
from accord.engagements import rules as engagement_rules
from accord.engagements.models import Expectation
from accord.estimating import actions, queries, rules
from accord.estimating.dialogs import TAB, asked_first, dialog, estimate_of
from accord.estimating.forms import (
    AssumptionForm,
    CoverForm,
    RiskForm,
)
from accord.estimating.models import Assumption, Risk
from accord.people.accounts import signed_in


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


def add_assumption(request: HttpRequest, pk: int) -> HttpResponse:
    found = estimate_of(request, pk)
    form = AssumptionForm(request.POST or None)
    return dialog(
        request, found, form, _("Assumption or exclusion"), _("Add"),
        lambda: actions.note_assumption(signed_in(request), found, **form.cleaned_data),
    )  # fmt: skip


def drop_assumption(request: HttpRequest, pk: int, noted: int) -> HttpResponse:
    assumption = get_object_or_404(Assumption, pk=noted, estimate=pk)
    return asked_first(
        request, pk, _("Remove this?"), _("Remove"), assumption.text,
        lambda found: actions.drop_assumption(signed_in(request), found, assumption), rules.may_estimate,
    )  # fmt: skip


def add_risk(request: HttpRequest, pk: int) -> HttpResponse:
    found = estimate_of(request, pk)
    form = RiskForm(request.POST or None, estimate=found)
    return dialog(
        request, found, form, _("Risk"), _("Add"),
        lambda: actions.note_risk(signed_in(request), found, **form.noted()),
    )  # fmt: skip


def drop_risk(request: HttpRequest, pk: int, noted: int) -> HttpResponse:
    risk = get_object_or_404(Risk, pk=noted, estimate=pk)
    return asked_first(
        request, pk, _("Remove this?"), _("Remove"), risk.name,
        lambda found: actions.drop_risk(signed_in(request), found, risk), rules.may_estimate,
    )  # fmt: skip
