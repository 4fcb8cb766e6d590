"""From a form to an action and back: what the action finds wrong stands beside its field."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url

from accord.actions.door import once
from accord.actions.refusals import WrongInput

FORM_KEY = "form-key"
_KEY = re.compile(r"[\w-]{1,100}", re.ASCII)
LARGEST_NUMBER = 2**63 - 1  # of a row, in every database


@dataclass(frozen=True, slots=True)
class Done:
    """An action was carried out; what it returned."""

    result: Any


class SeveralField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Rows to choose from; a number that no row can have is an invalid choice, not an error of the database."""

    def clean(self, value: Any) -> Any:
        for pk in value or ():
            if row_number(str(pk)) is None:
                message = self.error_messages["invalid_pk_value"]
                raise forms.ValidationError(message, "invalid_pk_value", {"pk": str(pk)[:20]})
        return super().clean(value)


def row_number(typed: str) -> int | None:
    """The number of a row as an address or a form names it; None if no row can have it."""
    if not (typed.isascii() and typed.isdigit() and len(typed) < 20):
        return None
    return number if (number := int(typed)) <= LARGEST_NUMBER else None


def carried_out(request: HttpRequest, form: forms.Form, act: Callable[[], Any]) -> Done | None:
    """Call an action with what a sent form holds; None if the form is to be shown (again).

    The form's own key goes with the call, so that a form that is sent twice acts once.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        with once(key_of(request)):
            return Done(act())
    except WrongInput as wrong:
        for field, message in wrong.messages.items():
            form.add_error(field if field in form.fields else None, message)
        return None


def key_of(request: HttpRequest) -> str | None:
    key = request.POST.get(FORM_KEY, "")
    return key if _KEY.fullmatch(key) else None


def form_page(
    request: HttpRequest,
    form: forms.Form,
    title: str,
    button: str,
    template: str = "web/form.html",
    **page: Any,
) -> HttpResponse:
    """The page of one form: what it is for, its fields, one button."""
    page |= {"form": form, "title": title, "button": button}
    return render(request, template, page, status=422 if form.errors else 200)


def gone(request: HttpRequest, to: str, *args: Any) -> HttpResponse:
    """Go on to another page, also out of a dialog (where a plain redirect would load the page into the dialog)."""
    address = resolve_url(to, *args)
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)
