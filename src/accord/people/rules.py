"""Who may change who belongs to the firm, what they can do, when they work and what they cost; and who sees that.

Costs are confidential: what an hour of somebody costs the firm is seen by administrators, executives, finance and
delivery leads. A member sees the rate that clients are billed for their own hours, nobody else's, and no cost.
Why somebody is away is seen by the member and by those who may record absences; others see that they are away.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.actions.refusals import NotAllowed, Refused
from accord.people.models import AccessRole, Firm, GivenRole, Invitation, Member

_SEES_COSTS = (
    AccessRole.ADMINISTRATOR,
    AccessRole.EXECUTIVE,
    AccessRole.FINANCE,
    AccessRole.DELIVERY_LEAD,
)
_SHAPES_DELIVERY = (AccessRole.DELIVERY_LEAD, AccessRole.ADMINISTRATOR)
FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2199, 12, 31)
FAR_AWAY = gettext_lazy("This is too far away: look at the year again. It lies between 2000 and 2199.")
LONGEST_ABSENCE = dt.timedelta(days=3 * 366)
INVITATION_LASTS = dt.timedelta(days=7)


def is_far_away(date: dt.date) -> bool:
    """Whether a date lies where no working calendar is computed."""
    return not FIRST_DAY <= date <= LAST_DAY


def one_of(actor: Member | None, what: str, *roles: AccessRole) -> None:
    """Refuse anybody who is not active or holds none of the roles.

    Raises:
        NotAllowed: with the roles that may.
    """
    if actor is not None and actor.is_active and actor.has_any(*roles):
        return
    names = [str(role.label) for role in roles]
    listed = names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1]
    raise NotAllowed(
        _("%(what)s needs the role %(listed)s.") % {"what": what, "listed": listed},
        _("You hold none of these roles.") if actor is not None else _("Nobody is signed in."),
        _("Ask somebody who is %(listed)s; an administrator gives roles.") % {"listed": listed},
    )


def may_manage_members(actor: Member | None, _about: Any) -> None:
    one_of(actor, _("Managing members"), AccessRole.ADMINISTRATOR)


def may_be_the_first(_actor: Member | None, _about: Any) -> None:
    """Only an empty firm takes an administrator whom nobody appointed."""
    only_one_first(Member.objects.exists() or Firm.objects.exists())


def may_set_up_firm(actor: Member | None, _about: Any) -> None:
    one_of(actor, _("Changing the firm's settings"), AccessRole.ADMINISTRATOR)


def sees_costs(actor: Member) -> bool:
    return actor.is_active and actor.has_any(*_SEES_COSTS)


def may_set_rates(actor: Member | None, _about: Any) -> None:
    one_of(actor, _("Setting rates"), AccessRole.FINANCE, AccessRole.EXECUTIVE, AccessRole.ADMINISTRATOR)


def may_shape_delivery(actor: Member | None, _about: Any) -> None:
    """Roles, skills and teams are the delivery side's order of itself."""
    one_of(actor, _("Changing roles, skills and teams"), *_SHAPES_DELIVERY)


def may_move_team(actor: Member | None, team: Any) -> None:
    if team is not None and _is_writing(actor, team.lead_id):
        return
    one_of(actor, _("Changing a team that you do not lead"), *_SHAPES_DELIVERY)


def may_tell_skills(actor: Member | None, member: Any) -> None:
    if member is not None and _is_writing(actor, member.pk):
        return
    one_of(actor, _("Changing somebody else's skills"), *_SHAPES_DELIVERY)


def may_tell_absences(actor: Member | None, member: Any) -> None:
    if member is not None and _is_writing(actor, member.pk):
        return
    one_of(actor, _("Recording somebody else's absence"), *_SHAPES_DELIVERY)


def may_cancel_absence(actor: Member | None, absence: Any) -> None:
    may_tell_absences(actor, absence.member)


def sees_why_away(actor: Member, member: Member) -> bool:
    return actor.pk == member.pk or actor.has_any(*_SHAPES_DELIVERY)


def may_accept(actor: Member | None, invitation: Any) -> None:
    """Whoever holds the mailed link acts as the invited member."""
    if actor is not None and actor.is_active and actor.pk == invitation.member_id:
        return
    raise NotAllowed(
        _("An invitation is for one person."),
        _("You are not the one who was invited."),
        _("Open the link of the mail that was sent to you."),
    )


def only_the_system(actor: Member | None, _about: Any) -> None:
    """What jobs write about themselves."""
    if actor is not None:
        raise NotAllowed(
            _("The system notes by itself whether a mail went out."),
            _("Nobody does this by hand."),
            _("Wait, or invite again."),
        )


def _is_writing(actor: Member | None, pk: int | None) -> bool:
    """Whether the actor is that member and does more than read."""
    if actor is None or not actor.is_active or actor.pk != pk:
        return False
    return actor.access_roles != {AccessRole.AUDITOR}


def belongs_to_the_firm(member: Member) -> None:
    if not member.is_active:
        raise Refused(
            _("Who has left the firm is not changed."),
            _("%(member)s has left.") % {"member": member},
            _("Take them back in first."),
        )


def may_be_invited(member: Member) -> None:
    belongs_to_the_firm(member)
    if member.has_usable_password():
        raise Refused(
            _("An invitation is for somebody who has not joined yet."),
            _("%(member)s has chosen a password already.") % {"member": member},
            _("Whoever forgot their password asks for a new one on the sign-in page."),
        )


def invitation_stands(invitation: Invitation, now: dt.datetime) -> None:
    """
    Raises:
        Refused: the link was used, is too old, was replaced by a newer one, or is not needed any more.
    """
    member = invitation.member
    newest = member.invitations.first()
    if not member.is_active:
        because, remedy = _("The account was closed."), _("Ask an administrator of your firm.")
    elif invitation.used_at or member.has_usable_password():
        because = _("A password was chosen already.")
        remedy = _("Sign in with it; if you forgot it, ask for a new one on the sign-in page.")
    elif newest is not None and newest.pk != invitation.pk:
        because, remedy = _("A newer invitation was sent."), _("Open the link of the newest mail.")
    elif invitation.expires_at <= now:
        because = _("It was good for {days} days.").format(days=INVITATION_LASTS.days)
        remedy = _("Ask an administrator of your firm to invite you again.")
    else:
        return
    raise Refused(_("The link of an invitation works once, for a while."), because, remedy)


def only_one_first(already: bool) -> None:
    """Two people may ask at the same moment; the firm's one row lets only one of them in."""
    if already:
        raise NotAllowed(
            _("The first administrator is appointed once."),
            _("This firm has members already."),
            _("Ask an administrator to add you."),
        )


def not_the_last_administrator(member: Member) -> None:
    # Locked: two administrators who take each other's role at the same moment would leave none.
    holders = GivenRole.objects.select_for_update().filter(role=AccessRole.ADMINISTRATOR)
    others = [h for h in holders.select_related("member") if h.member.is_active and h.member_id != member.pk]
    if member.has_any(AccessRole.ADMINISTRATOR) and not others:
        raise Refused(
            _("A firm keeps at least one administrator."),
            _("%(member)s is the last one.") % {"member": member},
            _("Make somebody else administrator first."),
        )
