"""Who sat in the sample firm's reviews of the past, and how they voted: whom the policy seats, each with a reason that
fits what was decided on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from accord.contracts.reviewing.rules import ROLES_OF, why_not_sit
from accord.demo.history import Cast, judged_then
from accord.demo.spread import chance
from accord.engagements.models import Engagement, Part
from accord.engagements.policies.content import Seat
from accord.engagements.policies.in_force import in_force
from accord.exchange.wording import share
from accord.people.models import Member

Reasons = Mapping[Seat, tuple[str, ...]]
PARTS = {
    Seat.SALES: Part.SELLER,
    Seat.PROJECT: Part.PROJECT_MANAGER,
    Seat.DELIVERY: Part.DELIVERY_LEAD,
    Seat.QUALITY: Part.QUALITY_MANAGER,
    Seat.OTHER: Part.DELIVERY_LEAD,
}

OF_WORK: Reasons = {
    Seat.SALES: (
        "The text holds what we told them, and nothing that we did not.",
        "They know what is left out: we went through it line by line.",
        "They want the people whom they met, and nobody asked for a discount.",
    ),
    Seat.PROJECT: (
        "Every package is in the plan, with somebody who does it.",
        "The plan has room before the end, and the client's own part is in it.",
    ),
    Seat.DELIVERY: ("The estimators agreed on every package, and I have read what they assume.",),
    Seat.QUALITY: ("Each quality term has a package that delivers it, and somebody who tests it.",),
    Seat.FINANCE: (
        "Three payments, the first with the signature: we never work long without money.",
        "Nearly a third comes before we begin, and what waits for acceptance is no more than that.",
    ),
    Seat.LEGAL: ("Our own terms, and no penalty in it.",),
    Seat.OTHER: ("Small and well known: I would have offered the same.",),
}
OF_MASTER: Reasons = {
    Seat.SALES: ("They want to order without a new contract each time.",),
    Seat.PROJECT: ("It promises no date: each order gets its own plan.",),
    Seat.DELIVERY: ("Hours, and no result: what is ordered is judged each time.",),
    Seat.QUALITY: ("What has to be good is said in each order.",),
    Seat.FINANCE: ("By the hour and paid by the month: no fixed price that could go wrong.",),
    Seat.LEGAL: ("Half a year to try it, and thirty days of notice for both.",),
    Seat.OTHER: ("It binds us to nothing that is not ordered.",),
}
OF_AMENDMENT: Reasons = {
    Seat.SALES: ("They asked for it, and know what it costs.",),
    Seat.PROJECT: ("One more package beside the others; no date of the contract is touched.",),
    Seat.DELIVERY: ("Little work, of a kind that we have done before.",),
    Seat.QUALITY: ("It is tested together with the rest.",),
    Seat.FINANCE: ("It is paid on top of the price.",),
    Seat.LEGAL: ("Nothing else in the contract changes.",),
    Seat.OTHER: ("Little is lost if it goes wrong.",),
}


def votes_then(engagement: Engagement, seller: Member, reasons: Reasons) -> tuple[Cast, ...]:
    return tuple(
        Cast(seat, member, _because(engagement, seat, reasons))
        for seat, member in _seated(engagement, seller).items()
    )


def _seated(engagement: Engagement, seller: Member) -> Mapping[Seat, Member]:
    """Who has the part, or else whoever in the firm has the role; each on one seat."""
    found: dict[Seat, Member] = {}
    for seat in in_force().terms(engagement.profile).seats:
        found[seat] = next(
            member
            for member in _who_could(engagement, seat)
            if member not in found.values() and why_not_sit(member, seat, engagement, {seller.pk}) is None
        )
    return found


def _who_could(engagement: Engagement, seat: Seat) -> Iterator[Member]:
    if seat in PARTS:
        yield from Member.objects.filter(parts__engagement=engagement, parts__part=PARTS[seat])
    yield from Member.objects.filter(given_roles__role__in=ROLES_OF[seat]).order_by("pk")


def _because(engagement: Engagement, seat: Seat, reasons: Reasons) -> str:
    likely = [p for _belief, p in judged_then(engagement)]
    if seat == Seat.DELIVERY and reasons is OF_WORK and likely:
        asked = in_force().asked(engagement.profile)
        kept, wanted = share(min(likely), asked), share(asked)
        return f"What we are least sure of is kept in {kept} of all courses, and {wanted} are asked."
    chosen = reasons[seat]
    return chosen[int(chance(f"{engagement.title}/{seat}") * len(chosen))]
