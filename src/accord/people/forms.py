"""What people type about members and the firm; the actions judge it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accord.people.actions import FirmProfile, MemberProfile
from accord.people.models import WEEK, Absence, AccessRole, Member, Role, Skill, Team
from accord.people.places import countries, subdivisions

DAYS = dict(zip(WEEK, (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")), strict=True))
LEVELS = {1: _("1 begins"), 2: _("2 with help"), 3: _("3 works alone"), 4: _("4 expert"), 5: _("5 teaches")}


def _date() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PlaceForm(forms.Form):
    """The fields of a place; the parts of a country are offered as soon as it is chosen."""

    SAME_AS_FIRM = False

    country = forms.ChoiceField(label=_("Country"), choices=[])
    subdivision = forms.CharField(
        label=_("State or province"), required=False, max_length=40, widget=forms.Select
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        none = [("", _("where the firm is"))] if self.SAME_AS_FIRM else []
        country = self.fields["country"]
        country.required = not self.SAME_AS_FIRM
        country.choices = [*none, *countries().items()]  # type: ignore[attr-defined]
        country.widget.attrs |= {
            "hx-get": reverse("people:parts_of_country"),
            "hx-target": f"#{self['subdivision'].id_for_label}",
        }
        parts = subdivisions(self["country"].value() or "")
        self.fields["subdivision"].widget.choices = [("", _("all of it")), *parts.items()]


class FirmForm(PlaceForm):
    name = forms.CharField(label=_("Name of the firm"), max_length=120)
    currency = forms.CharField(
        label=_("Currency"), max_length=3, help_text=_("Three letters, as EUR or USD.")
    )
    hours_per_day = forms.DecimalField(label=_("Hours per day"), max_digits=4, decimal_places=2)
    workdays = forms.MultipleChoiceField(
        label=_("Working days"), choices=DAYS, widget=forms.CheckboxSelectMultiple, required=False
    )
    address = forms.CharField(
        label=_("Address on letters"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("As it stands on letters: street, place, telephone, one line each."),
    )
    register = forms.CharField(
        label=_("Register and tax numbers"),
        max_length=300,
        required=False,
        help_text=_("One line at the foot of each letter."),
    )
    field_order = (
        "name", "address", "register", "currency", "country", "subdivision", "hours_per_day", "workdays",
    )  # fmt: skip

    def profile(self) -> FirmProfile:
        return FirmProfile(**self.cleaned_data)


class LogoForm(forms.Form):
    logo = forms.FileField(label=_("Picture"), help_text=_("PNG or SVG, at most 100 KB."))


class AddMemberForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("Mail address"))
    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    works_as = forms.ModelChoiceField(
        label=_("Role in delivery"),
        queryset=Role.objects.all(),
        required=False,
        empty_label=_("none"),
        help_text=_("What estimates and plans ask for. Who never works in delivery needs none."),
    )
    roles = forms.MultipleChoiceField(
        label=_("Access roles"),
        choices=AccessRole,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        initial=[AccessRole.MEMBER],
    )
    invite = forms.BooleanField(label=_("Send an invitation by mail"), required=False, initial=True)


class MemberForm(PlaceForm):
    SAME_AS_FIRM = True

    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("Mail address"))
    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    role = forms.ModelChoiceField(
        label=_("Role in delivery"), queryset=Role.objects.all(), required=False, empty_label=_("none")
    )
    hours_per_day = forms.DecimalField(label=_("Hours per day"), max_digits=4, decimal_places=2)
    workdays = forms.MultipleChoiceField(
        label=_("Working days"), choices=DAYS, widget=forms.CheckboxSelectMultiple, required=False
    )
    field_order = (
        "name",
        "email",
        "title",
        "role",
        "hours_per_day",
        "workdays",
        "country",
        "subdivision",
    )

    def profile(self) -> MemberProfile:
        return MemberProfile(**self.cleaned_data)


class RolesForm(forms.Form):
    roles = forms.MultipleChoiceField(
        label=_("May act as"), choices=AccessRole, widget=forms.CheckboxSelectMultiple, required=False
    )


class SkillForm(forms.Form):
    skill = forms.ModelChoiceField(
        label=_("Skill"), queryset=Skill.objects.all(), empty_label=_("choose one")
    )
    level = forms.TypedChoiceField(
        label=_("Level"), choices=LEVELS, coerce=int, initial=3, widget=forms.RadioSelect
    )


class AbsenceForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=Absence.Kind)
    first = forms.DateField(label=_("First day"), widget=_date())
    last = forms.DateField(label=_("Last day"), widget=_date(), help_text=_("Inclusive."))


class RateForm(forms.Form):
    valid_from = forms.DateField(label=_("Valid from"), widget=_date(), initial=dt.date.today)
    cost = forms.DecimalField(
        label=_("Cost per hour"), decimal_places=2, help_text=_("What an hour costs the firm. Confidential.")
    )
    bill = forms.DecimalField(label=_("Billed per hour"), decimal_places=2)


class NameForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)


class TeamForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    lead = forms.ModelChoiceField(
        label=_("Lead"),
        queryset=Member.objects.filter(is_active=True),
        required=False,
        empty_label=_("nobody yet"),
    )


class JoinForm(forms.Form):
    member = forms.ModelChoiceField(
        label=_("Who"), queryset=Member.objects.none(), empty_label=_("choose somebody")
    )

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Member.objects.filter(is_active=True).exclude(team_places__team=team)
        self.fields["member"].queryset = others  # type: ignore[attr-defined]


class LeadForm(forms.Form):
    lead = forms.ModelChoiceField(label=_("Lead"), queryset=Member.objects.filter(is_active=True))


class JoinFirmForm(forms.Form):
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. A few unrelated words are easy to keep in mind."),
    )
