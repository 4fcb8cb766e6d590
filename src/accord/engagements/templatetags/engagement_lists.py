from __future__ import annotations

from django import template

from accord.engagements.listing import Column
from accord.engagements.queries import Row

register = template.Library()


@register.filter
def told_as(row: Row, column: Column) -> str:
    """What a column tells of an engagement, in plain text."""
    return column.text(row)
