"""Pages about plans and the load of people: parse, call an action or a query, render."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accord.actions.forms import carried_out, form_page, gone
from accord.actions.refusals import Refused, WrongInput
from accord.engagements.models import Expectation
from accord.engagements.pages import engagement_page, visible
from accord.engagements.queries import with_parts
from accord.engagements.rules import must_see
from accord.people.accounts import signed_in
from accord.people.models import Member, Role
from accord.planning import actions, load, queries, rules, undoing
from accord.planning.forms import (
    ActivityForm,
    AimForm,
    BeginForm,
    LinkForm,
    LoadForm,
    PlanForm,
    RevisionForm,
)
from accord.planning.from_estimate import estimate_to_plan, to_follow
from accord.planning.models import Activity, Link, Plan

_ROWS = 40  # of the load table, which has a cell for every week
_CAUSES = 50  # of a week, the largest


def plan(request: HttpRequest, pk: int) -> HttpResponse:
    engagement = visible(request, pk)
    found = queries.plan_of(engagement)
    page: dict[str, Any] = {
        "shown": queries.shown(found) if found else None,
        "estimate": to_follow(found, found.departs)  # type: ignore[attr-defined]  # annotated
        if found
        else estimate_to_plan(engagement),
        "may_edit": rules.is_planner(signed_in(request), engagement),
    }
    return engagement_page(request, engagement, "planning:plan", "planning/plan.html", page)


def picture(request: HttpRequest, pk: int) -> JsonResponse:
    """The plan for the Gantt, with its table."""
    return JsonResponse(_picture(request, pk))


def make(request: HttpRequest, pk: int) -> HttpResponse:
    engagement = visible(request, pk)
    form = BeginForm(request.POST or None)
    if carried_out(
        request, form, lambda: actions.make_plan(signed_in(request), engagement, **form.cleaned_data)
    ):
        messages.success(request, _("The plan is made. Link what has an order, then check the promises."))
        return gone(request, "planning:plan", pk)
    return form_page(request, form, _("Make a plan"), _("Make it"), engagement=engagement)


def settings(request: HttpRequest, pk: int) -> HttpResponse:
    found = _plan(request, pk)
    now = {name: getattr(found, name) for name in ("begins_on", "priority", "fixed_cost", "revision")}
    form = PlanForm(request.POST or None, initial=now)
    if carried_out(
        request, form, lambda: actions.change_plan(signed_in(request), found, **form.cleaned_data)
    ):
        return gone(request, "planning:plan", pk)
    return form_page(request, form, _("Start, priority and cost"), _("Save"), engagement=found.engagement)


def add(request: HttpRequest, pk: int) -> HttpResponse:
    found = _plan(request, pk)
    form = ActivityForm(request.POST or None, plan=found)
    if carried_out(
        request,
        form,
        lambda: actions.add_activity(signed_in(request), found, form.draft(), form.cleaned_data["revision"]),
    ):
        return gone(request, "planning:plan", pk)
    return _activity_page(request, form, _("Add an activity"), _("Add it"), found)


def activity(request: HttpRequest, pk: int) -> HttpResponse:
    found = _activity(request, pk)
    form = ActivityForm(request.POST or None, plan=found.plan, activity=found)
    if carried_out(
        request,
        form,
        lambda: actions.change_activity(
            signed_in(request), found, form.draft(), form.cleaned_data["revision"]
        ),
    ):
        return gone(request, "planning:plan", found.plan.engagement_id)
    return _activity_page(request, form, found.name, _("Save"), found.plan, found)


def remove(request: HttpRequest, pk: int) -> HttpResponse:
    found = _activity(request, pk)
    form = RevisionForm(request.POST or None, initial={"revision": found.plan.revision})
    if carried_out(
        request,
        form,
        lambda: actions.remove_activity(signed_in(request), found, form.cleaned_data["revision"]),
    ):
        return gone(request, "planning:plan", found.plan.engagement_id)
    title = _("Remove “%(name)s”?") % {"name": found.name}
    words = _("Its links and assignments go with it. “Undo” brings all of it back.")
    return form_page(
        request, form, title, _("Remove it"), explanation=words, engagement=found.plan.engagement
    )


@require_POST
def move(request: HttpRequest, pk: int) -> JsonResponse:
    """A bar was dragged to a day (`not_before`) or moved by working days (`by`)."""
    found = _activity(request, pk)
    form = RevisionForm(request.POST)
    asked = _moved_to(request, found)
    if not form.is_valid() or asked is None:
        raise Http404
    moved = actions.move_activity(signed_in(request), found, asked, form.cleaned_data["revision"])
    moved.refresh_from_db()
    return _after(request, found.plan, queries.told_move(moved, asked))


def link(request: HttpRequest, pk: int) -> HttpResponse:
    """By dialog, or (asked for as JSON) by mouse."""
    found = _plan(request, pk)
    form = LinkForm(request.POST or None, plan=found, initial={"revision": found.revision})
    by_mouse = request.headers.get("Accept") == "application/json"
    try:
        done = _linked(request, form) if not by_mouse else form.is_valid() and _link(request, form)
    except WrongInput as wrong:
        raise _cannot_link(wrong) from None
    if by_mouse:
        return _after(request, found, _("Linked."))
    if done:
        return gone(request, "planning:plan", pk)
    return form_page(request, form, _("Link two activities"), _("Link them"), engagement=found.engagement)


def unlink(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Link.objects.select_related("source", "target")
    found = get_object_or_404(rows, pk=pk)
    plan_ = _activity(request, found.source_id).plan
    found.source.plan = plan_
    form = RevisionForm(request.POST or None, initial={"revision": plan_.revision})
    if carried_out(
        request, form, lambda: actions.unlink(signed_in(request), found, form.cleaned_data["revision"])
    ):
        return gone(request, "planning:plan", plan_.engagement_id)
    names = {"target": found.target, "source": found.source, "kind": found.get_kind_display()}
    title = _("Take away this link?")
    words = _("“%(target)s” then no longer waits for “%(source)s” (%(kind)s).") % names
    return form_page(request, form, title, _("Take it away"), explanation=words, engagement=plan_.engagement)


def undo(request: HttpRequest, pk: int) -> HttpResponse:
    found = _plan(request, pk)
    form = RevisionForm(request.POST or None, initial={"revision": found.revision})
    if carried_out(
        request,
        form,
        lambda: actions.undo_last_change(signed_in(request), found, form.cleaned_data["revision"]),
    ):
        return gone(request, "planning:plan", pk)
    last = undoing.last_change(found)
    page = {"last": last, "engagement": found.engagement}
    return form_page(request, form, _("Undo the last change"), _("Undo it"), "planning/undo.html", **page)


def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring the plan to the newest estimate."""
    found = _plan(request, pk)
    form = RevisionForm(request.POST or None, initial={"revision": found.revision})
    if carried_out(
        request,
        form,
        lambda: actions.follow_estimate(signed_in(request), found, form.cleaned_data["revision"]),
    ):
        return gone(request, "planning:plan", pk)
    words = _(
        "Each work package's hours are taken from the newest estimate; new packages are added at the end, and "
        "activities whose package is gone are removed unless they have begun. Links, days and people stay as planned. "
        "“Undo” takes all of it back."
    )
    return form_page(
        request,
        form,
        _("Follow the newest estimate"),
        _("Follow it"),
        explanation=words,
        engagement=found.engagement,
    )


