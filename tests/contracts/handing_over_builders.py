"""Short builders of hand-overs: an engagement at the contract with people on both sides."""

from __future__ import annotations

from typing import Any

from accord.contracts.handing_over.actions import (
    accept_hand_over,
    begin_hand_over,
    change_hand_over,
    offer_hand_over,
    send_back,
)
from accord.contracts.handing_over.content import Words
from accord.contracts.models import Acceptance, HandOver
from accord.engagements.models import Engagement, Part, Stage
from accord.people.models import AccessRole, Member
from tests import firm
from tests.planning import check_builders as planned

WHY = "They close two offices, and the portal takes the calls that came there."


def engagement(stage: Stage = Stage.CONTRACT, **about: Any) -> Engagement:
    """With a seller, a project manager and a delivery lead."""
    made = planned.engagement(stage, **about)
    firm.with_part(made, Part.PROJECT_MANAGER, AccessRole.PROJECT_MANAGER)
    firm.with_part(made, Part.DELIVERY_LEAD, AccessRole.DELIVERY_LEAD)
    return now(made)


def with_part(of: Engagement, part: Part) -> Member:
    found: Member = of.parts.get(part=part).member
    return found


def seller(of: Engagement) -> Member:
    return with_part(of, Part.SELLER)


def manager(of: Engagement) -> Member:
    return with_part(of, Part.PROJECT_MANAGER)


def written(of: Engagement, words: Words | None = None) -> HandOver:
    """A draft that says why the client wants it."""
    made = begin_hand_over(seller(of), of)
    return change_hand_over(seller(of), made, words or Words(why=WHY), made.revision)


def offered(of: Engagement | None = None) -> HandOver:
    """To the project manager."""
    return offer(written(of or engagement()))


def offer(hand_over: HandOver) -> HandOver:
    of = hand_over.engagement
    return offer_hand_over(seller(of), hand_over, [manager(of)], now(hand_over).revision)


def accepted(of: Engagement | None = None) -> Acceptance:
    made = offered(of)
    return accept(made)


def accept(hand_over: HandOver, by: Member | None = None, seen: str = "") -> Acceptance:
    return accept_hand_over(by or manager(hand_over.engagement), hand_over, seen or hand_over.digest)


def sent_back(*questions: str, of: Engagement | None = None) -> HandOver:
    made = offered(of)
    return send_back(manager(made.engagement), made, questions or ("Who brings the test data?",), made.digest)


def now(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)
