"""From votes to a decision, as soon as they decide."""

from __future__ import annotations

from django.utils import timezone

from accord.contracts.models import Choice, Review
from accord.contracts.reviewing import rules
from accord.engagements.policies.content import Seat
from accord.ledger import chain


def decide_if_complete(review: Review, is_late: bool) -> bool:
    """To be called inside an action that holds the review locked; `is_late`: invited seats had their time."""
    seats = list(review.seats.select_related("member", "vote").prefetch_related("member__given_roles"))
    votes = {Seat(t.seat): Choice(t.vote.choice) for t in seats if hasattr(t, "vote")}
    waiting = any(not hasattr(t, "vote") and not rules.is_vacant(t, review) for t in seats)
    if not rules.is_complete(review.must_sit, votes, waiting, review.quorum, is_late):
        return False
    unconfirmed = review.conditions.filter(confirmed_by=None).count()
    review.decision = rules.decision_of(votes, review.asks.decided_by, unconfirmed)
    review.state, review.decided_at = Review.State.DECIDED, timezone.now()
    review.save()
    body = {
        "review": review.pk,
        "decision": review.decision,
        "name": review.name,
        "about": review.about,
        "evidence": review.evidence_digest,
        "policy": review.policy_version,
        "votes": dict(votes),
        "conditions": [c.pk for c in review.conditions.all()],
    }
    chain.append("review_decided", f"engagement:{review.engagement_id}", None, body)
    return True
