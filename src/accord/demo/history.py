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
from django.core.files.uploadedfile import SimpleUploadedFile

from accord.actions.door import action
from accord.actions.refusals import NotAllowed
from accord.contracts.handing_over.content import Words
from accord.contracts.handing_over.content import digest_of as hand_over_digest
from accord.contracts.handing_over.content import kept as hand_over_kept
from accord.contracts.handing_over.letter import gather
from accord.contracts.models import Acceptance, Amendment, Choice, Contract, HandOver, Review
from accord.contracts.reviewing.evidence import digest_of as digest_of_evidence
from accord.contracts.signing import signatures
from accord.contracts.signing.actions import Term, prepare_contract
from accord.contracts.signing.amending import Wanted, begin_amendment
from accord.engagements.models import Engagement, Expectation, Outcome, PastBelief, Stage
from accord.engagements.policies.in_force import in_force
from accord.engagements.rules import may_lead
from accord.ledger import chain
from accord.people.models import Member
from accord.planning.models import Plan
from accord.proposals.actions import numbered
from accord.proposals.answering.links import LASTS, make_links
from accord.proposals.content import Content, digest_of, kept
from accord.proposals.models import Proposal, State
from accord.relationships.models import Contact

# What a review of long ago shows of what its members saw.
_NOTHING_KNOWN: dict[str, Any] = {
    "terms": [],
    "beside": [],
    "margin": None,
    "discount": "0",
    "check": None,
    "load": [],
    "alike": [],
    "assumptions": [],
    "overrides": [],
    "asked": 0.8,
    "policy": 0,
    "novelty": "",
    "risk": "",
}


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
def have_believed(actor: Member, expectation: Expectation, probability: float, on: dt.date) -> PastBelief:
    """Let delivery have judged a promise on a day."""
    asked = in_force().asked(expectation.engagement.profile)
    row = PastBelief(
        expectation=expectation,
        at=dt.datetime.combine(on, dt.time(16), dt.UTC),
        probability=probability,
        asked=asked,
        backed=probability >= asked,
        digest="",
    )
    row.save()
    return row


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
    proposal.sent_at = _morning(on)
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


@dataclass(frozen=True, slots=True)
class Past:
    """When both sides signed, and who did."""

    on: dt.date
    signer: Member
    contact: Contact


@action(permission=only_in_the_sample_firm)
def sign_in_the_past(
    actor: Member, engagement: Engagement, text: Content, term: Term, past: Past
) -> Contract:
    """Let a text have been sent, decided on and signed by both sides."""
    newest = engagement.proposals.first()
    if newest is None:
        numbered(engagement)
    proposal = Proposal(
        engagement=engagement, version=newest.version + 1 if newest else 1, made_by=actor, priced_by=[actor.pk],
        estimate=engagement.estimates.get(state="approved"), content=kept(text), state=State.SENT,
        sent_by=actor, sent_at=_morning(past.on - dt.timedelta(12)),
    )  # fmt: skip
    proposal.digest = proposal.seal
    if newest is not None:
        newest.state = State.REPLACED
        newest.save()
    proposal.save()
    name = f"proposal, version {proposal.version}"
    _decided(actor, engagement, name, proposal.digest, past.on - dt.timedelta(4), proposal=proposal)
    contract = prepare_contract(actor, proposal, term)
    contract.prepared_at = _morning(past.on - dt.timedelta(2))
    contract.save()
    _signed_by_both(actor, contract, past)
    return Contract.objects.get(pk=contract.pk)


@action(permission=only_in_the_sample_firm)
def amend_in_the_past(actor: Member, contract: Contract, wanted: Wanted, past: Past) -> Amendment:
    """Let a contract have been amended: written, decided on and signed by both sides."""
    made = begin_amendment(actor, contract, wanted)
    made.made_at = _morning(past.on - dt.timedelta(9))
    made.save()
    _decided(actor, contract.engagement, made.name, made.seal, past.on - dt.timedelta(3), amendment=made)
    _signed_by_both(actor, made, past)
    return made


def _decided(
    actor: Member, engagement: Engagement, name: str, seal: str, on: dt.date, **thing: Proposal | Amendment
) -> None:
    """A review that decided to sign, without its votes: nobody wrote them down then."""
    held = in_force()
    evidence = _NOTHING_KNOWN | {"profile": engagement.profile, "currency": engagement.currency}
    review = Review(
        engagement=engagement, about=seal, name=name, called_by=actor, due_on=on, profile=engagement.profile,
        kind=Review.Kind.PROPOSAL if "proposal" in thing else Review.Kind.AMENDMENT,
        policy_version=held.version, terms=held.terms(engagement.profile).model_dump(mode="json"),
        evidence=evidence, evidence_digest=digest_of_evidence(evidence), priced_by=[actor.pk],
        state=Review.State.DECIDED, decision=Choice.SIGN, decided_at=_morning(on), **thing,
    )  # fmt: skip
    review.save()
    review.called_at = _morning(on - dt.timedelta(4))
    review.save()
    body = {"review": review.pk, "name": name, "about": seal, "decision": Choice.SIGN}
    chain.append("review_decided", f"engagement:{engagement.pk}", actor.pk, body)


def _signed_by_both(actor: Member, document: Contract | Amendment, past: Past) -> None:
    ours = signatures.Signed(past.signer.name, past.on, past.signer.title)
    signatures.for_the_firm(past.signer, document, document.seal, ours, None)
    signed = f"{document.name}, signed by {past.contact.name} on {past.on}. Seal {document.seal}.".encode()
    copy = SimpleUploadedFile(f"{document.name} signed.txt", signed)
    theirs = signatures.Signed(past.contact.name, past.on, past.contact.title, copy=copy)
    signatures.for_the_client(actor, document, document.seal, theirs)


def _morning(on: dt.date) -> dt.datetime:
    return dt.datetime.combine(on, dt.time(9, 30), dt.UTC)


@action(permission=only_in_the_sample_firm)
def have_been_handed_over(
    actor: Member, engagement: Engagement, words: Words, receiver: Member, offered: dt.date, accepted: dt.date
) -> HandOver:
    """Let delivery have taken it over on a day before the work began."""
    letter = gather(engagement, words).model_copy(update={"to": (receiver.name,), "signed": actor.name})
    at, content = dt.datetime.combine(offered, dt.time(9, 30), dt.UTC), hand_over_kept(letter)
    made = HandOver(
        engagement=engagement, version=1, state=HandOver.State.ACCEPTED, words=hand_over_kept(words), content=content,
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
