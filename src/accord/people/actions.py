"""What people do about the firm and its members."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from accord.actions.door import action
from accord.actions.refusals import Refused, WrongInput
from accord.exchange import wording
from accord.people import rules
from accord.people.invitations import invite_member, set_password
from accord.people.logo import kind_of
from accord.people.models import (
    WEEK,
    WORKDAYS,
    Absence,
    AccessRole,
    Firm,
    GivenRole,
    Logo,
    Member,
    MemberSkill,
    Rate,
    Role,
    Skill,
    Team,
    TeamPlace,
)
from accord.people.places import wrong_place


@dataclass(frozen=True, slots=True)
class FirmProfile:
    """The firm's settings. `country` and `subdivision` as `places` names them; `workdays` of `WEEK`."""

    name: str
    currency: str = "EUR"
    country: str = "DE"
    subdivision: str = ""
    hours_per_day: Decimal = Decimal(8)
    workdays: Collection[str] = tuple(WORKDAYS.split())
    address: str = ""
    register: str = ""


@dataclass(frozen=True, slots=True)
class MemberProfile:
    """What is said of a member. An empty `country` means: where the firm is."""

    name: str
    email: str
    title: str = ""
    role: Role | None = None
    hours_per_day: Decimal = Decimal(8)
    workdays: Collection[str] = tuple(WORKDAYS.split())
    country: str = ""
    subdivision: str = ""

    @classmethod
    def of(cls, member: Member) -> Self:
        return cls(
            name=member.name,
            email=member.email,
            title=member.title,
            role=member.role,
            hours_per_day=member.hours_per_day,
            workdays=member.days,
            country=member.country,
            subdivision=member.subdivision,
        )


@action(permission=rules.may_be_the_first)
def appoint_first_administrator(
    actor: Member | None, name: str, email: str, password: str, firm: FirmProfile | None = None
) -> Member:
    """Bring the first person into an empty firm; nobody is signed in yet, so the actor is None.

    Raises:
        NotAllowed: somebody else was first, be it at the same moment.
        WrongInput: a field cannot be taken.
    """
    try:
        with transaction.atomic():
            row = Firm(pk=Firm.ONLY, name="Our firm")
            row.save(force_insert=True)
    except IntegrityError:
        rules.only_one_first(already=True)
    if firm is not None:
        _write_firm(row, firm)
    member = _new_member(name, email, "", None, [AccessRole.ADMINISTRATOR])
    set_password(member, password)
    return member


@action(permission=rules.may_set_up_firm)
def set_up_firm(actor: Member, profile: FirmProfile) -> Firm:
    """Change the firm's settings.

    Raises:
        WrongInput: a field cannot be taken.
    """
    firm = Firm.objects.first() or Firm(pk=Firm.ONLY)
    _write_firm(firm, profile)
    return firm


@action(permission=rules.may_set_up_firm)
def set_logo(actor: Member, content: bytes) -> Logo:
    """Put this picture at the head of the firm's letters.

    Raises:
        WrongInput: it is no PNG or SVG, too large, or an SVG that runs or fetches something.
    """
    logo = Logo.objects.first() or Logo(firm_id=Firm.ONLY)
    logo.kind, logo.data = kind_of(content), base64.b64encode(content).decode()
    logo.digest = hashlib.sha256(content).hexdigest()
    logo.save()
    return logo


@action(permission=rules.may_set_up_firm)
def remove_logo(actor: Member) -> None:
    for logo in Logo.objects.all():
        logo.delete()


@action(permission=rules.may_manage_members)
def add_member(
    actor: Member,
    name: str,
    email: str,
    title: str = "",
    roles: Iterable[AccessRole] = (),
    works_as: Role | None = None,
    invited_from: str | None = None,
) -> Member:
    """Add somebody who cannot sign in yet: an invitation lets them choose a password.

    `invited_from`: the address of this Accord; with it, the invitation is mailed at once.
    """
    member = _new_member(name, email, title, works_as, roles)
    if invited_from is not None:
        invite_member(actor, member, invited_from)
    return member


@action(permission=rules.may_manage_members)
def change_member(actor: Member, member: Member, profile: MemberProfile) -> Member:
    """Change what is said of a member. With another mail address they sign in with that one from now on.

    Raises:
        WrongInput: a field cannot be taken.
        Refused: they have left.
    """
    rules.belongs_to_the_firm(member)
    wrong = wrong_place(profile.country, profile.subdivision) if profile.country else {}
    if not profile.country and profile.subdivision:
        wrong["country"] = _("Choose the country as well.")
    wrong |= _wrong_days(profile.workdays)
    email = profile.email.strip().lower()
    if Member.objects.filter(email__iexact=email).exclude(pk=member.pk).exists():
        wrong["email"] = _("Somebody has this address already.")
    if wrong:
        raise WrongInput(**wrong)
    member.name, member.title, member.role = profile.name.strip(), profile.title.strip(), profile.role
    member.hours_per_day, member.workdays = profile.hours_per_day, _week(profile.workdays)
    member.country, member.subdivision = profile.country, profile.subdivision
    if member.email != email:
        # The accounts library keeps addresses of its own, by which the old one could still sign in.
        EmailAddress.objects.filter(user=member).delete()
        member.email = email
    _checked(member)
    member.save()
    return member


