"""A proposal's text as forms: one for what stands once, and rows for what there may be several of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import formset_factory
from django.utils.translation import gettext_lazy as _

from accord.actions.forms import SeveralField
from accord.engagements.forms import DateInput
from accord.exchange.wording import money
from accord.proposals import clauses
from accord.proposals.answering.links import usual_end
from accord.proposals.clauses import copied
from accord.proposals.content import (
    LONGEST_LINE,
    ClauseText,
    Content,
    DateTerm,
    Payment,
    PriceKind,
    PriceLine,
    QualityTerm,
    ScopeItem,
)
from accord.proposals.models import CardLine, Proposal
from accord.proposals.rates import BY_THE_HOUR, lines_for
from accord.proposals.widgets import Chosen, Written
from accord.relationships.models import Contact

_FREE_ROWS = 1
_MOST_ROWS = 300
_AREA = {"rows": 3}


class TextForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    opening = forms.CharField(
        label=_("Opening"), required=False, max_length=4000, widget=forms.Textarea(attrs=_AREA)
    )
    excluded = forms.CharField(
        label=_("Not included, one a line"), required=False, widget=forms.Textarea(attrs=_AREA)
    )
    assumptions = forms.CharField(
        label=_("Taken for granted, one a line"), required=False, widget=forms.Textarea(attrs=_AREA)
    )
    discount = forms.DecimalField(
        label=_("Discount, in percent"), min_value=0, max_value=100, max_digits=5, decimal_places=2,
        required=False,
    )  # fmt: skip
    valid_until = forms.DateField(
        label=_("The offer holds until"), required=False, widget=DateInput(),
        help_text=_("Empty: 30 days from the day on which it is sent."),
    )  # fmt: skip
    add_clauses = forms.TypedMultipleChoiceField(
        label=_("Add standard clauses"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    closing = forms.CharField(
        label=_("Closing words"), required=False, max_length=4000, widget=forms.Textarea(attrs=_AREA)
    )

    def clean_excluded(self) -> tuple[str, ...]:
        return _lines(self.cleaned_data["excluded"])

    def clean_assumptions(self) -> tuple[str, ...]:
        return _lines(self.cleaned_data["assumptions"])


class Row(forms.Form):
    """A row whose name is emptied is taken out."""

    name = forms.CharField(label=_("Name"), max_length=200, required=False)

    def has_changed(self) -> bool:
        return True  # also a row that stands as it was belongs to the text

    @property
    def is_there(self) -> bool:
        return bool(self.cleaned_data.get("name"))


class Packaged(Row):
    """A row that a work package of the estimate stands behind."""

    code = forms.ChoiceField(label=_("Work package"), required=False)

    def __init__(self, *args: Any, packages: Chosen, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        packages.give(self.fields["code"])


class ScopeRow(Packaged):
    text = forms.CharField(label=_("What it is"), max_length=4000, required=False)


class PriceRow(Row):
    kind = forms.ChoiceField(label=_("Kind"), choices=PriceKind, initial=PriceKind.FIXED)
    quantity = forms.DecimalField(
        label=_("Quantity"), min_value=0, max_digits=11, decimal_places=2, required=False
    )
    rate = forms.DecimalField(
        label=_("Price of one"), min_value=0, max_digits=11, decimal_places=2, required=False
    )

    card = forms.TypedChoiceField(label=_("From a rate card"), required=False, coerce=int, empty_value=None)
    field_order = ("name", "card", "kind", "quantity", "rate")

    def __init__(
        self, *args: Any, lines: Sequence[CardLine], choice: Chosen, kinds: Chosen, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        choice.give(self.fields["card"])
        kinds.give(self.fields["kind"])
        if not lines:
            del self.fields["card"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._take_from_card(cleaned)
        if cleaned.get("name") and cleaned.get("rate") is None and "rate" not in self.errors:
            self.add_error("rate", _("Give a price."))
        counted = cleaned.get("kind") in (PriceKind.TIME, PriceKind.RETAINER)
        if (
            cleaned.get("name")
            and counted
            and cleaned.get("quantity") is None
            and "quantity" not in self.errors
        ):
            self.add_error("quantity", _("Say how many: hours, days or months."))
        return cleaned

    def _take_from_card(self, cleaned: dict[str, Any]) -> None:
        """A line of a card fills in what is empty; a fixed price is of no card."""
        line = next((line for line in self.lines if line.pk == cleaned.get("card")), None)
        if line is None:
            return
        if not cleaned.get("name") and not self.initial.get("name"):
            cleaned["name"] = line.role.name
            cleaned["kind"] = cleaned["kind"] if cleaned.get("kind") in BY_THE_HOUR else PriceKind.TIME
        if cleaned.get("rate") is None and "rate" not in self.errors:
            cleaned["rate"] = line.rate
        if cleaned.get("kind") not in BY_THE_HOUR:
            cleaned["card"] = None


class PaymentRow(Row):
    share = forms.DecimalField(
        label=_("Percent"), min_value=0, max_value=100, max_digits=5, decimal_places=2, required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("name") and cleaned.get("share") is None and "share" not in self.errors:
            self.add_error("share", _("Give a share."))
        return cleaned


class DateRow(Row):
    date = forms.DateField(label=_("Date"), required=False, widget=DateInput())
    expectation = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("name") and cleaned.get("date") is None and "date" not in self.errors:
            self.add_error("date", _("Give a date."))
        return cleaned


class QualityRow(Packaged):
    criterion = forms.CharField(label=_("Judged by"), max_length=4000, required=False)
    expectation = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ClauseRow(Row):
    text = forms.CharField(
        label=_("Words"), max_length=4000, required=False, widget=forms.Textarea(attrs=_AREA)
    )
    clause = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("name") and not cleaned.get("text") and "text" not in self.errors:
            self.add_error("text", _("Give its words."))
        return cleaned


class SendForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput)
    contacts = SeveralField(
        label=_("To"), queryset=Contact.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    expires_on = forms.DateField(label=_("Their links are open until"), initial=usual_end, widget=DateInput())

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        client = proposal.engagement.relationship.client_id
        self.fields["contacts"].queryset = Contact.objects.filter(client=client).exclude(email="")  # type: ignore[attr-defined]


class OverrideForm(forms.Form):
    because = forms.CharField(
        label=_("Why the firm does it all the same"), max_length=500, widget=forms.Textarea(attrs=_AREA)
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)


class WithdrawForm(forms.Form):
    because = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs=_AREA))


class ProposalForm:
    """All forms of one text together."""

    def __init__(self, proposal: Proposal, data: Any = None) -> None:
        says, engagement = proposal.says, proposal.engagement
        packages = {"packages": _packages(proposal)}
        self.offered = clauses.offered(engagement, says.clauses)
        self.text = TextForm(data, initial=_once(says) | {"revision": proposal.revision})
        self._offer_clauses()
        self.scope = _rows(ScopeRow, "scope", data, says.scope, packages)
        self.dates = _rows(DateRow, "dates", data, says.dates)
        cards = _cards(lines_for(says.prices, engagement.currency, dt.date.today()), engagement.currency)
        self.prices = _rows(PriceRow, "prices", data, says.prices, cards)
        self.payments = _rows(PaymentRow, "payments", data, says.payments)
        self.quality = _rows(QualityRow, "quality", data, says.quality, packages)
        self.clauses = _rows(ClauseRow, "clauses", data, [_as_row(text) for text in says.clauses])

    def is_valid(self) -> bool:
        """Each is asked, so that all that is wrong is told at once."""
        rows = (self.scope, self.dates, self.prices, self.payments, self.quality, self.clauses)
        return sum(not part.is_valid() for part in (self.text, *rows)) == 0

    @property
    def revision(self) -> int:
        return int(self.text.cleaned_data["revision"])

    def content(self) -> Content:
        once = self.text.cleaned_data
        return Content(
            opening=once["opening"],
            closing=once["closing"],
            excluded=once["excluded"],
            assumptions=once["assumptions"],
            discount=once["discount"] or Decimal(0),
            valid_until=once["valid_until"],
            scope=tuple(ScopeItem(**row) for row in _given(self.scope)),
            dates=tuple(DateTerm(**row) for row in _given(self.dates)),
            prices=tuple(
                PriceLine(**row | {"quantity": Decimal(1) if row["quantity"] is None else row["quantity"]})
                for row in _given(self.prices)
            ),
            payments=tuple(Payment(**row) for row in _given(self.payments)),
            quality=tuple(QualityTerm(**row) for row in _given(self.quality)),
            clauses=(*self._clauses(), *self._added(once.get("add_clauses", []))),
        )

    def _offer_clauses(self) -> None:
        if self.offered:
            choices = [(clause.pk, clause.title) for clause in self.offered]
            self.text.fields["add_clauses"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.text.fields["add_clauses"]

    def _clauses(self) -> list[ClauseText]:
        rows = _given(self.clauses)
        return [ClauseText(title=row["name"], text=row["text"], clause=row["clause"]) for row in rows]

    def _added(self, chosen: Sequence[int]) -> list[ClauseText]:
        return [copied(clause) for clause in self.offered if clause.pk in chosen]


def _packages(proposal: Proposal) -> Chosen:
    return Chosen([("", _("none")), *((p.code, p.name) for p in proposal.estimate.packages.all())])


def _cards(lines: Sequence[CardLine], currency: str) -> dict[str, Any]:
    """The options tell the browser what they fill in."""
    words = [f"{line.role}, {money(float(line.rate), currency)} ({line.card})" for line in lines]
    choices = [("", _("none")), *((str(line.pk), told) for line, told in zip(lines, words, strict=True))]
    fills = {str(line.pk): {"data-name": line.role.name, "data-rate": line.rate} for line in lines}
    return {"lines": lines, "choice": Chosen(choices, fills), "kinds": Chosen(PriceKind.choices)}


def _as_row(text: ClauseText) -> dict[str, Any]:
    return {"name": text.title, "text": text.text, "clause": text.clause}


def _once(says: Content) -> dict[str, Any]:
    return {
        "opening": says.opening,
        "closing": says.closing,
        "discount": says.discount or None,
        "valid_until": says.valid_until,
        "excluded": "\n".join(says.excluded),
        "assumptions": "\n".join(says.assumptions),
    }


def _rows(
    row: type[forms.Form], prefix: str, data: Any, has: Sequence[Any], kwargs: dict[str, Any] | None = None
) -> Any:
    made = formset_factory(
        row, extra=_FREE_ROWS, max_num=_MOST_ROWS, absolute_max=_MOST_ROWS, renderer=Written()
    )
    initial = [part if isinstance(part, dict) else part.model_dump() for part in has]
    return made(data, prefix=prefix, initial=initial, form_kwargs=kwargs or {})


def _given(rows: Any) -> list[dict[str, Any]]:
    return [row.cleaned_data for row in rows if row.is_there]


def _lines(text: str) -> tuple[str, ...]:
    found = tuple(line.strip() for line in text.splitlines() if line.strip())
    if any(len(line) > LONGEST_LINE for line in found):
        raise forms.ValidationError(_("A line has at most 500 letters."))
    return found
