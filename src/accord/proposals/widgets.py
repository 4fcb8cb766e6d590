"""Fields of many rows, written out without a template for each: a text of 40 rows is a page of 300 fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

_FOLDER = "django/forms/widgets/"
_INPUTS = {f"{_FOLDER}{kind}.html" for kind in ("text", "number", "date", "hidden")}


class Written(TemplatesSetting):
    """Writes the plain inputs itself, with the same result as their templates; the others as ever."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> SafeString:
        if template_name not in _INPUTS:
            return mark_safe(super().render(template_name, context, request))
        widget = context["widget"]
        about = {"type": widget["type"], "name": widget["name"], "value": widget["value"], **widget["attrs"]}
        return format_html("<input{}>", flatatt({k: v for k, v in about.items() if v is not None}))


class SharedSelect(forms.Select):
    """A choice whose options are the same in many rows: they are written out once, and each row marks its own."""

    def __init__(self, options: str) -> None:
        super().__init__()
        self.written = options

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        own = format_html('<option value="{}"', "" if value is None else str(value))
        marked = mark_safe(self.written.replace(own, f"{own} selected", 1))
        return format_html("<select{}>{}</select>", flatatt({"name": name, **(attrs or {})}), marked)


class Chosen:
    """What a choice in many rows is made of; `told`: what else a browser is told of an option, by its value."""

    def __init__(
        self, choices: Sequence[tuple[str, Any]], told: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        self.choices = list(choices)
        parts = ((value, flatatt(dict((told or {}).get(value, {}))), words) for value, words in self.choices)
        self.options = format_html_join("", '<option value="{}"{}>{}</option>', parts)

    def give(self, field: Any) -> None:
        field.widget = SharedSelect(self.options)
        field.choices = self.choices
