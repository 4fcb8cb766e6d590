"""Pages over all engagements."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accord.engagements.models import Expectation
from accord.people.accounts import signed_in
from accord.people.models import Member
from accord.portfolio import over_sold as report

_ROWS, _GROUPS = 25, 12


def over_sold(request: HttpRequest) -> HttpResponse:
    member, asked = signed_in(request), report.Asked.of(request.GET)
    found = report.told(member, asked)
    shown = Paginator(found, _ROWS).get_page(request.GET.get("page"))
    said = report.expectations_of(shown)
    contracted = report.contracted_of(said.values())
    everybody = report.sees_everybody(member)
    page = {
        "asked": asked,
        "quarters": report.quarters(),
        "promises": len(found),
        "over_sold": sum(one.over_sold for one in found),
        "long_unbacked": sum(one.is_long_unbacked for one in found),
        "enough": report.ENOUGH,
        "shown": shown,
        "lines": [_line(one, said[one.pk], contracted) for one in shown],
        "by_quarter": report.by_quarter(found),
        "by_seller": report.by_seller(found)[:_GROUPS],
        "by_engagement": [c for c in report.by_engagement(found) if c.over_sold][:_GROUPS],
        "everybody": everybody,
        "members": Member.objects.only("name").order_by("name") if everybody else [],
        "overrides": list(report.overrides(member, asked)[:_ROWS]),
    }
    return render(request, "portfolio/over_sold.html", page)


def _line(
    one: report.Told, promise: Expectation, contracted: Mapping[int, report.Binding | None]
) -> dict[str, object]:
    return {
        "told": one,
        "expectation": promise,
        "today": report.today(promise),
        "has_contract": promise.pk in contracted,
        "binding": contracted.get(promise.pk),
    }
