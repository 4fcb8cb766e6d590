"""What waits for a member: every room registers what it knows of, and the desk shows it all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accord.engagements.models import Engagement, Expectation, Stage, TakenPart
from accord.engagements.policies.in_force import in_force, remembered
from accord.engagements.queries import not_backed, standing, visible_to
from accord.engagements.rules import backing_of
from accord.exchange import wording
from accord.people.models import Member


class Group(StrEnum):
    """What the desk asks of somebody."""

    DECIDE = "decide"  # votes, approvals, conditions
    ANSWER = "answer"  # questions, estimates asked for, steps that are due
    LOOK = "look"  # promises that changed, hand-overs


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the desk: what, for which engagement, why me, until when, and where to do it.

    With `in_dialog` the address holds a form that opens over the desk. Where two lines of a group can have the same
    address, `matter` tells them apart; it never holds words that change while the thing stays the same.
    """

    group: Group
    what: str
    engagement: Engagement
    why: str
    until: dt.date | None
    address: str
    button: str
    in_dialog: bool = False
    matter: str = ""

    @property
    def key(self) -> str:
        """What stays the same while its words change, and no other line that waits for the same member has."""
        return " ".join(filter(None, (self.group.value, self.matter, self.address)))

    @property
    def is_late(self) -> bool:
        return self.until is not None and self.until < dt.date.today()


Source = Callable[[Member], list[Waiting]]
PARTS = 3  # in which a page asks what waits, one after the other, so that none of them asks the database much
_sources: list[tuple[int, Source]] = []
_PROMISING = (Stage.FIRST_TALK, Stage.QUALIFIED, Stage.ESTIMATED, Stage.PROPOSAL, Stage.REVIEW)


def waits(part: int) -> Callable[[Source], Source]:
    """Register a function that tells what waits for a member. It may see only what the member may see."""

    def register(source: Source) -> Source:
        _sources.append((part, source))
        return source

    return register


def waiting_for(member: Member, part: int | None = None) -> list[Waiting]:
    """All that waits, or one part of it; the most urgent first within its group."""
    with remembered():
        found = [line for of, source in _sources if part in (None, of) for line in source(member)]
    return sorted(found, key=lambda line: (list(Group).index(line.group), line.until or dt.date.max))


@waits(part=1)
def steps_and_promises(member: Member) -> list[Waiting]:
    """Next steps that are due, and dates and prices that were said with nothing behind them."""
    lines = []
    for engagement in _led_by(member):
        why = _why(engagement, member)
        if engagement.next_step_on is not None and engagement.next_step_on <= dt.date.today():
            lines.append(_due(engagement, why))
        said: list[Expectation] = engagement.unbacked  # type: ignore[attr-defined]
        if said and engagement.stage in _PROMISING:
            lines.append(_unbacked(engagement, said, why))
    return lines


def _led_by(member: Member) -> list[Engagement]:
    """Running engagements in which the member has a part, or whose relationship the member owns."""
    promised = [Expectation.Kind.TIME, Expectation.Kind.COST]
    said = standing().filter(not_backed(), kind__in=promised).select_related("belief", "engagement")
    parts = TakenPart.objects.filter(member=member)
    mine = Q(pk__in=parts.values("engagement")) | Q(relationship__owner=member)
    return list(
        visible_to(member)
        .filter(mine, outcome="")
        .select_related("relationship__client")
        .prefetch_related(
            Prefetch("parts", parts, to_attr="own_parts"),
            Prefetch("expectations", said, to_attr="unbacked"),
        )
    )


def _why(engagement: Engagement, member: Member) -> str:
    own: list[TakenPart] = engagement.own_parts  # type: ignore[attr-defined]
    if own:
        return _("You are its %(part)s.") % {"part": " · ".join(str(p.get_part_display()) for p in own)}
    return _("You own the relationship.")


def _due(engagement: Engagement, why: str) -> Waiting:
    return Waiting(
        Group.ANSWER,
        engagement.next_step or _("Its next step is due"),
        engagement,
        why,
        engagement.next_step_on,
        reverse("engagements:next_step", args=[engagement.pk]),
        _("Plan the next step"),
        in_dialog=True,
    )


def _named(said: Expectation) -> str:
    value = wording.day(said.date) if said.date else ""
    if said.amount is not None:
        value = wording.money(float(said.amount), said.engagement.currency)
    return f"{said.subject}, {value}"


def _unbacked(engagement: Engagement, said: list[Expectation], why: str) -> Waiting:
    first = said[0]
    asked = in_force().asked(engagement.profile)
    backing = backing_of(first.kind, getattr(first, "belief", None), asked)
    what = _("“%(subject)s” was said and is %(word)s. %(because)s") % {
        "subject": _named(first),
        "word": backing.word,
        "because": backing.because,
    }
    if len(said) > 1:
        more = ngettext("%(n)d more is not backed.", "%(n)d more are not backed.", len(said) - 1)
        what += " " + more % {"n": len(said) - 1}
    return Waiting(
        Group.LOOK,
        what,
        engagement,
        why,
        None,
        reverse("engagements:said", args=[engagement.pk]),
        _("See what was said"),
    )
