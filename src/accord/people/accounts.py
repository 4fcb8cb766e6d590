"""Who is signed in, and how the accounts library is told this firm's rules."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from accord.people.models import Member


def signed_in(request: HttpRequest) -> Member:
    """The member whose request it is; pages behind the sign-in have one."""
    assert isinstance(request.user, Member)
    return request.user


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves: an administrator adds members."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False
