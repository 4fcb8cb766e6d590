"""Who estimates, who decides, and which rows make a work breakdown: yes, or a refusal that says why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from accord.actions.models import AuditChange
from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.engagements import rules as engagement_rules
from accord.engagements.models import Engagement, Expectation, Part
from accord.estimating.authority import deliverers, names_of
from accord.estimating.models import Contribution, Effort, Estimate, State, WorkPackage
from accord.people.models import AccessRole, Member, Role

MOST_ROWS = 2000
MOST_HOURS = Decimal(1_000_000)
MOST_PEOPLE = Decimal(999)
OPEN = (State.ASKED, State.IN_WORK, State.DELIVERED)
TOLD_AT_MOST = 5
# With these the agreed hours begin as the means of what was given: nobody chose them.
_BEGINS_AGREEMENT = (
    "estimating.finish_contribution",
    "estimating.deliver_estimate",
    "estimating.release_estimator",
)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the grid as somebody saves it; `code` is None for a new one. A line with deeper ones after it is their sum."""

    code: str | None
    level: int
    name: str
    role: Role | None = None
    units: Decimal = Decimal(1)
    low: Decimal | None = None
    likely: Decimal | None = None
    high: Decimal | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong with one cell: the row counts from 0."""

    row: int
    field: str
    message: str


class WrongRows(WrongInput):
    """The grid holds cells that cannot be taken; all of them are told."""

    def __init__(self, problems: Sequence[CellProblem]) -> None:
        self.problems = tuple(problems)
        told = [
            _("Row {n}: {message}").format(n=p.row + 1, message=p.message) for p in problems[:TOLD_AT_MOST]
        ]
        more = len(problems) - len(told)
        super().__init__(rows=" ".join([*told, f"… and {more} more." if more > 0 else ""]).strip())


# Who may


def may_ask(actor: Member | None, engagement: Any) -> None:
    engagement_rules.may_lead(actor, engagement)


def may_estimate(actor: Member | None, estimate: Any) -> None:
    """The estimators work on it; a delivery lead prepares it and agrees with them."""
    engagement_rules.must_see(actor, estimate.engagement)
    engagement_rules.sells_not(actor, estimate.engagement)
    if actor is not None and (_contributes(actor, estimate) or leads_delivery(actor, estimate.engagement)):
        return
    raise NotAllowed(
        _("An estimate is made by its estimators and the delivery lead."),
        _("You are neither of them here."),
        _("Whoever leads the engagement can name you an estimator."),
    )


def may_arrange(actor: Member | None, estimate: Any) -> None:
    """Who estimates and by when is arranged by those who lead the engagement or its delivery."""
    if actor is not None and leads_delivery(actor, estimate.engagement):
        engagement_rules.must_see(actor, estimate.engagement)
        return
    engagement_rules.may_lead(actor, estimate.engagement)


def may_release(actor: Member | None, estimate: Any) -> None:
    """Nobody who sells chooses whose numbers are heard: who goes on without an estimator has delivery authority."""
    engagement_rules.must_see(actor, estimate.engagement)
    if actor is not None and has_authority(actor, estimate.engagement):
        because = engagement_rules.sells(actor, estimate.engagement)
    else:
        because = _("You are neither a delivery lead nor a project manager.")
    if because:
        who = names_of(deliverers(estimate.engagement)) or "a delivery lead or a project manager"
        raise NotAllowed(
            _(
                "Whether to go on without an estimator is decided by somebody with delivery authority who does not sell."
            ),
            because,
            _("Ask {who}. An estimator can also step back themselves.").format(who=who),
        )


def may_step_back(actor: Member | None, estimate: Any) -> None:
    engagement_rules.must_see(actor, estimate.engagement)
    if actor is None or not _contributes(actor, estimate):
        raise NotAllowed(
            _("An estimator steps back themselves."),
            _("You are no estimator of this."),
            _("Ask the estimator, or somebody with delivery authority."),
        )


def may_reuse(actor: Member | None, engagement: Any) -> None:
    """Numbers begin with delivery: its lead and estimators, and who leads the engagement without selling it."""
    engagement_rules.must_see(actor, engagement)
    engagement_rules.sells_not(actor, engagement)
    if actor is not None and (
        leads_delivery(actor, engagement) or engagement_rules.acts_as(actor, engagement, Part.ESTIMATOR)
    ):
        return
    engagement_rules.may_lead(actor, engagement)


def may_cover(actor: Member | None, expectation: Any) -> None:
    """What is delivered for an expectation, delivery says: who sells would otherwise back their own words."""
    may_reuse(actor, expectation.engagement)


def may_decide(actor: Member | None, estimate: Any) -> None:
    """Delivery authority: any delivery lead, and the engagement's project manager."""
    engagement_rules.must_see(actor, estimate.engagement)
    engagement_rules.sells_not(actor, estimate.engagement)
    if actor is None or not has_authority(actor, estimate.engagement):
        raise NotAllowed(
            _("An estimate is judged by somebody with delivery authority."),
            _("You are neither a delivery lead nor the project manager of this engagement."),
            _("Ask a delivery lead or its project manager."),
        )


