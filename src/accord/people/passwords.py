"""A password rule beyond length: a common word does not become a good password by digits and signs around it."""

from __future__ import annotations

import re

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_TRIMMINGS = re.compile(r"^[\W\d_]+|[\W\d_]+$")
FEWEST_CHARACTERS = 5  # different ones


class NotCommon(CommonPasswordValidator):
    """Refuses the 20,000 most common passwords, also with digits and signs at their ends, and monotonous ones."""

    def validate(self, password: str, user: object = None) -> None:
        typed = password.lower().strip()
        heart = _TRIMMINGS.sub("", typed)
        few = len(set(typed)) < FEWEST_CHARACTERS
        if few or not heart or {typed, heart} & self.passwords:
            raise ValidationError(self.get_error_message(), code="password_too_common")

    def get_error_message(self) -> str:
        return _(
            "Many people use this password, or one that differs by digits and signs only. "
            "Take a few unrelated words instead."
        )
