"""A document whose unreadable parts are replaced by harmless ones, so that the rest can be checked in the same run.

What was replaced is remembered: a finding there, or one that its absence explains, is no finding of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import getitem
from typing import Any

from accord.exchange.document import Place

_NOBODY = "?"
_WORK = {"id": _NOBODY, "duration": 1.0, "needs": [{"of": _NOBODY}]}

# What stands for an entry of each list, and for fields that are not simply left out.
_ENTRIES: dict[str, Any] = {
    "capacity": {"id": _NOBODY},
    "engagements": {"id": _NOBODY, "activities": [_WORK]},
    "activities": _WORK,
    "risks": {"id": _NOBODY, "probability": 0.0, "cost": 1.0},
    "promises": {"id": _NOBODY, "cost": 1.0},
    "needs": {"of": _NOBODY},
    "after": {"id": _NOBODY},
    "away": {"from": "2000-01-01", "to": "2000-01-01"},
    "holidays": "2000-01-01",
    "workdays": "mon",
}
_FIELDS: dict[str, Any] = {
    "accord": 1,
    "id": _NOBODY,
    "start": "2027-01-04",
    "price": 1.0,
    "activities": [_WORK],
    "needs": [{"of": _NOBODY}],
}
_KEPT_WITHOUT_A_FIELD = "engagements", "activities"  # other entries are small: they are replaced whole
_LEFT_OUT = object()


class Mended:
    """`value` is the document with the values at `places` replaced; None if too little would be left."""

    def __init__(self, value: Any, places: Iterable[Place]) -> None:
        self.value = value
        self._replaced: set[Place] = set()
        self._of_replaced: set[Place] = set()  # the activities and engagements that lack a field
        self._unnamed: set[Place] = set()  # lists that hold somebody or something whose id is not known
        for place in places:
            self._mend(place)

    def explains(self, place: Place) -> bool:
        """Whether a finding at this place may only follow from what was replaced."""
        if place in self._of_replaced or self._is_replaced(place):
            return True
        if "needs" in place:
            return self._lacks(("capacity",), also_incomplete=place[-1] != "of")
        refers = place[2:3] in (("promises",), ("risks",)) or "after" in place
        return refers and self._lacks((*place[:2], "activities"))

    def _is_replaced(self, place: Place) -> bool:
        return any(place[:n] in self._replaced for n in range(1, len(place) + 1))

    def _lacks(self, listed: Place, also_incomplete: bool = False) -> bool:
        """Whether a list lacks ids that may be referred to (or, `also_incomplete`, anything else of its entries)."""
        if listed in self._unnamed or listed in self._replaced:
            return True
        return also_incomplete and any(place[:1] == listed for place in self._replaced)

    def _mend(self, place: Place) -> None:
        if self.value is None or self._is_replaced(place):
            return
        entry = _entry_of(place)
        if not entry:
            self._replace_field(place[:1])
        elif entry[-2] in _KEPT_WITHOUT_A_FIELD and len(place) > len(entry):
            self._of_replaced.add(entry)
            if place[len(entry)] == "id":
                self._unnamed.add(entry[:-1])
            self._replace_field(place[: len(entry) + 1])
        else:
            self._replace_entry(entry)

    def _replace_field(self, place: Place) -> None:
        if not place or place == ("engagements",):
            self.value = None
            return
        if "capacity" not in self.value:  # perhaps it stands there under a misspelt name
            self._unnamed.add(("capacity",))
        self._replaced.add(place)
        self.value = _with(self.value, place, _FIELDS.get(str(place[-1]), _LEFT_OUT))

    def _replace_entry(self, entry: Place) -> None:
        old, new = reduce(getitem, entry, self.value), _ENTRIES[str(entry[-2])]
        name = old.get("id") if isinstance(old, dict) else None
        if isinstance(new, dict) and "id" in new:
            if _is_name(name):
                new = {**new, "id": name}
            else:
                self._unnamed.add(entry[:-1])
        self._replaced.add(entry)
        self.value = _with(self.value, entry, new)


def _entry_of(place: Place) -> Place:
    """The innermost entry of a list around a place, or nothing."""
    for n in range(len(place), 1, -1):
        if isinstance(place[n - 1], int) and place[n - 2] in _ENTRIES:
            return place[:n]
    return ()


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 200 and value.isprintable() and value == value.strip()


def _with(value: Any, place: Place, new: Any) -> Any:
    """A copy along the path only: aliases make parts of a document stand in several places."""
    step, rest = place[0], place[1:]
    copy = value.copy()
    if rest:
        copy[step] = _with(value[step], rest, new)
    elif new is _LEFT_OUT:
        copy.pop(step, None)
    else:
        copy[step] = new
    return copy
