"""Signing in as anybody of the sample firm. These addresses exist only where the sample firm runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accord.demo import mark, tour
from accord.people.models import Member
from accord.proposals.answering.links import token_of

BACKEND = "accord.people.backends.Backend"
View = Callable[..., HttpResponse]


def sample_firm_only(view: View) -> View:
    """Nothing is at this address unless the sample firm runs, on a database that is the sample firm's own."""

    @wraps(view)
    def looked_at(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not settings.DEMO or not mark.is_there():
            raise Http404
        return view(request, *args, **kwargs)

    return login_not_required(looked_at)


@sample_firm_only
def people(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "demo/people.html",
        {"tour": tour.tour(), "checks": tour.checks(), "link": tour.client_link()},
    )


@sample_firm_only
def checks(request: HttpRequest) -> HttpResponse:
    """How far the promise checks are, asked for again by the page while some are waiting."""
    return render(request, "demo/checks.html", {"checks": tour.checks()})


@sample_firm_only
def client(request: HttpRequest) -> HttpResponse:
    """What a client sees by its link, which only its mail tells otherwise."""
    link = tour.client_link()
    if link is None:
        raise Http404
    return redirect("portal:offer", token_of(link))


@sample_firm_only
@require_POST
def be(request: HttpRequest, pk: int) -> HttpResponse:
    # The session of whoever one was lives on: a part of the page that is left may still be asked for under it, and would
    # otherwise have the browser load that page anew in the middle of the change.
    request.session = type(request.session)()
    login(request, get_object_or_404(Member, pk=pk, is_active=True), backend=BACKEND)
    address = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}):
        return redirect(address)
    return redirect("web:desk")
