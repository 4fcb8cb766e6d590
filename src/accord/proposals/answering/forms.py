from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accord.engagements.forms import DateInput
from accord.proposals.answering.links import usual_end
from accord.proposals.answering.rules import LONGEST_TEXT

AREA = {"rows": 4}


class ReplyForm(forms.Form):
    text = forms.CharField(label=_("Answer"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs=AREA))


class RenewForm(forms.Form):
    expires_on = forms.DateField(label=_("Open until"), initial=usual_end, widget=DateInput())
