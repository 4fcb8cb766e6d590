"""What a member can do with an estimate now, and what forbids the rest: for its page."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accord.actions.door import obstacles
from accord.actions.refusals import Refused
from accord.engagements import rules as engagement_rules
from accord.estimating import queries, rules
from accord.estimating.models import Contribution, Estimate, State
from accord.people.models import Member


@dataclass(frozen=True, slots=True)
class Possible:
    """What the member can do with the estimate now, and what forbids the rest."""

    edit: bool
    finish: bool
    again: bool
    deliver: bool
    approve: bool
    send_back: bool
    arrange: bool
    release: bool
    works: bool
    missing: str  # why the main action is not possible yet
    refused: Refused | None  # why this member may not approve, though they hold authority


def possible_for(member: Member, found: Estimate, grid: queries.Grid) -> Possible:
    own = queries.own_contribution(member, found)
    contributions = list(found.contributions.all())
    all_done = rules.all_done(contributions)
    in_work = found.state in (State.ASKED, State.IN_WORK) and not found.engagement.outcome
    writes = in_work and not obstacles("estimating.save_grid", member, found)
    alone = own is not None and len(contributions) == 1
    is_delivered = found.state == State.DELIVERED and not found.engagement.outcome
    decides = is_delivered and not obstacles("estimating.send_back", member, found)
    judges = is_delivered and (decides or rules.has_authority(member, found.engagement))
    refused = obstacles("estimating.approve_estimate", member, found) if judges else []
    return Possible(
        edit=writes and (all_done or own is None or own.done_at is None),
        finish=writes and not all_done and not alone and own is not None and own.done_at is None,
        again=writes and not all_done and own is not None and own.done_at is not None,
        deliver=writes and (all_done or alone),
        approve=decides and not refused,
        send_back=decides,
        arrange=in_work and not obstacles("estimating.change_question", member, found),
        release=in_work
        and rules.has_authority(member, found.engagement)
        and not engagement_rules.sells(member, found.engagement),
        works=in_work,
        missing=_missing(grid, all_done or alone) or _not_own(grid, own),
        refused=refused[0] if refused else None,
    )


def far_apart(found: Estimate) -> int:
    """On how many packages the estimators are far apart, where that is still to be decided on."""
    contributions = list(found.contributions.all())
    if found.state not in (State.IN_WORK, State.DELIVERED) or len(contributions) < 2:
        return 0
    if not rules.all_done(contributions):
        return 0
    return sum(bool(d.disagreement) for d in queries.disputed(found))


def _missing(grid: queries.Grid, with_roles: bool) -> str:
    leaves = grid.leaves
    if not leaves:
        return _("There is no work package yet.")
    told = []
    without_hours = len(leaves) - grid.given
    if without_hours:
        told.append(_("{n} of {all} packages have no hours yet.").format(n=without_hours, all=len(leaves)))
    without_role = sum(row.package.role_id is None for row in leaves)
    if with_roles and without_role:
        told.append(_("{n} have no role.").format(n=without_role))
    return " ".join(told)


def _not_own(grid: queries.Grid, own: Contribution | None) -> str:
    if not queries.is_untouched(grid, own):
        return ""
    return _("These are the template's hours, unchanged: look at each and save them.")
