"""The override: the named authority lets one text be sent that delivery does not back, visibly and for good."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.engagements.actions import begin_engagement
from accord.engagements.models import Engagement, Override
from accord.ledger import chain
from accord.ledger.models import LedgerEntry
from accord.people.models import AccessRole, Member
from accord.proposals.actions import override_sending, save_proposal
from accord.proposals.models import Proposal, State
from tests import firm
from tests.proposals.builders import checked, contact, engagement, now, proposal, says, seller, send

pytestmark = pytest.mark.django_db
BECAUSE = "The client closes its books on Friday."


def unbacked() -> Proposal:
    of = engagement()
    checked(of)
    return proposal(of, says(days=1))


def executive() -> Member:
    return firm.member(AccessRole.EXECUTIVE)


def let_pass(draft: Proposal, by: Member | None = None, because: str = BECAUSE) -> Override:
    return override_sending(by or executive(), draft, because, draft.revision)


def test_an_override_lets_exactly_this_text_be_sent() -> None:
    draft = unbacked()
    made = let_pass(draft)
    assert "Go-live" in made.facts
    done = send(draft, [contact(draft.engagement)])
    assert done.state == State.SENT
    assert f'"override":{made.pk}' in LedgerEntry.objects.get(kind="proposal_sent").body
    assert LedgerEntry.objects.get(kind="override").actor_id == made.by_id
    assert chain.verify().holds


def test_another_word_in_the_text_needs_another_override() -> None:
    draft = unbacked()
    let_pass(draft)
    save_proposal(seller(draft.engagement), draft, says(days=2), draft.revision)
    with pytest.raises(Refused, match="backed by an approved estimate"):
        send(now(draft), [contact(draft.engagement)])


@pytest.mark.parametrize(
    "who",
    [
        lambda e: seller(e),
        lambda e: firm.administrator(),
        lambda e: firm.member(AccessRole.DELIVERY_LEAD),
        lambda e: firm.member(AccessRole.AUDITOR),
    ],
)
def test_who_is_not_named_or_sells_it_overrides_nothing(who: Callable[[Engagement], Member]) -> None:
    draft = unbacked()
    with pytest.raises(NotAllowed):
        let_pass(draft, who(draft.engagement))
    assert not Override.objects.exists()


def test_an_executive_who_sells_it_or_set_its_price_overrides_nothing() -> None:
    boss = executive()
    draft = unbacked()
    save_proposal(boss, draft, says(days=1, price=39_000), draft.revision)
    with pytest.raises(NotAllowed, match="who set the price"):
        let_pass(now(draft), boss)
    selling = firm.member(AccessRole.EXECUTIVE, AccessRole.SELLER)
    own = begin_engagement(selling, firm.relationship(), "Own")
    with pytest.raises(NotAllowed):
        let_pass(proposal_in(own, draft), selling)


def proposal_in(other: Engagement, draft: Proposal) -> Proposal:
    """The same text in another engagement, not kept."""
    return Proposal(engagement=other, version=1, content=draft.content, priced_by=[])


@pytest.mark.parametrize(
    ("because", "revision", "error"),
    [(" ", 0, WrongInput), (BECAUSE, 99, Refused)],
    ids=["no reason", "stale page"],
)
def test_an_override_needs_a_reason_and_what_was_seen(
    because: str, revision: int, error: type[Exception]
) -> None:
    draft = unbacked()
    with pytest.raises(error):
        override_sending(executive(), draft, because, draft.revision + revision)
    assert not Override.objects.exists()


def test_what_is_backed_needs_no_override() -> None:
    of = engagement()
    checked(of)
    with pytest.raises(Refused, match="Delivery stands behind each term"):
        let_pass(proposal(of))


def test_one_override_is_enough_and_is_kept() -> None:
    draft = unbacked()
    made = let_pass(draft)
    with pytest.raises(Refused, match="overridden once"):
        let_pass(draft)
    with pytest.raises(Refused, match="never changed"):
        made.delete()


def test_an_override_stays_visible_on_every_page_of_the_engagement(at: Any) -> None:
    draft = unbacked()
    boss = executive()
    client = at(boss)
    page = client.get(f"/proposals/{draft.pk}/").content.decode()
    assert f"/proposals/{draft.pk}/override/" in page
    answer = client.post(
        f"/proposals/{draft.pk}/override/", {"because": BECAUSE, "revision": draft.revision}, follow=True
    )
    assert BECAUSE in answer.content.decode()
    of = draft.engagement_id
    for address in (
        f"/engagements/{of}/", f"/engagements/{of}/said/", f"/estimates/of/{of}/", f"/plans/of/{of}/",
        f"/engagements/{of}/history/", f"/engagements/{of}/profile/", f"/proposals/of/{of}/",
    ):  # fmt: skip
        page = at(seller(draft.engagement)).get(address)
        assert page.status_code == 200, address
        assert BECAUSE in page.content.decode(), address
