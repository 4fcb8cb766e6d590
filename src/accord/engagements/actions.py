"""What people do with engagements and expectations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accord.actions.door import action, follows
from accord.actions.refusals import WrongInput
from accord.engagements import rules
from accord.engagements.models import (
    Engagement,
    Expectation,
    Outcome,
    Part,
    Stage,
    TakenPart,
    Withdrawal,
)
from accord.engagements.policies.actions import follow
from accord.engagements.sides import delivers_from_now, sells_from_now
from accord.ledger import chain
from accord.people.models import Member
from accord.people.queries import the_firm
from accord.relationships.models import Contact, Relationship


@dataclass(frozen=True, slots=True)
class Said:
    """What was said: `date` for time, `amount` for cost, neither for scope and quality."""

    kind: str
    subject: str
    said_on: dt.date
    direction: str = Expectation.Direction.TOLD
    channel: str = Expectation.Channel.CALL
    date: dt.date | None = None
    amount: Decimal | None = None
    words: str = ""
    member: Member | None = None  # None: the actor
    contact: Contact | None = None


@action(permission=rules.may_begin)
def begin_engagement(
    actor: Member,
    relationship: Relationship,
    title: str,
    value: Decimal | None = None,
    currency: str = "",
    confidential: bool = False,
    begun_on: dt.date | None = None,
) -> Engagement:
    """Begin with the first talk; whoever begins it is its seller."""
    if not title.strip():
        raise WrongInput(title=_("Give the engagement a title."))
    if value is not None and value < 0:
        raise WrongInput(value=_("A value is not negative."))
    own = the_firm().currency
    if currency and currency != own:
        raise WrongInput(currency=_("People cost {own}, so prices are in {own} too.").format(own=own))
    today = begun_on or dt.date.today()
    engagement = Engagement(
        relationship=relationship,
        title=title.strip(),
        value=value,
        currency=own,
        confidential=confidential,
        stage_since=today,
        begun_on=today,
        sold_by=sorted({actor.pk, relationship.owner_id}),
    )
    engagement.save()
    TakenPart(engagement=engagement, member=actor, part=Part.SELLER).save()
    follow(engagement)
    return engagement


@action(permission=rules.may_lead)
def change_engagement(
    actor: Member,
    engagement: Engagement,
    title: str,
    value: Decimal | None,
    win_probability: int,
    confidential: bool,
) -> Engagement:
    """Change what it is called, what it is worth, how likely it is signed, and who may see it.

    Raises:
        WrongInput: no title, a negative value, or a chance that is none.
        Refused: it has ended.
    """
    rules.still_open(engagement)
    if not title.strip():
        raise WrongInput(title=_("Give the engagement a title."))
    if value is not None and value < 0:
        raise WrongInput(value=_("A value is not negative."))
    if not 0 <= win_probability <= 100:
        raise WrongInput(win_probability=_("A chance lies between 0 and 100 percent."))
    engagement.title, engagement.value = title.strip(), value
    engagement.win_probability, engagement.confidential = win_probability, confidential
    engagement.save()
    follow(engagement)
    return engagement


@action(permission=rules.may_lead)
def give_part(actor: Member, engagement: Engagement, member: Member, part: str) -> None:
    """Give somebody a part in it; nothing happens if they have it.

    Raises:
        WrongInput: it is no part, or the member has left.
        Refused: it has ended, the member lacks the access role, or is on the other side of it.
    """
    rules.still_open(engagement)
    rules.can_take_a_part(engagement, member, part)
    if not engagement.parts.filter(member=member, part=part).exists():
        TakenPart(engagement=engagement, member=member, part=part).save()
    if part == Part.SELLER:
        sells_from_now(engagement, member)
    elif part in rules.DELIVERS:
        delivers_from_now(engagement, member)


@follows("relationships.hand_over_relationship")
def its_new_owner_sells(_actor: Member, relationship: Relationship, owner: Member) -> None:
    for engagement in relationship.engagements.filter(outcome=""):
        sells_from_now(engagement, owner)


@action(permission=rules.may_lead)
def take_part(actor: Member, engagement: Engagement, member: Member, part: str) -> None:
    """Take a part back; nothing happens if the member does not have it.

    Raises:
        Refused: it has ended, or its last seller would be gone.
    """
    rules.still_open(engagement)
    for taken in engagement.parts.filter(member=member, part=part):
        rules.keeps_a_seller(engagement, taken)
        taken.delete()


@action(permission=rules.may_lead)
def plan_next_step(actor: Member, engagement: Engagement, step: str, on: dt.date | None) -> Engagement:
    rules.still_open(engagement)
    engagement.next_step, engagement.next_step_on = step.strip(), on
    engagement.save()
    return engagement


@action(permission=rules.may_lead)
def move_to_stage(actor: Member, engagement: Engagement, stage: Stage) -> Engagement:
    """Take the next step of the way, or one back.

    Raises:
        Refused: the stage does not follow, the engagement has ended, or a gate's rule forbids it.
    """
    rules.move_is_allowed(engagement, stage)
    engagement.stage, engagement.stage_since = stage, dt.date.today()
    engagement.save()
    return engagement


@action(permission=rules.may_lead)
def end_engagement(actor: Member, engagement: Engagement, outcome: Outcome, because: str) -> Engagement:
    """The client said no, or the firm did. It keeps its stage and the reason.

    Raises:
        WrongInput: no reason is given.
        Refused: it has ended already.
    """
    rules.still_open(engagement)
    if outcome not in (Outcome.LOST, Outcome.DECLINED):
        raise WrongInput(outcome=_("Say whether the client or the firm said no."))
    if not because.strip():
        raise WrongInput(because=_("Say why: the next one like it will be judged by that."))
    engagement.outcome, engagement.outcome_because = outcome, because.strip()
    engagement.save()
    chain.append(
        "engagement_ended",
        f"engagement:{engagement.pk}",
        actor.pk,
        {"outcome": outcome, "because": because.strip()},
    )
    return engagement


@action(permission=rules.may_reopen)
def reopen_engagement(actor: Member, engagement: Engagement, because: str) -> Engagement:
    """Take up again, at the stage where it stood, what was lost or declined.

    Raises:
        WrongInput: no reason is given.
        Refused: it goes on, or was closed.
    """
    rules.can_be_reopened(engagement)
    if not because.strip():
        raise WrongInput(because=_("Say what changed."))
    body = {
        "was": engagement.outcome,
        "that_because": engagement.outcome_because,
        "because": because.strip(),
    }
    engagement.outcome, engagement.outcome_because = "", ""
    engagement.stage_since = dt.date.today()
    engagement.save()
    sells_from_now(engagement, engagement.relationship.owner)
    chain.append("engagement_reopened", f"engagement:{engagement.pk}", actor.pk, body)
    return engagement


@action(permission=rules.may_record)
def record_expectation(actor: Member, engagement: Engagement, said: Said) -> Expectation:
    """Write down what the client was told or expects.

    Raises:
        WrongInput: a value is missing, or something does not fit.
        Refused: the engagement has ended.
    """
    rules.still_open(engagement)
    return _kept(actor, engagement, said, restates=None)


@action(permission=rules.may_correct)
def restate_expectation(actor: Member, expectation: Expectation, said: Said) -> Expectation:
    """Say it anew: the old statement stays in the history.

    Raises:
        WrongInput: as for recording; or the kind is another one.
        Refused: it was restated or withdrawn already.
    """
    rules.still_open(expectation.engagement)
    rules.is_current(expectation)
    if said.kind != expectation.kind:
        raise WrongInput(kind=_("A statement about something else is a new expectation."))
    return _kept(actor, expectation.engagement, said, restates=expectation)


@action(permission=rules.may_correct)
def withdraw_expectation(
    actor: Member, expectation: Expectation, because: str, told_by: Member, told_on: dt.date
) -> Withdrawal:
    """Take it back, with the reason and who told the client.

    Raises:
        WrongInput: no reason, or a date in the future.
        Refused: it was restated or withdrawn already, or the engagement has ended.
    """
    rules.still_open(expectation.engagement)
    rules.is_current(expectation)
    future = rules.not_in_the_future(told_on, dt.date.today())
    if future:
        raise WrongInput(told_on=future)
    if not because.strip():
        raise WrongInput(because=_("Say why it is taken back."))
    withdrawal = Withdrawal(
        expectation=expectation, because=because.strip(), told_by=told_by, told_on=told_on
    )
    withdrawal.save()
    body = {
        "expectation": expectation.pk,
        "because": because.strip(),
        "told_by": told_by.pk,
        "told_on": told_on,
    }
    chain.append("expectation_withdrawn", f"engagement:{expectation.engagement_id}", actor.pk, body)
    return withdrawal


def _kept(actor: Member, engagement: Engagement, said: Said, restates: Expectation | None) -> Expectation:
    wrong = _wrong(engagement, said)
    if wrong:
        raise WrongInput(**wrong)
    expectation = Expectation(
        engagement=engagement,
        kind=said.kind,
        subject=said.subject.strip(),
        date=said.date,
        amount=said.amount,
        words=said.words.strip(),
        direction=said.direction,
        member=said.member or actor,
        contact=said.contact,
        channel=said.channel,
        said_on=said.said_on,
        recorded_by=actor,
        restates=restates,
    )
    expectation.save()
    chain.append(
        "expectation_recorded" if restates is None else "expectation_restated",
        f"engagement:{engagement.pk}",
        actor.pk,
        _body(expectation),
    )
    return expectation


def _wrong(engagement: Engagement, said: Said) -> dict[str, str]:
    wrong = {}
    if not said.subject.strip():
        wrong["subject"] = _("Say in a few words what it is about.")
    if said.kind == Expectation.Kind.TIME and said.date is None:
        wrong["date"] = _("Give the date that was named.")
    far = rules.well_in_time(said.date)
    if far:
        wrong["date"] = far
    if said.kind == Expectation.Kind.COST and (said.amount is None or said.amount <= 0):
        wrong["amount"] = _("Give the amount that was named.")
    future = rules.not_in_the_future(said.said_on, dt.date.today())
    if future:
        wrong["said_on"] = future
    if said.contact is not None and said.contact.client_id != engagement.relationship.client_id:
        wrong["contact"] = _("This person belongs to another client.")
    return wrong


def _body(e: Expectation) -> Mapping[str, Any]:
    return {
        "expectation": e.pk,
        "restates": e.restates_id,
        "kind": e.kind,
        "subject": e.subject,
        "date": e.date,
        "amount": e.amount,
        "words": e.words,
        "direction": e.direction,
        "member": e.member_id,
        "contact": e.contact_id,
        "channel": e.channel,
        "said_on": e.said_on,
    }
