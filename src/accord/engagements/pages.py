"""The frame that all pages of one engagement share: its way, what is missing for the next step, its parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accord.actions.door import obstacles
from accord.actions.refusals import NotAllowed, Refused
from accord.engagements import rules
from accord.engagements.models import Engagement, Outcome, Override, Stage
from accord.engagements.queries import with_parts
from accord.people.accounts import signed_in
from accord.people.models import Member

# The parts of an engagement's record; each is the address of a room's page for one engagement.
_TABS = (
    ("web:engagement", _("Overview")),
    ("engagements:said", _("What was said")),
    ("estimating:estimates", _("Estimate")),
    ("planning:plan", _("Plan")),
    ("planning:check", _("Promise check")),
    ("proposals:proposals", _("Proposal")),
    ("contracts:reviews", _("Review")),
    ("signing:contracts", _("Contract")),
    ("handing_over:hand_overs", _("Hand-over")),
    ("engagements:history", _("History")),
)


FOR_PAGES = ("relationship__client", "relationship__owner")  # what the frame shows of an engagement


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    state: str  # past, now, ended or next


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    address: str
    here: bool


@dataclass(frozen=True, slots=True)
class Head:
    way: list[Step]
    tabs: list[Tab]
    next_stage: Stage | None
    earlier_stage: Stage | None
    may_move: bool
    missing: list[Refused]  # what forbids the next stage, besides who may move
    overrides: list[Override]


def visible(request: HttpRequest, pk: int, by: str = "pk") -> Engagement:
    """The engagement, if the member who asks may see it; `by`: the way to it from what has this number.

    Raises:
        NotAllowed: it is confidential. Http404: there is none.
    """
    return seen(request, get_object_or_404(Engagement.objects.select_related(*FOR_PAGES), **{by: pk}))


def seen(request: HttpRequest, engagement: Engagement) -> Engagement:
    """An engagement that was loaded already (with `FOR_PAGES`), if the member who asks may see it.

    Raises:
        NotAllowed: it is confidential.
    """
    prefetch_related_objects([engagement], with_parts())
    rules.must_see(signed_in(request), engagement)
    return engagement


def engagement_page(
    request: HttpRequest,
    engagement: Engagement,
    tab: str,
    template: str,
    page: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """Render one part of an engagement's record; `tab` is the name of its address."""
    page = {"engagement": engagement, "head": _head(signed_in(request), engagement, tab)} | page
    return render(request, template, page, status=status)


def _head(member: Member, engagement: Engagement, tab: str) -> Head:
    here = Stage(engagement.stage)
    following = None if engagement.outcome else rules.next_stage(here)
    found = obstacles("engagements.move_to_stage", member, engagement, following) if following else []
    missing = [refused for refused in found if not isinstance(refused, NotAllowed)]
    return Head(
        way=_way(here, engagement.outcome),
        tabs=[Tab(str(label), reverse(name, args=[engagement.pk]), name == tab) for name, label in _TABS],
        next_stage=following,
        earlier_stage=None if engagement.outcome else rules.earlier_stage(here),
        may_move=len(missing) == len(found),
        missing=missing,
        overrides=engagement.let_pass,
    )


def _way(here: Stage, outcome: str) -> list[Step]:
    stages = list(Stage)
    at = stages.index(here)
    now = "ended now" if outcome in (Outcome.LOST, Outcome.DECLINED) else "now"
    return [
        Step(str(stage.label), "past" if k < at else now if k == at else "next")
        for k, stage in enumerate(stages)
    ]
