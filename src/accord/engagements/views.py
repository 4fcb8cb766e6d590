"""Pages about one engagement and what was said in it: parse, call an action or a query, render."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accord.actions.forms import carried_out, form_page, gone, row_number
from accord.actions.queries import history_of
from accord.engagements import actions, queries, rules
from accord.engagements.forms import (
    ChangeForm,
    EndForm,
    EngagementForm,
    NextStepForm,
    PartForm,
    ReopenForm,
    SaidAnywhereForm,
    SaidForm,
    TakenPartForm,
    WithdrawForm,
)
from accord.engagements.models import Belief, Engagement, Expectation, Outcome, Stage
from accord.engagements.pages import engagement_page, visible
from accord.engagements.policies.in_force import in_force
from accord.engagements.trail import trail_of
from accord.people.accounts import signed_in
from accord.relationships.models import Contact, Relationship

_LAST = "said_of"  # the session's key for the engagement about which somebody recorded last


def begin(request: HttpRequest) -> HttpResponse:
    if not Relationship.objects.exists():
        page = {
            "title": _("Begin an engagement"),
            "text": _("An engagement is begun with a client, and there is none yet."),
            "address": reverse("relationships:begin"),
            "button": _("Add a client first"),
        }
        return render(request, "web/first.html", page)
    form = EngagementForm(request.POST or None, initial={"relationship": request.GET.get("relationship")})
    done = carried_out(
        request, form, lambda: actions.begin_engagement(signed_in(request), **form.cleaned_data)
    )
    if done:
        return gone(request, "web:engagement", done.result.pk)
    return form_page(request, form, _("Begin an engagement"), _("Begin"))


def record(request: HttpRequest, pk: int) -> HttpResponse:
    found, member = visible(request, pk), signed_in(request)
    form = SaidForm(request.POST or None, engagement=found, actor=member)
    already = _already(form, found)
    if already is not None:
        return _ask_whether_new(request, form, found, already)
    done = carried_out(request, form, lambda: actions.record_expectation(member, found, form.said()))
    if done:
        return _recorded(request, done.result)
    return _said(request, form, found, _("Record what was said"))


def record_anywhere(request: HttpRequest) -> HttpResponse:
    """The same dialog from a page that belongs to no engagement: the last one is suggested."""
    member = signed_in(request)
    if request.method == "GET" and not queries.open_to(member).exists():
        page = {
            "title": _("Record what was said"),
            "text": _(
                "What was said belongs to an engagement, and none is running that you see. Begin one with the first talk; "
                "what was said there is the first thing worth recording."
            ),
            "address": reverse("engagements:begin"),
            "button": _("Begin an engagement"),
        }
        return render(request, "web/first.html", page)
    last = queries.open_to(member).filter(pk=request.session.get(_LAST, 0)).first()
    start = {"engagement": last.pk, "engagement_name": queries.name_of(last)} if last else {}
    form = SaidAnywhereForm(request.POST or None, actor=member, initial=start)
    asked = request.POST.get("engagement", "")
    about = last
    if request.method == "POST":
        about = queries.open_to(member).filter(pk=row_number(asked) or 0).first()
    if about is not None:
        form.offer_people_of(about)

    already = None if about is None else _already(form, about)
    if already is not None:
        return _ask_whether_new(request, form, None, already)

    def act() -> Expectation:
        return actions.record_expectation(member, form.cleaned_data["engagement"], form.said())

    done = carried_out(request, form, act)
    if done:
        return _recorded(request, done.result)
    return _said(request, form, None, _("Record what was said"))


def choices(request: HttpRequest) -> HttpResponse:
    """What the field that chooses an engagement offers while somebody types."""
    found = queries.choices(signed_in(request), request.GET.get("q", ""))
    return render(request, "engagements/choices.html", {"found": found})


def people(request: HttpRequest, pk: int) -> HttpResponse:
    """The client's people of an engagement, for the dialog that was opened before it was chosen."""
    found = visible(request, pk)
    contacts = Contact.objects.filter(client=found.relationship.client_id)
    return render(request, "engagements/people.html", {"contacts": contacts})


def expectation(request: HttpRequest, pk: int) -> HttpResponse:
    found = _expectation(request, pk)
    chain = queries.chain_of(found)
    page = {
        "engagement": found.engagement,
        "statement": chain,
        "distance": None if chain.withdrawn else queries.distance_of(chain),
        "history": history_of(*queries.register_rows(chain)),
    }
    return engagement_page(
        request, found.engagement, "engagements:said", "engagements/expectation.html", page
    )


