"""Links: their secret addresses, whether they still open the page, and how they are found."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Iterable

from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accord.exchange.wording import day
from accord.people.models import Member
from accord.proposals.models import Link, Proposal, State
from accord.relationships.models import Contact

LASTS, LONGEST = dt.timedelta(30), dt.timedelta(90)


def token_of(link: Link) -> str:
    """What stands in the address: 256 bits that nobody has who has the database without the secret key."""
    secret = salted_hmac("accord.proposals.link", link.nonce, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(secret).rstrip(b"=").decode()


def address_of(link: Link, site: str) -> str:
    """`site`: the address of this Accord as people reach it, with a slash at its end."""
    return site.rstrip("/") + reverse("portal:offer", args=[token_of(link)])


def seal(link: Link) -> None:
    """Let the link be found by its token; to be called whenever it has a new nonce."""
    link.digest = _digest(token_of(link))


def by_token(token: str) -> Link | None:
    """The link of an address, dead or alive, with all that its page asks of it; None if Accord did not make it."""
    rows = Link.objects.select_related(
        "contact", "made_by", "proposal__sent_by", "proposal__engagement__relationship__client"
    )
    return rows.filter(digest=_digest(token)).first()


def make_links(proposal: Proposal, contacts: Iterable[Contact], by: Member, expires_on: dt.date) -> None:
    """To be called inside the action that sends the version."""
    for contact in contacts:
        link = Link(proposal=proposal, contact=contact, made_by=by, expires_on=expires_on)
        seal(link)
        link.save()


def usual_end() -> dt.date:
    return dt.date.today() + LASTS


def why_dead(link: Link) -> str:
    """Why the page does not open any more; '' while it does."""
    proposal, engagement = link.proposal, link.proposal.engagement
    if link.revoked_at is not None:
        return _("It was revoked on {day}.").format(day=day(link.revoked_at))
    if proposal.state == State.WITHDRAWN:
        return _("The version was withdrawn.")
    if proposal.state != State.SENT:
        return _("A newer version was sent instead.")
    if engagement.outcome:
        return _("The engagement is {outcome}.").format(outcome=engagement.get_outcome_display())
    if link.contact.client_id != engagement.relationship.client_id:
        return _("{name} is no contact of this client any more.").format(name=link.contact)
    if link.expires_on < dt.date.today():
        return _("It expired on {day}.").format(day=day(link.expires_on))
    return ""


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
