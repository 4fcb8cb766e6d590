"""Short builders of contracts: a proposal that was sent, a review that decided, and what is made of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accord.contracts.models import Amendment, Choice, Condition, Contract, Review
from accord.contracts.signing.actions import Term, prepare_contract, record_client_signature, sign_for_firm
from accord.contracts.signing.amended import unbacked
from accord.contracts.signing.amending import (
    Wanted,
    begin_amendment,
    override_promising,
    record_client_signature_of_amendment,
    sign_amendment_for_firm,
)
from accord.contracts.signing.signatures import Signed
from accord.engagements.actions import move_to_stage
from accord.engagements.models import Engagement, Part, Stage
from accord.engagements.policies.in_force import in_force
from accord.people.models import AccessRole, Member
from accord.proposals.content import Content
from accord.proposals.models import Proposal
from tests import firm
from tests.planning import check_builders as planned
from tests.proposals import builders as proposals

TODAY = dt.date.today()
seller = proposals.seller


def sent(content: Content | None = None, of: Engagement | None = None) -> Proposal:
    """A version that delivery stands behind, sent; its engagement stands at the review."""
    of = of or proposals.engagement()
    proposals.checked(of)
    done = proposals.send(proposals.proposal(of, content), [proposals.contact(of)])
    of.stage = Stage.REVIEW
    planned.saved(None, of)
    return Proposal.objects.get(pk=done.pk)


def decided(engagement: Engagement, seal: str, decision: Choice = Choice.SIGN, **about: Any) -> Review:
    """A review that decided on exactly this text."""
    terms = in_force().terms(engagement.profile)
    usual = {
        "kind": Review.Kind.PROPOSAL if about.get("proposal") else Review.Kind.AMENDMENT,
        "state": Review.State.DECIDED,
        "decision": decision,
        "decided_at": timezone.now(),
        "profile": engagement.profile,
    }
    row = Review(
        engagement=engagement, about=seal, name="what is decided on", called_by=seller(engagement), due_on=TODAY,
        policy_version=0, terms=terms.model_dump(mode="json"), evidence={}, evidence_digest="e" * 64,
        **(usual | about),
    )  # fmt: skip
    planned.saved(None, row)
    return row


def decided_on(proposal: Proposal, decision: Choice = Choice.SIGN, **about: Any) -> Review:
    return decided(proposal.engagement, proposal.seal, decision, proposal=proposal, **about)


def decided_on_amendment(draft: Amendment, decision: Choice = Choice.SIGN) -> Review:
    return decided(draft.engagement, draft.seal, decision, amendment=draft)


def condition(
    review: Review, blocks: str = Condition.Blocks.SIGN, text: str = "The tester is hired"
) -> Condition:
    who = seller(review.engagement)
    row = Condition(review=review, text=text, blocks=blocks, owner=who, raised_by=who)
    planned.saved(None, row)
    return row


def confirmed(row: Condition) -> None:
    row.confirmed_by, row.confirmed_how = firm.member(AccessRole.DELIVERY_LEAD), "Seen"
    row.confirmed_at = timezone.now()
    planned.saved(None, row)


def term(**about: Any) -> Term:
    return Term(**({"title": "The portal", "begins_on": TODAY} | about))


def prepared(proposal: Proposal | None = None, **about: Any) -> Contract:
    proposal = proposal or sent()
    if not Review.objects.filter(about=proposal.seal).exists():
        decided_on(proposal)
    return prepare_contract(seller(proposal.engagement), proposal, term(**about))


def executive(name: str = "") -> Member:
    return firm.member(AccessRole.EXECUTIVE, name=name)


def a_copy(content: bytes = b"%PDF-1.7 signed in ink", name: str = "signed.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def by_client(copy: SimpleUploadedFile | None = None, **about: Any) -> Signed:
    usual = {"name": "Bea Buyer", "on": TODAY, "position": "Head of IT", "copy": copy or a_copy()}
    return Signed(**(usual | about))


def in_force_now(contract: Contract | None = None) -> Contract:
    """Signed by an executive and by the client."""
    contract = contract or prepared()
    sign_for_firm(executive(), contract, contract.digest)
    record_client_signature(seller(contract.engagement), contract, contract.digest, by_client())
    return now(contract)


def amendment(contract: Contract, **about: Any) -> Amendment:
    wanted = Wanted(**({"reason": "The client wants it earlier."} | about))
    return begin_amendment(seller(contract.engagement), contract, wanted)


def amended(draft: Amendment) -> Amendment:
    """Decided, and signed by both; where delivery does not back it, let pass."""
    decided_on_amendment(draft)
    let_pass_unbacked(draft)
    sign_amendment_for_firm(executive(), draft, draft.seal)
    record_client_signature_of_amendment(seller(draft.engagement), draft, draft.seal, by_client())
    return Amendment.objects.get(pk=draft.pk)


def let_pass_unbacked(draft: Amendment) -> None:
    if unbacked(draft):
        override_promising(executive(), draft, "They insist.", draft.seal)


def now(row: Any) -> Any:
    """As the database holds it now."""
    return type(row).objects.get(pk=row.pk)


def at_the_contract(contract: Contract) -> Engagement:
    """Its engagement, moved there with somebody who manages it."""
    of = contract.engagement
    firm.with_part(of, Part.PROJECT_MANAGER, AccessRole.PROJECT_MANAGER)
    move_to_stage(seller(of), now(of), Stage.CONTRACT)
    found: Engagement = now(of)
    return found
