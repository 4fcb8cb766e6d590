"""What people type about scenarios; the actions judge it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accord.engagements.forms import DateInput
from accord.engagements.models import Engagement, Expectation
from accord.engagements.queries import standing
from accord.people.models import Role
from accord.planning.models import Activity


class WhatIfForm(forms.Form):
    """One change; the fields that fit its kind are those that count."""

    KINDS = (
        ("date", _("another date")),
        ("price", _("another price")),
        ("drop", _("leave something out")),
        ("people", _("more people")),
        ("effort", _("more or less work")),
    )

    kind = forms.ChoiceField(label=_("What if"), choices=KINDS, widget=forms.RadioSelect, initial="date")
    time = forms.ModelChoiceField(
        label=_("Promise"), queryset=Expectation.objects.none(), required=False, empty_label=None
    )
    date = forms.DateField(label=_("We promise"), required=False, widget=DateInput())
    cost = forms.ModelChoiceField(
        label=_("Promise"), queryset=Expectation.objects.none(), required=False, empty_label=None
    )
    amount = forms.DecimalField(
        label=_("We ask for"), required=False, min_value=1, max_digits=14, decimal_places=2
    )
    codes = forms.MultipleChoiceField(
        label=_("Work"), required=False, choices=(), widget=forms.CheckboxSelectMultiple
    )
    role = forms.ModelChoiceField(
        label=_("Role"), queryset=Role.objects.all(), required=False, empty_label=None
    )
    units = forms.IntegerField(label=_("How many more"), required=False, min_value=1, max_value=20, initial=1)
    hired = forms.BooleanField(
        label=_("They are still to be found: the firm does not have them yet"), required=False
    )
    code = forms.ChoiceField(label=_("Work"), required=False, choices=())
    percent = forms.IntegerField(
        label=_("Percent of what was estimated"), required=False, min_value=1, max_value=1000, initial=120
    )

    def __init__(self, *args: Any, engagement: Engagement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = standing().filter(engagement=engagement)
        rows = Activity.objects.filter(plan__engagement=engagement, done__lt=1)
        work = list(rows.exclude(kind=Activity.Kind.MILESTONE).values_list("code", "name"))
        fields: Any = self.fields
        fields["time"].queryset = said.filter(kind=Expectation.Kind.TIME)
        fields["cost"].queryset = said.filter(kind=Expectation.Kind.COST)
        fields["codes"].choices = fields["code"].choices = work

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        needed = {
            "date": ("time", "date"),
            "price": ("cost", "amount"),
            "drop": ("codes",),
            "people": ("role", "units"),
            "effort": ("code", "percent"),
        }
        for name in needed.get(data.get("kind", ""), ()):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _("Say which."))
        return data

    def change(self) -> dict[str, Any]:
        data = self.cleaned_data
        kind = data["kind"]
        if kind == "date":
            return {"kind": kind, "expectation": data["time"].pk, "date": data["date"].isoformat()}
        if kind == "price":
            return {"kind": kind, "expectation": data["cost"].pk, "amount": str(data["amount"])}
        if kind == "drop":
            return {"kind": kind, "codes": data["codes"]}
        if kind == "people":
            people = {"role": data["role"].pk, "units": data["units"], "hired": data["hired"]}
            return {"kind": kind, "codes": data["codes"], **people}
        return {"kind": kind, "code": data["code"], "factor": data["percent"] / 100}


class LineForm(forms.Form):
    """Where somebody dragged the line to."""

    expectation = forms.IntegerField(min_value=1)
    date = forms.DateField(required=False)
    amount = forms.DecimalField(required=False, min_value=0, max_digits=14, decimal_places=2)

    def change(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data["date"]:
            return {"kind": "date", "expectation": data["expectation"], "date": data["date"].isoformat()}
        return {"kind": "price", "expectation": data["expectation"], "amount": str(data["amount"] or 0)}
