"""Pages of reviews."""

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
from accord.contracts.models import Choice, Condition, Question, Review, SeatTaken
from accord.contracts.reviewing import actions, forms, minutes, queries, rules, wording
from accord.engagements.models import Engagement, Override
from accord.engagements.overriding import override
from accord.engagements.pages import engagement_page, visible
from accord.engagements.policies.content import Seat
from accord.engagements.policies.in_force import in_force
from accord.engagements.rules import must_see
from accord.people.accounts import signed_in

TAB = "contracts:reviews"


def reviews(request: HttpRequest, pk: int) -> HttpResponse:
    """The review that goes on, else the one that was decided last; before there is one, what it takes to call it."""
    if found := queries.reviews_of(pk):
        last = max(found, key=lambda review: review.decided_at or review.called_at)
        return _room(request, found, next((r for r in found if r.state == Review.State.OPEN), last))
    engagement = visible(request, pk)
    page = _to_call(request, engagement, found)
    return engagement_page(request, engagement, TAB, "contracts/no_review.html", page)


def review(request: HttpRequest, pk: int) -> HttpResponse:
    found, shown = _with_all(pk)
    return _room(request, found, shown)


def call(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Call a review on what stands now."""
    engagement = visible(request, pk)
    asked = next((one for one in _callable(engagement, queries.reviews_of(pk)) if one.kind == kind), None)
    if asked is None:
        raise Http404
    terms = in_force().terms(engagement.profile)
    form = forms.CallForm(request.POST or None, days=terms.vote_days)
    done = carried_out(
        request,
        form,
        lambda: actions.call_review(
            signed_in(request), engagement, asked.kind, asked.thing, form.cleaned_data["due_on"]
        ),
    )
    if done:
        return gone(request, "contracts:review", done.result.pk)
    is_bid = asked.kind == Review.Kind.BID
    seats = ", ".join(str(seat.label) for seat in (terms.bid_seats if is_bid else terms.seats))
    explanation = _(
        "It decides on exactly this: {name}. A change of it voids the votes. By the {profile} profile these seats must vote: {seats}."
    ).format(name=asked.name, profile=engagement.get_profile_display(), seats=seats)
    return form_page(
        request, form, _("Call a review"), _("Call it"), engagement=engagement, explanation=explanation
    )


# Seats


@require_POST
def take(request: HttpRequest, pk: int, seat: str) -> HttpResponse:
    found = _review(request, pk)
    with once(key_of(request)):
        actions.take_seat(signed_in(request), found, _seat_of(seat))
    return gone(request, "contracts:review", pk)


def seat(request: HttpRequest, pk: int, seat: str) -> HttpResponse:
    found, which = _review(request, pk), _seat_of(seat)
    form = forms.SeatForm(request.POST or None, review=found, seat=which)
    title = _("Who sits for {seat}?").format(seat=which.label)
    explanation = _("Only those are listed whom the rules let sit there, and who may see this engagement.")
    return _dialog(
        request, found, form, title, _("Give the seat"), explanation,
        lambda data: actions.seat_member(signed_in(request), found, which, data["member"]),
    )  # fmt: skip


def stand_in(request: HttpRequest, pk: int) -> HttpResponse:
    taken = _taken(request, pk)
    form = forms.SeatForm(request.POST or None, review=taken.review, seat=Seat(taken.seat))
    title = _("Who stands in for {name}?").format(name=taken.member)
    explanation = _("They vote in their own name. Whoever may not have the seat may not stand in either.")
    return _dialog(
        request, taken.review, form, title, _("Let them stand in"), explanation,
        lambda data: actions.stand_in(signed_in(request), taken, data["member"]),
    )  # fmt: skip


@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    taken = _taken(request, pk)
    with once(key_of(request)):
        actions.leave_seat(signed_in(request), taken)
    return gone(request, "contracts:review", taken.review_id)


@require_POST
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    taken = _taken(request, pk)
    form = forms.VoteForm(request.POST, review=taken.review)

    def act() -> Any:
        said = form.cleaned_data
        choice = Choice(said["choice"])
        return actions.cast_vote(signed_in(request), taken, choice, said["because"], said["seen"])

    if carried_out(request, form, act):
        messages.success(request, _("Your vote is kept. You see the others' votes now."))
        return gone(request, "contracts:review", taken.review_id)
    found, shown = _with_all(taken.review_id)
    return _room(request, found, shown, form)


# The talk


def ask(request: HttpRequest, pk: int) -> HttpResponse:
    found = _review(request, pk)
    form = forms.AskForm(request.POST or None)
    return _dialog(
        request, found, form, _("Ask a question"), _("Ask"), _("Everybody in the review reads it and the answer."),
        lambda data: actions.ask_question(signed_in(request), found, **data),
    )  # fmt: skip


def answer(request: HttpRequest, pk: int) -> HttpResponse:
    question = get_object_or_404(Question.objects.select_related("review"), pk=pk)
    question.review.engagement = visible(request, question.review.engagement_id)
    form = forms.AnswerForm(request.POST or None)
    return _dialog(
        request, question.review, form, _("Answer"), _("Answer"), question.text,
        lambda data: actions.answer_question(signed_in(request), question, **data),
    )  # fmt: skip


def condition(request: HttpRequest, pk: int) -> HttpResponse:
    taken = _taken(request, pk)
    form = forms.ConditionForm(request.POST or None)
    explanation = _("Somebody other than who sees to it confirms that it is so. Until then it blocks.")
    return _dialog(
        request, taken.review, form, _("Raise a condition"), _("Raise it"), explanation,
        lambda data: actions.raise_condition(
            signed_in(request), taken, **data | {"blocks": Condition.Blocks(data["blocks"])}
        ),
    )  # fmt: skip


def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Condition.objects.select_related("review"), pk=pk)
    found.review.engagement = visible(request, found.review.engagement_id)
    form = forms.ConfirmForm(request.POST or None)
    return _dialog(
        request, found.review, form, _("Confirm that it is so"), _("Confirm it"), found.text,
        lambda data: actions.confirm_condition(signed_in(request), found, **data),
    )  # fmt: skip


# Time, and what goes past the votes


@require_POST
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    with once(key_of(request)):
        actions.renew_evidence(signed_in(request), _review(request, pk))
    return gone(request, "contracts:review", pk)


def extend(request: HttpRequest, pk: int) -> HttpResponse:
    found = _review(request, pk)
    form = forms.ExtendForm(request.POST or None, initial={"due_on": found.due_on})
    return _dialog(
        request, found, form, _("Give more time"), _("Give it"), "",
        lambda data: actions.extend(signed_in(request), found, **data),
    )  # fmt: skip


def call_off(request: HttpRequest, pk: int) -> HttpResponse:
    found = _review(request, pk)
    form = forms.ReasonForm(request.POST or None)
    explanation = _("Nothing is decided. Votes stay visible as void, and everybody who sat is told.")
    return _dialog(
        request, found, form, _("Call the review off"), _("Call it off"), explanation,
        lambda data: actions.call_off(signed_in(request), found, **data),
    )  # fmt: skip


def overrule(request: HttpRequest, pk: int) -> HttpResponse:
    """The named authority lets exactly this version be signed without the review's decision."""
    room = _whole(request, pk)
    found, facts = room.review, wording.state_of(room)
    form = forms.ReasonForm(request.POST or None)
    explanation = _(
        "You let exactly this pass: {name}. {facts} It stays visible on every page of this engagement."
    ).format(name=found.name, facts=facts)
    deed = Override.Deed.SIGN
    return _dialog(
        request, found, form, _("Override the review"), _("Override it"), explanation,
        lambda data: override(
            signed_in(request), found.engagement, deed, found.about, found.name, facts, data["because"]
        ),
    )  # fmt: skip


def as_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Minutes, with what the reader may see."""
    room = _whole(request, pk)
    answer = HttpResponse(minutes.of(room), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{minutes.name_of(room.review)}"'
    return answer


def _dialog(
    request: HttpRequest,
    found: Review,
    form: django_forms.Form,
    title: str,
    button: str,
    explanation: str,
    act: Callable[[dict[str, Any]], Any],
) -> HttpResponse:
    """One form about a review, and back to it."""
    if carried_out(request, form, lambda: act(form.cleaned_data)):
        return gone(request, "contracts:review", found.pk)
    return form_page(request, form, title, button, engagement=found.engagement, explanation=explanation)


def _room(
    request: HttpRequest, found: list[Review], shown: Review, form: forms.VoteForm | None = None
) -> HttpResponse:
    """One of an engagement's reviews; `found`: all of them."""
    member, engagement = signed_in(request), shown.engagement
    room = queries.room(shown, member)
    must_see(member, engagement)
    is_open = shown.state == Review.State.OPEN and not engagement.outcome
    may_convene = is_open and not obstacles("contracts.seat_member", member, shown)
    if room.may_vote and form is None:
        form = forms.VoteForm(review=shown)
    page = {
        "review": shown,
        "room": room,
        "evidence": wording.evidence_of(shown, engagement),
        "question": wording.question_of(shown),
        "state": wording.state_of(room),
        "form": form,
        "others": [r for r in found if r.pk != shown.pk],
        "is_open": is_open,
        "unanswered": sum(not question.answers.all() for question in room.questions),
        "may_convene": may_convene,
        "has_authority": is_open and rules.is_authority(member, shown),
        "may_talk": is_open and not obstacles("contracts.ask_question", member, shown),
        "may_override": _may_override(room, member),
        **_to_call(request, engagement, found),
    }
    status = 422 if form is not None and form.errors else 200
    return engagement_page(request, engagement, TAB, "contracts/review.html", page, status)


def _may_override(room: queries.Room, member: Any) -> bool:
    found = room.review
    lets_sign = found.decision in queries.MAY_BE_SIGNED and not room.is_changed
    over = found.state == Review.State.VOID or found.engagement.outcome or room.is_changed
    if over or lets_sign or room.override is not None:
        return False
    return not obstacles("engagements.override", member, found.engagement)


def _to_call(request: HttpRequest, engagement: Engagement, found: list[Review]) -> dict[str, Any]:
    may = not obstacles("contracts.call_review", signed_in(request), engagement)
    return {"to_call": _callable(engagement, found), "may_call": may}


def _callable(engagement: Engagement, found: list[Review]) -> list[queries.ToCall]:
    """What may be called now, unless a review goes on."""
    goes_on = any(r.state == Review.State.OPEN for r in found)
    return [] if goes_on else queries.to_call_now(engagement, found)


def _with_all(pk: int) -> tuple[list[Review], Review]:
    """All reviews of the engagement of a review, and that one among them."""
    found = queries.reviews_of(Subquery(Review.objects.filter(pk=pk).values("engagement")))
    if not found:
        raise Http404
    return found, next(r for r in found if r.pk == pk)


def _whole(request: HttpRequest, pk: int) -> queries.Room:
    _found, shown = _with_all(pk)
    member = signed_in(request)
    must_see(member, shown.engagement)
    return queries.room(shown, member)


def _review(request: HttpRequest, pk: int) -> Review:
    found: Review = get_object_or_404(Review.objects.select_related("proposal", "called_by"), pk=pk)
    found.engagement = visible(request, found.engagement_id)
    return found


def _taken(request: HttpRequest, pk: int) -> SeatTaken:
    found: SeatTaken = get_object_or_404(SeatTaken.objects.select_related("review", "member"), pk=pk)
    found.review.engagement = visible(request, found.review.engagement_id)
    return found


def _seat_of(name: str) -> Seat:
    if name not in Seat.values:
        raise Http404
    return Seat(name)
