"""What pages show of estimates. Before all estimators are done everybody sees only their own numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from accord.actions.refusals import Refused
from accord.engagements.models import Engagement, Expectation, Part, TakenPart
from accord.engagements.queries import visible_to
from accord.estimating import numbers, rules
from accord.estimating.authority import deliverers, names_of
from accord.estimating.models import Contribution, Coverage, Effort, Estimate, State, WorkPackage
from accord.estimating.numbers import Difference, Line, Points, Total
from accord.people.models import AccessRole, Member, Role

SOURCES = 200  # earlier estimates that are offered for copying


@dataclass(frozen=True, slots=True)
class Leaf:
    """A package that is work itself, with its agreed effort (None: not agreed) and who does it."""

    package: WorkPackage
    effort: Effort | None
    role: Role | None


@dataclass(frozen=True, slots=True)
class GridRow:
    """A line of the breakdown as one member sees it; a summary's points are the sums of what is under it.

    `shown` are the points in tenths, and for a summary the sums of these.
    """

    package: WorkPackage
    is_summary: bool
    points: Points | None
    shown: Points | None


@dataclass(frozen=True, slots=True)
class Grid:
    """The breakdown as one member sees it."""

    rows: list[GridRow]
    revision: int
    shows: str  # own, agreed or nothing: whose numbers these are
    taken_over: bool = False  # all hours are still a template's or a copy's

    @property
    def leaves(self) -> list[GridRow]:
        return [row for row in self.rows if not row.is_summary]

    @property
    def given(self) -> int:
        """How many packages have numbers."""
        return sum(row.points is not None for row in self.leaves)

    @property
    def totals(self) -> list[Total]:
        return numbers.totals(_priced(self.rows))


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one estimator said of a package."""

    estimator: Member
    points: Points


@dataclass(frozen=True, slots=True)
class Disputed:
    """A package with what each estimator said, why that is too far apart ('' if it is not), and what was agreed."""

    package: WorkPackage
    opinions: list[Opinion]
    disagreement: str
    agreed: Points | None


@dataclass(frozen=True, slots=True)
class NextStep:
    """What a member does next with a version: the button's word and the page's name."""

    word: str
    to: str


@dataclass(frozen=True, slots=True)
class Version:
    """A version in the list, with what it waits for and its agreed hours."""

    estimate: Estimate
    waits_for: str
    totals: list[Total]
    next: NextStep | None = None

    @property
    def whole(self) -> Total | None:
        return self.totals[-1] if self.totals and self.totals[-1].packages else None


@dataclass(frozen=True, slots=True)
class Covered:
    """A scope or quality that the client expects, and the package that delivers it."""

    expectation: Expectation
    package: str
    because: str = ""  # why the approved version leaves it out


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions side by side."""

    differences: list[Difference]
    before: Total
    after: Total

    @property
    def change(self) -> Decimal:
        return self.after.likely - self.before.likely


def estimate_for_page(pk: int) -> QuerySet[Estimate]:
    """With all that its page's head and its rules ask."""
    parts = Prefetch("engagement__parts", TakenPart.objects.select_related("member"))
    contributions = Prefetch("contributions", Contribution.objects.select_related("estimator"))
    found = Estimate.objects.filter(pk=pk).prefetch_related(parts, contributions)
    return found.select_related(
        "engagement__relationship__client",
        "engagement__relationship__owner",
        "asked_by",
        "delivered_by",
        "approved_by",
        "copied_from__engagement",
    )


def approved(engagement: Engagement) -> Estimate | None:
    """The approved version that counts."""
    return Estimate.objects.filter(engagement=engagement, state=State.APPROVED).first()


def latest(engagement: Engagement) -> Estimate | None:
    return Estimate.objects.filter(engagement=engagement).order_by("-version").first()


def leaves(estimate: Estimate) -> list[Leaf]:
    packages = list(estimate.packages.select_related("role"))
    agreed = efforts_of(estimate, None)
    levels = [p.level for p in packages]
    return [
        Leaf(package, agreed.get(package.pk), package.role)
        for k, package in enumerate(packages)
        if rules.is_leaf(levels, k)
    ]


