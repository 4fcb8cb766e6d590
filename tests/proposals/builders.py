"""Short builders of proposals: an engagement with an approved estimate, a plan and a check, and texts about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from accord.engagements.models import Engagement, Stage
from accord.people.models import AccessRole, Member, Role
from accord.planning.checking.actions import ask_for_check
from accord.proposals.actions import begin_proposal, save_proposal, send_proposal
from accord.proposals.answering.actions import accept_by_link
from accord.proposals.content import Content, DateTerm, Payment, PriceLine, QualityTerm, ScopeItem
from accord.proposals.models import Answer, Link, Proposal
from accord.relationships.actions import add_contact
from accord.relationships.models import Contact
from tests import firm
from tests.planning import check_builders as planned

SITE = "https://accord.example/"


def engagement() -> Engagement:
    """Two hundred hours for one developer, who costs 75 an hour; delivery says by which of it no finding stays open."""
    made = planned.engagement(Stage.ESTIMATED)
    role = Role.objects.filter(name="developer").first() or planned.role("developer")
    planned.plan(made, planned.Work("w1", 80, role), planned.Work("w2", 120, role, ["w1"]))
    planned.covered(planned.told_quality(made, "No open finding"), "w2")
    return made


def seller(of: Engagement) -> Member:
    found: Member = of.parts.get(part="seller").member
    return found


def checked(of: Engagement) -> None:
    ask_for_check(firm.member(AccessRole.MEMBER), Engagement.objects.get(pk=of.pk))


def says(days: int = 300, price: int = 40_000, **more: Any) -> Content:
    """A text that holds all a client needs; backed as it stands."""
    content = Content(
        scope=(ScopeItem(name="The portal", code="w1"),),
        prices=(PriceLine(name="The portal", rate=Decimal(price)),),
        payments=(Payment(name="On acceptance", share=Decimal(100)),),
        dates=(DateTerm(name="Go-live", date=dt.date.today() + dt.timedelta(days)),),
        quality=(QualityTerm(name="No open finding", code="w2"),),
    )
    return content.model_copy(update=more)


def proposal(of: Engagement | None = None, content: Content | None = None) -> Proposal:
    """A draft with this text."""
    of = of or engagement()
    made = begin_proposal(seller(of), of)
    return save_proposal(seller(of), made, content or says(), made.revision)


def contact(of: Engagement, mail: str = "buyer@client.example") -> Contact:
    return add_contact(seller(of), of.relationship, "Bea Buyer", email=mail)


def send(draft: Proposal, contacts: Sequence[Contact], by: Member | None = None) -> Proposal:
    """As its page shows it now, by its seller unless somebody else is named."""
    return send_proposal(by or seller(draft.engagement), draft, contacts, now(draft).revision, SITE)


def now(row: Proposal) -> Proposal:
    return Proposal.objects.get(pk=row.pk)


def sent(*mails: str, content: Content | None = None) -> Proposal:
    """A version that was sent to a contact for each mail address."""
    of = engagement()
    checked(of)
    return send(proposal(of, content), [contact(of, mail) for mail in mails or ("buyer@client.example",)])


def link(of: Proposal, mail: str = "buyer@client.example") -> Link:
    return Link.objects.select_related("contact").get(proposal=of, contact__email=mail)


def accept(by: Link, name: str = "Bea Buyer", agreed: bool = True, digest: str = "") -> Answer:
    return accept_by_link(None, by, name, "Head of IT", agreed, digest or by.proposal.digest)
