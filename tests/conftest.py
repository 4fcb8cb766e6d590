"""The ground of all tests: a data folder of their own, jobs that run at once, quick passwords."""

from __future__ import annotations

import os
import tempfile

import pytest

os.environ.setdefault("ACCORD_DATA", tempfile.mkdtemp(prefix="accord-test-"))


@pytest.fixture(autouse=True)
def _quick(settings: object) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend", "QUEUES": []}
    }  # type: ignore[attr-defined]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]
