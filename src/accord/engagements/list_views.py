"""The list of engagements, the board, and views that members keep of lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accord.actions.forms import carried_out, form_page, row_number
from accord.actions.refusals import Refused
from accord.engagements import actions, list_actions, listing
from accord.engagements.forms import PartForm, StepOfEachForm, ViewForm
from accord.engagements.models import Engagement, SavedView, Stage
from accord.engagements.pages import visible
from accord.engagements.queries import row_of, views_of, visible_to, with_parts
from accord.engagements.rules import RefusedForSome
from accord.people.accounts import signed_in
from accord.people.models import Member

PAGE = "engagements:engagements"
KEPT_PAGES = {PAGE: PAGE, "web:relationships": "web:relationships"}
ROWS, CSV_ROWS = 50, 10_000


def engagements(request: HttpRequest) -> HttpResponse:
    member, asked = signed_in(request), request.GET
    columns = listing.columns_of(asked)
    found = listing.engagements(member, listing.Filter.of(asked), asked.get("sort", ""))
    if "csv" in asked:
        text = listing.as_csv(map(row_of, found[:CSV_ROWS]), columns)
        return HttpResponse(
            text,
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="engagements.csv"'},
        )
    shown = Paginator(found, ROWS).get_page(asked.get("page"))
    page = _filters(member, asked) | {
        "rows": [row_of(e) for e in shown],
        "shown": shown,
        "columns": columns,
        "all_columns": listing.COLUMNS.values(),
        "sort": asked.get("sort", ""),
        "kept": views_of(member, PAGE, listing.kept_query(asked)),
    }
    return render(request, "engagements/list.html", page)


def board(request: HttpRequest) -> HttpResponse:
    member = signed_in(request)
    page = _filters(member, request.GET) | {
        "columns": listing.board(member, listing.Filter.of(request.GET)),
    }
    template = (
        "engagements/board_columns.html" if request.headers.get("HX-Request") else "engagements/board.html"
    )
    return render(request, template, page)


@require_POST
def move_on_board(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a card. A refusal is answered as the panel that stands at the column; the board's script puts it there."""
    found, asked = visible(request, pk), request.POST.get("stage", "")
    if asked not in Stage.values:
        raise Http404
    try:
        actions.move_to_stage(signed_in(request), found, Stage(asked))
    except Refused as refused:
        if not request.headers.get("HX-Request"):
            raise
        page = {"refused": refused, "engagement": found, "stage": Stage(asked)}
        return render(request, "engagements/board_refusal.html", page, status=409)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return redirect("engagements:board")


def give_part_in_each(request: HttpRequest) -> HttpResponse:
    return _together(
        request,
        PartForm(request.POST or None),
        _("Give a part"),
        lambda chosen, data: list_actions.give_part_in_each(signed_in(request), chosen, **data),
    )


def plan_next_step_of_each(request: HttpRequest) -> HttpResponse:
    return _together(
        request,
        StepOfEachForm(request.POST or None),
        _("Set the next step"),
        lambda chosen, data: list_actions.plan_next_step_of_each(signed_in(request), chosen, **data),
    )


def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the list whose address (after the question mark) comes as `query`."""
    page = request.GET.get("page", "")
    if page not in KEPT_PAGES:
        raise Http404
    query = listing.kept_query(QueryDict(request.GET.get("query", "")))
    form = ViewForm(request.POST or None)
    if carried_out(
        request,
        form,
        lambda: list_actions.save_view(signed_in(request), page, form.cleaned_data["name"], query),
    ):
        return _to_list(request, page, query)
    explanation = _("The filters, the order and the columns are kept; what they find is always fresh.")
    return form_page(request, form, _("Keep this view"), _("Save"), explanation=explanation)


def rename_view(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView, pk=pk, member=signed_in(request))
    form = ViewForm(request.POST or None, initial={"name": view.name})
    if carried_out(
        request, form, lambda: list_actions.rename_view(signed_in(request), view, form.cleaned_data["name"])
    ):
        return _to_list(request, view.page, view.query)
    return form_page(request, form, _("Rename this view"), _("Rename"))


@require_POST
def delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView, pk=pk, member=signed_in(request))
    list_actions.delete_view(signed_in(request), view)
    return _to_list(request, view.page, view.query)


def _to_list(request: HttpRequest, page: str, query: str) -> HttpResponse:
    address = f"{reverse(page)}?{query}"
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def _filters(member: Member, asked: QueryDict) -> dict[str, Any]:
    return {
        "chosen": listing.Filter.of(asked),
        "query": listing.kept_query(asked),
        "stages": Stage,
        "outcomes": listing.OUTCOMES,
        "members": Member.objects.filter(is_active=True).only("name"),
    }


def _together(
    request: HttpRequest,
    form: forms.Form,
    deed: str,
    act: Callable[[list[Engagement], dict[str, Any]], None],
) -> HttpResponse:
    """The page on which something is asked for several engagements; refusals are told row by row."""
    ids = [pk for pk in map(row_number, request.GET.getlist("id")) if pk is not None]
    rows = visible_to(signed_in(request)).filter(pk__in=ids).select_related("relationship__client")
    chosen = list(rows.prefetch_related(with_parts()).order_by("title"))
    back = request.headers.get("HX-Current-URL") or resolve_url(PAGE)
    refused: RefusedForSome | None = None
    try:
        if carried_out(request, form, lambda: act(chosen, form.cleaned_data)):
            return (
                HttpResponse(headers={"HX-Refresh": "true"})
                if request.headers.get("HX-Request")
                else redirect(PAGE)
            )
    except RefusedForSome as some:
        refused = some
    title = ngettext("%(deed)s: %(n)d engagement", "%(deed)s: %(n)d engagements", len(chosen))
    page = {
        "form": form,
        "title": title % {"deed": deed, "n": len(chosen)},
        "button": deed,
        "chosen": chosen,
        "refused": refused,
        "back": back,
    }
    status = 409 if refused else 422 if form.errors else 200
    return render(request, "engagements/together.html", page, status=status)
