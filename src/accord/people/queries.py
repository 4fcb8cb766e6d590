from __future__ import annotations

from django.db import models

from accord.people.models import Member


def members() -> models.QuerySet[Member]:
    """Active members by name, with their roles."""
    return Member.objects.filter(is_active=True).prefetch_related("given_roles")
