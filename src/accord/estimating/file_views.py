"""Breakdowns out into files, and in from files: first a look at what will be taken, then one save of all of it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accord.actions.forms import form_page, gone
from accord.actions.refusals import Refused, WrongInput
from accord.engagements.pages import engagement_page
from accord.estimating import actions, parsing, queries, rules
from accord.estimating.dialogs import TAB, estimate_of
from accord.estimating.files import engagement, planning_tool, table, taking
from accord.estimating.forms import UploadForm
from accord.estimating.models import Estimate
from accord.exchange.problems import SHOWN_AT_MOST, InputError
from accord.people.accounts import signed_in
from accord.people.models import Role

_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
    "yaml": "application/yaml",
}


def export(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """With the hours that this member may see, and no others."""
    if kind not in _TYPES:
        raise Http404
    found = estimate_of(request, pk)
    grid = queries.grid(signed_in(request), found)
    if not grid.rows:
        raise Refused(
            _("A file holds work packages."), _("There is none yet."), _("Fill the grid and save it first.")
        )
    try:
        content = _written(kind, found, grid)
    except InputError as error:
        raise Refused(
            _("An engagement file holds hours."), error.problems[0].words, _("Fill the hours first.")
        ) from None
    name = f"{slugify(str(found.engagement)) or 'estimate'}-{found.version}.{kind}"
    answer = HttpResponse(content, content_type=_TYPES[kind])
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """The dialog for a file; then a page that shows what will be taken."""
    found = estimate_of(request, pk)
    member = signed_in(request)
    rules.may_estimate(member, found)
    rules.is_in_work(found)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return form_page(request, form, _("Take over a file"), _("Look at it"), engagement=found.engagement)
    try:
        taken = _read(form.cleaned_data["file"])
    except InputError as error:
        form.add_error("file", _("Nothing was taken. What is wrong:"))
        problems = {"problems": _told(error), "engagement": found.engagement}
        return form_page(
            request, form, _("Take over a file"), _("Look at it"), "estimating/upload.html", **problems
        )
    grid = queries.grid(member, found)
    present = parsing.rows_as_json(grid)
    taken = taking.with_own_codes(taken, present, found.engagement_id)
    change = taking.change_of(taken, present)
    page: dict[str, Any] = {
        "estimate": found,
        "engagement": found.engagement,
        "found": taken,
        "change": change,
        "body": json.dumps({"revision": grid.revision, "rows": taken.lines}),
        "title": _("What will be taken"),
    }
    return render(request, "estimating/taking.html", page)


@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """All of it in one save, through the same rules as the grid; or nothing, with everything that is wrong."""
    found = estimate_of(request, pk)
    try:
        given, revision = parsing.body_of(request.POST.get("body", "").encode())
        actions.save_grid(signed_in(request), found, given, revision)
    except rules.WrongRows as wrong:
        return _not_taken(request, found, {"problems": wrong.problems[:50]})
    except WrongInput as wrong:
        return _not_taken(request, found, {"because": str(wrong)})
    return gone(request, "estimating:estimate", found.pk)


def _not_taken(request: HttpRequest, found: Estimate, why: dict[str, Any]) -> HttpResponse:
    page = {"estimate": found} | why
    return engagement_page(request, found.engagement, TAB, "estimating/not_taken.html", page, status=422)


def _told(error: InputError) -> list[str]:
    told = []
    for problem in error.problems[:SHOWN_AT_MOST]:
        place = _("Line {line}").format(line=problem.line) if problem.line else ""
        told.append(": ".join(part for part in (place, problem.path, problem.words) if part))
    more = len(error.problems) - len(told)
    return [*told, _("… and {n} more.").format(n=more)] if more > 0 else told


def _written(kind: str, found: Estimate, grid: queries.Grid) -> bytes:
    title = f"{found.engagement} {found.version}"
    today, currency = dt.date.today(), found.engagement.currency
    if kind == "xlsx":
        return table.write(grid, title, taking.origin_of(found.engagement_id))
    if kind == "xml":
        return planning_tool.write(grid, title, currency, today)
    active = Count("members", filter=Q(members__is_active=True))
    people = dict(Role.objects.annotate(n=active).values_list("name", "n"))
    return engagement.write(grid, title, list(found.risks.all()), people, currency, today)


def _read(file: Any) -> taking.Found:
    """The content decides what it is, not the name.

    Raises:
        InputError: with everything that is wrong.
    """
    if file.size > taking.LARGEST:
        raise taking.refuse(_("The file is larger than {n} MB.").format(n=taking.LARGEST // 2**20))
    content: bytes = file.read()
    roles = taking.Roles(list(Role.objects.values_list("name", flat=True)))
    if content.startswith(b"PK"):
        return table.read(content, roles)
    head = content[:200].lstrip(b"\xef\xbb\xbf").lstrip()
    if head.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        return planning_tool.read(content, roles)
    return engagement.read(content, roles)
