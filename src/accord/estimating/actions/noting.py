"""What stands beside the numbers: assumptions, exclusions, risks, and which package covers what a client expects."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from accord.actions.door import action
from accord.actions.refusals import WrongInput
from accord.engagements.models import Expectation
from accord.engagements.rules import still_open
from accord.engagements.sides import delivers_from_now
from accord.estimating import rules
from accord.estimating.actions.breaking_down import locked
from accord.estimating.models import Assumption, Coverage, Estimate, Risk, WorkPackage
from accord.people.models import Member


@action(permission=rules.may_estimate)
def note_assumption(actor: Member, estimate: Estimate, kind: str, text: str) -> Assumption:
    """Write down what the estimate takes for granted, or leaves out.

    Raises:
        WrongInput: an unknown kind, or no text.
        Refused: the estimate is not in work.
    """
    estimate = locked(estimate)
    rules.is_in_work(estimate)
    if kind not in Assumption.Kind.values:
        raise WrongInput(kind=_("Say whether it is an assumption or an exclusion."))
    if not 0 < len(text.strip()) <= 500:
        raise WrongInput(text=_("Say it in at most 500 letters."))
    noted = Assumption(estimate=estimate, kind=kind, text=text.strip())
    noted.save()
    return noted


@action(permission=rules.may_estimate)
def drop_assumption(actor: Member, estimate: Estimate, assumption: Assumption) -> None:
    rules.is_in_work(locked(estimate))
    _belongs(assumption, estimate)
    assumption.delete()


@action(permission=rules.may_estimate)
def note_risk(
    actor: Member,
    estimate: Estimate,
    name: str,
    probability: Decimal,
    package: WorkPackage | None = None,
    low: Decimal = Decimal(0),
    likely: Decimal = Decimal(0),
    high: Decimal = Decimal(0),
    cost: Decimal = Decimal(0),
) -> Risk:
    """Write down what may happen: `probability` from 0 to 1, hours on a package, money.

    Raises:
        WrongInput: what does not fit.
        Refused: the estimate is not in work.
    """
    estimate = locked(estimate)
    rules.is_in_work(estimate)
    wrong = _wrong_risk(estimate, name, probability, package, (low, likely, high), cost)
    if wrong:
        raise WrongInput(**wrong)
    risk = Risk(
        estimate=estimate, name=name.strip(), probability=probability, package=package,
        low=low, likely=likely, high=high, cost=cost,
    )  # fmt: skip
    risk.save()
    return risk


@action(permission=rules.may_estimate)
def drop_risk(actor: Member, estimate: Estimate, risk: Risk) -> None:
    rules.is_in_work(locked(estimate))
    _belongs(risk, estimate)
    risk.delete()


@action(permission=rules.may_cover)
def cover(actor: Member, expectation: Expectation, code: str) -> Coverage:
    """Say which work package delivers what the client expects, by its code in any version.

    Raises:
        WrongInput: no version of the engagement's estimate has this package.
        Refused: the expectation is about time or cost, was restated or withdrawn.
    """
    still_open(expectation.engagement)
    rules.can_be_covered(expectation)
    known = WorkPackage.objects.filter(estimate__engagement=expectation.engagement_id, code=code)
    if not known.exists():
        raise WrongInput(code=_("No estimate of this engagement has such a package."))
    coverage = Coverage.objects.filter(expectation=expectation).first() or Coverage(expectation=expectation)
    coverage.code = code
    coverage.save()
    delivers_from_now(expectation.engagement, actor)
    return coverage


@action(permission=rules.may_cover)
def uncover(actor: Member, expectation: Expectation) -> None:
    """Say that no package covers it after all."""
    still_open(expectation.engagement)
    for coverage in Coverage.objects.filter(expectation=expectation):
        coverage.delete()


def _belongs(noted: Assumption | Risk, estimate: Estimate) -> None:
    if noted.estimate_id != estimate.pk:
        raise WrongInput(estimate=_("This belongs to another estimate."))


def _wrong_risk(
    estimate: Estimate,
    name: str,
    probability: Decimal,
    package: WorkPackage | None,
    points: tuple[Decimal, Decimal, Decimal],
    cost: Decimal,
) -> dict[str, str]:
    wrong = {}
    low, likely, high = points
    if not 0 < len(name.strip()) <= 200:
        wrong["name"] = _("Say in at most 200 letters what may happen.")
    if not 0 < probability < 1:
        wrong["probability"] = _("Give a chance between 0 and 100 percent: what is certain is no risk.")
    if not 0 <= low <= likely <= high <= rules.MOST_HOURS:
        wrong["high"] = _("Hours rise from low to likely to high.")
    if not 0 <= cost <= Decimal("1e9"):
        wrong["cost"] = _("Money is not negative.")
    if high > 0 and package is None:
        wrong["package"] = _("Say which work package takes longer then.")
    if package is not None and package.estimate_id != estimate.pk:
        wrong["package"] = _("This package belongs to another estimate.")
    return wrong
