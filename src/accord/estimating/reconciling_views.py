"""Pages that lay numbers side by side: what the estimators said, and what changed between versions."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from accord.actions.door import obstacles
from accord.engagements.pages import engagement_page
from accord.estimating import actions, pictures, queries, rules
from accord.estimating.dialogs import TAB, estimate_of
from accord.estimating.models import State
from accord.estimating.numbers import Points
from accord.people.accounts import signed_in


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
