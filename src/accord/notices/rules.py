"""When somebody is told: pure functions on plain values, in the member's own days and hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from accord.actions.refusals import NotAllowed
from accord.notices.models import MailChoice
from accord.people.calendars import weekday
from accord.people.models import AccessRole, Member
from accord.people.rules import one_of

SETTLES = dt.timedelta(minutes=2)  # what heals by itself within it, as a check that is made anew, is not told
LOOKS_BACK = 35  # days: who was away for longer is told on the first day back
_A_DAY = dt.timedelta(days=1)

Works = Callable[[dt.date], bool]
When = MailChoice.When


def told_up_to(choice: MailChoice, works: Works, now: dt.datetime) -> dt.datetime | None:
    """What was seen first up to this moment is to be told now; None if nothing is.

    A digest comes on the chosen hour of the next working day; one of the week whose day is no working day, on the next
    one that is. What was chosen anew holds from then on.
    """
    if choice.when == When.NEVER:
        return None
    found: dt.datetime | None = now - SETTLES
    if choice.when != When.AT_ONCE:
        found = last_hour(choice, works, now)
    if choice.when == When.WEEKLY and found is not None:
        found = last_hour(choice, lambda day: weekday(day) == choice.weekday, found)
    early = found is not None and choice.chosen_at is not None and found < choice.chosen_at
    return None if early else found


def last_hour(choice: MailChoice, works: Works, now: dt.datetime) -> dt.datetime | None:
    """When it was the chosen hour of a day that fits, the last time; None if that was long ago."""
    today = now.astimezone(choice.zone).date()
    for back in range(LOOKS_BACK):
        day = today - back * _A_DAY
        hour = dt.datetime.combine(day, dt.time(choice.hour), choice.zone)
        if hour <= now and works(day):
            return hour
    return None


def is_to_be_reminded(
    choice: MailChoice, until: dt.date | None, told_at: dt.datetime, hour: dt.datetime | None
) -> bool:
    """Whether somebody who was told is told once more: its date is a day away, or has passed since.

    Who was told within the last day is reminded only when it is late, and who was told when it was late not at all.
    It comes with the `hour` that was the chosen one of a working day, the last time.
    """
    if until is None or hour is None or choice.when == When.NEVER:
        return False
    told_on = told_at.astimezone(choice.zone).date()
    begins = until - _A_DAY if told_on < until - _A_DAY else until + _A_DAY
    return told_on <= until and told_at < hour and begins <= hour.date()


def may_choose(actor: Member | None, member: Any) -> None:
    """What reaches somebody's own mailbox is theirs to say."""
    if actor is not None and actor.is_active and member is not None and actor.pk == member.pk:
        return
    raise NotAllowed(
        _("Each member chooses for themselves how they are told by mail."),
        _("These are somebody else's settings.") if actor is not None else _("Nobody is signed in."),
        _("Ask them to choose on their own page."),
    )


def may_see_undelivered(actor: Member | None, _about: Any = None) -> None:
    one_of(actor, _("Seeing what could not be mailed"), AccessRole.ADMINISTRATOR)