@action(permission=rules.may_manage_members)
def give_role(actor: Member, member: Member, role: AccessRole) -> None:
    if not member.has_any(role):
        GivenRole(member=member, role=role).save()
        _forget_roles(member)


@action(permission=rules.may_manage_members)
def take_role(actor: Member, member: Member, role: AccessRole) -> None:
    """
    Raises:
        Refused: the last administrator would be gone.
    """
    if role == AccessRole.ADMINISTRATOR:
        rules.not_the_last_administrator(member)
    for given in member.given_roles.filter(role=role):
        given.delete()
    _forget_roles(member)


@action(permission=rules.may_manage_members)
def set_roles(actor: Member, member: Member, roles: Collection[AccessRole]) -> Member:
    """Give the roles that are missing, and take those that are not among them.

    Raises:
        Refused: the last administrator would be gone.
    """
    for role in AccessRole:
        if role in roles:
            give_role(actor, member, role)
        elif member.has_any(role):
            take_role(actor, member, role)
    return member


@action(permission=rules.may_manage_members)
def deactivate_member(actor: Member, member: Member) -> None:
    """Let somebody in no longer, from this moment; what they did stays.

    Their password, passkeys and second factors are forgotten, which ends every open session for good: to come back they
    are invited again.

    Raises:
        Refused: the last administrator would be gone.
    """
    rules.not_the_last_administrator(member)
    member.is_active = False
    member.set_unusable_password()
    member.save()
    Authenticator.objects.filter(user=member).delete()


@action(permission=rules.may_manage_members)
def reactivate_member(actor: Member, member: Member) -> Member:
    """Take somebody back in; an invitation lets them choose a new password."""
    member.is_active = True
    member.save()
    return member


@action(permission=rules.may_tell_skills)
def set_skill(actor: Member, member: Member, skill: Skill, level: int) -> MemberSkill:
    """Say how well a member can do something: 1 begins, 3 works alone, 5 teaches others.

    Raises:
        WrongInput: the level is not 1 to 5.
    """
    if level not in MemberSkill.LEVELS:
        raise WrongInput(level=_("A level is a number from 1 to 5."))
    kept = member.skills.filter(skill=skill).first() or MemberSkill(member=member, skill=skill)
    kept.level = level
    kept.save()
    return kept


@action(permission=rules.may_tell_skills)
def remove_skill(actor: Member, member: Member, skill: Skill) -> None:
    for held in member.skills.filter(skill=skill):
        held.delete()


@action(permission=rules.may_tell_absences)
def record_absence(
    actor: Member, member: Member, first: dt.date, last: dt.date, kind: str = Absence.Kind.VACATION
) -> Absence:
    """Say that a member does not work from one day to another, both inclusive.

    Raises:
        WrongInput: the days are in the wrong order, or far apart.
        Refused: some of these days are covered by another absence.
    """
    days = (("first", first), ("last", last))
    if last < first:
        raise WrongInput(last=_("The last day lies before the first one."))
    far = {name: str(rules.FAR_AWAY) for name, day in days if rules.is_far_away(day)}
    if far:
        raise WrongInput(**far)
    if last - first > rules.LONGEST_ABSENCE:
        raise WrongInput(last=_("This is longer than three years: look at the year again."))
    if kind not in Absence.Kind.values:
        raise WrongInput(kind=_("Choose one of the list."))
    other = member.absences.filter(first__lte=last, last__gte=first).first()
    if other is not None:
        raise Refused(
            _("A day is covered by one absence."),
            _("%(member)s is away already from %(first)s to %(last)s.")
            % {"member": member, "first": wording.day(other.first), "last": wording.day(other.last)},
            _("Choose days outside of it, or cancel that absence first."),
        )
    absence = Absence(member=member, kind=kind, first=first, last=last)
    absence.save()
    return absence


@action(permission=rules.may_cancel_absence)
def cancel_absence(actor: Member, absence: Absence) -> None:
    absence.delete()


@action(permission=rules.may_shape_delivery)
def add_role(actor: Member, name: str) -> Role:
    """
    Raises:
        WrongInput: the name is empty or taken.
    """
    role = Role(name=_new_name(Role, name))
    _saved(role)
    return role


@action(permission=rules.may_shape_delivery)
def add_skill(actor: Member, name: str) -> Skill:
    """
    Raises:
        WrongInput: the name is empty or taken.
    """
    skill = Skill(name=_new_name(Skill, name))
    _saved(skill)
    return skill


