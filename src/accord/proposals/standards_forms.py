"""What legal and finance type about standard clauses and rate cards; the actions judge it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accord.engagements.forms import DateInput
from accord.engagements.models import Profile
from accord.people.models import Role
from accord.proposals.standards import Card, ClauseWords
from accord.relationships.models import Language


class ClauseForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200)
    text = forms.CharField(label=_("Words"), max_length=4000, widget=forms.Textarea(attrs={"rows": 10}))
    language = forms.ChoiceField(label=_("Language"), choices=Language)
    profiles = forms.MultipleChoiceField(
        label=_("In engagements of the profile"), choices=Profile, widget=forms.CheckboxSelectMultiple
    )
    mandatory = forms.BooleanField(
        label=_("Mandatory: each new proposal begins with it"), required=False, initial=True
    )

    def words(self) -> ClauseWords:
        return ClauseWords(**self.cleaned_data)


class RateCardForm(forms.Form):
    """One field for each role; an empty one is not on the card."""

    name = forms.CharField(label=_("Name"), max_length=80)
    currency = forms.CharField(
        label=_("Currency"), max_length=3, help_text=_("Three letters, as EUR or USD.")
    )
    valid_from = forms.DateField(label=_("Valid from"), widget=DateInput(), initial=dt.date.today)
    valid_until = forms.DateField(
        label=_("Valid until"), widget=DateInput(), required=False, help_text=_("Inclusive. Empty: no end.")
    )

    def __init__(self, *args: Any, rates: Mapping[int, Decimal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles = {f"rate-{role.pk}": role for role in Role.objects.all()}
        for name, role in self.roles.items():
            self.fields[name] = forms.DecimalField(
                label=_("{role}, per hour").format(role=role),
                max_digits=8, decimal_places=2, min_value=Decimal("0.01"), required=False,
                initial=rates.get(role.pk),
            )  # fmt: skip

    def card(self) -> Card:
        typed = self.cleaned_data
        rates = {role.pk: typed[name] for name, role in self.roles.items() if typed[name] is not None}
        about = {name: typed[name] for name in ("name", "currency", "valid_from", "valid_until")}
        return Card(**about, rates=rates)