def may_approve(actor: Member | None, estimate: Any) -> None:
    """Delivery authority, and independent of the sale and of the numbers, now and ever since it began."""
    may_judge(actor, estimate)
    assert actor is not None
    _is_independent(_wrote_what_was_agreed(actor, estimate))


def may_judge(actor: Member | None, estimate: Estimate) -> None:
    """As `may_approve` by what is so now: without a look into the audit, for pages that tell of many estimates."""
    may_decide(actor, estimate)
    assert actor is not None
    _is_independent(_estimated_alone(actor, estimate))


def _is_independent(because: str) -> None:
    if because:
        raise Refused(
            _(
                "An estimate is approved by somebody with delivery authority who neither sells or sold the "
                "engagement nor owns the relationship nor made its numbers."
            ),
            because,
            _("Ask another delivery lead, or the engagement's project manager."),
        )


def has_authority(actor: Member, engagement: Engagement) -> bool:
    return actor.has_any(AccessRole.DELIVERY_LEAD) or engagement_rules.acts_as(
        actor, engagement, Part.PROJECT_MANAGER
    )


def leads_delivery(actor: Member, engagement: Engagement) -> bool:
    leads = actor.has_any(AccessRole.DELIVERY_LEAD)
    return leads and not engagement_rules.sells(actor, engagement)


def may_be_estimator(member: Member, engagement: Engagement) -> str:
    """'' or why not, in words."""
    if not member.is_active:
        return _("{member} does not work here any more.").format(member=member)
    if not member.may_write:
        return _("{member} may only read.").format(member=member)
    if engagement_rules.sells(member, engagement):
        return _("{member} cannot estimate: the seller's side asks, delivery answers.").format(member=member)
    if not member.has_any(*engagement_rules.ROLES_OF[Part.ESTIMATOR]):
        return _("{member} has no role in delivery; an administrator gives roles.").format(member=member)
    return ""


def _estimated_alone(member: Member, estimate: Estimate) -> str:
    """'' or that nobody else gave numbers, as they are told."""
    estimators = {c.estimator_id for c in estimate.contributions.all()}
    return _("You are the only estimator of it.") if estimators == {member.pk} else ""


def _wrote_what_was_agreed(member: Member, estimate: Estimate) -> str:
    """Whether somebody changed what the estimators agreed on: hours, packages and who does them, or risks."""
    done = [c.done_at for c in estimate.contributions.all() if c.done_at is not None]
    if not done:
        return ""
    # Deleted rows are looked for by their estimate, rows that are there by their keys.
    efforts = Effort.objects.filter(package__estimate=estimate, contribution=None)
    hours = Q(model="estimating.effort", object_id__in=_as_text(efforts))
    packages = Q(model="estimating.workpackage", object_id__in=_as_text(estimate.packages.all()))
    changed = packages & Q(after__has_any_keys=["level", "position", "role_id", "units"])
    of_this = Q(before__estimate_id=str(estimate.pk)) | Q(after__estimate_id=str(estimate.pk))
    gone = Q(model="estimating.workpackage", kind="deleted") & of_this
    risks = Q(model="estimating.risk") & of_this
    written = AuditChange.objects.filter(
        hours | changed | gone | risks, entry__actor=member, entry__at__gt=max(done)
    ).exclude(entry__action__in=_BEGINS_AGREEMENT)
    return _("You changed what the estimators had agreed on.") if written.exists() else ""


