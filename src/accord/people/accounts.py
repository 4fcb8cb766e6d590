"""Who is signed in, and how the accounts library is told this firm's rules."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth import login
from django.http import HttpRequest

from accord.people.mail import send
from accord.people.models import Member
from accord.people.queries import the_firm

BACKEND = "accord.people.backends.Backend"


def signed_in(request: HttpRequest) -> Member:
    """The member whose request it is; pages behind the sign-in have one."""
    assert isinstance(request.user, Member)
    return request.user


def let_in(request: HttpRequest, member: Member) -> None:
    """Sign somebody in who has just chosen their password by a link that went to their mail address."""
    EmailAddress.objects.get_or_create(
        user=member, email=member.email, defaults={"verified": True, "primary": True}
    )
    login(request, member, backend=BACKEND)
    # They have just shown who they are: the security pages need not ask again.
    record_authentication(request, member, method="password", reauthenticated=True)


def note_session(sender: object, request: HttpRequest, **_about: Any) -> None:
    """List a session that begins, however somebody signed in (the library lists only those that it began itself)."""
    if "REMOTE_ADDR" in request.META:  # not where a program signs in without a browser
        UserSession.objects.create_from_request(request)


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves: an administrator adds members. Mails leave by jobs."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        message = self.render_mail(template_prefix, email, context | {"firm": the_firm(), "email": email})
        send.enqueue(message.subject, message.body, email)
