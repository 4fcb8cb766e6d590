"""A proposal's text as forms: one for what stands once, and rows for what there may be several of."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import formset_factory
from django.utils.translation import gettext_lazy as _

from accord.actions.forms import SeveralField
from accord.engagements.forms import DateInput
from accord.proposals.answering.links import usual_end
from accord.proposals.content import (
    LONGEST_LINE,
    Content,
    DateTerm,
    Payment,
    PriceKind,
    PriceLine,
    QualityTerm,
    ScopeItem,
)
from accord.proposals.models import Proposal
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

    def __init__(self, *args: Any, packages: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [("", _("none")), *packages]  # type: ignore[attr-defined]


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

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("name") and cleaned.get("rate") is None and "rate" not in self.errors:
            self.add_error("rate", _("Give a price."))
        return cleaned


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


class WithdrawForm(forms.Form):
    because = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs=_AREA))


class ProposalForm:
    """All forms of one text together."""

    def __init__(self, proposal: Proposal, data: Any = None) -> None:
        says = proposal.says
        packages = [(p.code, p.name) for p in proposal.estimate.packages.all()]
        with_packages = {"packages": packages}
        self.text = TextForm(data, initial=_once(says) | {"revision": proposal.revision})
        self.scope = _rows(ScopeRow, "scope", data, says.scope, with_packages)
        self.dates = _rows(DateRow, "dates", data, says.dates)
        self.prices = _rows(PriceRow, "prices", data, says.prices)
        self.payments = _rows(PaymentRow, "payments", data, says.payments)
        self.quality = _rows(QualityRow, "quality", data, says.quality, with_packages)

    def is_valid(self) -> bool:
        """Each is asked, so that all that is wrong is told at once."""
        parts = (self.text, self.scope, self.dates, self.prices, self.payments, self.quality)
        return sum(not part.is_valid() for part in parts) == 0

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
            scope=tuple(ScopeItem(**row) for row in _given(self.scope)),
            dates=tuple(DateTerm(**row) for row in _given(self.dates)),
            prices=tuple(
                PriceLine(**row | {"quantity": Decimal(1) if row["quantity"] is None else row["quantity"]})
                for row in _given(self.prices)
            ),
            payments=tuple(Payment(**row) for row in _given(self.payments)),
            quality=tuple(QualityTerm(**row) for row in _given(self.quality)),
        )


def _once(says: Content) -> dict[str, Any]:
    return {
        "opening": says.opening,
        "closing": says.closing,
        "discount": says.discount or None,
        "excluded": "\n".join(says.excluded),
        "assumptions": "\n".join(says.assumptions),
    }


def _rows(
    row: type[forms.Form], prefix: str, data: Any, has: Sequence[Any], kwargs: dict[str, Any] | None = None
) -> Any:
    made = formset_factory(row, extra=_FREE_ROWS, max_num=_MOST_ROWS, absolute_max=_MOST_ROWS)
    initial = [part.model_dump() for part in has]
    return made(data, prefix=prefix, initial=initial, form_kwargs=kwargs or {})


def _given(rows: Any) -> list[dict[str, Any]]:
    return [row.cleaned_data for row in rows if row.is_there]


def _lines(text: str) -> tuple[str, ...]:
    found = tuple(line.strip() for line in text.splitlines() if line.strip())
    if any(len(line) > LONGEST_LINE for line in found):
        raise forms.ValidationError(_("A line has at most 500 letters."))
    return found
