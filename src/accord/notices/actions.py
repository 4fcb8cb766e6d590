"""What people do about mails that tell what waits: each chooses for themselves."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from accord.actions.door import action
from accord.actions.refusals import WrongInput
from accord.notices import rules
from accord.notices.models import MailChoice
from accord.notices.queries import choice_of
from accord.people.models import WEEK, Member
from accord.people.places import time_zones


@action(permission=rules.may_choose)
def choose_mails(
    actor: Member, member: Member, when: str, hour: int, weekday: str, time_zone: str
) -> MailChoice:
    """Say when one is told by mail what waits.

    Raises:
        WrongInput: no such way, hour, day or time zone.
    """
    known = {
        "when": when in MailChoice.When.values,
        "hour": 0 <= hour <= 23,
        "weekday": weekday in WEEK,
        "time_zone": time_zone in time_zones(),
    }
    wrong = {field: _("Choose one of the list.") for field, fits in known.items() if not fits}
    if wrong:
        raise WrongInput(**wrong)
    choice = choice_of(member)
    choice.when, choice.hour, choice.weekday, choice.time_zone = when, hour, weekday, time_zone
    choice.chosen_at = timezone.now()
    choice.save()
    return choice
