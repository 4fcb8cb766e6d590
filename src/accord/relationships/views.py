"""Pages about relationships. What they hold of engagements comes from the room above, so the record page stands there."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accord.actions.forms import carried_out, form_page, gone
from accord.people.accounts import signed_in
from accord.relationships import actions, rules
from accord.relationships.forms import (
    ChangeClientForm,
    ClientForm,
    ContactForm,
    HandOverForm,
    HealthForm,
    InteractionForm,
)
from accord.relationships.models import Attachment, Contact, Interaction, Relationship


def begin(request: HttpRequest) -> HttpResponse:
    member = signed_in(request)
    form = ClientForm(request.POST or None, initial={"owner": member})
    done = carried_out(request, form, lambda: actions.begin_relationship(member, **form.cleaned_data))
    if done:
        return gone(request, "web:relationship", done.result.pk)
    return form_page(request, form, _("Add a client"), _("Add"))


def change(request: HttpRequest, pk: int) -> HttpResponse:
    found = _relationship(pk)
    start = {name: getattr(found.client, name) for name in ("name", "kind", "industry", "language")}
    form = ChangeClientForm(request.POST or None, initial=start)
    if carried_out(
        request, form, lambda: actions.change_client(signed_in(request), found, **form.cleaned_data)
    ):
        return gone(request, "web:relationship", found.pk)
    return form_page(request, form, _("Change the client"), _("Save"))


def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    found = _relationship(pk)
    form = HandOverForm(request.POST or None)
    if carried_out(
        request,
        form,
        lambda: actions.hand_over_relationship(signed_in(request), found, form.cleaned_data["owner"]),
    ):
        return gone(request, "web:relationship", found.pk)
    explanation = _(
        "Now it is %(owner)s. The owner answers for the relationship and sees all that is engaged in it."
    )
    title = _("Give %(client)s to another owner") % {"client": found}
    return form_page(
        request, form, title, _("Hand it over"), explanation=explanation % {"owner": found.owner}
    )


def add_contact(request: HttpRequest, pk: int) -> HttpResponse:
    found = _relationship(pk)
    form = ContactForm(request.POST or None)
    if carried_out(
        request, form, lambda: actions.add_contact(signed_in(request), found, **form.cleaned_data)
    ):
        return gone(request, "web:relationship", found.pk)
    return form_page(request, form, _("Add a person of %(client)s") % {"client": found}, _("Add"))


def change_contact(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Contact, pk=pk)
    start = {name: getattr(found, name) for name in ("name", "title", "email", "phone", "part")}
    form = ContactForm(request.POST or None, initial=start)
    if carried_out(
        request, form, lambda: actions.change_contact(signed_in(request), found, **form.cleaned_data)
    ):
        return gone(request, "web:contact", found.pk)
    return form_page(request, form, _("Change what is known of %(name)s") % {"name": found}, _("Save"))


def record(request: HttpRequest, pk: int) -> HttpResponse:
    found = _relationship(pk)
    form = InteractionForm(request.POST or None, request.FILES or None, relationship=found)

    def act() -> Interaction:
        data = form.cleaned_data | {"contacts": list(form.cleaned_data["contacts"])}
        return actions.record_interaction(signed_in(request), found, **data)

    if carried_out(request, form, act):
        return gone(request, "web:relationship", found.pk)
    title = _("Record an interaction with %(client)s") % {"client": found}
    return form_page(request, form, title, _("Record"))


def attachment(request: HttpRequest, pk: int) -> FileResponse:
    """A file, always to be saved and never shown: it came from outside, and a browser would run what it shows."""
    rules.may_read(signed_in(request))
    found = get_object_or_404(Attachment, pk=pk)
    return FileResponse(
        found.file.open(),
        as_attachment=True,
        filename=found.name,
        content_type="application/octet-stream",
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"},
    )


def judge_health(request: HttpRequest, pk: int) -> HttpResponse:
    found = _relationship(pk)
    start = {"health": found.health, "because": found.health_because}
    form = HealthForm(request.POST or None, initial=start)
    if carried_out(
        request, form, lambda: actions.judge_health(signed_in(request), found, **form.cleaned_data)
    ):
        return gone(request, "web:relationship", found.pk)
    return form_page(request, form, _("How does it stand with %(client)s?") % {"client": found}, _("Save"))


def _relationship(pk: int) -> Relationship:
    found: Relationship = get_object_or_404(Relationship.objects.select_related("client", "owner"), pk=pk)
    return found
