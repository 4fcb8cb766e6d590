"""What a client types. Each form has names of its own: all three stand on one page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.proposals.answering.rules import LONGEST_TEXT
from accord.proposals.models import Link

_AREA = {"rows": 4}


class CommentForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Your question or comment"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs=_AREA),
    )


class AcceptForm(forms.Form):
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    position = forms.CharField(
        label=gettext_lazy("Your position"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    agreed = forms.BooleanField(
        error_messages={"required": gettext_lazy("Tick this: it says what you accept.")}
    )

    def __init__(self, data: Any, *, link: Link, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        proposal = link.proposal
        self.fields["agreed"].label = _("I accept version {version} of “{title}” for {client}.").format(
            version=proposal.version,
            title=proposal.engagement.title,
            client=proposal.engagement.relationship.client,
        )


class DeclineForm(forms.Form):
    because = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs=_AREA),
    )
