"""A password rule beyond length: a common word does not become a good password by digits and signs around it."""

from __future__ import annotations

import re

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_TRIMMINGS = re.compile(r"^[\W\d_]+|[\W\d_]+$")
FEWEST_CHARACTERS = 5  # different ones


class NotCommonAtHeart(CommonPasswordValidator):
    """Refuses what is left of a common password after removing digits and signs at its ends, and monotonous ones."""

    def validate(self, password: str, user: object = None) -> None:
        heart = _TRIMMINGS.sub("", password.lower())
        if not heart or heart in self.passwords:
            raise ValidationError(
                _("Without the digits and signs around it, this is a password that many people use."),
                code="password_common_at_heart",
            )
        if len(set(password)) < FEWEST_CHARACTERS:
            raise ValidationError(
                _("This password repeats the same few characters."), code="password_monotonous"
            )

    def get_help_text(self) -> str:
        return _("Your password can’t be a commonly used word with digits around it.")
