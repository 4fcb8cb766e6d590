"""What a promise check found, in plain sentences. Numbers are told as in every report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accord.exchange.wording import day, money, share
from accord.planning.checking.changes import (
    Change,
    DateChange,
    DropChange,
    EffortChange,
    PeopleChange,
    PriceChange,
    read,
)

Json = dict[str, Any]
_DRIVERS = 4
_MATTERS_MOST, _MATTERS = 0.5, 0.25


@dataclass(frozen=True, slots=True)
class Headline:
    """The page's first line: the verdict in words, whether it is good, and what the policy asks."""

    verdict: str
    good: bool
    policy: str
    told: str = ""  # the numbers alone

    @property
    def was(self) -> str:
        """The verdict of a check that does not hold any more."""
        return _("It was %(told)s") % {"told": self.told} if self.told else self.verdict


@dataclass(frozen=True, slots=True)
class Way:
    """One computed way to make a promise backed."""

    number: int  # its place in the check's result
    icon: str
    title: str
    text: str
    about: str  # the promise that its share is about
    share: str
    backed: bool
    price: str
    leaves: str  # what stays not backed though this is done; empty: nothing
    can_be_adopted: bool
    is_adopted: bool  # and the client is still to be told


Adopted = Collection[tuple[int, Any]]  # expectation and the date or amount that was adopted for it
_ICONS = {"date": "calendar", "price": "wallet", "people": "user-plus", "drop": "scissors", "effort": "clock"}


def headline(judged: Iterable[tuple[str, float]], asked: float, together: float | None = None) -> Headline:
    """`judged`: (time or price, probability) of each promise that was judged; the worst of each kind is told.

    `together`: how likely all of them are kept, where that is known. Each alone is not yet all.
    """
    worst: dict[str, float] = {}
    for kind, p in judged:
        worst[kind] = min(p, worst.get(kind, 1.0))
    policy = _("the policy asks %(asked)s.") % {"asked": share(asked)}
    if not worst:
        return Headline(_("Nothing to keep was said yet"), True, policy)
    worst = {kind: worst[kind] for kind in ("time", "price") if kind in worst}
    bad = {kind: p for kind, p in worst.items() if p < asked}
    told = _and([_for(kind, p, asked) for kind, p in (bad or worst).items()])
    if not bad and together is not None and together < asked:
        words = _("Each alone with %(told)s, all together only with %(all)s")
        each = words % {"told": told, "all": share(together, asked)}
        return Headline(each, False, policy, each)
    return Headline(told if bad else _("Yes: %(told)s") % {"told": told}, not bad, policy, told)


def _for(kind: str, p: float, asked: float) -> str:
    words = _("%(share)s for the date") if kind == "time" else _("%(share)s for the price")
    return words % {"share": share(p, asked)}


def drivers(result: Json) -> list[str]:
    """What decides whether the promises are kept: activities, risks, people who are short."""
    return [*_of_activities(result["activities"]), *_of_risks(result), *_of_people(result["waiting"])]


def _of_activities(activities: list[Json]) -> list[str]:
    by_weight = sorted(activities, key=lambda a: -a["criticality"] * (0.2 + abs(a["sensitivity"])))
    return [_of_activity(a) for a in by_weight[:_DRIVERS] if a["criticality"] >= 0.1]


def _of_activity(a: Json) -> str:
    values = {"work": a["name"], "often": share(a["criticality"])}
    if a["sensitivity"] >= _MATTERS_MOST:
        words = _(
            "“%(work)s” decides the end in %(often)s of the simulated courses, and how long it takes matters most."
        )
    elif a["sensitivity"] >= _MATTERS:
        words = _(
            "“%(work)s” decides the end in %(often)s of the simulated courses, and how long it takes matters."
        )
    else:
        words = _(
            "“%(work)s” decides the end in %(often)s of the simulated courses, but it is well known how long it takes."
        )
    return words % values


def _of_risks(result: Json) -> list[str]:
    told = []
    for risk in result["risks"][:_DRIVERS]:
        costs = money(risk["cost"], result["currency"])
        if risk["days"] >= 0.05:
            words = _("The risk “%(risk)s” takes %(days).1f working days and %(costs)s on average.")
        else:
            words = _("The risk “%(risk)s” costs %(costs)s on average, and no time.")
        told.append(words % {"risk": risk["name"], "days": risk["days"], "costs": costs})
    return told


def _of_people(waiting: list[Json]) -> list[str]:
    words = _("What decides the end waits %(days).1f working days for %(who)s, busy with other work.")
    by_name = _("somebody of the role “%(role)s”")
    return [
        words % {"days": w["days"], "who": w["name"] if w["of"][0] == "m" else by_name % {"role": w["name"]}}
        for w in waiting[:_DRIVERS]
    ]


def ways(result: Json, names: Names, adopted: Adopted = ()) -> list[Way]:
    return [_way(k, r, result, names, adopted) for k, r in enumerate(result.get("remedies", ()))]


def _way(number: int, r: Json, result: Json, names: Names, adopted: Adopted) -> Way:
    changes = read(r["changes"])
    p = r["probabilities"][r["for"]]
    return Way(
        number=number,
        icon=_ICONS[r["kind"]],
        title=title_of(changes, names),
        text=_explained(changes, result, names),
        about=names.promises.get(int(r["for"][1:]), ""),
        share=share(p, result["asked"]),
        backed=p >= result["asked"],
        price=price_of(r["price"], changes, result["currency"]),
        leaves=_left_by(r, result["asked"], names),
        can_be_adopted=not any(isinstance(change, PeopleChange) and change.hired for change in changes),
        is_adopted=all(_value_of(change) in adopted for change in changes),
    )


