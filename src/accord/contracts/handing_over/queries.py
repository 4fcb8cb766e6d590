"""What pages and rules ask of hand-overs."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Prefetch, QuerySet, Subquery, prefetch_related_objects
from django.utils.translation import gettext as _

from accord.contracts.handing_over import rules
from accord.contracts.handing_over.content import Letter, digest_of_start
from accord.contracts.models import (
    Amendment,
    Choice,
    Contract,
    HandOver,
    HandOverAnswer,
    HandOverQuestion,
    Review,
)
from accord.contracts.signing.queries import contracts_of
from accord.engagements.models import Engagement, Expectation
from accord.engagements.pages import FOR_PAGES
from accord.people.models import Member
from accord.proposals.models import Proposal
from accord.proposals.models import State as ProposalState


def newest(engagement: Engagement) -> HandOver | None:
    """Without the sellers' own words."""
    found: HandOver | None = engagement.hand_overs.defer("words").first()
    return found


def was_decided(engagement: Engagement) -> bool:
    """Whether a review decided to sign a proposal of it."""
    to_sign = (Choice.SIGN, Choice.CONDITIONS)
    return engagement.reviews.filter(kind=Review.Kind.PROPOSAL, decision__in=to_sign).exists()


def seal_of(engagement: Engagement, found: HandOver | None) -> str:
    """What an override of the start is about: this version as it is now, or none, and all that is signed."""
    is_sent_back = found is not None and found.state == HandOver.State.SENT_BACK
    return digest_of_start(engagement.pk, found.seal if found else None, _signed(engagement), is_sent_back)


def names_of(engagement: Engagement, numbers: Sequence[int]) -> str:
    """Of members who have a part in it, as far as they still have it."""
    named = {t.member_id: t.member.name for t in engagement.parts.all()}
    return _(" and ").join(named[n] for n in numbers if n in named) or _("delivery")


def unanswered(engagement: Engagement) -> QuerySet[HandOverQuestion]:
    """Of all versions: a question is not lost with the version that it was asked about."""
    return HandOverQuestion.objects.filter(hand_over__engagement=engagement, answers=None)


def questions_of(engagement: Engagement) -> list[HandOverQuestion]:
    """All that delivery asked, oldest first, with the answers. Two queries, one if nothing was asked."""
    answers = Prefetch("answers", HandOverAnswer.objects.select_related("by"))
    rows = HandOverQuestion.objects.filter(hand_over__engagement=engagement)
    return list(rows.select_related("asked_by", "hand_over").defer(
        "hand_over__content", "hand_over__words").prefetch_related(answers).order_by("pk"))  # fmt: skip


def versions_of(engagement: int | Subquery) -> list[HandOver]:
    """The newest first, all with one engagement, each with its acceptance. One query."""
    rows = HandOver.objects.filter(engagement=engagement)
    related = ("begun_by", "offered_by", "acceptance__by", *(f"engagement__{name}" for name in FOR_PAGES))
    found = list(rows.select_related(*related))
    for row in found:
        row.engagement = found[0].engagement
    return found


def register_of(engagement: Engagement) -> tuple[list[int], list[int]]:
    """The rows of the register: what was said, and what of it was withdrawn. One query."""
    rows = Expectation.objects.filter(engagement=engagement).order_by("pk").values_list("pk", "withdrawal")
    found = list(rows)
    return [pk for pk, _gone in found], [pk for pk, gone in found if gone is not None]


def texts_of(engagement: Engagement) -> tuple[str, ...]:
    """The digests of what is signed, and of the version that may be. Three queries."""
    sent = Proposal.objects.filter(engagement=engagement, state=ProposalState.SENT)
    return tuple(sorted({*_signed(engagement), *sent.values_list("digest", flat=True)}))


def untold(engagement: Engagement, letter: Letter) -> str:
    """The names of what was signed and the letter does not tell of; '' if it tells of all. Two queries."""
    return ", ".join(name for digest, name in _signed(engagement).items() if digest not in letter.texts)


def why_not_taken_over(engagement: Engagement, newest: HandOver | None) -> str:
    """'' if delivery accepted the newest version, and it tells of all that is signed."""
    names = names_of(engagement, newest.offered_to if newest else ())
    is_accepted = newest is not None and newest.state == HandOver.State.ACCEPTED
    missing = untold(engagement, newest.letter) if newest is not None and is_accepted else ""
    return rules.why_not_taken_over(newest, names, missing)


def _signed(engagement: Engagement) -> dict[str, str]:
    contracts = [c for c in contracts_of(engagement) if c.state == Contract.State.IN_FORCE]
    amendments: list[Amendment] = []
    if any(c.is_amended for c in contracts):  # type: ignore[attr-defined]
        in_force = Amendment.objects.filter(contract__in=contracts, state=Amendment.State.IN_FORCE)
        amendments = list(in_force.select_related("contract"))
    documents: list[Contract | Amendment] = [*contracts, *amendments]
    return {document.digest: document.name for document in documents}


def receivers(engagement: Engagement) -> list[Member]:
    """To whom it can be offered. One query for what their access roles allow."""
    found = {t.member_id: t.member for t in engagement.parts.all() if t.part in rules.TAKES_OVER}
    prefetch_related_objects(list(found.values()), "given_roles")
    return [member for member in found.values() if rules.takes_over(member, engagement)]
