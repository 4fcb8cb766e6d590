"""What an override can be about: a thing that is there, as it is now, and that whoever lets it pass has not priced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accord.actions.door import gate
from accord.actions.refusals import NotAllowed, Refused
from accord.contracts.handing_over import queries as hand_overs
from accord.contracts.models import Amendment, Contract, Review
from accord.contracts.reviewing.evidence import bid_facts
from accord.contracts.signing import deciding
from accord.engagements.models import Engagement, Override, Stage
from accord.people.models import Member
from accord.proposals.models import Proposal, State

Deed = Override.Deed
# The digests of what can be let pass now, each with the numbers of those who priced it.
Things = Iterator[tuple[str, list[int]]]


@gate("engagements.override")
def lets_pass_what_is_there(
    actor: Member,
    engagement: Engagement,
    deed: str | None = None,
    about: str = "",
    *_told: str,
    **_named: str,
) -> None:
    """Nothing is let pass in advance, for another engagement, by who priced it, or where nothing forbids it."""
    if deed is None:  # asked in general: whether a page offers it
        return
    priced_by = next((by for digest, by in _THINGS[Deed(deed)](engagement) if digest == about), None)
    if priced_by is None:
        raise Refused(
            _("An override lets pass what is there, and exactly that."),
            _("Nothing that waits in this engagement has the seal {seal}.").format(seal=about[:12]),
            _("Open the page again, and look at how it stands now."),
        )
    if actor.pk in priced_by:
        raise NotAllowed(
            _("Nobody promises alone: who set the price does not let it pass."),
            _("You set or changed the price of this version."),
            _("Ask somebody else whom the policy names."),
        )
    if deed == Deed.SIGN:
        _is_not_decided(engagement, about)


def _is_not_decided(engagement: Engagement, about: str) -> None:
    try:
        by = deciding.passed(engagement, about)
    except Refused:
        return
    if by.review is not None:
        raise Refused(
            _("Only what a rule forbids is overridden."),
            _("A review decided to sign exactly this."),
            _("Open the page again and go on."),
        )


def _to_send(engagement: Engagement) -> Things:
    """A draft of a proposal, or of an amendment, which promises as well."""
    for proposal in _proposals(engagement, State.DRAFT):
        yield proposal.seal, proposal.priced_by
    for draft in _drafts(engagement):
        yield draft.seal, draft.priced_by


def _to_sign(engagement: Engagement) -> Things:
    """A version that stands, a draft of an amendment; or whether to bid, which a review decides as well."""
    for proposal in _proposals(engagement, State.DRAFT, State.SENT):
        yield proposal.seal, proposal.priced_by
    for draft in _drafts(engagement):
        yield draft.seal, draft.priced_by
    if engagement.reviews.filter(kind=Review.Kind.BID).exists():
        yield bid_facts(engagement), []


def _held(engagement: Engagement) -> Things:
    """Open conditions of what waits for its signature, and of what waits for its start."""
    documents: list[Contract | Amendment] = list(engagement.contracts.filter(state=Contract.State.PREPARED))
    documents += _drafts(engagement)
    for document in documents:
        yield deciding.seal_of(deciding.held_by(document), document.seal), _priced(document)
    for contract, conditions in deciding.held_at_the_start(engagement):
        yield deciding.seal_of(conditions, contract.digest), _priced(contract)


def _to_start(engagement: Engagement) -> Things:
    if engagement.stage == Stage.CONTRACT:
        yield hand_overs.seal_of(engagement, engagement.hand_overs.first()), []


def _proposals(engagement: Engagement, *states: State) -> Iterator[Proposal]:
    return engagement.proposals.filter(state__in=states).iterator()


def _drafts(engagement: Engagement) -> QuerySet[Amendment]:
    """Of contracts in force: what has ended is amended no more."""
    in_force = engagement.contracts.filter(state=Contract.State.IN_FORCE)
    found: QuerySet[Amendment] = Amendment.objects.filter(contract__in=in_force, state=Amendment.State.DRAFT)
    return found


def _priced(document: Contract | Amendment) -> list[int]:
    priced_by: list[int] = (document if isinstance(document, Amendment) else document.proposal).priced_by
    return priced_by


_THINGS: Mapping[Override.Deed, Callable[[Engagement], Things]] = {
    Deed.SEND: _to_send,
    Deed.SIGN: _to_sign,
    Deed.CONDITION: _held,
    Deed.START: _to_start,
}
