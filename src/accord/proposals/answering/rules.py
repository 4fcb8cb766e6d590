"""What a contact may do by a link, and who handles links and comments in the firm."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.engagements import rules as engagement_rules
from accord.exchange.wording import day
from accord.people.models import Member
from accord.proposals import rules as proposal_rules
from accord.proposals import telling
from accord.proposals.answering.links import LONGEST, why_dead
from accord.proposals.content import digest_of
from accord.proposals.models import Answer, Link, Proposal, State

LONGEST_TEXT = 4000


def by_the_client(actor: Member | None, link: Any) -> None:
    """The client itself, who has no account: whoever holds a link that is alive, and no member of the firm.

    Raises:
        NotAllowed: a member does it. Refused: the link is dead.
    """
    if actor is not None:
        raise NotAllowed(
            _("What a client says by its link is said by the client."),
            _("You are a member of the firm."),
            _("Record what the client told you as an expectation or an interaction."),
        )
    is_alive(link)


def may_handle(actor: Member | None, link: Any) -> None:
    proposal_rules.may_send(actor, link.proposal)


def may_reply(actor: Member | None, comment: Any) -> None:
    engagement_rules.may_lead(actor, comment.proposal.engagement)


def is_alive(link: Link) -> None:
    because = why_dead(link)
    if because:
        raise Refused(
            _("A proposal is read and answered by a link that is open."),
            because,
            _("Ask {name} for a new link.").format(name=link.made_by),
        )


def can_be_renewed(link: Link) -> None:
    """
    Raises:
        Refused: not the link but what it leads to is over. WrongInput: the contact has no mail address any more.
    """
    engagement_rules.still_open(link.proposal.engagement)
    if link.proposal.state != State.SENT:
        raise Refused(
            _("A link leads to the version that was sent last."),
            why_dead(link),
            _("The version that is sent next gets links of its own."),
        )
    proposal_rules.can_receive(link.proposal.engagement, [link.contact])


def can_end(on: dt.date) -> None:
    today = dt.date.today()
    if not today <= on <= today + LONGEST:
        raise WrongInput(
            expires_on=_("A link is open until a day from today to {day}.").format(day=day(today + LONGEST))
        )


def still_holds(proposal: Proposal) -> None:
    until = proposal.valid_until
    if until is not None and until < dt.date.today():
        raise Refused(
            _("An offer is accepted while it holds."),
            _("It held until {day}.").format(day=telling.day(until)),
            _("Ask {name} whether it still stands: a new version has a day of its own.").format(
                name=proposal.sent_by
            ),
        )


def is_what_was_sent(proposal: Proposal, shown: str) -> None:
    """What was shown, what was sent and what the database holds now are one and the same."""
    holds = digest_of(proposal.content, proposal.engagement_id, proposal.version)
    if not shown == proposal.digest == holds:
        raise Refused(
            _("Only exactly what was sent can be accepted."),
            _("The page showed another text than the one that was sent."),
            _("Open the link again and read it; if this comes again, ask {name}.").format(
                name=proposal.sent_by
            ),
        )


def answers_first(link: Link, earlier: Answer | None) -> None:
    """Each contact accepts or declines a version once.

    Raises:
        Refused: this contact did already.
    """
    if earlier is not None and earlier.link_id == link.pk:
        raise Refused(_("A version is accepted or declined once."), told(earlier), _anew(link))
    if link.answers.filter(kind=Answer.Kind.TOO_LATE).exists():
        raise Refused(
            _("A version is accepted or declined once."),
            _("You answered already, after a colleague of yours had."),
            _anew(link),
        )


def told(earlier: Answer) -> str:
    """Who accepted or declined, and when."""
    words = (
        _("{name} accepted this version on {day}.")
        if earlier.kind == Answer.Kind.ACCEPT
        else _("{name} declined this version on {day}.")
    )
    return words.format(name=earlier.link.contact, day=telling.day(earlier.at))


def is_said(text: str, field: str = "text") -> str:
    """
    Raises:
        WrongInput: it says nothing, or too much.
    """
    if not text.strip():
        raise WrongInput(**{field: _("Write what you want to say.")})
    return is_short(text, field)


def is_short(text: str, field: str = "text") -> str:
    if len(text.strip()) > LONGEST_TEXT:
        raise WrongInput(**{field: _("At most {n} letters.").format(n=LONGEST_TEXT)})
    return text.strip()


def is_comment(answer: Answer) -> None:
    if answer.kind != Answer.Kind.COMMENT:
        raise Refused(
            _("Comments are answered."),
            _("This is none: the client {what}.").format(what=answer.get_kind_display()),
            _("Speak with the client, or send a new version."),
        )


def _anew(link: Link) -> str:
    return _("Write a comment, or ask {name} for a new version.").format(name=link.made_by)
