"""What people type about engagements; the actions judge it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accord.engagements.actions import Said
from accord.engagements.models import Engagement, Expectation, Outcome, Profile
from accord.people.models import Member
from accord.relationships.models import Contact, Relationship


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class SaidForm(forms.Form):
    """What was said: the value field that fits the kind is the one that counts."""

    kind = forms.ChoiceField(
        label=_("About"), choices=Expectation.Kind, widget=forms.RadioSelect, initial=Expectation.Kind.TIME
    )
    subject = forms.CharField(label=_("What"), max_length=200)
    date = forms.DateField(label=_("Date named"), required=False, widget=DateInput())
    amount = forms.DecimalField(
        label=_("Amount named"), required=False, max_digits=14, decimal_places=2, localize=False
    )
    contact = forms.ModelChoiceField(
        label=_("Person of the client"),
        queryset=Contact.objects.none(),
        required=False,
        empty_label=_("not known"),
    )
    direction = forms.ChoiceField(
        label=_("Who said it"), choices=Expectation.Direction, initial=Expectation.Direction.TOLD
    )
    channel = forms.ChoiceField(label=_("Where"), choices=Expectation.Channel)
    said_on = forms.DateField(label=_("When"), widget=DateInput(), initial=dt.date.today)
    words = forms.CharField(
        label=_("The words used"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contacts = Contact.objects.filter(client=engagement.relationship.client_id)
        self.fields["contact"].queryset = contacts  # type: ignore[attr-defined]

    def said(self) -> Said:
        data = self.cleaned_data
        kind = data["kind"]
        return Said(
            kind=kind,
            subject=data["subject"],
            said_on=data["said_on"],
            direction=data["direction"],
            channel=data["channel"],
            date=data["date"] if kind == Expectation.Kind.TIME else None,
            amount=data["amount"] if kind == Expectation.Kind.COST else None,
            words=data["words"],
            contact=data["contact"],
        )


class WithdrawForm(forms.Form):
    because = forms.CharField(label=_("Why it is taken back"), max_length=500)
    told_by = forms.ModelChoiceField(
        label=_("Who told the client"), queryset=Member.objects.filter(is_active=True)
    )
    told_on = forms.DateField(label=_("When"), widget=DateInput(), initial=dt.date.today)


class EngagementForm(forms.Form):
    relationship = forms.ModelChoiceField(
        label=_("Client"), queryset=Relationship.objects.select_related("client")
    )
    title = forms.CharField(label=_("Title"), max_length=200)
    value = forms.DecimalField(label=_("Value, if it is known"), required=False, min_value=0, max_digits=14)
    profile = forms.ChoiceField(label=_("Profile"), choices=Profile, initial=Profile.STANDARD)
    confidential = forms.BooleanField(
        label=_("Confidential: only those who have a part in it see it"), required=False
    )


class NextStepForm(forms.Form):
    step = forms.CharField(label=_("Next step"), max_length=200)
    on = forms.DateField(label=_("On"), required=False, widget=DateInput())


class EndForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Who said no"),
        choices=[(Outcome.LOST, _("the client (lost)")), (Outcome.DECLINED, _("we did (declined)"))],
        widget=forms.RadioSelect,
    )
    because = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
