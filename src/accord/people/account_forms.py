"""The accounts library's forms, with advice in our words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, ResetPasswordKeyForm, SetPasswordForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.utils.translation import gettext_lazy as _

ADVICE = _("At least 12 characters. A few unrelated words are easy to keep in mind.")


class _Advised:
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = ADVICE  # type: ignore[attr-defined]


class ChangePassword(_Advised, ChangePasswordForm):  # type: ignore[misc]
    pass


class ChooseAnew(_Advised, ResetPasswordKeyForm):  # type: ignore[misc]
    pass


class ChooseFirst(_Advised, SetPasswordForm):  # type: ignore[misc]
    pass


class AddPasskey(AddWebAuthnForm):  # type: ignore[misc]
    """A key signs in without a password unless its owner wants it as a second factor only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alone = self.fields["passwordless"]
        alone.label = _("Sign in with it alone, without the password")
        alone.help_text = _("Off: it is asked for after the password.")
        alone.initial = True
