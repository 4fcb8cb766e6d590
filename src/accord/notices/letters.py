"""The mail that tells a member what waits: what, for which engagement, why, until when, and where to do it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accord.engagements.desk import Group, Waiting
from accord.notices.models import Notice
from accord.notices.queries import Desk
from accord.people.queries import the_firm

_LINES = 30  # more are counted, and stand on the desk
_SUBJECT = 110


def letter(
    desk: Desk, told: Sequence[Waiting], reminded: Sequence[Waiting], about: Sequence[Notice]
) -> EmailMessage:
    """`about`: the notices of both, by which a letter that is sent once more is known as the same."""
    lines = [*reminded, *told]
    page = {
        "member": desk.member,
        "groups": [(group.value, [e for e in told[:_LINES] if e.group == group]) for group in Group],
        "reminded": reminded[:_LINES],
        "more": len(told[_LINES:]) + len(reminded[_LINES:]),
        "firm": the_firm(),
        "desk": absolute(reverse("web:desk")),
        "settings": absolute(reverse("notices:choose")),
        "choice": desk.choice,
        "site": settings.SITE.rstrip("/"),
    }
    body = render_to_string("notices/mail/waiting.txt", page)
    headers = {"Message-ID": _message_id(about), "Auto-Submitted": "auto-generated"}
    return EmailMessage(_subject(told, lines), body, to=[desk.member.email], headers=headers)


def absolute(address: str) -> str:
    return settings.SITE.rstrip("/") + address


def _subject(told: Sequence[Waiting], lines: Sequence[Waiting]) -> str:
    first = " ".join(lines[0].what.split())
    if not told and len(lines) == 1:
        subject = _("Reminder: {what}").format(what=first)
    elif not told:
        subject = _("{n} reminders: {what}").format(n=len(lines), what=first)
    else:
        words = ngettext("1 thing waits for you: {what}", "{n} things wait for you: {what}", len(lines))
        subject = words.format(n=len(lines), what=first)
    return Truncator(subject).chars(_SUBJECT)


def _message_id(about: Sequence[Notice]) -> str:
    """The same for the same: where a letter left twice, a mail program can show it once."""
    content = " ".join(f"{n.pk}:{n.until if n.told_at else ''}" for n in about)
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    digest = hashlib.sha256(content.encode()).hexdigest()[:40]
    return f"<{digest}@{sender.partition('@')[2] or 'localhost'}>"
