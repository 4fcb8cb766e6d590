"""What contracts put on the desk: what waits for a signature, and what renews or ends soon."""

from __future__ import annotations

import datetime as dt

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.contracts.models import Choice, Condition, Contract, Review, Signature
from accord.contracts.signing.queries import notice_until, runs_until
from accord.engagements.desk import Group, Waiting, waits
from accord.engagements.models import Part, TakenPart
from accord.engagements.queries import visible_to, with_parts
from accord.engagements.rules import sells
from accord.exchange.wording import day
from accord.people.models import AccessRole, Member

TOLD_BEFORE = dt.timedelta(60)


@waits(part=3)
def contracts(member: Member) -> list[Waiting]:
    """Our signature for those who may sign; for those who speak with the client theirs, and what ends or renews soon.

    Two queries, however much waits.
    """
    today, lines = dt.date.today(), []
    may_sign = member.has_any(AccessRole.EXECUTIVE)
    for contract in _asked_for(member, may_sign):
        if contract.state == Contract.State.IN_FORCE:
            lines.append(_ends(contract, today))
        elif contract.ours and contract.is_mine:  # type: ignore[attr-defined]
            lines.append(_theirs(contract))
        elif may_sign and not contract.ours and not contract.held and not sells(member, contract.engagement):  # type: ignore[attr-defined]
            lines.append(_to_sign(contract))
    return [line for line in lines if line is not None]


def _asked_for(member: Member, may_sign: bool) -> QuerySet[Contract]:
    """What the member speaks about with the client, and what they may sign. Signed contracts outlast their engagements."""
    sold = TakenPart.objects.filter(member=member, part=Part.SELLER)
    is_mine = Q(engagement__in=sold.values("engagement")) | Q(engagement__relationship__owner=member)
    prepared = Q(state=Contract.State.PREPARED, engagement__outcome="")
    ends = Q(state=Contract.State.IN_FORCE, ends_on__isnull=False)
    own = Signature.objects.filter(contract=OuterRef("pk"), amendment=None)
    held = Condition.objects.filter(
        Q(review__about=OuterRef("digest")) | Q(review__kind=Review.Kind.BID),
        review__engagement=OuterRef("engagement"), review__decision=Choice.CONDITIONS,
        blocks=Condition.Blocks.SIGN, confirmed_by=None,
    )  # fmt: skip
    found = Contract.objects.filter(engagement__in=visible_to(member)).annotate(
        ours=Exists(own.filter(side=Signature.Side.FIRM)),
        held=Exists(held),
        is_mine=Case(When(is_mine, then=True), default=False),
    )
    asked = is_mine & (prepared | ends) | prepared if may_sign else is_mine & (prepared | ends)
    rows: QuerySet[Contract] = found.filter(asked).prefetch_related(with_parts("engagement__"))
    return rows.select_related("engagement__relationship__client")


def _to_sign(contract: Contract) -> Waiting:
    what = _("{name} is prepared: it waits for our signature.").format(name=contract)
    why = _("An executive who does not sell it signs for the firm.")
    return _line(Group.DECIDE, what, contract, why, contract.begins_on, _("Read and sign"))


def _theirs(contract: Contract) -> Waiting:
    what = _("We signed {name}; the client has not yet.").format(name=contract)
    return _line(Group.ANSWER, what, contract, _you_speak(), contract.begins_on, _("To the contract"))


def _ends(contract: Contract, today: dt.date) -> Waiting | None:
    end, notice = runs_until(contract, today), notice_until(contract, today)
    if end is None:
        return None
    if notice is not None:
        if not today <= notice <= today + TOLD_BEFORE:
            return None
        what = _("{name} renews after {end}, unless notice is given until {notice}.")
        what = what.format(name=contract, end=day(end), notice=day(notice))
        return _line(Group.DECIDE, what, contract, _you_speak(), notice, _("To the contract"))
    if end > today + TOLD_BEFORE:
        return None
    told = (
        _("{name} ended on {end}: end it here, or renew it.") if end < today else _("{name} ends on {end}.")
    )
    return _line(
        Group.LOOK,
        told.format(name=contract, end=day(end)),
        contract,
        _you_speak(),
        end,
        _("To the contract"),
    )


def _you_speak() -> str:
    return _("You speak with the client.")


def _line(group: Group, what: str, contract: Contract, why: str, until: dt.date, button: str) -> Waiting:
    address = reverse("signing:contract", args=[contract.pk])
    return Waiting(group, what, contract.engagement, why, until, address, button)