def efforts_of(estimate: Estimate, contribution: Contribution | None) -> dict[int, Effort]:
    """By package: one estimator's own efforts, or (None) the agreed ones."""
    found = Effort.objects.filter(package__estimate=estimate, contribution=contribution)
    return {e.package_id: e for e in found}


def own_contribution(member: Member, estimate: Estimate) -> Contribution | None:
    return next((c for c in estimate.contributions.all() if c.estimator_id == member.pk), None)


def grid(member: Member, estimate: Estimate) -> Grid:
    """The breakdown with the numbers that this member may see now."""
    own = own_contribution(member, estimate)
    is_agreed = rules.all_done(estimate.contributions.all())
    efforts: dict[int, Effort] = {}
    if is_agreed or own is not None:
        efforts = efforts_of(estimate, None if is_agreed else own)
    packages = list(estimate.packages.select_related("role"))
    shows = "agreed" if is_agreed else "own" if own else "nothing"
    taken_over = shows == "own" and bool(efforts) and all(e.taken_over for e in efforts.values())
    return Grid(grid_rows(packages, efforts), rules.revision_seen(estimate, own), shows, taken_over)


def is_untouched(grid: Grid, own: Contribution | None) -> bool:
    """Whether these are a template's hours that the estimator never saved, and so not yet their own."""
    return grid.taken_over and own is not None and own.saved_at is None


def grid_rows(packages: Sequence[WorkPackage], efforts: dict[int, Effort]) -> list[GridRow]:
    levels = [p.level for p in packages]
    rows: list[GridRow] = []
    for k, package in enumerate(packages):
        if rules.is_leaf(levels, k):
            effort = efforts.get(package.pk)
            points = points_of(effort) if effort else None
            rows.append(GridRow(package, False, points, points.shown if points else None))
        else:
            under = [packages[j].pk for j in _under(levels, k) if rules.is_leaf(levels, j)]
            given = [points_of(efforts[pk]) for pk in under if pk in efforts]
            rows.append(GridRow(package, True, _sum(given), _sum([points.shown for points in given])))
    return rows


def points_of(effort: Effort) -> Points:
    return Points(effort.low, effort.likely, effort.high)


def disputed(estimate: Estimate) -> list[Disputed]:
    """Every package with all opinions.

    Raises:
        Refused: not all estimators are done.
    """
    contributions = list(estimate.contributions.all())
    if not rules.all_done(contributions):
        raise Refused(
            _("Estimators do not see each other's numbers before all are done."),
            _("Still at work: {names}.").format(
                names=", ".join(str(c.estimator) for c in contributions if not c.done_at)
            ),
            _("Wait for them; the desk tells you when it is your turn."),
        )
    by_package: dict[int, list[Opinion]] = {}
    agreed: dict[int, Points] = {}
    given = Effort.objects.filter(package__estimate=estimate).select_related("contribution__estimator")
    for effort in given.order_by("contribution"):
        if effort.contribution is None:
            agreed[effort.package_id] = points_of(effort)
        else:
            opinion = Opinion(effort.contribution.estimator, points_of(effort))
            by_package.setdefault(effort.package_id, []).append(opinion)
    return [
        Disputed(p, opinions, numbers.disagreement([o.points for o in opinions]), agreed.get(p.pk))
        for p in (leaf.package for leaf in leaves(estimate))
        for opinions in [by_package.get(p.pk, [])]
    ]


def unchanged(estimate: Estimate) -> list[str]:
    """Estimators whose hours are all still those of the template or the copy that they began with."""
    given = Effort.objects.filter(contribution__estimate=estimate).order_by("contribution")
    by_name = given.values_list("contribution__estimator__name").annotate(
        n=Count("pk"), same=Count("pk", filter=Q(taken_over=True))
    )
    return [name for name, n, same in by_name if n == same]


def uncovered(estimate: Estimate) -> list[Expectation]:
    """What the client expects in scope and quality and no package of this version delivers."""
    codes = estimate.packages.values("code")
    return list(standing(estimate.engagement).exclude(coverage__code__in=codes))


