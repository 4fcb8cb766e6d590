"""What a firm consists of, without keys and moments: two loadings of the same day have the same."""

from __future__ import annotations

from django.apps import apps
from django.db import models

ROOMS = ("people", "relationships", "engagements", "estimating", "planning")
_SKIPPED = (models.DateTimeField, models.ForeignKey, models.AutoField, models.JSONField)
_RANDOM = {"password", "digest", "token"}


def content_of_all_rows() -> list[str]:
    return sorted(
        line for room in ROOMS for model in apps.get_app_config(room).get_models() for line in _lines(model)
    )


def _lines(model: type[models.Model]) -> list[str]:
    names = [
        f.name for f in model._meta.concrete_fields if not isinstance(f, _SKIPPED) and f.name not in _RANDOM
    ]
    rows = model._base_manager.values_list(*names) if names else [()] * model._base_manager.count()
    return [f"{model.__name__} {row}" for row in rows]
