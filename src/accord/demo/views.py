"""Signing in as anybody of the sample firm. These addresses exist only where the sample firm runs."""

from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accord.people.models import Member
from accord.people.queries import members

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@login_not_required
def people(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/people.html", {"members": members()})


@login_not_required
@require_POST
def be(request: HttpRequest, pk: int) -> HttpResponse:
    login(request, get_object_or_404(Member, pk=pk, is_active=True), backend=BACKEND)
    return redirect("web:desk")