def standing(engagement: Engagement) -> QuerySet[Expectation]:
    """What the client expects in scope and quality now."""
    found: QuerySet[Expectation] = engagement.expectations.filter(
        kind__in=[Expectation.Kind.SCOPE, Expectation.Kind.QUALITY], restated_by=None, withdrawal=None
    )
    return found.order_by("pk")


def with_estimators(engagement: Engagement) -> list[Estimate]:
    """All versions of its estimate, the newest first."""
    contributions = Prefetch("contributions", Contribution.objects.select_related("estimator"))
    rows = engagement.estimates.select_related("asked_by", "approved_by")
    return list(rows.prefetch_related(contributions))


def versions(engagement: Engagement, member: Member) -> list[Version]:
    found = with_estimators(engagement)
    lines = _agreed_rows(found)
    return [
        Version(e, waits_for(e, member), numbers.totals(_priced(lines.get(e.pk, []))), next_step(member, e))
        for e in found
    ]


def next_step(member: Member, estimate: Estimate) -> NextStep | None:
    """What waits for this member, if anything does."""
    page = "estimating:estimate"
    if estimate.engagement.outcome:
        return None
    if estimate.state == State.DELIVERED:
        return NextStep(_("Judge it"), page) if _approves(member, estimate) else None
    if estimate.state not in (State.ASKED, State.IN_WORK):
        return None
    own = own_contribution(member, estimate)
    contributions = list(estimate.contributions.all())
    if own is not None and own.done_at is None:
        return NextStep(_("Give your hours"), page)
    if not rules.all_done(contributions) or not (own or rules.leads_delivery(member, estimate.engagement)):
        return None
    if len(contributions) == 1:
        return NextStep(_("Deliver the estimate"), page)
    return NextStep(_("Compare and agree"), "estimating:reconcile")


def _approves(member: Member, estimate: Estimate) -> bool:
    try:
        rules.may_judge(member, estimate)
    except Refused:
        return False
    return True


def waits_for(estimate: Estimate, member: Member | None = None) -> str:
    """One sentence: what is to be done next, and by whom; `member` is the one who reads it."""
    if estimate.state == State.DELIVERED:
        return _waits_for_judgement(estimate, member)
    if estimate.state == State.APPROVED:
        return _("Approved by {name}.").format(name=estimate.approved_by)
    if estimate.state == State.REPLACED:
        return _("A newer version counts.")
    return _waits_for_hours(estimate, member)


def _waits_for_hours(estimate: Estimate, member: Member | None) -> str:
    at_work = [c.estimator for c in estimate.contributions.all() if c.done_at is None]
    others = names_of([e for e in at_work if e != member], _("and"))
    if not at_work:
        return _("All estimators are done: agree on the efforts and deliver it.")
    if member not in at_work:
        return _("Waits for the hours of {names}.").format(names=others)
    if others:
        return _("Waits for your hours and those of {names}.").format(names=others)
    return _("It waits for your hours.")


def _waits_for_judgement(estimate: Estimate, member: Member | None) -> str:
    """Who can approve it, by name: the engagement's delivery leads and project manager, else the firm's."""
    if member is not None and _approves(member, estimate):
        return _("Waits for you to approve it or send it back.")
    leading = (Part.DELIVERY_LEAD, Part.PROJECT_MANAGER)
    people = [p.member for p in estimate.engagement.parts.all() if p.part in leading]
    estimators = {c.estimator_id for c in estimate.contributions.all()}
    alone = estimators if len(estimators) == 1 else set()
    people = [p for p in dict.fromkeys(people) if p.pk not in alone] or deliverers(estimate.engagement, alone)
    names = names_of(people) or _("somebody with delivery authority")
    return _("Waits for {names} to approve it or send it back.").format(names=names)


def compare(before: Estimate, after: Estimate) -> Comparison:
    rows = _agreed_rows([before, after])
    old, new = rows.get(before.pk, []), rows.get(after.pk, [])
    return Comparison(
        numbers.differences(_lines(old), _lines(new)),
        numbers.totals(_priced(old))[-1],
        numbers.totals(_priced(new))[-1],
    )


