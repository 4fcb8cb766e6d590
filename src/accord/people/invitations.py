"""Inviting somebody by mail: a signed link that works once, for a while, by which they choose their password."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from accord.actions.door import action
from accord.actions.refusals import Refused, WrongInput
from accord.people import rules
from accord.people.mail import next_try
from accord.people.models import Invitation, Member
from accord.people.queries import the_firm

_SALT = "accord.people.invitation"


def token_of(invitation: Invitation) -> str:
    return signing.dumps(invitation.pk, salt=_SALT)


def by_token(token: str) -> Invitation | None:
    """The invitation of a link, or None if Accord did not make it."""
    try:
        pk = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    return Invitation.objects.select_related("member").filter(pk=pk).first()


@action(permission=rules.may_manage_members)
def invite_member(actor: Member, member: Member, site: str) -> Invitation:
    """Mail a link to a member who has not joined yet; earlier links stop working.

    `site`: the address of this Accord as people reach it, with a slash at its end.

    Raises:
        Refused: they have left, or have chosen a password already.
    """
    member = Member.objects.select_for_update().get(pk=member.pk)  # they may have joined a moment ago
    rules.may_be_invited(member)
    expires = timezone.now() + rules.INVITATION_LASTS
    invitation = Invitation(member=member, invited_by=actor, expires_at=expires)
    invitation.save()
    mail_invitation.enqueue(invitation.pk, site)
    return invitation


@action(permission=rules.may_accept)
def accept_invitation(actor: Member, invitation: Invitation, password: str) -> Member:
    """Choose the first password.

    Raises:
        Refused: the link does not work any more.
        WrongInput: the password is too easy to guess.
    """
    kept = Invitation.objects.select_for_update().select_related("member").get(pk=invitation.pk)
    rules.invitation_stands(kept, timezone.now())
    member: Member = kept.member
    set_password(member, password)
    kept.used_at = timezone.now()
    kept.save()
    return member


def set_password(member: Member, password: str) -> None:
    """
    Raises:
        WrongInput: too short, too common, or too like the member's name or address; with how to mend it.
    """
    try:
        validate_password(password, member)
    except ValidationError as error:
        raise WrongInput(password=" ".join(error.messages)) from None
    member.set_password(password)
    member.save(update_fields=["password"])


@action(permission=rules.only_the_system)
def note_mailed(actor: Member | None, invitation: Invitation) -> Invitation:
    invitation.mailed_at, invitation.mail_problem = timezone.now(), ""
    invitation.save()
    return invitation


@action(permission=rules.only_the_system)
def note_mail_problem(actor: Member | None, invitation: Invitation, problem: str) -> Invitation:
    invitation.mail_problem = problem[:300]
    invitation.save()
    return invitation


@task()
def mail_invitation(pk: int, site: str, tries: int = 0) -> None:
    """Mail an invitation; while the mail server does not take it, say so and try again, as long as the link is good."""
    invitation = Invitation.objects.select_related("member", "invited_by").get(pk=pk)
    try:
        rules.invitation_stands(invitation, timezone.now())
    except Refused:
        return  # joined, left, or invited again meanwhile
    try:
        _mail(invitation, site).send()
    except OSError as error:
        note_mail_problem(None, invitation, str(error) or type(error).__name__)
        mail_invitation.using(run_after=next_try(tries)).enqueue(pk, site, tries + 1)
    else:
        note_mailed(None, invitation)


def _mail(invitation: Invitation, site: str) -> EmailMessage:
    firm = the_firm()
    address = site.rstrip("/") + reverse("people:join", args=[token_of(invitation)])
    page = {"invitation": invitation, "firm": firm, "address": address, "days": rules.INVITATION_LASTS.days}
    subject = _("%(firm)s invites you to Accord") % {"firm": firm}
    return EmailMessage(
        " ".join(subject.split()),
        render_to_string("people/mail/invitation.txt", page),
        to=[invitation.member.email],
    )
