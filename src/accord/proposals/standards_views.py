"""Pages of what the firm keeps for all proposals: standard clauses and rate cards."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import groupby
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from accord.actions.door import obstacles
from accord.actions.forms import carried_out, form_page, gone
from accord.engagements.models import Profile
from accord.people.accounts import signed_in
from accord.people.queries import rates_at, the_firm
from accord.proposals import standards
from accord.proposals.models import Clause, RateCard
from accord.proposals.standards_forms import ClauseForm, RateCardForm
from accord.relationships.models import Language


def clauses(request: HttpRequest) -> HttpResponse:
    member = signed_in(request)
    rows = Clause.objects.filter(active=True).select_related("written_by").order_by("language", "title")
    for row in rows:
        row.told_profiles = [str(label) for name, label in Profile.choices if name in row.profiles]
    page = {
        "languages": [
            (Language(name).label, list(found)) for name, found in groupby(rows, lambda c: c.language)
        ],
        "may_keep": not obstacles("proposals.write_clause", member, Clause()),
    }
    return render(request, "proposals/clauses.html", page)


def new_clause(request: HttpRequest) -> HttpResponse:
    return _write_clause(request, Clause(), {"profiles": Profile.values}, _("A standard clause"))


def change_clause(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Clause, pk=pk)
    first = {name: getattr(found, name) for name in ClauseForm.base_fields}
    return _write_clause(request, found, first, _("Write the clause anew"))


def retire_clause(request: HttpRequest, pk: int) -> HttpResponse:
    standards.may_keep_clauses(signed_in(request), None)
    found = get_object_or_404(Clause, pk=pk)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if carried_out(request, form, lambda: standards.retire_clause(signed_in(request), found)):
        return gone(request, "proposals:clauses")
    told = _("No new proposal begins with it. Texts that have it keep it, and their pages say so.")
    title = _("Retire “{title}”").format(title=found)
    return form_page(request, form, title, _("Retire it"), explanation=told)


def rate_cards(request: HttpRequest) -> HttpResponse:
    member = signed_in(request)
    standards.may_read_cards(member)
    page = {
        "cards": RateCard.objects.prefetch_related("lines__role"),
        "today": dt.date.today(),
        "may_keep": not obstacles("proposals.write_rate_card", member, RateCard()),
    }
    return render(request, "proposals/rate_cards.html", page)


def new_rate_card(request: HttpRequest) -> HttpResponse:
    """It begins with what the roles' hours are billed now."""
    first = {"currency": the_firm().currency}
    rates = {role: hourly.bill for role, hourly in rates_at(dt.date.today()).roles.items() if hourly.bill}
    return _write_card(request, RateCard(), first, rates, _("A rate card"))


def change_rate_card(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(RateCard, pk=pk)
    first = {name: getattr(found, name) for name in RateCardForm.base_fields}
    rates = {line.role_id: line.rate for line in found.lines.all()}
    return _write_card(request, found, first, rates, _("Change the rate card"))


def _write_clause(request: HttpRequest, clause: Clause, first: dict[str, Any], title: str) -> HttpResponse:
    standards.may_keep_clauses(signed_in(request), None)
    form = ClauseForm(request.POST if request.method == "POST" else None, initial=first)
    if carried_out(request, form, lambda: standards.write_clause(signed_in(request), clause, form.words())):
        return gone(request, "proposals:clauses")
    told = _("Proposals that hold a clause already keep the words that they have.")
    return form_page(request, form, title, _("Save"), explanation=told)


def _write_card(
    request: HttpRequest, card: RateCard, first: dict[str, Any], rates: dict[int, Decimal], title: str
) -> HttpResponse:
    standards.may_keep_cards(signed_in(request), None)
    form = RateCardForm(request.POST if request.method == "POST" else None, initial=first, rates=rates)
    if carried_out(request, form, lambda: standards.write_rate_card(signed_in(request), card, form.card())):
        return gone(request, "proposals:rate_cards")
    told = _("Empty a rate to leave its role out. Proposals keep the rates that they have.")
    return form_page(request, form, title, _("Save"), explanation=told)
