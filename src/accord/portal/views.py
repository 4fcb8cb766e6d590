"""The client's page: a proposal to read, ask about, and accept or decline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accord.actions.forms import carried_out
from accord.actions.refusals import Refused
from accord.contracts.models import Contract
from accord.people.queries import the_firm
from accord.portal.forms import AcceptForm, CommentForm, DeclineForm
from accord.portal.private import behind_a_link, closed
from accord.proposals import pdf
from accord.proposals.answering import actions
from accord.proposals.answering.links import by_token, why_dead
from accord.proposals.answering.queries import conversation, decided
from accord.proposals.content import digest_of
from accord.proposals.models import Answer, Link
from accord.proposals.rates import Priced
from accord.proposals.telling import Money

_SEEN_AGAIN_AFTER = dt.timedelta(minutes=10)  # reading on is not told as opening anew


@behind_a_link
@require_safe
def offer(request: HttpRequest, link: Link) -> HttpResponse:
    if request.method == "GET" and _is_news(link):
        try:
            actions.open_link(None, link)
        except Refused:  # over since a moment ago
            return closed(request, 410)
    return _page(request, link)


@behind_a_link
@require_safe
def as_pdf(request: HttpRequest, link: Link) -> HttpResponse:
    answer = HttpResponse(pdf.of(link.proposal), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{pdf.name_of(link.proposal)}"'
    return answer


@behind_a_link
@require_POST
def comment(request: HttpRequest, link: Link) -> HttpResponse:
    form = CommentForm(request.POST, prefix="ask")
    return _answered(
        request, link, "ask", form, lambda: actions.comment_by_link(None, link, **form.cleaned_data)
    )


@behind_a_link
@require_POST
def accept(request: HttpRequest, link: Link) -> HttpResponse:
    form = AcceptForm(request.POST, prefix="accept", link=link)
    return _answered(
        request, link, "accept", form, lambda: actions.accept_by_link(None, link, **form.cleaned_data)
    )


@behind_a_link
@require_POST
def decline(request: HttpRequest, link: Link) -> HttpResponse:
    form = DeclineForm(request.POST, prefix="decline")
    return _answered(
        request, link, "decline", form, lambda: actions.decline_by_link(None, link, **form.cleaned_data)
    )


def _answered(
    request: HttpRequest, link: Link, which: str, form: Any, act: Callable[[], Answer]
) -> HttpResponse:
    """Carry it out and go back to the page; what was wrong or refused stands on the page that it was sent from."""
    token = _token(request)
    try:
        done = carried_out(request, form, act)
    except Refused as refused:
        found = by_token(token)
        if found is None or why_dead(found):  # over since a moment ago
            return closed(request, 410)
        return _page(request, found, refused=refused)
    if done is None:
        return _page(request, link, {which: form})
    return redirect(f"{reverse('portal:offer', args=[token])}#{'said' if which == 'ask' else 'state'}")


def _page(
    request: HttpRequest, link: Link, sent: dict[str, Any] | None = None, refused: Refused | None = None
) -> HttpResponse:
    proposal, says = link.proposal, link.proposal.says
    shown = digest_of(proposal.content, proposal.engagement_id, proposal.version)
    forms = {
        "ask": CommentForm(prefix="ask"),
        "accept": AcceptForm(
            None, link=link, prefix="accept", initial={"digest": shown, "name": link.contact.name}
        ),
        "decline": DeclineForm(prefix="decline"),
    }
    said = conversation(link)
    page = {
        "token": _token(request),
        "firm": the_firm(),
        "link": link,
        "proposal": proposal,
        "engagement": proposal.engagement,
        "says": says,
        "money": Money.in_text(says, proposal.engagement.currency),
        "held": pdf.held_until(proposal),
        "prices": [Priced(line) for line in says.prices],  # what the firm asks of others is its own
        "instalments": says.instalments(),
        "last_date": max((term.date for term in says.dates), default=None),
        "said": [answer for answer in said if answer.kind == Answer.Kind.COMMENT],
        "too_late": next((answer for answer in said if answer.kind == Answer.Kind.TOO_LATE), None),
        "decided": decided(proposal),
        "contract": Contract.objects.filter(proposal=proposal, state=Contract.State.IN_FORCE).first(),
        "forms": forms | (sent or {}),
        "refused": refused,
    }
    status = 409 if refused else 422 if sent else 200
    return render(request, "portal/offer.html", page, status=status)


def _token(request: HttpRequest) -> str:
    """As it stands in the address."""
    assert request.resolver_match is not None
    return str(request.resolver_match.kwargs["token"])


def _is_news(link: Link) -> bool:
    return link.opened_last_at is None or timezone.now() - link.opened_last_at > _SEEN_AGAIN_AFTER