def covered(engagement: Engagement, approved: Estimate | None) -> list[Covered]:
    """What the client expects in scope and quality, with the package of the newest version that delivers it, or why
    the approved version leaves it out.
    """
    reasons = {left["expectation"]: left["because"] for left in approved.left_out} if approved else {}
    found = []
    for expectation in standing(engagement).select_related("belief"):
        belief = getattr(expectation, "belief", None)
        because = reasons.get(expectation.pk, "")
        found.append(Covered(expectation, belief.covered_by if belief else "", because))
    return found


def covered_by(estimate: Estimate, grid: Grid) -> list[Covered]:
    """What the client expects in scope and quality, with the package of this version that delivers it, if one does."""
    names = {row.package.code: row.package.name for row in grid.rows}
    found = []
    for expectation in standing(estimate.engagement).select_related("coverage"):
        coverage: Coverage | None = getattr(expectation, "coverage", None)
        found.append(Covered(expectation, names.get(coverage.code, "") if coverage else ""))
    return found


def may_estimate(engagement: Engagement) -> QuerySet[Member]:
    """Whom one can ask for an estimate: those who write, without the seller's side."""
    people = Member.objects.filter(is_active=True, given_roles__role__in=_ESTIMATE).distinct()
    by_role = F("role__name").asc(nulls_last=True)
    return people.exclude(pk__in=engagement.sold_by).select_related("role").order_by(by_role, "name")


_ESTIMATE = [
    AccessRole.ESTIMATOR,
    AccessRole.DELIVERY_LEAD,
    AccessRole.PROJECT_MANAGER,
    AccessRole.MEMBER,
    AccessRole.QUALITY_MANAGER,
    AccessRole.SUPPORT,
]


def sources(member: Member, engagement: Engagement) -> QuerySet[Estimate]:
    """The newest estimates of other engagements that may be copied: delivered or approved, and visible to the member."""
    states = [State.APPROVED, State.DELIVERED, State.REPLACED]
    found = Estimate.objects.filter(state__in=states, engagement__in=visible_to(member))
    some_work = Exists(WorkPackage.objects.filter(estimate=OuterRef("pk")))
    found = found.filter(some_work).exclude(engagement=engagement).order_by("-approved_at", "-id")
    newest = list(found.values_list("pk", flat=True)[:SOURCES])
    rows = Estimate.objects.filter(pk__in=newest).select_related("engagement__relationship__client")
    return rows.order_by("-approved_at", "-id")


def _agreed_rows(estimates: Sequence[Estimate]) -> dict[int, list[GridRow]]:
    packages: dict[int, list[WorkPackage]] = {}
    found = WorkPackage.objects.filter(estimate__in=estimates).select_related("role")
    for package in found.order_by("estimate", "position"):
        packages.setdefault(package.estimate_id, []).append(package)
    given = Effort.objects.filter(package__estimate__in=estimates, contribution=None)
    agreed = {e.package_id: e for e in given}
    return {pk: grid_rows(own, agreed) for pk, own in packages.items()}


def _priced(rows: Iterable[GridRow]) -> list[tuple[str, Points]]:
    return [
        (row.package.role.name if row.package.role else str(_("no role")), row.points)
        for row in rows
        if not row.is_summary and row.points is not None
    ]


def _lines(rows: Iterable[GridRow]) -> list[Line]:
    return [
        Line(r.package.code, r.package.name, r.package.role.name if r.package.role else "", r.points)
        for r in rows
        if not r.is_summary
    ]


def _under(levels: Sequence[int], k: int) -> Iterable[int]:
    """The lines that are deeper than line k and follow it directly."""
    for j in range(k + 1, len(levels)):
        if levels[j] <= levels[k]:
            return
        yield j


def _sum(given: Sequence[Points]) -> Points | None:
    if not given:
        return None
    zero = Decimal(0)
    return Points(
        sum((p.low for p in given), zero),
        sum((p.likely for p in given), zero),
        sum((p.high for p in given), zero),
    )