def _as_text(rows: QuerySet[Any]) -> QuerySet[Any, str]:
    """Their keys, as the audit keeps them."""
    keys: QuerySet[Any, str] = (
        rows.order_by().annotate(key=Cast("pk", CharField())).values_list("key", flat=True)
    )
    return keys


def _contributes(actor: Member, estimate: Estimate) -> bool:
    """Whether somebody is an estimator of it, and still has an access role that this asks for."""
    may = actor.has_any(*engagement_rules.ROLES_OF[Part.ESTIMATOR])
    return may and any(c.estimator_id == actor.pk for c in estimate.contributions.all())


# When


def is_in_work(estimate: Estimate) -> None:
    """Only what is neither delivered nor approved nor replaced is worked on."""
    engagement_rules.still_open(estimate.engagement)
    if estimate.state in (State.ASKED, State.IN_WORK):
        return
    remedies: dict[str, str] = {
        State.DELIVERED: _("Somebody with delivery authority can send it back; then it is open again."),
        State.APPROVED: _("Begin a new version: it starts as a copy."),
        State.REPLACED: _("Work on the newest version."),
    }
    raise Refused(
        _("What was delivered or approved stays as it was."),
        _("Version {version} is {state}.").format(
            version=estimate.version, state=estimate.get_state_display()
        ),
        remedies[estimate.state],
    )


def is_delivered(estimate: Estimate) -> None:
    engagement_rules.still_open(estimate.engagement)
    if estimate.state != State.DELIVERED:
        raise Refused(
            _("An estimate is judged after it was delivered."),
            _("Version {version} is {state}.").format(
                version=estimate.version, state=estimate.get_state_display()
            ),
            _("Open the newest version and see what it waits for."),
        )


def is_what_was_seen(estimate: Estimate, delivered_at: dt.datetime | None) -> None:
    if delivered_at is not None and delivered_at != estimate.delivered_at:
        raise Refused(
            _("What is approved is exactly what was seen."),
            _("It was sent back and delivered anew since you opened the page."),
            _("Open the page again, and look at what it holds now."),
        )


def none_is_open(estimates: Collection[Estimate]) -> None:
    """One version at a time."""
    for estimate in estimates:
        if estimate.state in OPEN:
            raise Refused(
                _("An engagement has one open estimate at a time."),
                _("Version {version} is {state}.").format(
                    version=estimate.version, state=estimate.get_state_display()
                ),
                _("Finish that one, or change its question and its estimators."),
            )


def revision_seen(estimate: Estimate, own: Contribution | None) -> int:
    """Grows with whatever changes what this estimator sees; what others type for themselves does not count."""
    return estimate.revision + (own.revision if own else 0)


def revision_is_current(estimate: Estimate, own: Contribution | None, revision: int) -> None:
    current = revision_seen(estimate, own)
    if revision != current:
        raise Refused(
            _("A page saves what it has seen."),
            _("The breakdown was changed by somebody else, or in another window, since you opened it."),
            _(
                "Nothing of yours is lost: take over the newest breakdown with your entries, look at it and save again."
            ),
        )


def all_done(contributions: Collection[Contribution]) -> bool:
    """Whether the blind phase is over."""
    return bool(contributions) and all(c.done_at for c in contributions)


def is_still_yours(own: Contribution | None) -> None:
    if own is not None and own.done_at is not None:
        raise Refused(
            _("Whoever is done waits for the others."),
            _("You said that you are done."),
            _("Take your numbers up again, as long as the others are not done."),
        )


