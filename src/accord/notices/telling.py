"""Noting what waits for a member, and mailing it: a line is written down before it is mailed, and told only afterwards.

A worker takes a member's post for a while by a conditional update, so that no other one mails at the same moment. One that
dies in between leaves everything untold; after that while the mail goes out: at most once too often, never not at all.
"""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
from collections.abc import Collection, Iterable
from enum import Enum

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from accord.engagements.desk import Waiting, waiting_for
from accord.notices import letters
from accord.notices.models import Notice, Post
from accord.notices.queries import Desk, desks
from accord.people.mail import next_try
from accord.people.models import Member

log = logging.getLogger(__name__)

TAKEN_FOR = dt.timedelta(minutes=10)  # far longer than a mail server is waited for
_ABOUT_ONE_LETTER = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)


class Outcome(Enum):
    NOT_TRIED = "another worker has it, or it is not time yet to try again"
    DONE = "sent, or nothing to send any more"
    FAILED = "this letter was not taken"
    SERVER_AWAY = "no letter would be taken"


def note(desk: Desk, lines: Iterable[Waiting], now: dt.datetime) -> list[Notice]:
    """Write down what is new, what is gone, and other dates; gives the notices from before that still stand."""
    waiting = {line.key: line for line in lines}
    known = {notice.key: notice for notice in desk.notices}
    gone = [notice.pk for key, notice in known.items() if key not in waiting]
    if gone:
        Notice.objects.filter(pk__in=gone, gone_at=None).update(gone_at=now)
    new = [line for key, line in waiting.items() if key not in known]
    Notice.objects.bulk_create(
        (Notice(member=desk.member, key=line.key, until=line.until, first_seen=now) for line in new),
        ignore_conflicts=True,  # another worker may have looked at the same moment
    )
    standing = [notice for key, notice in known.items() if key in waiting]
    for notice in standing:
        if notice.until != waiting[notice.key].until:
            notice.until, notice.reminded_at = waiting[notice.key].until, None
            notice.save(update_fields=["until", "reminded_at"])
    return standing


def tell(member: Member) -> Outcome:
    """Mail a member what is to be told now, as their desk is now."""
    post = _take(member)
    if post is None:
        return Outcome.NOT_TRIED
    try:
        told, reminded = _mail(member)
    except Exception as error:
        return _failed(post, error)
    _sent(post, told, reminded)
    return Outcome.DONE


def _take(member: Member) -> Post | None:
    now = timezone.now()
    post, _ = Post.objects.get_or_create(member=member)
    free = Q(taken_until=None) | Q(taken_until__lte=now)
    again = Q(not_before=None) | Q(not_before__lte=now)
    taken = Post.objects.filter(free, again, pk=post.pk).update(taken_until=now + TAKEN_FOR)
    return Post.objects.get(pk=post.pk) if taken else None


def _mail(member: Member) -> tuple[list[Notice], list[Notice]]:
    """Send what is due; nothing if all of it is gone, told by somebody else, or not the member's to see any more."""
    now = timezone.now()
    for desk in desks(Member.objects.filter(pk=member.pk), now):
        lines = waiting_for(desk.member)
        standing = note(desk, lines, now)
        told = [notice for notice in desk.to_tell(now) if notice in standing]
        reminded = [notice for notice in desk.to_remind(now) if notice in standing]
        if told or reminded:
            letters.letter(desk, _of(lines, told), _of(lines, reminded), [*told, *reminded]).send()
        return told, reminded
    return [], []


def _of(lines: Iterable[Waiting], notices: Collection[Notice]) -> list[Waiting]:
    keys = {notice.key for notice in notices}
    return [line for line in lines if line.key in keys]


def _sent(post: Post, told: list[Notice], reminded: list[Notice]) -> None:
    now = timezone.now()
    with transaction.atomic():
        Notice.objects.filter(pk__in=[n.pk for n in told], told_at=None).update(told_at=now)
        Notice.objects.filter(pk__in=[n.pk for n in reminded], told_at__isnull=False).update(reminded_at=now)
        _give_back(post, tries=0, not_before=None, problem="", failing_since=None)


def _failed(post: Post, error: Exception) -> Outcome:
    if not isinstance(error, OSError):
        log.exception("the mail to member %s could not be written", post.member_id)
    _give_back(
        post,
        tries=F("tries") + 1,
        not_before=next_try(post.tries),
        problem=_in_words(error)[:300],
        failing_since=Coalesce("failing_since", timezone.now()),
    )
    away = isinstance(error, OSError) and not isinstance(error, _ABOUT_ONE_LETTER)
    return Outcome.SERVER_AWAY if away else Outcome.FAILED


def _in_words(error: Exception) -> str:
    """As whoever runs the mail server can read it."""
    answers: list[tuple[int, bytes | str]] = []
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers = list(error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException):
        answers = [(error.smtp_code, error.smtp_error)]
    texts = [t.decode(errors="replace") if isinstance(t, bytes) else t for _, t in answers]
    told = [f"{code} {text}" for (code, _), text in zip(answers, texts, strict=True)]
    return "; ".join(told) or str(error) or type(error).__name__


def _give_back(post: Post, **noted: object) -> None:
    """Unless it was taken for too long, and another worker has it now."""
    Post.objects.filter(pk=post.pk, taken_until=post.taken_until).update(taken_until=None, **noted)
