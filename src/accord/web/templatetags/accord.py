"""How dates, money and shares are told on pages: as in every report."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from decimal import Decimal

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accord.actions.forms import FORM_KEY
from accord.actions.models import AuditChange, AuditEntry
from accord.exchange import wording
from accord.web import history

register = template.Library()


@register.filter
def day(date: dt.date | dt.datetime | None) -> str:
    return wording.day(date) if date else ""


@register.filter
def money(amount: Decimal | None, currency: str = "") -> str:
    if amount is None:
        return ""
    return wording.money(float(amount), currency) if currency else wording.number(float(amount))


@register.filter
def share(p: float) -> str:
    return wording.share(p)


@register.simple_tag
def form_key() -> SafeString:
    """The hidden field by which a form that is sent twice acts once."""
    return format_html('<input type="hidden" name="{}" value="{}">', FORM_KEY, uuid.uuid4())


_SPRITE = "vendor/tabler-icons/sprite.svg"
_DRESS = {"select": "form-select", "checkbox": "form-check-input", "range": "form-range"}


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the vendored sprite; a word always stands beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static(_SPRITE), name
    )


@register.filter
def dressed(field: BoundField) -> SafeString:
    """A form field with the UI kit's classes, tied to its error for screen readers."""
    widget = field.field.widget
    own = widget.attrs.get("class", "")
    kind = getattr(widget, "input_type", "")
    attrs: dict[str, str | bool] = {"class": f"{_DRESS.get(kind, 'form-control')} {own}".strip()}
    if field.errors:
        attrs |= {"aria-invalid": "true", "aria-describedby": f"{field.auto_id}-wrong"}
        if field.name == next(iter(field.form.errors)):  # on a long page, the reader is brought to it
            attrs["autofocus"] = True
    return field.as_widget(attrs=attrs)


@register.filter
def events(changes: Iterable[AuditChange]) -> list[history.Event]:
    """The audit's rows as people read them."""
    return history.told(changes)


@register.filter
def deed(entry: AuditEntry) -> str:
    """What an action is called, as people say it: engagements.record_expectation becomes 'record expectation'."""
    return entry.action.partition(".")[2].replace("_", " ")


@register.filter
def differences(change: AuditChange) -> list[tuple[str, tuple[object, object]]]:
    """(field, (before, after)) of a change."""
    return [
        (name.removesuffix("_id").replace("_", " "), (change.before.get(name), after))
        for name, after in change.after.items()
    ]