def are_own_numbers(own: Contribution, given: Collection[Effort]) -> None:
    """A template's hours that nobody looked at are no estimate; saving them says: I looked, and these are mine."""
    if own.saved_at is None and given and all(effort.taken_over for effort in given):
        raise Refused(
            _("Whoever is done stands behind their own hours."),
            _("These are the hours of the template or the copy, unchanged, and you have not saved them."),
            _("Look at each, change what is different here, and save; then say that you are done."),
        )


# What


def is_leaf(levels: Sequence[int], k: int) -> bool:
    """A line that no deeper line follows."""
    return k + 1 == len(levels) or levels[k + 1] <= levels[k]


def rows_are_right(rows: Sequence[Row]) -> None:
    """
    Raises:
        WrongRows: with every cell that cannot be taken.
    """
    problems = [*_too_many(rows)]
    levels = [row.level for row in rows]
    seen: set[str] = set()
    for k, row in enumerate(rows[:MOST_ROWS]):
        problems += [CellProblem(k, field, message) for field, message in _wrong_in(row)]
        if not 0 <= row.level <= WorkPackage.DEEPEST:
            message = _("A breakdown has at most {n} levels.").format(n=WorkPackage.DEEPEST + 1)
            problems.append(CellProblem(k, "name", message))
        elif row.level > (levels[k - 1] + 1 if k else 0):
            problems.append(CellProblem(k, "name", _("This line is indented by more than one step.")))
        if is_leaf(levels, k):
            problems += [CellProblem(k, field, message) for field, message in _wrong_points(row)]
        if row.code is not None and row.code in seen:
            problems.append(
                CellProblem(k, "name", _("The line {code} stands here twice.").format(code=row.code))
            )
        seen.add(row.code or "")
    if problems:
        raise WrongRows(problems)


def _too_many(rows: Sequence[Row]) -> list[CellProblem]:
    if len(rows) <= MOST_ROWS:
        return []
    return [
        CellProblem(
            MOST_ROWS,
            "name",
            _("A breakdown has at most {rows} lines; these are {n}.").format(rows=MOST_ROWS, n=len(rows)),
        )
    ]


def _wrong_in(row: Row) -> list[tuple[str, str]]:
    wrong = []
    if not row.name.strip():
        wrong.append(("name", _("Give the work package a name.")))
    if len(row.name.strip()) > 200:
        wrong.append(("name", _("A name has at most 200 letters.")))
    if len(row.note.strip()) > 500:
        wrong.append(("note", _("A note has at most 500 letters.")))
    if not row.units.is_finite() or not 0 < row.units <= MOST_PEOPLE:
        wrong.append(
            (
                "units",
                _("People at once are more than 0, at most {people}.").format(people=MOST_PEOPLE),
            )
        )
    elif row.units != round(row.units, 1):
        wrong.append(("units", _("People at once have one decimal.")))
    return wrong


def _wrong_points(row: Row) -> list[tuple[str, str]]:
    given = {"low": row.low, "likely": row.likely, "high": row.high}
    if all(value is None for value in given.values()):
        return []
    wrong = [(name, _("Give all three points, or none.")) for name, value in given.items() if value is None]
    for name, value in given.items():
        if value is not None and not (value.is_finite() and 0 <= value <= MOST_HOURS):
            wrong.append((name, _("Hours go from 0 to {hours}.").format(hours=f"{MOST_HOURS:,}")))
    if wrong or row.low is None or row.likely is None or row.high is None:
        return wrong
    if row.likely < row.low:
        return [("likely", _("Likely is not less than low."))]
    return [("high", _("High is not less than likely."))] if row.high < row.likely else []


def can_be_covered(expectation: Expectation) -> None:
    if expectation.kind not in (Expectation.Kind.SCOPE, Expectation.Kind.QUALITY):
        raise Refused(
            _("Work packages cover scope and quality."),
            _("This is about {kind}.").format(kind=expectation.get_kind_display().lower()),
            _("A time or a cost is judged by the promise check."),
        )
    engagement_rules.is_current(expectation)


def names(packages: Sequence[str]) -> str:
    told = ", ".join(f"“{name}”" for name in packages[:TOLD_AT_MOST])
    more = len(packages) - TOLD_AT_MOST
    return f"{told} and {more} more" if more > 0 else told
