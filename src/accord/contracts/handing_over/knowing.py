"""What else was known when it was sold: talks, answers, the estimate, the plan, conditions, overrides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from accord.contracts.handing_over.content import Sentence
from accord.contracts.models import Condition
from accord.contracts.reviewing.queries import open_conditions
from accord.engagements.models import Engagement, Override
from accord.engagements.policies.in_force import in_force
from accord.engagements.queries import Statement
from accord.estimating.models import Assumption, Estimate, Risk
from accord.exchange.wording import day, money, number, share
from accord.planning.checking import wording
from accord.planning.checking.queries import answered_check, newest_check, why_not_current
from accord.proposals.models import Answer
from accord.relationships.models import Interaction

Json = dict[str, Any]


def talks(engagement: Engagement) -> list[Sentence]:
    """What passed between the firm and the client that names this engagement, oldest first."""
    rows = Interaction.objects.filter(
        relationship=engagement.relationship_id, text__icontains=engagement.title
    )
    found = rows.select_related("by").prefetch_related("contacts").order_by("on", "pk")
    return [Sentence(text=_talk(one), source=f"relationship:{engagement.relationship_id}") for one in found]


def _talk(one: Interaction) -> str:
    contacts = ", ".join(c.name for c in one.contacts.all())
    head = _("{day}, {kind}, {who}").format(
        day=day(one.on), kind=one.get_kind_display(), who=f"{one.by}, {contacts}" if contacts else one.by
    )
    return f"{head}: {one.text}"


def said_by_link(engagement: Engagement) -> list[Sentence]:
    """Comments with what was replied, acceptances and refusals."""
    rows = Answer.objects.filter(proposal__engagement=engagement)
    found = rows.select_related("link__contact", "proposal").prefetch_related("replies__by").order_by("pk")
    return [_answered(answer) for answer in found.defer("proposal__content")]


def _answered(answer: Answer) -> Sentence:
    text = _("{name} on {day}, about version {version}: {kind}.").format(
        name=answer.link.contact,
        day=day(answer.at.date()),
        version=answer.proposal.version,
        kind=answer.get_kind_display(),
    )
    replies = " ".join(
        _("{name} answered: {text}").format(name=r.by, text=r.text) for r in answer.replies.all()
    )
    unanswered = answer.kind == Answer.Kind.COMMENT and not replies
    return Sentence(
        text=f"{text} “{answer.text}”" if answer.text else text,
        source=f"proposal:{answer.proposal_id}",
        note=_("Nobody has answered.") if unanswered else replies,
        tone="bad" if unanswered else "",
    )


def assumptions(engagement: Engagement) -> tuple[list[Sentence], list[Sentence]]:
    """What the approved estimate takes for granted, and what it leaves out."""
    rows = list(Assumption.objects.filter(estimate__in=_approved(engagement)))
    told = {
        kind: [Sentence(text=row.text, source=f"estimate:{row.estimate_id}") for row in rows if row.kind == kind]
        for kind in Assumption.Kind
    }  # fmt: skip
    return told[Assumption.Kind.ASSUMPTION], told[Assumption.Kind.EXCLUSION]


def risks(engagement: Engagement) -> list[Sentence]:
    """Of the approved estimate, the likeliest first."""
    rows = Risk.objects.filter(estimate__in=_approved(engagement)).order_by("-probability", "pk")
    return [
        Sentence(
            text=_risk(risk, engagement.currency), source=f"estimate:{risk.estimate_id}",
            note=_("happens with {share}").format(share=share(float(risk.probability))), tone="wait",
        )
        for risk in rows
    ]  # fmt: skip


def _risk(risk: Risk, currency: str) -> str:
    costs = []
    if risk.high:
        low, high = number(float(risk.low)), number(float(risk.high))
        words = _("{high} hours") if low == high else _("{low} to {high} hours")
        costs.append(words.format(low=low, high=high))
    if risk.cost:
        costs.append(money(float(risk.cost), currency))
    return _("{name}: {costs}").format(name=risk.name, costs=", ".join(costs)) if costs else risk.name


def _approved(engagement: Engagement) -> Any:
    return Estimate.objects.filter(engagement=engagement, state="approved").values("pk")[:1]


def conditions(engagement: Engagement) -> list[Sentence]:
    """Of reviews that decided to sign with conditions, what nobody has confirmed."""
    rows = [row for blocks in Condition.Blocks for row in open_conditions(engagement, blocks)]
    return [_condition(row) for row in sorted(rows, key=lambda row: row.pk)]


def _condition(row: Condition) -> Sentence:
    until = _(" until {day}").format(day=day(row.due_on)) if row.due_on else ""
    note = _("blocks {what}; {name} sees to it").format(what=row.get_blocks_display(), name=row.owner)
    return Sentence(text=row.text, source=f"review:{row.review_id}", note=f"{note}{until}", tone="bad")


def overrides(engagement: Engagement) -> list[Sentence]:
    rows = Override.objects.filter(engagement=engagement).select_related("by").order_by("pk")
    return [
        Sentence(
            text=_("{name} on {day}: {deed} ({what}). {because}").format(
                name=o.by, day=day(o.at.date()), deed=o.get_deed_display(), what=o.name, because=o.because
            ),
            source=f"engagement:{engagement.pk}",
            note=o.facts,
            tone="bad",
        )
        for o in rows
    ]


def plan(engagement: Engagement, said: Sequence[Statement]) -> list[Sentence]:
    """How likely each promise and all of them are kept, what decides it, and who is scarce."""
    check = answered_check(engagement, newest_check(engagement))
    source = f"check:{engagement.pk}"
    if check is None or check.result is None:
        return [Sentence(text=_("No promise check has been made."), source=source, tone="bad")]
    result: Json = check.result
    by_id = {f"x{s.expectation.pk}": s.expectation.subject for s in said if not s.withdrawn}
    asked = in_force().asked(engagement.profile)
    on = check.finished_at or check.asked_at
    told = [
        _kept_with(by_id[key], p["p"], asked, source) for key, p in result["promises"].items() if key in by_id
    ]
    if len(told) > 1:
        told.append(_kept_with(_("All of it together"), result["joint"]["p"], asked, source))
    told += [Sentence(text=text, source=source) for text in wording.drivers(result)]
    as_of = Sentence(
        text=_("As the promise check of {day} found.").format(day=day(on.date())),
        source=source,
        note=why_not_current(check) or "",
        tone="wait" if check.stale else "",
    )
    return [as_of, *told]


def _kept_with(subject: str, p: float, asked: float, source: str) -> Sentence:
    return Sentence(
        text=_("“{subject}” is kept with {share}.").format(subject=subject, share=share(p, asked)),
        source=source,
        note=_("the policy asks {share}").format(share=share(asked)),
        tone="good" if p >= asked else "bad",
    )
