"""Actions that only the sample firm has: what happened before the day on which it was loaded.

A real firm's stages and dates come from what its people do on the day itself. The sample firm begins with a past, so
these write one; they are refused wherever it does not run.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Max

from accord.actions.door import action
from accord.actions.refusals import NotAllowed
from accord.contracts.handing_over.content import Words
from accord.contracts.handing_over.content import digest_of as hand_over_digest
from accord.contracts.handing_over.content import kept as hand_over_kept
from accord.contracts.handing_over.letter import gather
from accord.contracts.models import Acceptance, Amendment, Choice, Contract, HandOver, Review, SeatTaken, Vote
from accord.contracts.reviewing.evidence import common, of_estimate
from accord.contracts.reviewing.evidence import digest_of as digest_of_evidence
from accord.contracts.signing import signatures
from accord.contracts.signing.actions import Term
from accord.contracts.signing.amending import Wanted, begin_amendment
from accord.contracts.signing.wording import told
from accord.engagements.models import Engagement, Expectation, Outcome, PastBelief, Policy, Stage
from accord.engagements.policies.actions import may_write_policy
from accord.engagements.policies.content import PolicyContent, Seat
from accord.engagements.policies.content import kept as policy_kept
from accord.engagements.policies.in_force import in_force, read_anew
from accord.engagements.rules import may_lead
from accord.ledger import chain
from accord.people.models import Firm, Member
from accord.planning.models import Plan
from accord.proposals.actions import numbered
from accord.proposals.answering.links import LASTS, make_links
from accord.proposals.content import Content, digest_of, kept
from accord.proposals.models import Proposal, State
from accord.relationships.models import Contact

# Of what a review shows its members, what was not kept of one of long ago.
_NOT_KEPT: dict[str, Any] = {
    "terms": [],
    "beside": [],
    "margin": None,
    "discount": "0",
    "check": None,
    "load": [],
    "alike": [],
    "overrides": [],
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


def only_by_its_administrator(actor: Member | None, firm: Any) -> None:
    if not settings.DEMO:
        only_in_the_sample_firm(actor, firm)
    may_write_policy(actor, firm)


@action(permission=only_by_its_administrator)
def have_put_policy(
    actor: Member, firm: Firm, content: PolicyContent, since: dt.date, because: str
) -> Policy:
    """Let the firm's first policy hold since a day. Nothing has to follow it, and no check is out of date by it: it is
    put down before there are any."""
    policy = Policy(version=1, content=policy_kept(content), valid_from=since, because=because, made_by=actor)
    policy.save()
    body = {"version": 1, "valid_from": since, "because": because, "content": policy.content}
    chain.append("policy_put", "policy:1", actor.pk, body)
    read_anew()
    return policy


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
class Cast:
    """A vote to sign, and why."""

    seat: Seat
    member: Member
    because: str


@dataclass(frozen=True, slots=True)
class Past:
    """When both sides signed, who did, and how the firm had voted on it."""

    on: dt.date
    signer: Member
    contact: Contact
    votes: tuple[Cast, ...]


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
    evidence = {"terms": _believed(engagement, text), "estimate": of_estimate(proposal.estimate)}
    on = past.on - dt.timedelta(4)
    review = _decided(actor, engagement, name, proposal.digest, on, past.votes, evidence, proposal=proposal)
    contract = _prepared(actor, proposal, review, term, past.on - dt.timedelta(2))
    _signed_by_both(actor, contract, past)
    return Contract.objects.get(pk=contract.pk)


def _prepared(actor: Member, proposal: Proposal, review: Review, term: Term, on: dt.date) -> Contract:
    """With a number of the year in which it was prepared."""
    last = Contract.objects.filter(year=on.year).aggregate(last=Max("serial"))["last"]
    contract = Contract(
        engagement=proposal.engagement, year=on.year, serial=(last or 0) + 1, title=term.title, kind=term.kind,
        master=term.master, proposal=proposal, review=review, digest=proposal.seal, begins_on=term.begins_on,
        ends_on=term.ends_on, notice_days=term.notice_days, renews_months=term.renews_months, prepared_by=actor,
    )  # fmt: skip
    contract.save()
    contract.prepared_at = _morning(on)
    contract.save()
    body = {
        "contract": contract.number,
        "proposal": proposal.pk,
        "digest": contract.digest,
        "review": review.pk,
    }
    chain.append("contract_prepared", f"engagement:{contract.engagement_id}", actor.pk, body)
    return contract


def _believed(engagement: Engagement, text: Content) -> list[dict[str, Any]]:
    """What delivery had said of the dates and prices that a text holds; of a text without dates, nothing."""
    if not text.dates:
        return []
    return [
        {
            "kind": belief.expectation.kind,
            "name": belief.expectation.subject,
            "value": str(belief.expectation.date or belief.expectation.amount),
            "backed": belief.backed,
            "because": "",
            "probability": likely,
            "best": None,
        }
        for belief, likely in judged_then(engagement)
    ]


def judged_then(engagement: Engagement) -> list[tuple[PastBelief, float]]:
    """How likely delivery had found each date and price; of scope and quality it finds nothing of the kind."""
    rows = PastBelief.objects.filter(expectation__engagement=engagement).select_related("expectation")
    return [(row, row.probability) for row in rows if row.probability is not None]


@action(permission=only_in_the_sample_firm)
def amend_in_the_past(actor: Member, contract: Contract, wanted: Wanted, past: Past) -> Amendment:
    """Let a contract have been amended: written, decided on and signed by both sides."""
    made = begin_amendment(actor, contract, wanted)
    made.made_at = _morning(past.on - dt.timedelta(9))
    made.save()
    changes = [
        {"name": added.name, "before": "–", "after": told(added.value, contract.engagement.currency)}
        for added in wanted.added
    ]
    evidence = {"reason": wanted.reason, "changes": changes}
    on = past.on - dt.timedelta(3)
    _decided(actor, contract.engagement, made.name, made.seal, on, past.votes, evidence, amendment=made)
    _signed_by_both(actor, made, past)
    return made


def _decided(
    actor: Member, engagement: Engagement, name: str, seal: str, on: dt.date, votes: Sequence[Cast],
    known: dict[str, Any], **thing: Proposal | Amendment,
) -> Review:  # fmt: skip
    """A review that decided to sign, with everybody's vote on what was known then."""
    held = in_force()
    evidence = common(engagement) | _NOT_KEPT | known
    evidence = json.loads(chain.canonical(evidence))
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
    for cast in votes:
        _cast(review, cast)
    body = {
        "review": review.pk,
        "name": name,
        "about": seal,
        "decision": Choice.SIGN,
        "votes": {cast.seat: Choice.SIGN for cast in votes},
    }
    chain.append("review_decided", f"engagement:{engagement.pk}", actor.pk, body)
    return review


def _cast(review: Review, cast: Cast) -> None:
    taken = SeatTaken(review=review, seat=cast.seat, member=cast.member)
    taken.save()
    Vote(taken=taken, choice=Choice.SIGN, because=cast.because, evidence_digest=review.evidence_digest).save()
    body = {"review": review.pk, "seat": cast.seat, "choice": Choice.SIGN, "because": cast.because}
    chain.append("review_vote", f"engagement:{review.engagement_id}", cast.member.pk, body)


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
