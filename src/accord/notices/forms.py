"""What a member chooses about mails; the action judges it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accord.notices.models import MailChoice
from accord.people.places import time_zones

_DAYS = (
    ("mon", _("Monday")),
    ("tue", _("Tuesday")),
    ("wed", _("Wednesday")),
    ("thu", _("Thursday")),
    ("fri", _("Friday")),
    ("sat", _("Saturday")),
    ("sun", _("Sunday")),
)


class MailChoiceForm(forms.Form):
    when = forms.ChoiceField(
        label=_("Tell me what waits for me by mail"),
        widget=forms.RadioSelect,
        choices=MailChoice.When.choices,
        help_text=_(
            "At once is when it has waited for some minutes. Once a day is on the days on which you work."
        ),
    )
    weekday = forms.ChoiceField(
        label=_("On"), choices=_DAYS, help_text=_("On a day off, it comes on your next working day.")
    )
    hour = forms.TypedChoiceField(
        label=_("At"), coerce=int, choices=[(hour, f"{hour}:00") for hour in range(24)]
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=[])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(zone, zone.replace("_", " ")) for zone in time_zones()]
        self.fields["time_zone"].choices = named  # type: ignore[attr-defined]
