"""What people do with the list of engagements: something for several at once, and views that they keep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from accord.actions.door import action
from accord.actions.refusals import WrongInput
from accord.engagements import rules
from accord.engagements.actions import give_part, plan_next_step
from accord.engagements.models import Engagement, SavedView
from accord.people.models import Member

LONGEST_QUERY = 500


@action(permission=rules.may_lead_each)
def give_part_in_each(actor: Member, engagements: Sequence[Engagement], member: Member, part: str) -> None:
    """Give somebody a part in several engagements: in all of them, or in none.

    Raises:
        RefusedForSome: with the refusal of each engagement where it is forbidden.
    """
    _some(engagements)
    rules.still_open_each(engagements)
    rules.for_each(engagements, lambda engagement: rules.can_take_a_part(engagement, member, part))
    for engagement in engagements:
        give_part(actor, engagement, member, part)


@action(permission=rules.may_lead_each)
def plan_next_step_of_each(
    actor: Member, engagements: Sequence[Engagement], step: str, on: dt.date | None
) -> None:
    """Set the next step's day of several engagements; an empty step leaves each its own words.

    Raises:
        RefusedForSome: with the refusal of each engagement where it is forbidden.
        WrongInput: neither a step nor a day is given.
    """
    _some(engagements)
    if not step.strip() and on is None:
        raise WrongInput(on=_("Give a day or a step."))
    rules.still_open_each(engagements)
    for engagement in engagements:
        plan_next_step(actor, engagement, step.strip() or engagement.next_step, on or engagement.next_step_on)


@action(permission=rules.may_keep_views)
def save_view(actor: Member, page: str, name: str, query: str) -> SavedView:
    """Keep a list's filters under a name; the same name again replaces it.

    Raises:
        WrongInput: no name, or too many filters.
    """
    name = _named(name)
    if len(query) > LONGEST_QUERY:
        raise WrongInput(name=_("This filter is too long to be kept."))
    view = SavedView.objects.filter(member=actor, page=page, name=name).first()
    view = view or SavedView(member=actor, page=page, name=name)
    view.query = query
    view.save()
    return view


@action(permission=rules.is_own_view)
def rename_view(actor: Member, view: SavedView, name: str) -> SavedView:
    """
    Raises:
        WrongInput: no name, or another of one's views of this list has it.
    """
    name = _named(name)
    if SavedView.objects.filter(member=actor, page=view.page, name=name).exclude(pk=view.pk).exists():
        raise WrongInput(name=_("Another of your views has this name."))
    view.name = name
    view.save()
    return view


@action(permission=rules.is_own_view)
def delete_view(actor: Member, view: SavedView) -> None:
    view.delete()


def _some(engagements: Sequence[Engagement]) -> None:
    if not engagements:
        raise WrongInput(__all__=_("Choose at least one engagement."))


def _named(name: str) -> str:
    name = name.strip()
    if not name or len(name) > SavedView._meta.get_field("name").max_length:  # type: ignore[operator]
        raise WrongInput(name=_("Give it a name of at most 60 letters."))
    return name