def said(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    state = request.GET.get("state", "")
    everything = queries.statements(found)
    page = {
        "groups": queries.said_of(everything, state),
        "state": state if state in ("standing", "withdrawn") else "",
        "anything": bool(everything),
        "withdrawn": sum(s.withdrawn for s in everything),
    }
    return engagement_page(request, found, "engagements:said", "engagements/said_list.html", page)


def history(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    trail = trail_of(found, row_number(request.GET.get("before", "")))
    page = {"history": trail.changes, "older": trail.older}
    return engagement_page(request, found, "engagements:history", "engagements/history.html", page)


def restate(request: HttpRequest, pk: int) -> HttpResponse:
    found, member = _expectation(request, pk), signed_in(request)
    old = {
        name: getattr(found, name) for name in ("kind", "subject", "date", "amount", "contact", "direction")
    }
    # What was adopted can be filled in already: it is recorded as soon as somebody has told it.
    old |= {name: request.GET[name] for name in ("date", "amount", "direction") if name in request.GET}
    form = SaidForm(request.POST or None, engagement=found.engagement, actor=member, initial=old)
    done = carried_out(request, form, lambda: actions.restate_expectation(member, found, form.said()))
    if done:
        return _recorded(request, done.result)
    title = _("Record what was told: %(what)s") if "direction" in request.GET else _("Restate: %(what)s")
    return _said(request, form, found.engagement, title % {"what": found.subject})


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    found, member = _expectation(request, pk), signed_in(request)
    form = WithdrawForm(request.POST or None, initial={"told_by": member})
    if carried_out(request, form, lambda: actions.withdraw_expectation(member, found, **form.cleaned_data)):
        return gone(request, "engagements:expectation", found.pk)
    explanation = _("It stays in the register, with the reason and who told the client.")
    title = _("Withdraw: %(what)s") % {"what": found.subject}
    return form_page(
        request, form, title, _("Withdraw it"), engagement=found.engagement, explanation=explanation
    )


@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    stage = request.POST.get("stage", "")
    if stage in Stage.values:
        actions.move_to_stage(signed_in(request), found, Stage(stage))
    return gone(request, "web:engagement", found.pk)


def change(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    start = {name: getattr(found, name) for name in ("title", "value", "win_probability", "confidential")}
    form = ChangeForm(request.POST or None, initial=start)
    if carried_out(
        request, form, lambda: actions.change_engagement(signed_in(request), found, **form.cleaned_data)
    ):
        return gone(request, "web:engagement", found.pk)
    return form_page(request, form, _("Change the engagement"), _("Save"), engagement=found)


def give_part(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    form = PartForm(request.POST or None)
    if carried_out(request, form, lambda: actions.give_part(signed_in(request), found, **form.cleaned_data)):
        return gone(request, "web:engagement", found.pk)
    return form_page(request, form, _("Give somebody a part"), _("Give it"), engagement=found)


@require_POST
def take_part(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    form = TakenPartForm(request.POST)
    if form.is_valid():
        actions.take_part(signed_in(request), found, **form.cleaned_data)
    return gone(request, "web:engagement", found.pk)


def next_step(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    form = NextStepForm(request.POST or None, initial={"step": found.next_step, "on": found.next_step_on})
    if carried_out(
        request, form, lambda: actions.plan_next_step(signed_in(request), found, **form.cleaned_data)
    ):
        return _back_or_to(request, found)
    title = _("Next step: %(engagement)s") % {"engagement": found}
    return form_page(request, form, title, _("Save"), engagement=found)


def end(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    form = EndForm(request.POST or None)

    def act() -> None:
        data = form.cleaned_data
        actions.end_engagement(signed_in(request), found, Outcome(data["outcome"]), data["because"])

    if carried_out(request, form, act):
        return gone(request, "web:engagement", found.pk)
    explanation = _("It keeps its stage and the reason; an executive can take it up again.")
    title = _("End without a contract: %(engagement)s") % {"engagement": found}
    return form_page(request, form, title, _("End it"), engagement=found, explanation=explanation)


def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible(request, pk)
    form = ReopenForm(request.POST or None)
    if carried_out(
        request,
        form,
        lambda: actions.reopen_engagement(signed_in(request), found, form.cleaned_data["because"]),
    ):
        return gone(request, "web:engagement", found.pk)
    explanation = _("It goes on at the stage where it stood. The decision is kept in the ledger.")
    title = _("Take up again: %(engagement)s") % {"engagement": found}
    return form_page(request, form, title, _("Take it up"), engagement=found, explanation=explanation)


def _expectation(request: HttpRequest, pk: int) -> Expectation:
    rows = Expectation.objects.select_related(
        "engagement__relationship__client", "engagement__relationship__owner", "member", "contact"
    )
    found: Expectation = get_object_or_404(rows.prefetch_related(queries.with_parts("engagement__")), pk=pk)
    rules.must_see(signed_in(request), found.engagement)
    return found


def _said(request: HttpRequest, form: SaidForm, found: Engagement | None, title: str) -> HttpResponse:
    return form_page(request, form, title, _("Record"), "engagements/said.html", engagement=found)


def _already(form: SaidForm, found: Engagement) -> Expectation | None:
    """What stands already and looks like what was typed, unless it was said to be another one."""
    if not form.is_valid() or form.cleaned_data["another"]:
        return None
    said = form.said()
    return queries.alike(found, said.kind, said.subject, said.date, said.amount)


def _ask_whether_new(
    request: HttpRequest, form: SaidForm, found: Engagement | None, already: Expectation
) -> HttpResponse:
    page = {"engagement": found, "already": already}
    return form_page(
        request, form, _("Record what was said"), _("Record another one"), "engagements/said.html", **page
    )


def _recorded(request: HttpRequest, kept: Expectation) -> HttpResponse:
    """Say at once whether it is backed. Without script the page of the statement says it."""
    request.session[_LAST] = kept.engagement_id
    if not request.headers.get("HX-Request"):
        return redirect("engagements:expectation", kept.pk)
    belief = Belief.objects.filter(expectation=kept).first()
    backing = rules.backing_of(kept.kind, belief, in_force().asked(kept.engagement.profile))
    return render(request, "engagements/recorded.html", {"expectation": kept, "backing": backing})


def _back_or_to(request: HttpRequest, found: Engagement) -> HttpResponse:
    """Out of a dialog one stays on the page over which it was opened."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return gone(request, "web:engagement", found.pk)
