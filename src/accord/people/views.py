"""Pages about the members of the firm."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from accord.actions.queries import history_of
from accord.people import queries
from accord.people.models import Member


def members(request: HttpRequest) -> HttpResponse:
    return render(request, "people/members.html", {"members": queries.members()})


def member(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Member.objects.select_related("role"), pk=pk)
    return render(request, "people/member.html", {"member": found, "history": history_of(found)[:20]})


def account(request: HttpRequest) -> HttpResponse:
    return render(request, "people/account.html")
