"""The work breakdown: saving the grid, being done, agreeing. Until all estimators are done each writes only their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import count

from django.utils import timezone
from django.utils.translation import gettext as _

from accord.actions.door import action
from accord.actions.refusals import Refused, WrongInput
from accord.engagements.sides import delivers_from_now
from accord.estimating import numbers, queries, rules
from accord.estimating.models import Contribution, Coverage, Effort, Estimate, State, WorkPackage
from accord.estimating.numbers import Points
from accord.estimating.rules import Row
from accord.people.models import Member

_CODE = re.compile(r"w([1-9][0-9]{0,9})")
_STRUCTURE = ("position", "level", "name", "role_id", "units", "note")


@action(permission=rules.may_estimate)
def save_grid(actor: Member, estimate: Estimate, rows: Sequence[Row], revision: int) -> Estimate:
    """Save the whole breakdown: its structure, which all see, and the actor's own efforts, or once all are done the
    agreed ones. Lines that are not among the rows are removed.

    Raises:
        WrongRows: cells that cannot be taken.
        Refused: the page is stale, the estimate is not in work, or the actor is done and waits for the others.
    """
    estimate = locked(estimate)
    rules.is_in_work(estimate)
    contributions = contributions_of(estimate)
    own = next((c for c in contributions if c.estimator_id == actor.pk), None)
    is_agreed = rules.all_done(contributions)
    if not is_agreed:
        rules.is_still_yours(own)
    rules.revision_is_current(estimate, own, revision)
    rules.rows_are_right(rows)
    if not is_agreed and own is None:
        _holds_no_efforts(rows)
    saved = _Breakdown(estimate, own, may_remove_all=is_agreed)
    leaves_before = saved.leaves()
    packages = saved.take(rows)
    efforts_changed = (is_agreed or own is not None) and _save_efforts(
        estimate, packages, rows, None if is_agreed else own
    )
    if saved.changed or (is_agreed and efforts_changed):
        estimate.revision += 1
    elif efforts_changed and own is not None:
        own.revision += 1
    if own is not None and not is_agreed:
        own.saved_at = timezone.now()
        own.save()
    if not is_agreed and saved.leaves() - leaves_before:
        _ask_again(contributions)
    if estimate.state == State.ASKED:
        estimate.state = State.IN_WORK
    estimate.save()
    return estimate


@action(permission=rules.may_estimate)
def finish_contribution(actor: Member, estimate: Estimate) -> Contribution:
    """Say that the actor's own numbers are complete. When the last one is done, agreeing begins with the means.

    Raises:
        Refused: the actor is no estimator of it, was done already, packages have no numbers yet, or all numbers are a
        template's and the actor never saved them.
    """
    estimate = locked(estimate)
    rules.is_in_work(estimate)
    return finish(actor, estimate)


@action(permission=rules.may_estimate)
def take_up_again(actor: Member, estimate: Estimate) -> Contribution:
    """Change one's own numbers after all, as long as the others have not seen them.

    Raises:
        Refused: all are done, or the actor is not.
    """
    estimate = locked(estimate)
    rules.is_in_work(estimate)
    contributions = contributions_of(estimate)
    own = next((c for c in contributions if c.estimator_id == actor.pk), None)
    if own is None or own.done_at is None or rules.all_done(contributions):
        raise Refused(
            _("Own numbers are changed before everybody sees them."),
            _("All estimators are done, or you are not done yet."),
            _("Change the agreed efforts instead."),
        )
    own.done_at = None
    own.save()
    return own


@action(permission=rules.may_estimate)
def agree_on_efforts(actor: Member, estimate: Estimate, efforts: Mapping[str, Points]) -> Estimate:
    """Set the agreed three points of packages by their codes.

    Raises:
        WrongInput: a package does not exist, or points do not rise.
        Refused: not all estimators are done.
    """
    estimate = locked(estimate)
    rules.is_in_work(estimate)
    queries.disputed(estimate)  # refuses before all are done
    packages = {leaf.package.code: leaf.package for leaf in queries.leaves(estimate)}
    unknown = [code for code in efforts if code not in packages]
    if unknown:
        raise WrongInput(efforts=_("There is no package {names}.").format(names=", ".join(unknown)))
    rows = [
        Row(code, 0, packages[code].name, None, Decimal(1), p.low, p.likely, p.high)
        for code, p in efforts.items()
    ]
    rules.rows_are_right(rows)
    if _save_efforts(estimate, [packages[code] for code in efforts], rows, None):
        estimate.revision += 1
        estimate.save()
        delivers_from_now(estimate.engagement, actor)
    return estimate


def locked(estimate: Estimate) -> Estimate:
    """As it stands now, and nobody else writes it before this action is over."""
    rows = Estimate.objects.select_for_update(of=("self",)).select_related("engagement__relationship")
    return rows.get(pk=estimate.pk)  # type: ignore[no-any-return]


def contributions_of(estimate: Estimate) -> list[Contribution]:
    return list(estimate.contributions.all())


def finish(actor: Member, estimate: Estimate) -> Contribution:
    contributions = contributions_of(estimate)
    own = next((c for c in contributions if c.estimator_id == actor.pk), None)
    if own is None or own.done_at is not None:
        raise Refused(
            _("Each estimator is done once."),
            _("You are no estimator of this, or you were done already."),
            _("Agree on the efforts when the others are done."),
        )
    given = queries.efforts_of(estimate, own)
    leaves = queries.leaves(estimate)
    missing = [leaf.package.name for leaf in leaves if leaf.package.pk not in given]
    if missing or not leaves:
        raise Refused(
            _("Whoever is done has given every package its three points."),
            _("Missing: {packages}.").format(packages=rules.names(missing))
            if missing
            else _("There is no work package yet."),
            _("Fill the grid and save it, then say that you are done."),
        )
    rules.are_own_numbers(own, given.values())
    own.done_at = timezone.now()
    own.save()
    if rules.all_done(contributions):
        begin_agreement(estimate)
    return own


def begin_agreement(estimate: Estimate) -> None:
    """All are done: the agreed efforts begin as the means of what was given."""
    given: dict[int, list[Points]] = {}
    for effort in Effort.objects.filter(package__estimate=estimate, contribution__isnull=False):
        given.setdefault(effort.package_id, []).append(queries.points_of(effort))
    agreed = {pk: numbers.mean_of(points) for pk, points in given.items()}
    Effort.objects.bulk_create(
        Effort(package_id=pk, contribution=None, low=p.low, likely=p.likely, high=p.high)
        for pk, p in agreed.items()
    )
    estimate.revision += 1
    estimate.save()


def next_code(estimate: Estimate) -> int:
    """The number of the next new package: a code is never given twice in an engagement, whatever was removed."""
    used = WorkPackage.objects.filter(estimate__engagement=estimate.engagement_id).values_list(
        "code", flat=True
    )
    covered = Coverage.objects.filter(expectation__engagement=estimate.engagement_id)
    found = (_CODE.fullmatch(code) for code in (*used, *covered.values_list("code", flat=True)))
    return max((int(match[1]) for match in found if match), default=0) + 1


def _holds_no_efforts(rows: Sequence[Row]) -> None:
    if any(value is not None for row in rows for value in (row.low, row.likely, row.high)):
        raise Refused(
            _("Before all are done, hours are given by the estimators."),
            _("You prepare the breakdown, but you are not one of them."),
            _("Leave the hours empty, or become an estimator."),
        )


def _ask_again(contributions: Sequence[Contribution]) -> None:
    """Whoever was done has not seen the new packages."""
    for contribution in contributions:
        if contribution.done_at is not None:
            contribution.done_at = None
            contribution.save()


class _Breakdown:
    """The stored lines of an estimate, made equal to the rows that were saved."""

    def __init__(self, estimate: Estimate, own: Contribution | None, may_remove_all: bool) -> None:
        self.estimate, self.own, self.may_remove_all = estimate, own, may_remove_all
        self.packages: list[WorkPackage] = list(estimate.packages.all())
        self.changed = False

    def leaves(self) -> set[str]:
        levels = [p.level for p in self.packages]
        return {p.code for k, p in enumerate(self.packages) if rules.is_leaf(levels, k)}

    def take(self, rows: Sequence[Row]) -> list[WorkPackage]:
        """The packages in the order of the rows."""
        stored = {p.code: p for p in self.packages}
        kept = {row.code for row in rows}
        self._remove([package for code, package in stored.items() if code not in kept])
        codes = self._codes([row.code for row in rows if row.code not in stored])
        taken: list[WorkPackage] = []
        new: list[WorkPackage] = []
        for position, row in enumerate(rows):
            package = stored.get(row.code or "")
            if package is None:
                package = WorkPackage(estimate=self.estimate, code=next(codes))
                new.append(package)
            self._write(package, row, position)
            taken.append(package)
        if new:
            self.changed = True
            WorkPackage.objects.bulk_create(new)
        self.packages = taken
        return taken

    def _remove(self, packages: Sequence[WorkPackage]) -> None:
        """With what hangs on them, row by row, so that the audit tells it."""
        others = Effort.objects.filter(package__in=packages, contribution__isnull=False)
        if not self.may_remove_all and others.exclude(contribution=self.own).exists():
            raise Refused(
                _("Nobody takes away what another estimator has given hours for."),
                _("One of the lines that you removed has hours of somebody else."),
                _("Undo the removal, and remove it when all are done."),
            )
        for package in packages:
            for hanging in (*package.efforts.all(), *package.risks.all()):
                hanging.delete()
            package.delete()
            self.changed = True

    def _codes(self, asked: Sequence[str | None]) -> Iterator[str]:
        """A code for each new line: one that comes back (after undo) keeps its own, the others get the next free ones."""
        if not asked:
            return
        number = next_code(self.estimate)
        kept = {code for code in asked if code and _is_near(code, number)}
        free = (code for n in count(number) if (code := f"w{n}") not in kept)
        for wish in asked:
            yield wish if wish is not None and wish in kept else next(free)

    def _write(self, package: WorkPackage, row: Row, position: int) -> None:
        values = (
            position,
            row.level,
            row.name.strip(),
            row.role.pk if row.role else None,
            row.units,
            row.note.strip(),
        )
        if tuple(getattr(package, name) for name in _STRUCTURE) == values:
            return
        for name, value in zip(_STRUCTURE, values, strict=True):
            setattr(package, name, value)
        if package.pk is not None:
            self.changed = True
            package.save()


def _is_near(code: str, number: int) -> bool:
    """Whether a page may have got this code from here: made-up ones are far beyond the next one."""
    found = _CODE.fullmatch(code)
    return found is not None and int(found[1]) < number + rules.MOST_ROWS


def _save_efforts(
    estimate: Estimate,
    packages: Sequence[WorkPackage],
    rows: Sequence[Row],
    contribution: Contribution | None,
) -> bool:
    """Write the rows' three points as one estimator's own or as the agreed ones; whether anything changed."""
    stored = queries.efforts_of(estimate, contribution)
    levels = [row.level for row in rows]
    changed, new = False, []
    for k, (package, row) in enumerate(zip(packages, rows, strict=True)):
        if not rules.is_leaf(levels, k):
            continue  # what a summary held as a leaf is kept, should it become one again
        effort = stored.get(package.pk)
        if row.low is None or row.likely is None or row.high is None:
            if effort is not None:
                effort.delete()
                changed = True
            continue
        points = tuple(
            value.quantize(numbers.CENT, ROUND_HALF_UP) for value in (row.low, row.likely, row.high)
        )
        if effort is None:
            new.append(Effort(package=package, contribution=contribution))
            new[-1].low, new[-1].likely, new[-1].high = points
        elif (effort.low, effort.likely, effort.high) != points:
            effort.low, effort.likely, effort.high = points
            effort.taken_over = False
            effort.save()
            changed = True
    Effort.objects.bulk_create(new)
    return changed or bool(new)
