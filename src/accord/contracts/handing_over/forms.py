"""Forms of a hand-over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accord.actions.forms import SeveralField
from accord.contracts.handing_over import queries
from accord.contracts.handing_over.content import LONGEST, Words, plain
from accord.contracts.models import HandOver
from accord.people.models import Member


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class WordsForm(forms.Form):
    """What only people know; a note for each contact of the client."""

    why = forms.CharField(
        label=_("Why the client wants it"),
        help_text=_("What gets better for them, and what happens to them if it fails. Delivery reads this first."),
        max_length=LONGEST, required=False, widget=_area(5),
    )  # fmt: skip
    worries = forms.CharField(
        label=_("What worries us"), max_length=LONGEST, required=False, widget=_area(4),
        help_text=_("What you would want to know if you had to keep it. The estimate's risks are added."),
    )  # fmt: skip
    open = forms.CharField(
        label=_("What is open"), max_length=LONGEST, required=False, widget=_area(3),
        help_text=_("What was left for later, and with whom it is to be settled."),
    )  # fmt: skip
    unasked = forms.CharField(
        label=_("What nobody asks for"), max_length=LONGEST, required=False, widget=_area(3),
        help_text=_("What you know and no form has a field for."),
    )  # fmt: skip
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, hand_over: HandOver, data: Any = None) -> None:
        own = hand_over.own
        initial = own.model_dump(exclude={"notes"}) | {"revision": hand_over.revision}
        super().__init__(data, initial=initial)
        self.contacts = list(hand_over.engagement.relationship.client.contacts.all())
        for contact in self.contacts:
            self.fields[f"note-{contact.pk}"] = forms.CharField(
                label=_now("About {name}, who {part}").format(
                    name=contact.name, part=contact.get_part_display()
                ),
                max_length=500,
                required=False,
                initial=own.notes.get(contact.pk, ""),
            )

    def words(self) -> Words:
        given = self.cleaned_data
        notes = {c.pk: note for c in self.contacts if (note := given[f"note-{c.pk}"].strip())}
        texts = {name: plain(given[name]) for name in ("why", "worries", "open", "unasked")}
        return Words(notes=notes, **texts)


class OfferForm(forms.Form):
    members = SeveralField(
        label=_("Who takes it over"), queryset=Member.objects.none(), widget=forms.CheckboxSelectMultiple,
        required=False,
    )  # fmt: skip
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, hand_over: HandOver, **kwargs: Any) -> None:
        can = [member.pk for member in queries.receivers(hand_over.engagement)]
        kwargs.setdefault("initial", {"revision": hand_over.revision, "members": can})
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = Member.objects.filter(pk__in=can)  # type: ignore[attr-defined]


class AcceptForm(forms.Form):
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)


class SendBackForm(forms.Form):
    questions = forms.CharField(
        label=_("What you must know first"), help_text=_("One question on each line."),
        max_length=LONGEST, widget=_area(5),
    )  # fmt: skip
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)


class AnswerForm(forms.Form):
    text = forms.CharField(label=_("Answer"), max_length=LONGEST, widget=_area(4))


class OverrideForm(forms.Form):
    because = forms.CharField(label=_("Why the firm does it all the same"), max_length=500, widget=_area(3))
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
