"""What the pages about estimates share: finding one, dialogs about it, and deeds of one button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from accord.actions.forms import carried_out, form_page, gone
from accord.engagements import rules as engagement_rules
from accord.estimating import queries
from accord.estimating.models import Estimate
from accord.people.accounts import signed_in
from accord.people.models import Member

TAB = "estimating:estimates"  # of an engagement's record


def estimate_of(request: HttpRequest, pk: int) -> Estimate:
    """
    Raises:
        NotAllowed: its engagement is confidential. Http404: there is none.
    """
    found = get_object_or_404(queries.estimate_for_page(pk))
    engagement_rules.must_see(signed_in(request), found.engagement)
    return found


def dialog(
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


def asked_first(
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
def deed(request: HttpRequest, pk: int, act: Callable[[Estimate], Any], told: str = "") -> HttpResponse:
    """Something done by one button, after which the estimate's page is shown again and tells who is next."""
    act(estimate_of(request, pk))
    if told:
        messages.success(request, f"{told} {queries.waits_for(estimate_of(request, pk), signed_in(request))}")
    return gone(request, "estimating:estimate", pk)