@action(permission=rules.may_set_rates)
def set_rate(actor: Member, of: Role | Member, valid_from: dt.date, cost: Decimal, bill: Decimal) -> Rate:
    """Say what an hour of a role or of one member costs and is billed from a day on; the same day again corrects it.

    Raises:
        WrongInput: an amount is negative or too large.
    """
    who = {"member": of} if isinstance(of, Member) else {"role": of}
    rate = Rate.objects.filter(**who, valid_from=valid_from).first() or Rate(**who, valid_from=valid_from)
    rate.cost, rate.bill = cost, bill
    wrong = {
        name: _("An amount per hour is between 0 and 99,999.")
        for name, amount in (("cost", cost), ("bill", bill))
        if not 0 <= amount < 100_000
    }
    if wrong:
        raise WrongInput(**wrong)
    rate.save()
    return rate


@action(permission=rules.may_shape_delivery)
def make_team(actor: Member, name: str, lead: Member | None = None) -> Team:
    """Begin a team; its lead belongs to it.

    Raises:
        WrongInput: the name is empty or taken.
    """
    team = Team(name=_new_name(Team, name), lead=lead)
    _saved(team)
    if lead is not None:
        TeamPlace(team=team, member=lead).save()
    return team


@action(permission=rules.may_move_team)
def join_team(actor: Member, team: Team, member: Member) -> TeamPlace:
    """
    Raises:
        Refused: the member has left the firm.
    """
    rules.belongs_to_the_firm(member)
    place = team.places.filter(member=member).first() or TeamPlace(team=team, member=member)
    place.save()
    return place


@action(permission=rules.may_move_team)
def leave_team(actor: Member, team: Team, member: Member) -> None:
    """
    Raises:
        Refused: the member leads the team.
    """
    if team.lead_id == member.pk:
        raise Refused(
            _("Who leads a team belongs to it."),
            _("%(member)s leads it.") % {"member": member},
            _("Let somebody else lead it first."),
        )
    for place in team.places.filter(member=member):
        place.delete()


@action(permission=rules.may_shape_delivery)
def lead_team(actor: Member, team: Team, lead: Member) -> Team:
    """Let a member lead a team; they belong to it from now on."""
    rules.belongs_to_the_firm(lead)
    if not team.places.filter(member=lead).exists():
        TeamPlace(team=team, member=lead).save()
    team.lead = lead
    team.save()
    return team


def _new_member(
    name: str, email: str, title: str, works_as: Role | None, roles: Iterable[AccessRole]
) -> Member:
    email = email.strip().lower()
    if not name.strip():
        raise WrongInput(name=_("Give the person's name."))
    if Member.objects.filter(email__iexact=email).exists():
        raise WrongInput(email=_("Somebody has this address already."))
    member = Member(name=name.strip(), email=email, title=title.strip(), role=works_as)
    member.set_unusable_password()
    _checked(member)
    member.save()
    for role in roles:
        GivenRole(member=member, role=role).save()
    return member


def _write_firm(firm: Firm, profile: FirmProfile) -> None:
    wrong = wrong_place(profile.country, profile.subdivision) | _wrong_days(profile.workdays)
    currency = profile.currency.strip().upper()
    if len(currency) != 3 or not currency.isalpha() or not currency.isascii():
        wrong["currency"] = _("A currency is three letters, as EUR or USD.")
    if not profile.name.strip():
        wrong["name"] = _("Give the firm's name.")
    if not 0 < profile.hours_per_day <= 24:
        wrong["hours_per_day"] = _("A day has between 1 and 24 working hours.")
    if wrong:
        raise WrongInput(**wrong)
    firm.name, firm.currency = profile.name.strip(), currency
    firm.country, firm.subdivision = profile.country, profile.subdivision
    firm.hours_per_day, firm.workdays = profile.hours_per_day, _week(profile.workdays)
    firm.address = "\n".join(line.strip() for line in profile.address.splitlines() if line.strip())
    firm.register = " ".join(profile.register.split())
    firm.save()


def _wrong_days(days: Collection[str]) -> dict[str, str]:
    return {} if days and set(days) <= set(WEEK) else {"workdays": _("Choose at least one working day.")}


def _week(days: Collection[str]) -> str:
    return " ".join(day for day in WEEK if day in days)


def _checked(instance: models.Model) -> None:
    """
    Raises:
        WrongInput: what a field or a database constraint does not take.
    """
    try:
        instance.full_clean()
    except ValidationError as error:
        raise WrongInput(**{field: " ".join(texts) for field, texts in error.message_dict.items()}) from None


def _new_name(model: type[Role | Skill | Team], name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise WrongInput(name=_("Give it a name."))
    if model.objects.filter(name__iexact=name).exists():
        raise WrongInput(name=_("There is one of that name already."))
    return name


def _saved(instance: Role | Skill | Team) -> None:
    _checked(instance)
    instance.save()


def _forget_roles(member: Member) -> None:
    member.__dict__.pop("access_roles", None)
