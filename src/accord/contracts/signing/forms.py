"""What people type about contracts; the actions judge it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import formset_factory
from django.utils.translation import gettext_lazy as _

from accord.contracts.models import Constraint, Contract
from accord.contracts.signing.actions import Term
from accord.contracts.signing.amending import Wanted
from accord.contracts.signing.content import Added, AmendmentText, Worth
from accord.contracts.signing.queries import masters_for
from accord.contracts.signing.rules import LONGEST_NOTICE, LONGEST_RENEWAL, Document
from accord.contracts.signing.signatures import Signed
from accord.engagements.forms import DateInput
from accord.engagements.models import Engagement, Expectation
from accord.people.models import Member

Kind = Expectation.Kind
_AREA = {"rows": 3}
_FREE_ROWS, _MOST_ROWS = 2, 40
SHORT_SEAL = 12  # of a seal, that tells it apart


class PrepareForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Contract.Kind, initial=Contract.Kind.CONTRACT)
    master = forms.ModelChoiceField(
        label=_("Under the master agreement"), queryset=Contract.objects.none(), required=False
    )
    begins_on = forms.DateField(label=_("Begins on"), initial=dt.date.today, widget=DateInput())
    ends_on = forms.DateField(label=_("Ends on"), required=False, widget=DateInput())
    renews_months = forms.IntegerField(
        label=_("Renews by months"), required=False, min_value=1, max_value=LONGEST_RENEWAL
    )
    notice_days = forms.IntegerField(
        label=_("Days of notice before its end"), required=False, min_value=1, max_value=LONGEST_NOTICE
    )

    def __init__(self, *args: Any, engagement: Engagement, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["master"].queryset = masters_for(engagement, member)  # type: ignore[attr-defined]

    def term(self) -> Term:
        return Term(**self.cleaned_data)


class SignForm(forms.Form):
    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)  # of what the page shows
    position = forms.CharField(label=_("As"), max_length=120, required=False)
    copy = forms.FileField(
        label=_("Signed copy"),
        required=False,
        allow_empty_file=True,  # the action says so in its own words
        help_text=_("Only if you signed on paper. Without it you sign here, as you are signed in."),
    )


class ClientSignatureForm(forms.Form):
    name = forms.CharField(label=_("Who signed"), max_length=120)
    position = forms.CharField(label=_("As"), max_length=120, required=False)
    for_whom = forms.CharField(label=_("For"), max_length=200)
    signed_on = forms.DateField(label=_("On"), initial=dt.date.today, widget=DateInput())
    seal = forms.CharField(
        label=_("Seal on the signed copy"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("It is printed above the signatures: its first 12 characters are enough."),
    )
    copy = forms.FileField(
        label=_("Signed copy"),
        allow_empty_file=True,
        error_messages={"required": _("Add the signed copy: it is the proof.")},
    )

    def clean_seal(self) -> str:
        seal: str = self.cleaned_data["seal"]
        if len("".join(seal.split())) < SHORT_SEAL:
            raise forms.ValidationError(_("Type at least the first 12 characters of the seal."))
        return seal

    def signed(self) -> Signed:
        data = self.cleaned_data
        return Signed(data["name"], data["signed_on"], data["position"], data["for_whom"], data["copy"])

    def names(self, document: Document) -> str:
        """The whole seal where its beginning was typed; else what was typed."""
        typed = "".join(self.cleaned_data["seal"].split()).lower()
        return document.seal if document.seal.startswith(typed) else typed


class EndForm(forms.Form):
    on = forms.DateField(label=_("On"), initial=dt.date.today, widget=DateInput())
    because = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs=_AREA))


class ReasonForm(forms.Form):
    because = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs=_AREA))


class LetPassForm(ReasonForm):
    about = forms.CharField(widget=forms.HiddenInput, max_length=64)  # the digest of what the page shows


class AddedRow(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind, initial=Kind.SCOPE)
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    date = forms.DateField(label=_("Date"), required=False, widget=DateInput())
    amount = forms.DecimalField(
        label=_("Amount"), required=False, min_value=0, max_digits=11, decimal_places=2
    )
    text = forms.CharField(label=_("In words"), max_length=4000, required=False)
    code = forms.ChoiceField(label=_("Work package"), required=False)

    def __init__(self, *args: Any, packages: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = self.initial.get("code", "")  # the estimate may have lost it since
        named = {now: now} | dict(packages) if now else packages
        self.fields["code"].choices = [("", _("none")), *named.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        wanted = {Kind.TIME: "date", Kind.COST: "amount"}.get(cleaned.get("kind"), "")  # type: ignore[arg-type]
        if cleaned.get("name") and wanted and cleaned.get(wanted) is None and wanted not in self.errors:
            self.add_error(wanted, _("Give its value."))
        return cleaned

    def added(self) -> Added:
        data = self.cleaned_data
        kind = Kind(data["kind"])
        worth = {
            Kind.TIME: Worth(date=data["date"], text=data["text"]),
            Kind.COST: Worth(amount=data["amount"], text=data["text"]),
        }.get(kind, Worth(text=data["text"]))
        return Added(kind=kind, name=data["name"], code=data["code"], value=worth)


class AmendmentForm(forms.Form):
    """A field for each constraint that binds now, with a tick that takes it away; free rows for new ones.

    `packages`: the names of the approved estimate's work packages by their codes.
    """

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(label=_("Why"), max_length=2000, widget=forms.Textarea(attrs=_AREA))
    price_difference = forms.DecimalField(
        label=_("Difference of the price"), required=False, max_digits=11, decimal_places=2
    )

    def __init__(
        self,
        data: Any,
        *,
        bound: list[tuple[Constraint, Worth]],
        packages: Mapping[str, str],
        price_now: str,
        text: AmendmentText | None = None,
        revision: int = 0,
    ) -> None:
        start = {"reason": text.reason, "price_difference": text.price_difference or None} if text else {}
        super().__init__(data, initial=start | {"revision": revision})
        self.bound = [(c, worth) for c, worth in bound if not c.is_price]
        asked = {change.constraint: change.after for change in text.changes} if text else {}
        for constraint, worth in self.bound:
            self._offer(constraint, asked.get(constraint.pk, worth), constraint.pk in asked)
        initial = [_flat(one) for one in text.added] if text else []
        made = formset_factory(AddedRow, extra=_FREE_ROWS, max_num=_MOST_ROWS, absolute_max=_MOST_ROWS)
        self.rows = made(data, prefix="added", initial=initial, form_kwargs={"packages": packages})
        if price_now:
            told = _("It is {price} now. A minus makes it less.").format(price=price_now)
            self.fields["price_difference"].help_text = told

    def _offer(self, constraint: Constraint, worth: Worth | None, asked: bool) -> None:
        now = worth or Worth()
        if constraint.kind == Kind.TIME:
            field: forms.Field = forms.DateField(required=False, widget=DateInput(), initial=now.date)
        elif constraint.kind == Kind.COST:
            field = forms.DecimalField(
                required=False, min_value=0, max_digits=11, decimal_places=2, initial=now.amount
            )
        else:
            words = forms.TextInput(attrs={"placeholder": _("as named")})
            field = forms.CharField(required=False, max_length=4000, initial=now.text, widget=words)
        field.label = constraint.name
        self.fields[f"value-{constraint.pk}"] = field
        self.fields[f"gone-{constraint.pk}"] = forms.BooleanField(
            required=False, label=_("binds no more"), initial=asked and worth is None
        )

    def lines(self) -> list[tuple[Constraint, Any, Any]]:
        """Each constraint with its two fields."""
        return [(c, self[f"value-{c.pk}"], self[f"gone-{c.pk}"]) for c, _worth in self.bound]

    def is_valid(self) -> bool:
        """Both are asked, so that all that is wrong is told at once."""
        return sum(not part for part in (super().is_valid(), self.rows.is_valid())) == 0

    def wanted(self) -> Wanted:
        data = self.cleaned_data
        values = {c.pk: self._worth(c, worth) for c, worth in self.bound}
        return Wanted(
            reason=data["reason"],
            values=values,
            added=tuple(row.added() for row in self.rows if row.cleaned_data.get("name")),
            price_difference=data["price_difference"] or Decimal(0),
        )

    def _worth(self, constraint: Constraint, before: Worth) -> Worth | None:
        if self.cleaned_data[f"gone-{constraint.pk}"]:
            return None
        value = self.cleaned_data[f"value-{constraint.pk}"]
        if constraint.kind == Kind.TIME:
            return Worth(date=value, text=before.text)
        if constraint.kind == Kind.COST:
            return Worth(amount=value, text=before.text)
        return Worth(text=value)


def _flat(added: Added) -> dict[str, Any]:
    about = added.value
    return {
        "kind": added.kind,
        "name": added.name,
        "code": added.code,
        "date": about.date,
        "amount": about.amount,
        "text": about.text,
    }