def _value_of(change: Change) -> tuple[int, Any] | None:
    if isinstance(change, DateChange):
        return change.expectation, change.date
    return (change.expectation, change.amount) if isinstance(change, PriceChange) else None


def _left_by(r: Json, asked: float, names: Names) -> str:
    left = [int(name[1:]) for name, p in r["probabilities"].items() if p < asked and name not in r["about"]]
    named = [f"“{names.promises[pk]}”" for pk in left if pk in names.promises]
    return _("It does nothing for %(names)s.") % {"names": _and(named)} if named else ""


@dataclass(frozen=True, slots=True)
class Names:
    """How what changes speak of is called."""

    activities: dict[str, str]
    roles: dict[int, str]
    currency: str
    promises: dict[int, str]  # subjects of expectations

    def listed(self, codes: Sequence[str]) -> str:
        return _and([f"“{self.activities.get(code, code)}”" for code in codes])


def title_of(changes: Sequence[Change], names: Names) -> str:
    """A scenario's name, from what it changes."""
    promised: dict[str, list[str]] = {}  # the same value for several promises is told once
    others = []
    for change in changes:
        if isinstance(change, DateChange | PriceChange):
            subject = names.promises.get(change.expectation)
            promised.setdefault(_promise(change, names), []).extend([f"“{subject}”"] if subject else [])
        else:
            others.append(_title(change, names))
    for_them = _("%(promise)s: %(names)s")
    told = [
        for_them % {"promise": p, "names": _and(subjects)} if subjects else p
        for p, subjects in promised.items()
    ]
    return "; ".join([*told, *others])


def _promise(change: DateChange | PriceChange, names: Names) -> str:
    if isinstance(change, DateChange):
        return _("Promise %(date)s") % {"date": day(change.date)}
    return _("Ask for %(price)s") % {"price": money(float(change.amount), names.currency)}


def _title(change: DropChange | PeopleChange | EffortChange, names: Names) -> str:
    if isinstance(change, DropChange):
        return _("Leave out %(work)s") % {"work": names.listed(change.codes)}
    if isinstance(change, PeopleChange):
        return _people_title(change, names)
    values = {"work": names.listed([change.code]), "factor": change.factor}
    return _("%(work)s takes %(factor)g times its estimate") % values


def _people_title(change: PeopleChange, names: Names) -> str:
    values = {"count": change.units, "role": names.roles.get(change.role, "?")}
    if change.hired:
        words = ngettext("Find one more %(role)s", "Find %(count)d more of the role %(role)s", change.units)
    else:
        words = ngettext(
            "One more %(role)s on %(work)s", "%(count)d more of the role %(role)s on %(work)s", change.units
        )
    return words % (values | {"work": names.listed(change.codes)})


def _explained(changes: Sequence[Change], result: Json, names: Names) -> str:
    change = changes[0]
    if isinstance(change, DateChange):
        first = min(
            result["promises"][f"x{c.expectation}"]["said"] for c in changes if isinstance(c, DateChange)
        )
        days = (change.date - dt.date.fromisoformat(first)).days
        if len(changes) > 1:
            return _("Tell the client up to %(days)d days more.") % {"days": days}
        return ngettext("Tell the client %(days)d day more.", "Tell the client %(days)d days more.", days) % {
            "days": days
        }
    if isinstance(change, PriceChange):
        said = result["promises"][f"x{change.expectation}"]["said"]
        more = money(float(change.amount) - said, names.currency)
        return _("%(more)s more than the client was told.") % {"more": more}
    if isinstance(change, DropChange):
        return _("The work that weighs most on the end, of what the client does not expect by name.")
    if isinstance(change, PeopleChange) and change.hired:
        return _("Paid until the work is done, busy or not.")
    return _("People whom the firm has.")


def price_of(price: float, changes: Sequence[Change], currency: str) -> str:
    """What a way costs, or can no longer be sold, in words."""
    if round(price) == 0:
        return _("no cost")
    told = money(abs(price), currency)
    if any(isinstance(change, DropChange) for change in changes):
        return _("%(money)s less to sell") % {"money": told}
    if any(isinstance(change, PriceChange) for change in changes):
        return _("%(money)s more to ask for") % {"money": told}
    words = _("costs %(money)s more") if price > 0 else _("costs %(money)s less")
    return words % {"money": told}


def consequences(changes: Sequence[Change], names: Names) -> list[str]:
    """What adopting would do, each as a sentence."""
    return [_consequence(change, names) for change in changes]


def _consequence(change: Change, names: Names) -> str:
    if isinstance(change, DateChange):
        words = _(
            "%(subject)s: %(value)s is what is to be promised. The client is still to be told: record it when somebody did."
        )
        return words % {"subject": names.promises.get(change.expectation, ""), "value": day(change.date)}
    if isinstance(change, PriceChange):
        words = _(
            "%(subject)s: %(value)s is what is to be asked for. The client is still to be told: record it when somebody did."
        )
        value = money(float(change.amount), names.currency)
        return words % {"subject": names.promises.get(change.expectation, ""), "value": value}
    if isinstance(change, DropChange):
        words = _("%(work)s: removed from the plan; what came after follows what was before.")
        return words % {"work": names.listed(change.codes)}
    if isinstance(change, EffortChange):
        words = _("%(work)s: its three points are multiplied by %(factor)g.")
        return words % {"work": names.listed([change.code]), "factor": change.factor}
    words = ngettext(
        "%(work)s: one more %(role)s is assigned.",
        "%(work)s: %(count)d more of the role %(role)s are assigned.",
        change.units,
    )
    values = {
        "count": change.units,
        "role": names.roles.get(change.role, "?"),
        "work": names.listed(change.codes),
    }
    return words % values


def _and(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s and %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}
