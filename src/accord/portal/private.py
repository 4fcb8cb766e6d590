"""What all pages behind a link have in common: who holds the address is let in, and nobody else learns it.

They speak the client's language, as its letter does."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.csrf import csrf_exempt

from accord.people.queries import the_firm
from accord.proposals.answering.links import by_token, why_dead
from accord.proposals.models import Link
from accord.relationships.models import Language

P = ParamSpec("P")
_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}


def behind_a_link(
    view: Callable[Concatenate[HttpRequest, Link, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Give the view the living link that its address names; everybody else gets one and the same page.

    Exempt from the token against forged forms: whoever can forge the address holds the link already, no cookie tells
    the browser apart, and a page without a referrer sends its forms from the origin "null", which that check refuses.
    """

    @login_not_required
    @csrf_exempt
    @wraps(view)
    def looked_at(request: HttpRequest, token: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        link = by_token(token)
        if link is None or why_dead(link):
            answer = closed(request, 404 if link is None else 410)
        else:
            own = link.proposal.engagement.relationship.client.language
            if request.method == "POST" and not _may_send(request, link):
                answer = _said_in(own, lambda: _slow(request))
            else:
                answer = _said_in(own, lambda: view(request, link, *args, **kwargs))
        for name, value in _HEADERS.items():
            answer[name] = value
        return answer

    return looked_at


def closed(request: HttpRequest, status: int) -> HttpResponse:
    """The same words for an address that never was and for one that is over: in the browser's language, not the client's."""
    page = {"firm": the_firm()}
    return _said_in(_asked_for(request), lambda: render(request, "portal/closed.html", page, status=status))


def _slow(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/slow.html", {"firm": the_firm()}, status=429)


def _said_in(language: str, make: Callable[[], HttpResponse]) -> HttpResponse:
    """Also where the browser asks for another language: settings.LANGUAGES, by which Django chooses, is for members."""
    with override(language):
        answer = make()
    answer.headers.setdefault("Content-Language", language)
    return answer


def _asked_for(request: HttpRequest) -> str:
    """The first of our languages that the browser names."""
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    named = (code.partition("-")[0] for code, _weight in accepted)
    return next((language for language in named if language in Language.values), Language.ENGLISH)


def _may_send(request: HttpRequest, link: Link) -> bool:
    allowed: bool = ratelimit.consume(request, action="answer_by_link", key=str(link.pk))
    return allowed
