"""What people enter about plans; the actions judge it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accord.engagements.forms import DateInput
from accord.people.models import Member, Role, Team
from accord.planning.actions import Draft, Takes, WaitsFor
from accord.planning.load import monday
from accord.planning.models import Activity, Assignment, Link, Plan

_FREE_ROWS = 2  # empty rows for one more person or link
_HUNDRED = Decimal(100)
LEAST_URGENT = 32_767  # the largest priority that every database keeps


class BeginForm(forms.Form):
    begins_on = forms.DateField(
        label=_("No work before"),
        widget=DateInput(),
        initial=dt.date.today,
        help_text=_("Dates follow from this day, the links, and the people's calendars."),
    )
    in_order = forms.BooleanField(
        label=_("Each group of the breakdown waits for the one before it"),
        required=False,
        initial=True,
        help_text=_("An order to begin with. Change in the plan what is not so."),
    )


class RevisionForm(forms.Form):
    """A change of the plan as it was shown."""

    revision = forms.IntegerField(widget=forms.HiddenInput)


class PlanForm(RevisionForm):
    begins_on = forms.DateField(label=_("No work before"), widget=DateInput())
    priority = forms.IntegerField(
        label=_("Priority"),
        max_value=LEAST_URGENT,
        help_text=_("1 goes first where engagements need the same people."),
    )
    fixed_cost = forms.DecimalField(label=_("Cost besides hours"), max_digits=12, decimal_places=2)


class AimForm(RevisionForm):
    activity = forms.ModelChoiceField(
        label=_("This date is about"),
        queryset=Activity.objects.none(),
        required=False,
        empty_label=_("the end of the whole engagement"),
    )

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["activity"].queryset = plan.activities.all()  # type: ignore[attr-defined]


class LinkForm(RevisionForm):
    """By mouse or by dialog: who waits for whom."""

    source = forms.ModelChoiceField(label=_("First"), queryset=Activity.objects.none())
    target = forms.ModelChoiceField(label=_("Waits for it"), queryset=Activity.objects.none())
    kind = forms.ChoiceField(label=_("How"), choices=Link.Kind, initial=Link.Kind.FS)
    lag = forms.DecimalField(
        label=_("Lag in working days"), max_digits=6, decimal_places=2, initial=0, required=False
    )

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("source", "target"):
            self.fields[name].queryset = plan.activities.all()  # type: ignore[attr-defined]


class ActivityForm(RevisionForm):
    """An activity with rows for who does it and rows for what it waits for; an emptied row takes it away."""

    name = forms.CharField(label=_("Activity"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Activity.Kind, widget=forms.RadioSelect)
    low = forms.DecimalField(label=_("Low"), max_digits=9, decimal_places=2, required=False)
    likely = forms.DecimalField(label=_("Likely"), max_digits=9, decimal_places=2, required=False)
    high = forms.DecimalField(label=_("High"), max_digits=9, decimal_places=2, required=False)
    not_before = forms.DateField(label=_("Not before"), required=False, widget=DateInput())
    done = forms.IntegerField(
        label=_("Complete, in percent"), required=False, min_value=0, max_value=100, initial=0
    )

    def __init__(self, *args: Any, plan: Plan, activity: Activity | None = None, **kwargs: Any) -> None:
        self.has = _initial(activity)
        kwargs["initial"] = self.has | {"revision": plan.revision} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.sources = {a.pk: a for a in plan.activities.all() if activity is None or a.pk != activity.pk}
        self.roles = {role.pk: role for role in Role.objects.all()}
        self.members = {m.pk: m for m in Member.objects.filter(is_active=True)}
        self.people_rows = _rows(args, "who", self.has)
        self.link_rows = _rows(args, "source", self.has)
        for k in range(self.people_rows):
            self._add_person(k)
        for k in range(self.link_rows):
            self._add_link(k)

    def people(self) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        return ((self[f"who_{k}"], self[f"units_{k}"]) for k in range(self.people_rows))

    def links(self) -> Iterator[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        return ((self[f"source_{k}"], self[f"link_{k}"], self[f"lag_{k}"]) for k in range(self.link_rows))

    def draft(self) -> Draft:
        data = self.cleaned_data
        return Draft(
            name=data["name"],
            kind=data["kind"],
            low=data["low"] or Decimal(0),
            likely=data["likely"] or Decimal(0),
            high=data["high"] or Decimal(0),
            not_before=data["not_before"],
            done=Decimal(data["done"] or 0) / _HUNDRED,
            takes=tuple(self._takes()),
            waits_for=tuple(self._waits_for()),
        )

    def _takes(self) -> Iterator[Takes]:
        for k in range(self.people_rows):
            who, units = self.cleaned_data[f"who_{k}"], self.cleaned_data[f"units_{k}"]
            if who:
                kind, _dash, pk = who.partition("-")
                role = self.roles[int(pk)] if kind == "role" else None
                member = self.members[int(pk)] if kind == "member" else None
                yield Takes(role, member, Decimal(1) if units is None else units)

    def _waits_for(self) -> Iterator[WaitsFor]:
        for k in range(self.link_rows):
            source, lag = self.cleaned_data[f"source_{k}"], self.cleaned_data[f"lag_{k}"]
            if source:
                yield WaitsFor(self.sources[int(source)], self.cleaned_data[f"link_{k}"], lag or Decimal(0))

    def _add_person(self, k: int) -> None:
        people = [
            ("", "–"),
            (_("Roles"), [(f"role-{role.pk}", role.name) for role in self.roles.values()]),
            (_("Members"), [(f"member-{m.pk}", m.name) for m in self.members.values()]),
        ]
        number = {"number": k + 1}
        self.fields[f"who_{k}"] = forms.ChoiceField(
            label=_("Who, row %(number)d") % number, choices=people, required=False
        )
        self.fields[f"units_{k}"] = forms.DecimalField(
            label=_("People at once, row %(number)d") % number,
            required=False,
            max_digits=4,
            decimal_places=1,
            initial=1,
        )

    def _add_link(self, k: int) -> None:
        number = {"number": k + 1}
        sources = [("", "–"), *((str(pk), a.name) for pk, a in self.sources.items())]
        self.fields[f"source_{k}"] = forms.ChoiceField(
            label=_("Waits for, row %(number)d") % number, choices=sources, required=False
        )
        self.fields[f"link_{k}"] = forms.ChoiceField(
            label=_("How, row %(number)d") % number, choices=Link.Kind, initial=Link.Kind.FS, required=False
        )
        self.fields[f"lag_{k}"] = forms.DecimalField(
            label=_("Lag in working days, row %(number)d") % number,
            required=False,
            max_digits=6,
            decimal_places=2,
            initial=0,
        )

    def clean(self) -> dict[str, Any] | None:
        for k in range(self.link_rows):
            self.cleaned_data[f"link_{k}"] = self.cleaned_data.get(f"link_{k}") or Link.Kind.FS
        return super().clean()


class LoadForm(forms.Form):
    """What the load is narrowed to."""

    first = forms.DateField(label=_("Weeks from"), required=False, widget=DateInput())
    weeks = forms.TypedChoiceField(
        label=_("How many"), choices=[(n, str(n)) for n in (4, 8, 13, 26)], coerce=int, required=False
    )
    role = forms.ModelChoiceField(
        label=_("Role"), queryset=Role.objects.all(), required=False, empty_label=_("all")
    )
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.all(), required=False, empty_label=_("all")
    )

    def clean_first(self) -> dt.date:
        return monday(self.cleaned_data["first"] or dt.date.today())


def _initial(activity: Activity | None) -> dict[str, Any]:
    if activity is None:
        return {"kind": Activity.Kind.EFFORT}
    has: dict[str, Any] = {
        "name": activity.name,
        "kind": activity.kind,
        "low": activity.low.normalize() + 0,
        "likely": activity.likely.normalize() + 0,
        "high": activity.high.normalize() + 0,
        "not_before": activity.not_before,
        "done": round(activity.done * 100),
    }
    for k, a in enumerate(activity.assignments.all()):
        has |= {f"who_{k}": _key(a), f"units_{k}": a.units.normalize() + 0}
    for k, link in enumerate(activity.incoming.order_by("pk")):
        has |= {
            f"source_{k}": str(link.source_id),
            f"link_{k}": link.kind,
            f"lag_{k}": link.lag.normalize() + 0,
        }
    return has


def _key(assignment: Assignment) -> str:
    return f"role-{assignment.role_id}" if assignment.role_id else f"member-{assignment.member_id}"


def _rows(args: tuple[Any, ...], name: str, has: dict[str, Any]) -> int:
    """As many rows as were sent, or as there are and some free ones."""
    sent = args[0] if args and args[0] is not None else None
    rows = [key for key in (has if sent is None else sent) if key.startswith(f"{name}_")]
    return len(rows) + (_FREE_ROWS if sent is None else 0)
