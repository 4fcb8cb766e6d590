"""The mail that carries a proposal: written down with the sending, tried again while the mail server is away."""

from __future__ import annotations

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django_tasks import task

from accord.people.mail import TRIES, next_try
from accord.people.queries import the_firm
from accord.proposals.models import Proposal, State
from accord.relationships.models import Contact


@task()
def mail_proposal(proposal_id: int, contact_id: int, tries: int = 0) -> None:
    """Send it to one contact; what was withdrawn or replaced meanwhile does not leave any more."""
    from accord.proposals import pdf

    rows = Proposal.objects.select_related("engagement__relationship__client", "sent_by")
    proposal, contact = rows.get(pk=proposal_id), Contact.objects.get(pk=contact_id)
    if proposal.state != State.SENT:
        return
    firm = the_firm()
    page = {"proposal": proposal, "contact": contact, "firm": firm}
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
        mail_proposal.using(run_after=next_try(tries)).enqueue(proposal_id, contact_id, tries + 1)
