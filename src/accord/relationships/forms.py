"""What people type about relationships; the actions judge it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accord.actions.forms import SeveralField
from accord.people.models import Member
from accord.relationships.models import Client, Contact, Interaction, Language, Relationship


class ChangeClientForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Client.Kind)
    industry = forms.CharField(label=_("Industry"), max_length=100, required=False)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=Language,
        initial=Language.ENGLISH,
        help_text=_("Of our letters and mails to them, and of the pages that they see."),
    )


class ClientForm(ChangeClientForm):
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=Member.objects.filter(is_active=True))


class HandOverForm(forms.Form):
    owner = forms.ModelChoiceField(label=_("New owner"), queryset=Member.objects.filter(is_active=True))


class ContactForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    email = forms.EmailField(label=_("Mail address"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    part = forms.ChoiceField(label=_("Part in decisions"), choices=Contact.Part, initial=Contact.Part.UNKNOWN)


class Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        chosen = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in chosen if one]


class InteractionForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=Interaction.Kind)
    on = forms.DateField(
        label=_("When"),
        initial=dt.date.today,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    contacts = SeveralField(
        label=_("With"), queryset=Contact.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    text = forms.CharField(label=_("What was talked about"), widget=forms.Textarea(attrs={"rows": 4}))
    attachments = FilesField(
        label=_("Files"),
        required=False,
        allow_empty_file=True,  # the action says so in its own words
        widget=Files(),
        help_text=_("Up to 10 files of at most 20 MB."),
    )

    def __init__(self, *args: Any, relationship: Relationship, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contacts = Contact.objects.filter(client=relationship.client_id)
        self.fields["contacts"].queryset = contacts  # type: ignore[attr-defined]


class HealthForm(forms.Form):
    health = forms.ChoiceField(label=_("It stands"), choices=Relationship.Health, widget=forms.RadioSelect)
    because = forms.CharField(label=_("Why"), max_length=300, required=False)
