"""Pages about relationships. What they hold of engagements comes from the room above, so the record page stands there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from accord.actions.forms import carried_out, form_page, gone
from accord.people.accounts import signed_in
from accord.relationships import actions
from accord.relationships.forms import ClientForm, ContactForm, HealthForm, InteractionForm
from accord.relationships.models import Relationship


def begin(request: HttpRequest) -> HttpResponse:
    member = signed_in(request)
    form = ClientForm(request.POST or None, initial={"owner": member})
    if carried_out(request, form, lambda: actions.begin_relationship(member, **form.cleaned_data)):
        return gone(request, "web:relationships")
    return form_page(request, form, "Add a client", "Add")


def add_contact(request: HttpRequest, pk: int) -> HttpResponse:
    found = _relationship(pk)
    form = ContactForm(request.POST or None)
    if carried_out(
        request, form, lambda: actions.add_contact(signed_in(request), found, **form.cleaned_data)
    ):
        return gone(request, "web:relationship", found.pk)
    return form_page(request, form, f"Add a person of {found}", "Add")


def record(request: HttpRequest, pk: int) -> HttpResponse:
    found = _relationship(pk)
    form = InteractionForm(request.POST or None, relationship=found)

    def act() -> None:
        data = form.cleaned_data | {"contacts": list(form.cleaned_data["contacts"])}
        actions.record_interaction(signed_in(request), found, **data)

    if carried_out(request, form, act):
        return gone(request, "web:relationship", found.pk)
    return form_page(request, form, f"Record an interaction with {found}", "Record")


def judge_health(request: HttpRequest, pk: int) -> HttpResponse:
    found = _relationship(pk)
    start = {"health": found.health, "because": found.health_because}
    form = HealthForm(request.POST or None, initial=start)
    if carried_out(
        request, form, lambda: actions.judge_health(signed_in(request), found, **form.cleaned_data)
    ):
        return gone(request, "web:relationship", found.pk)
    return form_page(request, form, f"How does it stand with {found}?", "Save")


def _relationship(pk: int) -> Relationship:
    found: Relationship = get_object_or_404(Relationship.objects.select_related("client"), pk=pk)
    return found
