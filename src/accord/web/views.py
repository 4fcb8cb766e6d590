"""The overview of an engagement, the first administrator, and how errors look."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accord.actions.forms import carried_out
from accord.engagements.forms import NextStepForm
from accord.engagements.pages import engagement_page, visible
from accord.engagements.policies.in_force import in_force
from accord.engagements.queries import statements
from accord.people.accounts import let_in, signed_in
from accord.people.actions import appoint_first_administrator
from accord.people.models import Member
from accord.planning.checking.overview import overview
from accord.web.forms import FirstAdministratorForm


def engagement(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    said = statements(found)
    page = {
        "statements": said,
        "overview": overview(found, said, signed_in(request)),
        "asked": in_force().asked(found.profile),
        "step": NextStepForm(initial={"step": found.next_step, "on": found.next_step_on}),
    }
    return engagement_page(request, found, "web:engagement", "web/engagement.html", page)


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


@login_not_required
def odd(request: HttpRequest, exception: Exception) -> HttpResponse:
    page = {
        "title": _("This cannot be read."),
        "text": _(
            "The address, or what was sent, holds something that Accord does not take. Go back and try again."
        ),
    }
    return render(request, "web/error.html", page, status=400)


@login_not_required
def sent_too_late(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What is sent without a page's own token does nothing. A script that sends JSON reads the answer as JSON."""
    because = _("The page was open too long, or this browser keeps no cookies. Nothing was changed.")
    remedy = _("Open the page again and repeat what you did.")
    if request.content_type == "application/json":
        return JsonResponse({"because": because, "remedy": remedy}, status=403)
    page = {"title": _("This page is too old to be sent."), "text": f"{because} {remedy}"}
    return render(request, "web/error.html", page, status=403)


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
