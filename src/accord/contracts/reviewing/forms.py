"""Forms of a review."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accord.contracts.models import Condition, Review
from accord.contracts.reviewing import rules
from accord.contracts.reviewing.wording import choices
from accord.engagements.policies.content import Seat
from accord.people.models import Member
from accord.people.queries import members

_TEXT = forms.Textarea(attrs={"rows": 3})
_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CallForm(forms.Form):
    due_on = forms.DateField(label=_("To be decided until"), widget=_DATE)

    def __init__(self, *args: Any, days: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].initial = dt.date.today() + dt.timedelta(days)


class VoteForm(forms.Form):
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    choice = forms.ChoiceField(label=_("I vote to"), widget=forms.RadioSelect)
    because = forms.CharField(label=_("Why"), max_length=2000, widget=_TEXT)

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"seen": review.evidence_digest})
        super().__init__(*args, **kwargs)
        self.fields["choice"].choices = choices(review.kind)  # type: ignore[attr-defined]


class SeatForm(forms.Form):
    """Whom the rules let sit there; who sits already is left out."""

    member = forms.ModelChoiceField(label=_("Who"), queryset=Member.objects.none())

    def __init__(self, *args: Any, review: Review, seat: Seat, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seated = set(review.seats.values_list("member", flat=True))
        free = [
            member.pk
            for member in members()
            if member.pk not in seated
            and rules.why_not_sit(member, seat, review.engagement, review.priced_by) is None
        ]
        self.fields["member"].queryset = Member.objects.filter(pk__in=free)  # type: ignore[attr-defined]


class AskForm(forms.Form):
    text = forms.CharField(label=_("Question"), max_length=2000, widget=_TEXT)
    of = forms.ModelChoiceField(
        label=_("Of whom"),
        queryset=Member.objects.filter(is_active=True),
        required=False,
        empty_label=_("whoever called the review"),
    )


class AnswerForm(forms.Form):
    text = forms.CharField(label=_("Answer"), max_length=4000, widget=_TEXT)


class ConditionForm(forms.Form):
    text = forms.CharField(label=_("What must be so"), max_length=1000, widget=_TEXT)
    blocks = forms.ChoiceField(
        label=_("It blocks"), choices=Condition.Blocks, widget=forms.RadioSelect, initial="sign"
    )
    owner = forms.ModelChoiceField(label=_("Who sees to it"), queryset=Member.objects.filter(is_active=True))
    due_on = forms.DateField(label=_("Until"), widget=_DATE, required=False)


class ConfirmForm(forms.Form):
    how = forms.CharField(label=_("How you saw it"), max_length=1000, widget=_TEXT)


class ExtendForm(forms.Form):
    due_on = forms.DateField(label=_("To be decided until"), widget=_DATE)
    because = forms.CharField(label=_("Why"), max_length=500, widget=_TEXT)


class ReasonForm(forms.Form):
    because = forms.CharField(label=_("Why"), max_length=400, widget=_TEXT)