@require_POST
def reschedule(request: HttpRequest, pk: int) -> HttpResponse:
    actions.reschedule(signed_in(request), _plan(request, pk))
    return gone(request, "planning:plan", pk)


def aim(request: HttpRequest, pk: int) -> HttpResponse:
    """Which activity a promised time is about."""
    expectation = get_object_or_404(Expectation, pk=pk)
    found = _plan(request, expectation.engagement_id)
    target = getattr(expectation, "target", None)
    now = {"revision": found.revision, "activity": target.activity_id if target else None}
    form = AimForm(request.POST or None, plan=found, initial=now)
    if carried_out(
        request,
        form,
        lambda: actions.aim_promise(signed_in(request), found, expectation, **form.cleaned_data),
    ):
        from_check = request.headers.get("HX-Current-URL", "").endswith("/check/")
        return gone(request, "planning:check" if from_check else "planning:plan", found.engagement_id)
    return form_page(request, form, str(expectation), _("Save"), engagement=found.engagement)


def people_load(request: HttpRequest) -> HttpResponse:
    form = LoadForm(request.GET)
    form.is_valid()
    data = form.cleaned_data
    chosen = load.Filter(
        first=data.get("first") or load.monday(dt.date.today()),
        weeks=data.get("weeks") or 8,
        role=data["role"].pk if data.get("role") else None,
        team=data["team"].pk if data.get("team") else None,
    )
    shown = LoadForm(
        initial={"first": chosen.first, "weeks": chosen.weeks, "role": chosen.role, "team": chosen.team}
    )
    rows = Paginator(load.load(chosen), _ROWS).get_page(request.GET.get("page"))
    page = {"rows": rows, "shown": rows, "chosen": chosen, "form": shown}
    return render(request, "planning/load.html", page)


