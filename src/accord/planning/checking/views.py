"""Pages about promise checks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from accord.engagements.pages import engagement_page, visible


def check(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    return engagement_page(request, found, "planning:check", "planning/check.html", {})
