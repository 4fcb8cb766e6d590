"""What was said by links."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from accord.proposals.answering.links import why_dead
from accord.proposals.models import Answer, Link, Proposal

DECISIONS = (Answer.Kind.ACCEPT, Answer.Kind.DECLINE)


@dataclass(frozen=True, slots=True)
class Replied:
    """What the firm answered to a comment."""

    by: str
    text: str
    at: dt.datetime


def decided(proposal: Proposal) -> Answer | None:
    """The client's acceptance or refusal of this version, if there is one."""
    return proposal.answers.filter(kind__in=DECISIONS).select_related("link__contact").first()


def links_of(proposal: Proposal) -> list[Link]:
    """Its links, each knowing this proposal, with `dead` telling why it opens nothing. One query."""
    made = list(proposal.links.select_related("contact", "revoked_by"))
    for link in made:
        link.proposal = proposal
        link.dead = why_dead(link)
    return made


def answers(proposal: Proposal) -> list[Answer]:
    """All that the client said to this version, newest first, each with what was `replied`. One query."""
    found = _with_replies(proposal.answers.select_related("link__contact").order_by("-id", "replies__id"))
    for answer in found:
        answer.proposal = proposal
    return found


def conversation(link: Link) -> list[Answer]:
    """What this contact said, oldest first, each with what was `replied`. One query."""
    return _with_replies(link.answers.order_by("id", "replies__id"))


def _with_replies(rows: Any) -> list[Answer]:
    """The database gives an answer as often as it has replies."""
    found: dict[int, Any] = {}
    told = {"reply": F("replies__text"), "reply_by": F("replies__by__name"), "reply_at": F("replies__at")}
    for row in rows.annotate(**told):
        answer = found.setdefault(row.pk, row)
        if answer is row:
            answer.replied = []
        if row.reply is not None:
            answer.replied.append(Replied(row.reply_by, row.reply, row.reply_at))
    return list(found.values())
