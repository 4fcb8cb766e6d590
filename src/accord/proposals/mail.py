"""The mail that carries a proposal: written down with the sending, tried again while the mail server is away."""

from __future__ import annotations

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django_tasks import task

from accord.people.mail import TRIES, next_try
from accord.people.queries import the_firm
from accord.proposals.answering.links import address_of, why_dead
from accord.proposals.models import Link


@task()
def mail_proposal(proposal_id: int, contact_id: int, site: str, tries: int = 0) -> None:
    """Send it to one contact, with the address of their page; what is dead meanwhile does not leave any more.

    The address is made here: nothing that is stored holds it.
    """
    from accord.proposals import pdf

    rows = Link.objects.select_related(
        "contact", "proposal__engagement__relationship__client", "proposal__sent_by"
    )
    link = rows.get(proposal=proposal_id, contact=contact_id)
    if why_dead(link):
        return
    proposal, contact = link.proposal, link.contact
    firm = the_firm()
    page = {
        "proposal": proposal,
        "contact": contact,
        "firm": firm,
        "address": address_of(link, site),
        "until": link.expires_on,
    }
    subject = _("{title}: our proposal").format(title=proposal.engagement)
    mail = EmailMessage(
        " ".join(subject.split()), render_to_string("proposals/mail/proposal.txt", page), to=[contact.email]
    )
    if proposal.sent_by is not None and proposal.sent_by.email:
        mail.reply_to = [proposal.sent_by.email]
    mail.attach(pdf.name_of(proposal), pdf.of(proposal), "application/pdf")
    try:
        mail.send()
    except OSError:
        if tries >= TRIES:
            raise
        mail_proposal.using(run_after=next_try(tries)).enqueue(proposal_id, contact_id, site, tries + 1)
