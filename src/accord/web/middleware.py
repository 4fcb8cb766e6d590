"""Before and after every page: the first administrator, who is signed in, and refusals told as pages."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import SuspiciousOperation
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from accord.actions.forms import LARGEST_NUMBER
from accord.actions.refusals import NotAllowed, Refused
from accord.engagements.policies.in_force import remembered
from accord.people.models import Member

Next = Callable[[HttpRequest], HttpResponse]


class FirstAdministrator:
    """An empty firm asks for its first administrator before anything else."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.somebody_is_there = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        first = reverse("web:first_administrator")
        asks = (first, reverse("people:parts_of_country"))  # the second is a part of the first page
        if not self.somebody_is_there and request.path not in asks:
            self.somebody_is_there = Member.objects.exists()
            if not self.somebody_is_there:
                return redirect(first)
        return self.get_response(request)


class SignedIn(LoginRequiredMiddleware):
    """Who is not signed in is asked to. A part of a page is no place for that: the browser loads the whole page anew."""

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        asked = super().process_view(request, view, args, kwargs)
        if asked is not None and request.headers.get("HX-Request"):
            return HttpResponse(status=401, headers={"HX-Refresh": "true"})
        return asked


class PartsKeepTheSession:
    """The part of a page never ends a session."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        cookie = answer.cookies.get(settings.SESSION_COOKIE_NAME)
        # A part that was asked for under a session that is over comes late: meanwhile the browser may have another
        # session, and would lose that one with the cookie.
        if request.headers.get("HX-Request") and cookie is not None and cookie["max-age"] == 0:
            del answer.cookies[settings.SESSION_COOKIE_NAME]
        return answer


class OnePolicy:
    """A page is made by one reading of the policy."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with remembered():
            return self.get_response(request)


class Refusals:
    """A refusal becomes a page that names the rule, the facts, and who can change it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refused):
            return None
        status = 403 if isinstance(error, NotAllowed) else 409
        back = request.META.get("HTTP_REFERER", "/")
        return render(request, "web/refused.html", {"refused": error, "back": back}, status=status)


class OddAddresses:
    """What no database can look for (a NUL character, a number beyond all bounds) is an address at which nothing is.

    What is sent is held to the same: UTF-8 text, since other encodings can hide characters that no page can show,
    and values that the database takes. Forms judge these in their own words; this is the net under all of them.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any("\0" in value for values in request.GET.lists() for value in values[1]):
            raise SuspiciousOperation("a NUL character in an address")
        if request.encoding and codecs.lookup(request.encoding).name != "utf-8":
            raise SuspiciousOperation("an encoding other than UTF-8")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        if any(isinstance(value, int) and value > LARGEST_NUMBER for value in kwargs.values()):
            raise Http404

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, OverflowError | DataError):
            return None
        if request.method in ("GET", "HEAD"):
            raise Http404 from error
        raise SuspiciousOperation("a value that the database does not take") from error