def booked(request: HttpRequest, who: str, week: str) -> HttpResponse:
    """What somebody is booked for in one week."""
    kind, _dash, pk = who.partition("-")
    try:
        first = load.monday(dt.date.fromisoformat(week))
        key, model = int(pk), {"role": Role, "member": Member}[kind]
    except (ValueError, KeyError):
        raise Http404 from None
    about: Any = get_object_or_404(model, pk=key)
    cell, bookings = load.booked(about, first)
    shown = bookings[:_CAUSES]
    seen = load.seen_by(signed_in(request), shown)
    page = {
        "about": about,
        "cell": cell,
        "causes": [(b, b.engagement.pk in seen) for b in shown],
        "more": len(bookings) - len(shown),
        "ends": first + dt.timedelta(6),
    }
    return render(request, "planning/booked.html", page)


def _plan(request: HttpRequest, pk: int) -> Plan:
    engagement = visible(request, pk)
    found = queries.plan_of(engagement)
    if found is None:
        raise Http404
    return found


def _activity(request: HttpRequest, pk: int) -> Activity:
    rows = Activity.objects.select_related("plan__engagement__relationship__client")
    found: Activity = get_object_or_404(rows.prefetch_related(with_parts("plan__engagement__")), pk=pk)
    must_see(signed_in(request), found.plan.engagement)
    return found


def _picture(request: HttpRequest, pk: int) -> dict[str, Any]:
    member = signed_in(request)
    rows = Plan.objects.select_related("estimate", "engagement__relationship")
    found = get_object_or_404(rows.annotate(is_ours=rules.planned_by(member)), engagement=pk)
    must_see(member, found.engagement)
    shown = queries.shown(found)
    may_edit = found.is_ours
    page = {"shown": shown, "may_edit": may_edit, "engagement": found.engagement}
    table = render_to_string("planning/as_table.html", page)
    return queries.picture(shown, may_edit) | {"table": table}


def _after(request: HttpRequest, plan_: Plan, words: str) -> JsonResponse:
    return JsonResponse(_picture(request, plan_.engagement_id) | {"words": words})


def _moved_to(request: HttpRequest, activity: Activity) -> dt.date | None:
    """The day asked for, or None if nothing understandable was sent."""
    try:
        if "by" in request.POST:
            at = activity.planned_start or activity.plan.begins_on
            by = int(request.POST["by"])
            if by < 0 and activity.not_before and activity.not_before < at:
                at = activity.not_before  # links or people hold it later than it was asked to begin
            return queries.working_day(at, max(-250, min(250, by)))
        return dt.date.fromisoformat(request.POST.get("not_before", ""))
    except ValueError:
        return None


def _link(request: HttpRequest, form: LinkForm) -> Link:
    data = form.cleaned_data
    return actions.link_activities(
        signed_in(request),
        data["source"],
        data["target"],
        data["kind"],
        data["lag"] or Decimal(0),
        data["revision"],
    )


def _linked(request: HttpRequest, form: LinkForm) -> Any:
    return carried_out(request, form, lambda: _link(request, form))


def _cannot_link(wrong: WrongInput) -> Refused:
    return Refused(
        _("An activity waits once, and for another one."),
        " ".join(wrong.messages.values()),
        _("Choose two other activities."),
    )


def _activity_page(
    request: HttpRequest,
    form: ActivityForm,
    title: str,
    button: str,
    plan_: Plan,
    activity: Activity | None = None,
) -> HttpResponse:
    page = {"engagement": plan_.engagement, "activity": activity}
    return form_page(request, form, title, button, "planning/activity.html", **page)
