"""What was said by links."""

from __future__ import annotations

from django.db.models import QuerySet

from accord.proposals.answering.links import why_dead
from accord.proposals.models import Answer, Link, Proposal

DECISIONS = (Answer.Kind.ACCEPT, Answer.Kind.DECLINE)


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
    """All that the client said to this version, newest first, with the replies. Two queries."""
    found = list(_with_replies(proposal.answers.select_related("link__contact")).order_by("-id"))
    for answer in found:
        answer.proposal = proposal
    return found


def conversation(link: Link) -> list[Answer]:
    """What this contact wrote, oldest first, with the replies. Two queries."""
    return list(_with_replies(link.answers.all()))


def _with_replies(rows: QuerySet[Answer]) -> QuerySet[Answer]:
    return rows.prefetch_related("replies__by")
