"""A desk whose lines a test puts and takes, a mail server that can be away, and workers that die."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from accord.engagements.desk import Group, Waiting
from accord.engagements.models import Engagement
from accord.notices import rounds
from accord.notices.actions import choose_mails
from accord.people.models import Member

# A Monday in summer, ten o'clock in Berlin.
MONDAY = dt.datetime(2026, 6, 1, 8, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
A_WHILE = dt.timedelta(minutes=3)  # longer than what heals by itself is waited for


class Killed(BaseException):
    """The worker is gone in the middle of it."""


@dataclass
class MailServer:
    letters: list[EmailMessage] = field(default_factory=list)
    fails: Exception | None = None
    kills_before: bool = False
    kills_after: bool = False
    while_sending: Callable[[EmailMessage], None] = lambda _letter: None

    def take(self, letter: EmailMessage) -> None:
        if self.fails is not None:
            raise self.fails
        if self.kills_before:
            self.kills_before = False
            raise Killed
        self.while_sending(letter)
        self.letters.append(letter)
        if self.kills_after:
            self.kills_after = False
            raise Killed


server = MailServer()


class Backend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[Any]) -> int:
        for letter in email_messages:
            server.take(letter)
        return len(email_messages)


class Lines:
    """The only source of the desk."""

    def __init__(self, engagement: Engagement) -> None:
        self.engagement = engagement
        self._of: dict[int, dict[str, Waiting]] = defaultdict(dict)

    def __call__(self, member: Member) -> list[Waiting]:
        return list(self._of[member.pk].values())

    def put(
        self,
        member: Member,
        name: str,
        what: str = "",
        until: dt.date | None = None,
        group: Group = Group.ANSWER,
    ) -> None:
        line = Waiting(
            group, what or f"Do {name}.", self.engagement, "You do it.", until, f"/do/{name}/", "Do it"
        )
        self._of[member.pk][name] = line

    def take(self, member: Member, name: str) -> None:
        del self._of[member.pk][name]

    def has(self, member: Member, name: str) -> bool:
        return name in self._of[member.pk]


def chooses(
    member: Member, when: str, hour: int = 8, weekday: str = "mon", zone: str = "Europe/Berlin"
) -> None:
    choose_mails(member, member, when, hour, weekday, zone)


def go() -> None:
    """A round in which desks are looked at."""
    rounds.go(looks=True)


def told() -> list[str]:
    return [letter.subject for letter in server.letters]
