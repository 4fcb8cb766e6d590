"""Whatever changes what a review is about makes its votes void, and says so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accord.actions.door import follows
from accord.contracts.models import Review
from accord.contracts.reviewing import subjects
from accord.engagements.models import Engagement
from accord.ledger import chain
from accord.people.models import Member
from accord.proposals.models import Proposal


def void(review: Review, actor: Member | None, because: str) -> None:
    """To be called inside an action that holds the engagement locked."""
    review.state, review.void_because = Review.State.VOID, because[:500]
    review.void_at = timezone.now()
    review.save()
    body = {"review": review.pk, "name": review.name, "about": review.about, "because": review.void_because}
    actor_id = actor.pk if actor is not None else None
    chain.append("review_void", f"engagement:{review.engagement_id}", actor_id, body)


def void_what_changed(engagement: Engagement, actor: Member | None) -> None:
    """Void each open review whose subject is another one now, or can be decided on no more."""
    for review in _open(engagement):
        subject = subjects.of(review)
        if subject.gone:
            void(review, actor, _("{because} {name} did it.").format(because=subject.gone, name=actor))
        elif subject.about != review.about:
            because = _("{what} was changed by {name}.")
            void(review, actor, because.format(what=_capital(review.name), name=actor))


def _open(engagement: Engagement) -> Iterable[Review]:
    rows = Review.objects.filter(engagement=engagement, state=Review.State.OPEN)
    return rows.select_related("engagement", "proposal", "amendment__contract")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


@follows("proposals.save_proposal")
@follows("proposals.send_proposal")
@follows("proposals.withdraw_proposal")
def a_proposal_changed(actor: Member, proposal: Proposal, *_args: Any, **_kwargs: Any) -> None:
    void_what_changed(proposal.engagement, actor)


@follows("engagements.change_engagement")
@follows("engagements.judge_engagement")
def an_engagement_changed(actor: Member, engagement: Engagement, *_args: Any, **_kwargs: Any) -> None:
    void_what_changed(engagement, actor)


@follows("engagements.end_engagement")
def an_engagement_ended(actor: Member, engagement: Engagement, *_args: Any, **_kwargs: Any) -> None:
    for review in _open(engagement):
        void(review, actor, _("{name} ended the engagement.").format(name=actor))
