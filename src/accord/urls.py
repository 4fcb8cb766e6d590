"""Every address, room by room."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("accord.web.urls")),
    path("relationships/", include("accord.relationships.urls")),
    path("engagements/", include("accord.engagements.urls")),
    path("policy/", include("accord.engagements.policies.urls")),
    path("estimates/", include("accord.estimating.urls")),
    path("plans/", include("accord.planning.urls")),
    path("proposals/", include("accord.proposals.urls")),
    path("portfolio/", include("accord.portfolio.urls")),
    path("notices/", include("accord.notices.urls")),
    path("client/", include("accord.portal.urls")),
    path("reviews/", include("accord.contracts.urls")),
    path("contracts/", include("accord.contracts.signing.urls")),
    path("hand-overs/", include("accord.contracts.handing_over.urls")),
    path("people/", include("accord.people.urls")),
    path("accounts/", include("accord.people.account_urls")),
    path("accounts/", include("allauth.urls")),
]

if settings.DEMO:
    urlpatterns.append(path("demo/", include("accord.demo.urls")))

handler400 = "accord.web.views.odd"
handler403 = "accord.web.views.forbidden"
handler404 = "accord.web.views.not_found"
handler500 = "accord.web.views.broken"
