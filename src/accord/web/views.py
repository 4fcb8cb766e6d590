"""The desk, pages that show several rooms at once, and how errors look."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accord.actions.forms import carried_out
from accord.actions.queries import history_of
from accord.engagements.forms import NextStepForm
from accord.engagements.models import Profile
from accord.engagements.pages import engagement_page, visible
from accord.engagements.queries import promise_lines, statements
from accord.engagements.rules import ASKED_CONFIDENCE
from accord.people.accounts import let_in, signed_in
from accord.people.actions import appoint_first_administrator
from accord.people.models import Member
from accord.relationships.models import Relationship
from accord.relationships.queries import stream
from accord.web import queries
from accord.web.forms import FirstAdministratorForm

_STREAM = 50


def desk(request: HttpRequest) -> HttpResponse:
    return render(request, "web/desk.html", {"desk": queries.desk(signed_in(request))})


def relationships(request: HttpRequest) -> HttpResponse:
    search = request.GET.get("search", "").strip()
    found = queries.relationship_list(signed_in(request), search)
    return render(request, "web/relationships.html", {"relationships": found, "search": search})


def relationship(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Relationship.objects.select_related("client", "owner"), pk=pk)
    page = {
        "relationship": found,
        "contacts": found.client.contacts.all(),
        "engagements": queries.engagements_of(signed_in(request), found),
        "interactions": stream(found)[:_STREAM],
        "history": history_of(found)[:10],
    }
    return render(request, "web/relationship.html", page)


def engagement(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    said = statements(found)
    page = {
        "statements": said,
        "lines": promise_lines(said),
        "asked": ASKED_CONFIDENCE[Profile(found.profile)],
        "step": NextStepForm(initial={"step": found.next_step, "on": found.next_step_on}),
    }
    return engagement_page(request, found, "web:engagement", "web/engagement.html", page)


def palette(request: HttpRequest) -> HttpResponse:
    found = queries.palette(signed_in(request), request.GET.get("q", "").strip())
    return render(request, "web/palette.html", {"found": found})


@login_not_required
def first_administrator(request: HttpRequest) -> HttpResponse:
    if Member.objects.exists():
        return redirect("web:desk")
    form = FirstAdministratorForm(request.POST or None, initial={"country": "DE"})

    def act() -> None:
        who = {name: form.cleaned_data[name] for name in ("name", "email", "password")}
        let_in(request, appoint_first_administrator(None, **who, firm=form.profile()))

    if carried_out(request, form, act):
        return redirect("web:desk")
    return render(request, "web/first_administrator.html", {"form": form}, status=422 if form.errors else 200)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    page = {
        "title": _("This is not open to you."),
        "text": _("If you think it should be, ask an administrator for a role."),
    }
    return render(request, "web/error.html", page, status=403)


@login_not_required
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    page = {
        "title": _("There is nothing at this address."),
        "text": _("It may have been typed wrongly, or what was here is gone."),
    }
    return render(request, "web/error.html", page, status=404)


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    return render(request, "web/broken.html", status=500)
