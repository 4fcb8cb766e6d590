"""What people type about engagements; the actions judge it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accord.engagements.actions import Said
from accord.engagements.models import Engagement, Expectation, Outcome, Part
from accord.engagements.queries import open_to
from accord.people.models import Member
from accord.relationships.models import Contact, Relationship


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _members() -> Any:
    return Member.objects.filter(is_active=True)


class SaidForm(forms.Form):
    """What was said: the value field that fits the kind is the one that counts."""

    kind = forms.ChoiceField(
        label=_("About"), choices=Expectation.Kind, widget=forms.RadioSelect, initial=Expectation.Kind.TIME
    )
    subject = forms.CharField(
        label=_("What"),
        max_length=200,
        required=False,
        widget=forms.TextInput(
            attrs={"placeholder": _("Go-live, price, single sign-on …"), "autocomplete": "off"}
        ),
    )
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
    member = forms.ModelChoiceField(
        label=_("Our side"), queryset=Member.objects.none(), required=False, empty_label=None
    )
    words = forms.CharField(
        label=_("The words used"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    another = forms.BooleanField(required=False, widget=forms.HiddenInput)  # although something alike stands

    def __init__(self, *args: Any, engagement: Engagement | None, actor: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.fields["member"].queryset = _members()  # type: ignore[attr-defined]
        self.fields["member"].initial = actor.pk
        if engagement is not None:
            self.offer_people_of(engagement)

    def offer_people_of(self, engagement: Engagement) -> None:
        contacts = Contact.objects.filter(client=engagement.relationship.client_id)
        self.fields["contact"].queryset = contacts  # type: ignore[attr-defined]

    def said(self) -> Said:
        data = self.cleaned_data
        kind = data["kind"]
        return Said(
            kind=kind,
            subject=data["subject"] or _USUAL_SUBJECT.get(kind, ""),
            said_on=data["said_on"],
            direction=data["direction"],
            channel=data["channel"],
            date=data["date"] if kind == Expectation.Kind.TIME else None,
            amount=data["amount"] if kind == Expectation.Kind.COST else None,
            words=data["words"],
            member=data["member"] or self.actor,
            contact=data["contact"],
        )


# What a date or an amount is about when nobody says more.
_USUAL_SUBJECT: dict[str, str] = {Expectation.Kind.TIME: "Finish", Expectation.Kind.COST: "Price"}


class SaidAnywhereForm(SaidForm):
    """The same, from a page that belongs to no engagement: it begins with choosing one.

    The browser sends the chosen one's number; without script, what was typed is looked up.
    """

    engagement = forms.ModelChoiceField(
        queryset=Engagement.objects.none(), required=False, widget=forms.HiddenInput
    )
    engagement_name = forms.CharField(label=_("Engagement"), required=False, max_length=400)

    def __init__(self, *args: Any, actor: Member, **kwargs: Any) -> None:
        super().__init__(*args, engagement=None, actor=actor, **kwargs)
        self.fields["engagement"].queryset = open_to(actor)  # type: ignore[attr-defined]

    def clean_engagement_name(self) -> str:
        """The fields are cleaned in their order: the number comes before the name."""
        if self.cleaned_data.get("engagement") is None:
            typed = self.cleaned_data["engagement_name"].partition(" · ")[0]
            found = list(open_to(self.actor).filter(title__icontains=typed)[:2]) if typed else []
            if len(found) != 1:
                raise forms.ValidationError(_("Choose the engagement from the list."))
            self.cleaned_data["engagement"] = found[0]
        return str(self.cleaned_data["engagement_name"])


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
    confidential = forms.BooleanField(
        label=_("Confidential: only those who have a part in it see it"), required=False
    )


class ChangeForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200)
    value = forms.DecimalField(
        label=_("Value, if it is known"), required=False, min_value=0, max_digits=14, decimal_places=2
    )
    win_probability = forms.IntegerField(label=_("Chance of signing, in percent"), min_value=0, max_value=100)
    confidential = forms.BooleanField(
        label=_("Confidential: only those who have a part in it see it"), required=False
    )


class PartForm(forms.Form):
    member = forms.ModelChoiceField(label=_("Who"), queryset=Member.objects.filter(is_active=True))
    part = forms.ChoiceField(label=_("Part"), choices=Part)


class TakenPartForm(forms.Form):
    member = forms.ModelChoiceField(queryset=Member.objects.all())
    part = forms.ChoiceField(choices=Part)


class ReopenForm(forms.Form):
    because = forms.CharField(
        label=_("What changed"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class StepOfEachForm(forms.Form):
    step = forms.CharField(
        label=_("Next step"),
        max_length=200,
        required=False,
        help_text=_("Left empty, each keeps its own words."),
    )
    on = forms.DateField(label=_("On"), required=False, widget=DateInput())


class ViewForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)


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
