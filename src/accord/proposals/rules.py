"""When a proposal may be written, sent and taken back: yes, or a refusal that says why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.engagements import rules as engagement_rules
from accord.engagements.models import Engagement, Override
from accord.exchange.wording import day
from accord.people.models import AccessRole, Member
from accord.proposals.content import HIGHEST, Content
from accord.proposals.models import Proposal, Sending, State
from accord.relationships.models import Contact

_TOLD_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Term:
    """A date, price or quality term of a text, and whether delivery stands behind it."""

    kind: str  # time, cost, quality or scope
    name: str
    value: dt.date | Decimal | str
    backed: bool
    because: str = ""
    remedy: str = ""
    probability: float | None = None
    best: dt.date | Decimal | None = None  # the best value that would be backed

    @property
    def key(self) -> str:
        """What names it in an override."""
        return f"{self.kind}: {self.name}"


def may_write(actor: Member | None, engagement: Any) -> None:
    engagement_rules.may_lead(actor, engagement)


def may_change(actor: Member | None, proposal: Any) -> None:
    may_write(actor, proposal.engagement)


def may_send(actor: Member | None, proposal: Any) -> None:
    """Whoever speaks with the client sends: its seller, the relationship's owner, an executive."""
    engagement: Engagement = proposal.engagement
    engagement_rules.may_lead(actor, engagement)
    if actor is not None and (
        engagement_rules.sells(actor, engagement) or actor.has_any(AccessRole.EXECUTIVE)
    ):
        return
    raise NotAllowed(
        _("A proposal is sent by those who speak with the client."),
        _("You neither sell this engagement nor own its relationship."),
        _("Ask its seller or the relationship's owner; an executive may as well."),
    )


def may_mail_again(actor: Member | None, sending: Any) -> None:
    may_send(actor, sending.proposal)


def is_draft(proposal: Proposal) -> None:
    engagement_rules.still_open(proposal.engagement)
    if proposal.state != State.DRAFT:
        raise Refused(
            _("What was sent stays as it was."),
            _("Version {version} is {state}.").format(
                version=proposal.version, state=proposal.get_state_display()
            ),
            _("Begin a new version: it starts as a copy."),
        )


def is_as_seen(proposal: Proposal, revision: int) -> None:
    if revision != proposal.revision:
        raise Refused(
            _("A page saves and sends what it has shown."),
            _("The proposal was changed by somebody else, or in another window, since you opened it."),
            _("Open it again, and look at what it says now."),
        )


def was_sent(proposal: Proposal) -> None:
    if proposal.state != State.SENT:
        raise Refused(
            _("Only what was sent is withdrawn."),
            _("Version {version} is {state}.").format(
                version=proposal.version, state=proposal.get_state_display()
            ),
            _("A draft is changed instead."),
        )


def is_complete(content: Content) -> None:
    """
    Raises:
        Refused: the client could not know what they get, for what price and until when, or no contract can hold it.
    """
    missing = [
        word
        for word, there in (
            (_("what is delivered"), content.scope),
            (_("the price"), content.price),
            (_("a date"), content.dates),
            (_("when it is paid"), content.payments),
        )
        if not there
    ]
    if sum(p.share for p in content.payments) != 100 and content.payments:
        missing.append(_("payments of 100 percent together"))
    if missing:
        raise Refused(
            _("A proposal says what, when and for how much."),
            _("Missing: {what}.").format(what=", ".join(missing)),
            _("Fill it in, save, and send it then."),
        )
    if content.price >= HIGHEST:
        raise Refused(
            _("A price stays below a thousand million."),
            _("All lines together ask for more."),
            _("Offer it in several parts."),
        )


def holds_still(content: Content, today: dt.date) -> None:
    """
    Raises:
        Refused: the client could not accept it any more.
    """
    if content.valid_until is not None and content.valid_until < today:
        raise Refused(
            _("What is sent can still be accepted."),
            _("It holds until {day}, which is over.").format(day=day(content.valid_until)),
            _("Give a later day in the text, or none: then it holds for 30 days from sending."),
        )


def was_given_up(sending: Sending) -> None:
    """
    Raises:
        Refused: the mail is out, is tried by itself, or is not to leave any more.
    """
    if sending.proposal.state != State.SENT:
        because = _("This version is {state}.").format(state=sending.proposal.get_state_display())
        remedy = _("Send a newer version instead.")
    elif sending.mailed_at is not None:
        because, remedy = _("This mail is out."), _("Call them if they do not find it.")
    elif not sending.given_up:
        because, remedy = _("It is tried by itself."), _("Wait; this page tells when it is out.")
    else:
        return
    raise Refused(_("A mail is tried again by hand once Accord has given up."), because, remedy)


def is_backed(terms: Sequence[Term], let_pass: Override | None = None) -> None:
    """No date, price or quality term is promised without delivery behind it, or an override that covers it.

    Raises:
        Refused: with each term that is not backed.
    """
    covered = let_pass.covers if let_pass is not None else []
    wrong = [term for term in _unbacked(terms) if term.key not in covered]
    if wrong:
        raise Refused(
            _("What is promised to a client is backed by an approved estimate and a promise check."),
            _told(wrong),
            " ".join(dict.fromkeys(term.remedy for term in wrong)),
        )


def why_not_backed(terms: Sequence[Term]) -> str:
    """What an override lets pass.

    Raises:
        Refused: there is nothing to override.
    """
    wrong = _unbacked(terms)
    if not wrong:
        raise Refused(
            _("An override lets pass what a rule forbids."),
            _("Delivery stands behind each term of this version."),
            _("Send it."),
        )
    return _told(wrong)


def _unbacked(terms: Sequence[Term]) -> list[Term]:
    return [term for term in terms if not term.backed and term.kind != "scope"]


def _told(wrong: Sequence[Term]) -> str:
    told = " ".join(f"“{term.name}”: {term.because}" for term in wrong[:_TOLD_AT_MOST])
    more = len(wrong) - _TOLD_AT_MOST
    return told + (" " + _("And {n} more.").format(n=more) if more > 0 else "")


def can_receive(engagement: Engagement, contacts: Collection[Contact]) -> None:
    """
    Raises:
        WrongInput: nobody is named, somebody is of another client, or has no mail address.
    """
    if not contacts:
        raise WrongInput(contacts=_("Choose at least one person of the client."))
    for contact in contacts:
        if contact.client_id != engagement.relationship.client_id:
            raise WrongInput(contacts=_("{name} is of another client.").format(name=contact))
        if not contact.email:
            raise WrongInput(contacts=_("{name} has no mail address.").format(name=contact))
