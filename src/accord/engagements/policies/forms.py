"""The policy as forms: what each profile asks, and the rules that choose a profile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import formset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from accord.engagements.forms import DateInput
from accord.engagements.models import Novelty, Profile, RiskLevel
from accord.engagements.policies.content import ClientKind, Deciding, PolicyContent, Rule, Seat, Terms
from accord.people.models import AccessRole

_MOST_RULES = 40
_NOT_ASKED = [("", gettext_lazy("any"))]


class PercentField(forms.DecimalField):
    """A share, typed in percent."""

    def prepare_value(self, value: Any) -> Any:
        return f"{(value * 100).normalize():f}" if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        return None if typed is None else typed / 100


def _percent(label: Any, low: int, high: int, required: bool = True) -> PercentField:
    return PercentField(
        label=label, min_value=low, max_value=high, max_digits=4, decimal_places=1, required=required
    )


def _several(label: Any, choices: Any, required: bool = False) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=choices,
        required=required,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )


class TermsForm(forms.Form):
    """What one profile asks."""

    confidence = _percent(gettext_lazy("Asked confidence, in percent"), 50, 99)
    margin = _percent(gettext_lazy("Wanted margin, in percent"), 0, 90)
    seats = _several(gettext_lazy("Seats that must vote"), Seat, required=True)
    invited = _several(gettext_lazy("Seats that may vote besides"), Seat)
    bid_seats = _several(gettext_lazy("Seats that decide whether to bid"), Seat)
    quorum = forms.IntegerField(
        label=gettext_lazy("Votes that a decision needs at least"), min_value=1, max_value=8
    )
    decided_by = forms.ChoiceField(label=gettext_lazy("What decides"), choices=Deciding)
    vote_days = forms.IntegerField(label=gettext_lazy("Days to vote"), min_value=1, max_value=90)
    hand_over_days = forms.IntegerField(
        label=gettext_lazy("Days to accept a hand-over"), min_value=1, max_value=90
    )
    overrides = _several(gettext_lazy("Who may override"), AccessRole, required=True)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            self.terms = _read(self, Terms, cleaned)
        return cleaned


def _level(label: Any, levels: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=[*_NOT_ASKED, *levels.choices], coerce=int, required=False, empty_value=None
    )


class RuleForm(forms.Form):
    """One rule; without a profile the row is free."""

    profile = forms.ChoiceField(
        label=gettext_lazy("Profile"),
        choices=[("", gettext_lazy("no rule")), *Profile.choices],
        required=False,
    )
    value_from = forms.DecimalField(
        label=gettext_lazy("Value from"), min_value=0, max_digits=11, decimal_places=2, required=False
    )
    value_below = forms.DecimalField(
        label=gettext_lazy("Value below"), min_value=0, max_digits=11, decimal_places=2, required=False
    )
    margin_below = _percent(gettext_lazy("Margin below, in percent"), 0, 90, required=False)
    confidence_below = _percent(gettext_lazy("Confidence below, in percent"), 50, 99, required=False)
    novelty_from = _level(gettext_lazy("Novelty from"), Novelty)
    novelty_up_to = _level(gettext_lazy("Novelty up to"), Novelty)
    risk_from = _level(gettext_lazy("Risk from"), RiskLevel)
    risk_up_to = _level(gettext_lazy("Risk up to"), RiskLevel)
    client = forms.ChoiceField(
        label=gettext_lazy("Client"), choices=[*_NOT_ASKED, *ClientKind.choices], required=False
    )

    def has_changed(self) -> bool:
        return True  # also a rule that stands as it was belongs to the policy

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.rule: Rule | None = None
        if not self.errors and cleaned.get("profile"):
            named = {name: value for name, value in cleaned.items() if value not in (None, "")}
            self.rule = _read(self, Rule, named)
        return cleaned


RuleForms = formset_factory(
    RuleForm, extra=1, max_num=_MOST_RULES, absolute_max=_MOST_RULES, validate_max=True
)


class InForceForm(forms.Form):
    """From when, and why."""

    otherwise = forms.ChoiceField(label=gettext_lazy("Profile where no rule holds"), choices=Profile)
    valid_from = forms.DateField(label=gettext_lazy("Holds from"), widget=DateInput())
    because = forms.CharField(
        label=gettext_lazy("Why it changes"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


class PolicyForm:
    """All forms of a version of the policy together."""

    def __init__(self, data: Mapping[str, Any] | None, content: PolicyContent, seen: int) -> None:
        self.terms = {
            profile: TermsForm(data, prefix=profile.value, initial=content.profiles[profile].model_dump())
            for profile in Profile
        }
        self.rules: Any = RuleForms(
            data, prefix="rules", initial=[rule.model_dump() for rule in content.rules]
        )
        first = {"otherwise": content.otherwise, "valid_from": dt.date.today(), "seen": seen}
        self.in_force = InForceForm(data, initial=first)
        self.is_bound = data is not None

    @property
    def profiles(self) -> list[tuple[Profile, TermsForm]]:
        return list(self.terms.items())

    def can_be_previewed(self) -> bool:
        """Whether the terms and rules can be read."""
        judged = [
            form.is_valid() for form in (*self.terms.values(), self.rules)
        ]  # each, to mark all that is wrong
        return all(judged)

    def is_valid(self) -> bool:
        judged = [self.can_be_previewed(), self.in_force.is_valid()]
        return all(judged)

    def content(self) -> PolicyContent:
        """To be asked once the terms and rules are valid."""
        self.in_force.is_valid()
        return PolicyContent(
            profiles={profile: form.terms for profile, form in self.terms.items()},
            rules=tuple(form.rule for form in self.rules if form.rule is not None),
            otherwise=Profile(self.in_force.cleaned_data.get("otherwise", Profile.STANDARD)),
        )


def _read(form: forms.Form, of: type[Any], values: Mapping[str, Any]) -> Any:
    try:
        return of.model_validate(dict(values))
    except ValidationError as wrong:
        for error in wrong.errors():
            field = str(error["loc"][0]) if error["loc"] else None
            cause = error.get("ctx", {}).get("error")
            form.add_error(
                field if field in form.fields else None, str(cause) if cause else _("This does not fit.")
            )
        return None
