"""Pages of hand-overs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.db.models import Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accord.actions.door import obstacles, once
from accord.actions.forms import carried_out, form_page, gone, key_of
from accord.actions.refusals import Refused
from accord.contracts.handing_over import actions, forms, pdf, queries, rules
from accord.contracts.handing_over.sources import with_addresses
from accord.contracts.models import HandOver, HandOverQuestion
from accord.engagements.models import Engagement, Override, Stage
from accord.engagements.pages import engagement_page, seen, visible
from accord.engagements.policies.in_force import in_force
from accord.people.accounts import signed_in
from accord.people.models import Member

TAB = "handing_over:hand_overs"
State = HandOver.State


def hand_overs(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest version; before there is one, what it takes to begin."""
    versions = queries.versions_of(pk)
    if versions:
        return _page(request, versions[0], versions)
    engagement = visible(request, pk)
    page = {
        "may_begin": _may_begin(signed_in(request), engagement),
        "days": in_force().terms(engagement.profile).hand_over_days,
        "may_override": _may_override(signed_in(request), engagement, None),
    }
    return engagement_page(request, engagement, TAB, "contracts/no_hand_over.html", page)


def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    versions = queries.versions_of(Subquery(HandOver.objects.filter(pk=pk).values("engagement")))
    if not versions:
        raise Http404
    return _page(request, next(v for v in versions if v.pk == pk), versions)


@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    with once(key_of(request)):
        made = actions.begin_hand_over(signed_in(request), visible(request, pk))
    return gone(request, "handing_over:change", made.pk)


def change(request: HttpRequest, pk: int) -> HttpResponse:
    found = _hand_over(request, pk)
    form = forms.WordsForm(found, request.POST if request.method == "POST" else None)

    def act() -> HandOver:
        return actions.change_hand_over(
            signed_in(request), found, form.words(), form.cleaned_data["revision"]
        )

    if done := carried_out(request, form, act):
        messages.success(request, _("Your words are kept, and the rest is gathered anew."))
        return gone(request, "handing_over:hand_over", done.result.pk)
    page = {"hand_over": found, "form": form, "makes_new": found.state != State.DRAFT}
    status = 422 if form.errors else 200
    return engagement_page(request, found.engagement, TAB, "contracts/hand_over_change.html", page, status)


def offer(request: HttpRequest, pk: int) -> HttpResponse:
    found = _hand_over(request, pk)
    form = forms.OfferForm(request.POST if request.method == "POST" else None, hand_over=found)
    days = in_force().terms(found.engagement.profile).hand_over_days
    told = _(
        "What Accord knows is gathered anew, and exactly that is offered. They accept it or send it back with questions, "
        "within {n} days. A change afterwards makes a new version."
    ).format(n=days)
    return _dialog(
        request, found, form, _("Offer it to delivery"), _("Offer it"), told,
        lambda data: actions.offer_hand_over(
            signed_in(request), found, list(data["members"]), data["revision"]
        ),
    )  # fmt: skip


@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    found = _hand_over(request, pk)
    form = forms.AcceptForm(request.POST)
    shown = form.cleaned_data["seen"] if form.is_valid() else ""
    with once(key_of(request)):
        actions.accept_hand_over(signed_in(request), found, shown)
    messages.success(request, _("Delivery has taken it over. The work can start."))
    return gone(request, "handing_over:hand_over", found.pk)


def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    found = _hand_over(request, pk)
    shown = {"seen": request.GET.get("seen", found.digest)}
    form = forms.SendBackForm(request.POST if request.method == "POST" else None, initial=shown)
    told = _("Whoever sold it answers each question, and offers it again with the answers in it.")
    return _dialog(
        request, found, form, _("Send it back with questions"), _("Send it back"), told,
        lambda data: actions.send_back(
            signed_in(request), found, data["questions"].splitlines(), data["seen"]
        ),
    )  # fmt: skip


def answer(request: HttpRequest, pk: int) -> HttpResponse:
    rows = HandOverQuestion.objects.select_related("asked_by", "hand_over")
    question = get_object_or_404(rows, pk=pk)
    engagement = visible(request, question.hand_over.engagement_id)
    question.hand_over.engagement = engagement
    form = forms.AnswerForm(request.POST if request.method == "POST" else None)
    title = _("{name} asks").format(name=question.asked_by)
    return _dialog(
        request, question.hand_over, form, title, _("Answer"), question.text,
        lambda data: actions.answer_delivery(signed_in(request), question, **data),
    )  # fmt: skip


