"""Mail leaves by jobs: it is written down with what caused it, and tried again while the mail server is away."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone
from django_tasks import task

_FIRST_WAIT, _LONGEST_WAIT = dt.timedelta(minutes=1), dt.timedelta(hours=1)
TRIES = 60  # some two and a half days


def next_try(tries: int) -> dt.datetime:
    """When to try again after so many tries: soon at first, then every hour."""
    return timezone.now() + min(_FIRST_WAIT * (1 << min(tries, 10)), _LONGEST_WAIT)


def folder() -> Path | None:
    """Where mails are laid as files while no mail server is set up; None if one is."""
    filed = settings.EMAIL_BACKEND == "django.core.mail.backends.filebased.EmailBackend"
    return Path(settings.EMAIL_FILE_PATH) if filed else None


@task()
def send(subject: str, body: str, to: str, tries: int = 0) -> None:
    """Send one mail; while the mail server does not take it, try again later."""
    try:
        EmailMessage(subject, body, to=[to]).send()
    except OSError:
        if tries >= TRIES:
            raise
        send.using(run_after=next_try(tries)).enqueue(subject, body, to, tries + 1)
