"""The desk, the palette, and the record of a relationship: pages that show several rooms at once."""

from __future__ import annotations

import datetime as dt

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accord.actions.forms import row_number
from accord.actions.queries import history_of
from accord.engagements.desk import PARTS, Group, waiting_for
from accord.engagements.listing import kept_query
from accord.engagements.models import Stage
from accord.engagements.queries import row_of, views_of
from accord.people.accounts import signed_in
from accord.people.models import Member
from accord.relationships.models import Client, Contact, Relationship
from accord.relationships.queries import stream
from accord.web import queries
from accord.web.first_steps import first_steps
from accord.web.palette import palette as find

_ROWS, _STREAM, _HISTORY = 50, 50, 30
_MOST_TOLD = 10_000


def desk(request: HttpRequest) -> HttpResponse:
    """The first part of what waits; the page then asks for the others, and puts their lines where they belong."""
    member = signed_in(request)
    page = {"first_steps": first_steps(member), **_waiting(request, 1)}
    return render(request, "web/desk.html", page)


def desk_part(request: HttpRequest, part: int) -> HttpResponse:
    page = _waiting(request, part)
    if page["next_part"] is None and not page["count"]:
        page["first_steps"] = first_steps(signed_in(request))
    return render(request, "web/desk_part.html", page)


def desk_count(request: HttpRequest) -> HttpResponse:
    """How much waits, part after part: the menu asks for it after the page is there, so that no page waits for it."""
    part = min(row_number(request.GET.get("part", "")) or 1, PARTS)
    count = _told(request, "before") + len(waiting_for(signed_in(request), part))
    page = {"count": count, "next_part": _after(part)}
    return render(request, "web/desk_count.html", page)


def _waiting(request: HttpRequest, part: int) -> dict[str, object]:
    """One part; each group counts what the earlier parts have told of it, which the address says, and its own lines."""
    if not 1 <= part <= PARTS:
        raise Http404
    found = waiting_for(signed_in(request), part)
    groups = []
    for group in Group:
        lines = [line for line in found if line.group == group]
        groups.append((group.value, lines, _told(request, group.value) + len(lines)))
    return {
        "groups": groups,
        "count": sum(count for _group, _lines, count in groups),
        "next_part": _after(part),
        "now": timezone.localtime(),
    }


def _told(request: HttpRequest, name: str) -> int:
    return min(row_number(request.GET.get(name, "")) or 0, _MOST_TOLD)


def _after(part: int) -> int | None:
    return part + 1 if part < PARTS else None


def palette(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("q", "").strip()[:100]
    page = {"found": find(signed_in(request), asked), "asked": asked}
    return render(request, "web/palette.html", page)


def relationships(request: HttpRequest) -> HttpResponse:
    member, chosen = signed_in(request), queries.RelationshipFilter.of(request.GET)
    shown = Paginator(queries.relationship_list(chosen), _ROWS).get_page(request.GET.get("page"))
    query = kept_query(request.GET)
    page = {
        "rows": queries.relationship_rows(member, shown),
        "shown": shown,
        "chosen": chosen,
        "query": query,
        "kept": views_of(member, "web:relationships", query),
        "members": Member.objects.filter(is_active=True).only("name"),
        "healths": Relationship.Health,
        "kinds": Client.Kind,
    }
    return render(request, "web/relationships.html", page)


def relationship(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Relationship.objects.select_related("client", "owner"), pk=pk)
    rows = [row_of(e) for e in queries.engagements_of(signed_in(request), found)]
    contacts = list(found.client.contacts.all())
    page = {
        "relationship": found,
        "contacts": contacts,
        "running": [row for row in rows if not row.engagement.outcome],
        "ended": [row for row in rows if row.engagement.outcome],
        "stages": list(Stage),
        "interactions": stream(found)[:_STREAM],
        "history": queries.history_of_relationship(found, contacts)[:_HISTORY],
    }
    return render(request, "web/relationship.html", page)


def work(request: HttpRequest, pk: int) -> HttpResponse:
    """What a member is to do in the coming weeks: their record asks for it after it is there."""
    found = get_object_or_404(Member.objects.select_related("role"), pk=pk)
    lines = queries.coming_work(signed_in(request), found, dt.date.today())
    is_part = request.headers.get("HX-Request")
    template = "web/components/work_of.html" if is_part else "web/work.html"
    return render(request, template, {"member": found, "lines": lines})


def contact(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Contact.objects.select_related("client__relationship__owner"), pk=pk)
    page = {
        "contact": found,
        "relationship": found.client.relationship,
        "said": queries.said_with(signed_in(request), found)[:_STREAM],
        "interactions": stream(found.client.relationship).filter(contacts=found)[:_STREAM],
        "history": history_of(found)[:_HISTORY],
    }
    return render(request, "web/contact.html", page)
