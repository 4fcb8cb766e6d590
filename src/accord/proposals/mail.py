"""The mail that carries a proposal: written down with the sending, tried again while the mail server is away.

What became of it stands with the sending, where its sender sees it; once all tries are used up, they have it tried anew.
"""

from __future__ import annotations

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_tasks import task

from accord.actions.door import action
from accord.people.mail import TRIES, next_try
from accord.people.models import Member
from accord.people.queries import the_firm
from accord.people.rules import only_the_system
from accord.proposals import rules
from accord.proposals.answering.links import address_of, why_dead
from accord.proposals.models import Link, Sending


@task()
def mail_proposal(link_id: int, site: str, tries: int = 0) -> None:
    """Send it to one contact, with the address of their page; what is dead meanwhile does not leave any more.

    The address is made here: nothing that is stored holds it.
    """
    rows = Link.objects.select_related(
        "contact", "sending", "proposal__engagement__relationship__client", "proposal__sent_by"
    )
    link = rows.get(pk=link_id)
    if why_dead(link) or link.sending.mailed_at is not None:
        return
    try:
        with override(link.proposal.engagement.relationship.client.language):
            _mail(link, site).send()
    except OSError as error:
        last = tries >= TRIES
        note_mail_problem(None, link.sending, str(error) or type(error).__name__, last)
        if not last:
            mail_proposal.using(run_after=next_try(tries)).enqueue(link_id, site, tries + 1)
    else:
        note_mailed(None, link.sending)


@action(permission=rules.may_mail_again)
def mail_again(actor: Member, sending: Sending, site: str) -> Sending:
    """Try a mail anew that could not be sent. `site`: the address of this Accord as people reach it.

    Raises:
        Refused: it is out, is tried by itself, or its version was withdrawn or replaced.
    """
    rules.was_given_up(sending)
    sending.given_up, sending.mail_problem = False, ""
    sending.save()
    mail_proposal.enqueue(sending.link.pk, site)
    return sending


@action(permission=only_the_system)
def note_mailed(actor: Member | None, sending: Sending) -> Sending:
    sending.mailed_at, sending.mail_problem = timezone.now(), ""
    sending.save()
    return sending


@action(permission=only_the_system)
def note_mail_problem(actor: Member | None, sending: Sending, problem: str, last: bool) -> Sending:
    """Keep why the mail did not leave; `last`: it is not tried any more."""
    sending.mail_problem, sending.given_up = problem[:300], last
    sending.save()
    return sending


def _mail(link: Link, site: str) -> EmailMessage:
    from accord.proposals import pdf

    proposal = link.proposal
    page = {
        "proposal": proposal,
        "contact": link.contact,
        "firm": the_firm(),
        "until": pdf.held_until(proposal),
        "address": address_of(link, site),
        "open_until": link.expires_on,
    }
    subject = _("{title}: our proposal").format(title=proposal.engagement)
    mail = EmailMessage(
        " ".join(subject.split()),
        render_to_string("proposals/mail/proposal.txt", page),
        to=[link.contact.email],
    )
    if proposal.sent_by is not None and proposal.sent_by.email:
        mail.reply_to = [proposal.sent_by.email]
    mail.attach(pdf.name_of(proposal), pdf.of(proposal), "application/pdf")
    return mail
