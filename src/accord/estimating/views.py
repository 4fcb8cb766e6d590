"""Pages about estimates."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from accord.engagements.pages import engagement_page, visible


def estimates(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    page = {"estimates": found.estimates.all()}
    return engagement_page(request, found, "estimating:estimates", "estimating/estimates.html", page)
