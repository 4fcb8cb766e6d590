from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class FirstAdministratorForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=120)
    email = forms.EmailField(label=_("Mail address"))
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput,
        help_text=_("At least 12 characters. A few unrelated words are easy to keep in mind."),
    )
