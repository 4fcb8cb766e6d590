"""When a session was seen last, for the list of sessions; written at most every few minutes, not with every page."""

from __future__ import annotations

import time
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse

SECONDS = 600


class SeenSessions:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.user.is_authenticated:
            self._see(request, request.session.session_key)
        return self.get_response(request)

    def _see(self, request: HttpRequest, key: str) -> None:
        """Write it down if this process wrote, or saw the session first, some minutes ago (signing in wrote it down)."""
        cache, now = caches["process"], time.time()
        written: float = cache.get_or_set(f"seen:{key}", now, timeout=SECONDS * 2) or now
        if now - written > SECONDS:
            cache.set(f"seen:{key}", now, timeout=SECONDS * 2)
            UserSession.objects.create_from_request(request)
