"""Actions that only the sample firm has: what happened before the day on which it was loaded.

A real firm's stages and dates come from what its people do on the day itself. The sample firm begins with a past, so
these write one; they are refused wherever it does not run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings

from accord.actions.door import action
from accord.actions.refusals import NotAllowed
from accord.contracts.handing_over.content import Words, kept
from accord.contracts.handing_over.content import digest_of as hand_over_digest
from accord.contracts.handing_over.letter import gather
from accord.contracts.models import Acceptance, HandOver
from accord.engagements.models import Engagement, Outcome, Stage
from accord.engagements.rules import may_lead
from accord.ledger import chain
from accord.people.models import Member
from accord.planning.models import Plan
from accord.proposals.answering.links import LASTS, make_links
from accord.proposals.content import digest_of
from accord.proposals.models import Proposal, State
from accord.relationships.models import Contact


@dataclass(frozen=True, slots=True)
class Lived:
    """When an activity was worked on, and how much of it is done."""

    start: dt.date
    finish: dt.date | None  # None: it goes on
    done: Decimal


def only_in_the_sample_firm(actor: Member | None, engagement: Any) -> None:
    if not settings.DEMO:
        raise NotAllowed(
            "A past is written for the sample firm only.",
            "This is a firm of its own.",
            "Move the engagement on from stage to stage, as it happens.",
        )
    may_lead(actor, getattr(engagement, "engagement", engagement))


@action(permission=only_in_the_sample_firm)
def place_at_stage(actor: Member, engagement: Engagement, stage: Stage, since: dt.date) -> Engagement:
    """Let an engagement stand at a stage since a day."""
    engagement.stage, engagement.stage_since = stage, since
    engagement.save()
    return engagement


@action(permission=only_in_the_sample_firm)
def close_for_good(actor: Member, engagement: Engagement, because: str) -> Engagement:
    """Let an engagement have been closed, with what became of it."""
    engagement.outcome, engagement.outcome_because = Outcome.CLOSED, because
    engagement.save()
    body = {"outcome": Outcome.CLOSED, "because": because}
    chain.append("engagement_ended", f"engagement:{engagement.pk}", actor.pk, body)
    return engagement


@action(permission=only_in_the_sample_firm)
def have_been_sent(actor: Member, proposal: Proposal, contacts: Sequence[Contact], on: dt.date) -> Proposal:
    """Let a version have been sent on a day: before the promise checks, which jobs compute later, and without a mail."""
    proposal.state, proposal.sent_by = State.SENT, actor
    proposal.sent_at = dt.datetime.combine(on, dt.time(9, 30), dt.UTC)
    proposal.digest = digest_of(proposal.content, proposal.engagement_id, proposal.version)
    proposal.save()
    make_links(proposal, contacts, actor, on + LASTS)
    body = {
        "proposal": proposal.pk,
        "version": proposal.version,
        "digest": proposal.digest,
        "to": [contact.pk for contact in contacts],
    }
    chain.append("proposal_sent", f"engagement:{proposal.engagement_id}", actor.pk, body)
    return proposal


@action(permission=only_in_the_sample_firm)
def have_been_handed_over(
    actor: Member, engagement: Engagement, words: Words, receiver: Member, offered: dt.date, accepted: dt.date
) -> HandOver:
    """Let delivery have taken it over on a day before the work began."""
    letter = gather(engagement, words).model_copy(update={"to": (receiver.name,), "signed": actor.name})
    at, content = dt.datetime.combine(offered, dt.time(9, 30), dt.UTC), kept(letter)
    made = HandOver(
        engagement=engagement, version=1, state=HandOver.State.ACCEPTED, words=kept(words), content=content,
        gathered_at=at, begun_by=actor, offered_by=actor, offered_at=at, offered_to=[receiver.pk],
        due_on=offered + dt.timedelta(5), digest=hand_over_digest(content, engagement.pk, 1),
    )  # fmt: skip
    made.save()
    then = dt.datetime.combine(accepted, dt.time(15), dt.UTC)
    Acceptance(hand_over=made, by=receiver, digest=made.digest, at=then).save()
    body = {"hand_over": made.pk, "version": 1, "digest": made.digest}
    chain.append("hand_over_accepted", f"engagement:{engagement.pk}", receiver.pk, body)
    return made


@action(permission=only_in_the_sample_firm)
def live_through(actor: Member, plan: Plan, lived: Mapping[int, Lived]) -> Plan:
    """Let activities (by their keys) have been worked on."""
    for activity in plan.activities.filter(pk__in=lived):
        days = lived[activity.pk]
        activity.done = days.done
        activity.planned_start, activity.planned_finish = days.start, days.finish
        activity.save()
    return plan
