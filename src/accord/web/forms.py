from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accord.people.actions import FirmProfile
from accord.people.forms import PlaceForm


class FirstAdministratorForm(PlaceForm):
    firm = forms.CharField(label=_("Name of the firm"), max_length=120)
    currency = forms.CharField(
        label=_("Currency"), max_length=3, initial="EUR", help_text=_("Three letters, as EUR or USD.")
    )
    name = forms.CharField(label=_("Your name"), max_length=120)
    email = forms.EmailField(label=_("Mail address"))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. A few unrelated words are easy to keep in mind."),
    )
    field_order = ("firm", "currency", "country", "subdivision", "name", "email", "password")

    def profile(self) -> FirmProfile:
        data = self.cleaned_data
        return FirmProfile(data["firm"], data["currency"], data["country"], data["subdivision"])
