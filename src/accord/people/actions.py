"""What people do to the list of members."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accord.actions.door import action
from accord.actions.refusals import WrongInput
from accord.people import rules
from accord.people.models import AccessRole, GivenRole, Member


@action(permission=rules.may_be_the_first)
def appoint_first_administrator(actor: Member | None, name: str, email: str, password: str) -> Member:
    """Bring the first person into an empty firm; nobody is signed in yet, so the actor is None."""
    member = _new_member(name, email, "", [AccessRole.ADMINISTRATOR])
    try:
        validate_password(password, member)
    except ValidationError as error:
        raise WrongInput(password=" ".join(error.messages)) from None
    member.set_password(password)
    member.save(update_fields=["password"])
    return member


@action(permission=rules.may_manage_members)
def add_member(
    actor: Member, name: str, email: str, title: str = "", roles: Iterable[AccessRole] = ()
) -> Member:
    """Add somebody who cannot sign in yet: an invitation lets them choose a password."""
    return _new_member(name, email, title, roles)


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
def deactivate_member(actor: Member, member: Member) -> None:
    """Let somebody in no longer; what they did stays.

    Raises:
        Refused: the last administrator would be gone.
    """
    rules.not_the_last_administrator(member)
    member.is_active = False
    member.save()


def _new_member(name: str, email: str, title: str, roles: Iterable[AccessRole]) -> Member:
    email = email.strip().lower()
    if not name.strip():
        raise WrongInput(name="Give the person's name.")
    if Member.objects.filter(email__iexact=email).exists():
        raise WrongInput(email="Somebody has this address already.")
    member = Member(name=name.strip(), email=email, title=title.strip())
    member.set_unusable_password()
    try:
        member.full_clean()
    except ValidationError as error:
        raise WrongInput(**{field: " ".join(texts) for field, texts in error.message_dict.items()}) from None
    member.save()
    for role in roles:
        GivenRole(member=member, role=role).save()
    return member


def _forget_roles(member: Member) -> None:
    member.__dict__.pop("access_roles", None)