def overrule(request: HttpRequest, pk: int) -> HttpResponse:
    engagement = visible(request, pk)
    newest = engagement.hand_overs.first()
    shown = {"seen": request.GET.get("seen") or queries.seal_of(engagement, newest)}
    form = forms.OverrideForm(request.POST if request.method == "POST" else None, initial=shown)
    told = _(
        "The work may then start although delivery has not accepted the hand-over. Your name and reason stay on every "
        "page of this engagement and in the over-sold report. A change of the hand-over needs a new override."
    )
    if carried_out(
        request, form, lambda: actions.override_start(signed_in(request), engagement, **form.cleaned_data)
    ):
        messages.success(request, _("Overridden. The work can start; the hand-over is still owed."))
        return gone(request, TAB, engagement.pk)
    told = f"{queries.why_not_taken_over(engagement, newest)} {told}".strip()
    title = _("Override: start without an accepted hand-over")
    return form_page(request, form, title, _("Override"), engagement=engagement, explanation=told)


def as_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    found = _hand_over(request, pk)
    made = pdf.of(found, queries.questions_of(found.engagement))
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{pdf.name_of(found)}"'
    return answer


def _page(request: HttpRequest, found: HandOver, versions: list[HandOver]) -> HttpResponse:
    member, engagement = signed_in(request), seen(request, found.engagement)
    is_newest, is_open = found == versions[0], not engagement.outcome
    letter, questions = found.letter, queries.questions_of(engagement)
    waiting = [q for q in questions if not q.answers.all()]
    writes = is_newest and is_open and rules.hands_over(member, engagement)
    page = {
        "hand_over": found,
        "letter": letter,
        "sections": with_addresses(letter),
        "names": _(" and ").join(letter.to),
        "accepted": getattr(found, "acceptance", None),
        "versions": versions,
        "questions": questions,
        "unanswered": len(waiting),
        "said_since": found.state == State.OFFERED and _was_said_since(found),
        "may_answer": is_open and rules.hands_over(member, engagement),
        "may_change": writes,
        "may_offer": writes and found.state in (State.DRAFT, State.SENT_BACK),
        "says_why": bool(found.own.why.strip()),
        "may_take_over": is_open and found.state == State.OFFERED and rules.takes_over(member, engagement),
        "let_pass": _let_pass(engagement, found),
        "may_override": is_newest and _may_override(member, engagement, found),
    }
    return engagement_page(request, engagement, TAB, "contracts/hand_over.html", page)


def _was_said_since(found: HandOver) -> bool:
    try:
        rules.nothing_was_said_since(found.letter, *queries.register_of(found.engagement))
    except Refused:
        return True
    return False


def _let_pass(engagement: Engagement, found: HandOver | None) -> Override | None:
    about = queries.seal_of(engagement, found)
    rows = (o for o in engagement.let_pass if o.deed == Override.Deed.START and o.about == about)
    return next(rows, None)


def _may_begin(member: Member, engagement: Engagement) -> bool:
    if engagement.outcome or not rules.hands_over(member, engagement):
        return False
    try:
        rules.can_be_begun(engagement, queries.was_decided(engagement))
    except Refused:
        return False
    return True


def _may_override(member: Member, engagement: Engagement, newest: HandOver | None) -> bool:
    waits = engagement.stage == Stage.CONTRACT and not engagement.outcome
    if (
        not waits
        or not queries.why_not_taken_over(engagement, newest)
        or _let_pass(engagement, newest) is not None
    ):
        return False
    return not obstacles("contracts.override_start", member, engagement)


def _hand_over(request: HttpRequest, pk: int) -> HandOver:
    rows = HandOver.objects.select_related(
        "offered_by", "begun_by", "engagement__relationship__client", "engagement__relationship__owner"
    )
    found: HandOver = get_object_or_404(rows, pk=pk)
    seen(request, found.engagement)
    return found


def _dialog(
    request: HttpRequest,
    about: HandOver,
    form: django_forms.Form,
    title: str,
    button: str,
    explanation: str,
    act: Callable[[dict[str, Any]], Any],
) -> HttpResponse:
    if carried_out(request, form, lambda: act(form.cleaned_data)):
        return gone(request, TAB, about.engagement_id)
    return form_page(request, form, title, button, engagement=about.engagement, explanation=explanation)
