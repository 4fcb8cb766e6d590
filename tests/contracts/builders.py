"""Short builders of reviews: who sits, who votes what, on a proposal that delivery has judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accord.contracts.models import Choice, Condition, Review, SeatTaken, Vote
from accord.contracts.reviewing.actions import call_review, cast_vote, raise_condition, take_seat
from accord.engagements.models import Engagement, Part
from accord.engagements.policies.content import Seat
from accord.people.models import AccessRole, Member
from accord.proposals.models import Proposal
from tests import firm
from tests.proposals import builders as proposals


@dataclass(frozen=True)
class People:
    """One person for each seat of the standard profile, and who sells it."""

    seller: Member
    pm: Member
    lead: Member
    finance: Member

    @property
    def seats(self) -> dict[Seat, Member]:
        return {
            Seat.SALES: self.seller,
            Seat.PROJECT: self.pm,
            Seat.DELIVERY: self.lead,
            Seat.FINANCE: self.finance,
        }


def judged(content: Any = None) -> Proposal:
    """A complete draft about which a promise check tells."""
    of = proposals.engagement()
    proposals.checked(of)
    return proposals.proposal(of, content)


def people(of: Engagement) -> People:
    return People(
        seller=proposals.seller(of),
        pm=firm.with_part(of, Part.PROJECT_MANAGER),
        lead=firm.with_part(of, Part.DELIVERY_LEAD),
        finance=firm.member(AccessRole.FINANCE),
    )


def called(draft: Proposal | None = None, by: Member | None = None, **about: Any) -> Review:
    draft = draft or judged()
    of = Engagement.objects.get(pk=draft.engagement_id)
    return call_review(by or proposals.seller(of), of, Review.Kind.PROPOSAL, draft, **about)


def sitting(review: Review, who: People | None = None) -> People:
    """Everybody who must vote sits."""
    who = who or people(review.engagement)
    for seat, member in who.seats.items():
        take_seat(member, review, seat)
    return who


def vote(member: Member, review: Review, choice: Choice = Choice.SIGN, because: str = "It fits.") -> Vote:
    """On the page as it is now."""
    now = Review.objects.get(pk=review.pk)
    return cast_vote(member, seat_of(member, review), choice, because, now.evidence_digest)


def seat_of(member: Member, review: Review) -> SeatTaken:
    return SeatTaken.objects.get(review=review, member=member)


def all_vote(review: Review, who: People, **others: Choice) -> None:
    """To sign, unless another choice is named for somebody."""
    for name in ("seller", "pm", "lead", "finance"):
        vote(getattr(who, name), review, others.get(name, Choice.SIGN))


def condition(
    member: Member, review: Review, owner: Member, blocks: Condition.Blocks = Condition.Blocks.SIGN
) -> Condition:
    return raise_condition(member, seat_of(member, review), "The test data is there.", blocks, owner)


def now(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)
