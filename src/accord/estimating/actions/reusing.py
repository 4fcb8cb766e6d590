"""Not beginning from nothing: a new version, a copy of an earlier engagement's estimate, templates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from accord.actions.door import action
from accord.actions.refusals import Refused, WrongInput
from accord.engagements.models import Engagement
from accord.engagements.rules import must_see
from accord.estimating import rules
from accord.estimating.actions.asking import new_version
from accord.estimating.actions.breaking_down import locked, next_code
from accord.estimating.content import POINTS, Content, content_of
from accord.estimating.models import (
    Assumption,
    Contribution,
    Effort,
    Estimate,
    Risk,
    State,
    Template,
    WorkPackage,
)
from accord.people.models import Member, Role


@action(permission=rules.may_arrange)
def begin_new_version(
    actor: Member,
    estimate: Estimate,
    question: str = "",
    due_on: dt.date | None = None,
    estimators: Sequence[Member] = (),
) -> Estimate:
    """A copy to work on, with the same codes; by the same estimators if none are named.

    Raises:
        NotAllowed: somebody who estimated is left out by one who may not decide that.
        Refused: a version is open already.
    """
    earlier = [c.estimator for c in estimate.contributions.select_related("estimator")]
    named = list(estimators) or earlier
    if any(one.is_active and one not in named for one in earlier):
        rules.may_release(actor, estimate)
    new = new_version(
        actor, estimate.engagement, question.strip() or estimate.question, due_on, named, copied_from=estimate
    )
    before = {c.estimator_id for c in estimate.contributions.all()}
    # Whoever agreed on the earlier hours begins with them; who is new to it gives their own.
    begins = [c for c in new.contributions.all() if c.estimator_id in before]
    _fill(new, content_of(estimate), begins, keep_codes=True)
    return new


@action(permission=rules.may_reuse)
def copy_estimate(actor: Member, engagement: Engagement, source: Estimate) -> Estimate:
    """Begin with what an earlier engagement's estimate holds: into the open version, else into a new one of the actor's.

    Raises:
        NotAllowed: the actor may not see the source.
        Refused: the open version is delivered already, or holds packages; or what is confidential would be open.
    """
    must_see(actor, source.engagement)
    if source.engagement.confidential and not engagement.confidential:
        raise Refused(
            _("What is confidential stays with those who have a part in it."),
            _("“{source}” is confidential; “{engagement}” is open to everybody.").format(
                source=source.engagement, engagement=engagement
            ),
            _("Make this engagement confidential first, or begin its estimate anew."),
        )
    open_one = engagement.estimates.filter(state__in=rules.OPEN).first()
    if open_one is None:
        question = source.question or _("As in {engagement}").format(engagement=source.engagement)
        target = new_version(actor, engagement, question, None, [actor], copied_from=source)
    else:
        target = locked(open_one)
        _is_empty(target)
        target.copied_from = source
    _fill(target, content_of(source), _own(actor, target))
    return target


@action(permission=rules.may_estimate)
def keep_as_template(actor: Member, estimate: Estimate, name: str) -> Template:
    """Keep the breakdown under a name, for any engagement: so none of its texts should name the client.

    Raises:
        WrongInput: the name is missing or taken.
        Refused: the engagement is confidential.
    """
    if estimate.engagement.confidential:
        raise Refused(
            _("What is confidential stays with those who have a part in it."),
            _("A template is open to everybody."),
            _("Copy the estimate into the engagement that needs it instead."),
        )
    if not 0 < len(name.strip()) <= 120:
        raise WrongInput(name=_("Give the template a name of at most 120 letters."))
    if Template.objects.filter(name=name.strip()).exists():
        raise WrongInput(name=_("A template has this name already."))
    template = Template(name=name.strip(), body=content_of(estimate), made_from=estimate)
    template.save()
    return template


@action(permission=rules.may_estimate)
def use_template(actor: Member, estimate: Estimate, template: Template) -> Estimate:
    """Begin with a template's packages; its hours come only to the actor, where they estimate.

    Raises:
        Refused: the estimate holds packages already, or is not in work.
    """
    estimate = locked(estimate)
    _is_empty(estimate)
    _fill(estimate, template.body, _own(actor, estimate))
    return estimate


def _is_empty(estimate: Estimate) -> None:
    rules.is_in_work(estimate)
    if estimate.packages.exists():
        raise Refused(
            _("A copy or a template fills an empty breakdown."),
            _("This one holds {packages} lines.").format(packages=estimate.packages.count()),
            _("Remove them first, or paste the rows that you need into the grid."),
        )


def _own(actor: Member, estimate: Estimate) -> list[Contribution]:
    """The hours come to the one who takes them over; the others estimate independently and begin with none."""
    return [c for c in estimate.contributions.all() if c.estimator_id == actor.pk]


def _fill(
    estimate: Estimate, content: Content, begins: Sequence[Contribution], keep_codes: bool = False
) -> None:
    """Write packages, assumptions and risks for all, and the hours for those who begin with them, marked as taken over."""
    number = next_code(estimate)
    roles = {role.name.lower(): role for role in Role.objects.all()}
    codes = {
        line["code"]: line["code"] if keep_codes else f"w{number + k}"
        for k, line in enumerate(content["packages"])
    }
    packages = WorkPackage.objects.bulk_create(
        WorkPackage(
            estimate=estimate,
            code=codes[line["code"]],
            position=position,
            level=line["level"],
            name=line["name"],
            role=roles.get((line["role"] or "").lower()),
            units=Decimal(line["units"]),
            note=line["note"],
        )
        for position, line in enumerate(content["packages"])
    )
    Effort.objects.bulk_create(
        Effort(
            package=package,
            contribution=own,
            taken_over=True,
            **{name: Decimal(line[name]) for name in POINTS},
        )
        for own in begins
        for package, line in zip(packages, content["packages"], strict=True)
        if "likely" in line
    )
    _fill_notes(estimate, content, dict(zip(codes, packages, strict=True)))
    estimate.state = State.IN_WORK
    estimate.revision += 1
    estimate.save()


def _fill_notes(estimate: Estimate, content: Content, packages: dict[str, WorkPackage]) -> None:
    Assumption.objects.bulk_create(
        Assumption(estimate=estimate, kind=a["kind"], text=a["text"]) for a in content["assumptions"]
    )
    Risk.objects.bulk_create(
        Risk(
            estimate=estimate,
            name=r["name"],
            package=packages.get(r["package"]),
            **{name: Decimal(r[name]) for name in ("probability", *POINTS, "cost")},
        )
        for r in content["risks"]
    )
