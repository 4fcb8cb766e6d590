"""What a contact does by a link, and what the firm does with links and comments."""

from __future__ import annotations

import datetime as dt
import secrets

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accord.actions.door import action
from accord.actions.refusals import Refused, WrongInput
from accord.engagements.rules import still_open
from accord.ledger import chain
from accord.people.models import Member
from accord.proposals.answering import links, rules
from accord.proposals.answering.queries import decided
from accord.proposals.models import Answer, Link, Reply

# By the client: nobody is signed in, so the actor is None.


@action(permission=rules.by_the_client)
def open_link(actor: Member | None, link: Link) -> Link:
    """Write down that the page was opened."""
    link.opened_last_at = timezone.now()
    link.opened_first_at = link.opened_first_at or link.opened_last_at
    link.save()
    return link


@action(permission=rules.by_the_client)
def comment_by_link(actor: Member | None, link: Link, text: str) -> Answer:
    """
    Raises:
        WrongInput: it says nothing, or too much. Refused: the link is dead.
    """
    return _kept(link, Answer.Kind.COMMENT, text=rules.is_said(text))


@action(permission=rules.by_the_client)
def accept_by_link(
    actor: Member | None, link: Link, name: str, position: str, agreed: bool, digest: str
) -> Answer:
    """Accept exactly what was shown (`digest`); too late, it is kept and does not count.

    Raises:
        WrongInput: no name, or not ticked.
        Refused: the link is dead, the offer does not hold any more, another text was shown, or this contact accepted
            or declined already.
    """
    if not name.strip() or len(name.strip()) > 120:
        raise WrongInput(name=_("Type your name: it stands under the acceptance."))
    if not agreed:
        raise WrongInput(agreed=_("Tick this: it says what you accept."))
    rules.still_holds(link.proposal)
    rules.is_what_was_sent(link.proposal, digest)
    says = {"name": name.strip(), "position": position.strip()[:120], "digest": digest}
    return _decide(link, Answer.Kind.ACCEPT, **says)


@action(permission=rules.by_the_client)
def decline_by_link(actor: Member | None, link: Link, because: str = "") -> Answer:
    """Decline the version, with or without a reason; too late, it is kept and does not count.

    Raises:
        WrongInput: the reason is too long. Refused: the link is dead, or this contact accepted or declined already.
    """
    return _decide(link, Answer.Kind.DECLINE, text=rules.is_short(because, "because"))


# By the firm


@action(permission=rules.may_reply)
def answer_comment(actor: Member, comment: Answer, text: str) -> Reply:
    """Answer what a contact asked; they read it on their page.

    Raises:
        WrongInput: it says nothing, or too much. Refused: it is no comment, or the engagement has ended.
    """
    rules.is_comment(comment)
    still_open(comment.proposal.engagement)
    made = Reply(comment=comment, by=actor, text=rules.is_said(text))
    made.save()
    return made


@action(permission=rules.may_handle)
def revoke_link(actor: Member, link: Link) -> Link:
    """The address opens nothing from now on.

    Raises:
        Refused: it opens nothing already.
    """
    because = links.why_dead(link)
    if because:
        raise Refused(
            _("Only a link that is open is revoked."), because, _("Nothing is to be done: it opens nothing.")
        )
    link.revoked_at, link.revoked_by = timezone.now(), actor
    link.save()
    return link


@action(permission=rules.may_handle)
def renew_link(actor: Member, link: Link, site: str, expires_on: dt.date | None = None) -> Link:
    """A new address, mailed to the contact; the old one opens nothing from now on.

    Raises:
        WrongInput: the day is too far away, or the contact has no mail address.
        Refused: the version was withdrawn or replaced, or the engagement has ended.
    """
    from accord.proposals.mail import mail_proposal

    expires_on = expires_on or links.usual_end()
    rules.can_end(expires_on)
    rules.can_be_renewed(link)
    link.nonce, link.expires_on = secrets.token_hex(32), expires_on
    link.made_by, link.made_at = actor, timezone.now()
    link.revoked_at = link.revoked_by = None
    links.seal(link)
    link.save()
    link.sending.mailed_at, link.sending.mail_problem, link.sending.given_up = None, "", False
    link.sending.save()
    mail_proposal.enqueue(link.pk, site)
    return link


def _decide(link: Link, kind: Answer.Kind, **says: str) -> Answer:
    """The door holds the whole engagement meanwhile: two contacts decide one after the other."""
    earlier = decided(link.proposal)
    rules.answers_first(link, earlier)
    if earlier is not None:
        with override(settings.LANGUAGE_CODE):  # kept for the firm, whatever the client speaks
            because = rules.told(earlier)
        return _kept(link, Answer.Kind.TOO_LATE, not_counted=because, **says)
    made = _kept(link, kind, **says)
    proposal = link.proposal
    body = {
        "proposal": proposal.pk,
        "version": proposal.version,
        "digest": proposal.digest,
        "contact": link.contact_id,
        "answer": made.pk,
        **{key: value for key, value in says.items() if key != "digest"},
    }
    happened = "proposal_accepted" if kind == Answer.Kind.ACCEPT else "proposal_declined"
    chain.append(happened, f"engagement:{proposal.engagement_id}", None, body)
    return made


def _kept(link: Link, kind: Answer.Kind, **says: str) -> Answer:
    made = Answer(link=link, proposal=link.proposal, kind=kind, **says)
    made.save()
    return made
