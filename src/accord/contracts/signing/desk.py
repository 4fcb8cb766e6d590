"""What contracts put on the desk: what waits for a signature, and what renews or ends soon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.contracts.models import Condition, Contract, Signature
from accord.contracts.signing.queries import notice_until, runs_until
from accord.engagements.desk import Group, Waiting, waits
from accord.engagements.models import Engagement, Part, TakenPart
from accord.engagements.queries import visible_to, with_parts
from accord.engagements.rules import sells
from accord.exchange.wording import day
from accord.people.models import AccessRole, Member

TOLD_BEFORE = dt.timedelta(60)


@waits
def to_be_signed(member: Member) -> list[Waiting]:
    """For those who may sign for the firm. At most four queries."""
    return list(_to_sign(member)) if member.has_any(AccessRole.EXECUTIVE) else []


@waits
def of_those_who_speak_with_the_client(member: Member) -> list[Waiting]:
    """What the client has not signed yet, and what ends or renews soon. At most two queries."""
    lines, today = [], dt.date.today()
    for contract in _with_signatures(_mine(member)):
        if contract.state == Contract.State.IN_FORCE:
            lines.append(_ends(contract, today))
        elif _sides(contract) == {Signature.Side.FIRM}:
            lines.append(_theirs(contract))
    return [line for line in lines if line is not None]


def _mine(member: Member) -> QuerySet[Contract]:
    sold = TakenPart.objects.filter(member=member, part=Part.SELLER)
    mine = Q(pk__in=sold.values("engagement")) | Q(relationship__owner=member)
    # What was signed runs on after an engagement was closed.
    found = Contract.objects.filter(engagement__in=visible_to(member).filter(mine))
    asks = Q(state=Contract.State.PREPARED) | Q(state=Contract.State.IN_FORCE, ends_on__isnull=False)
    return found.filter(asks).select_related("engagement__relationship__client")


def _with_signatures(rows: QuerySet[Contract]) -> QuerySet[Contract]:
    own = Signature.objects.filter(amendment=None)
    return rows.prefetch_related(Prefetch("signatures", own, to_attr="own_signatures"))


def _sides(contract: Contract) -> set[str]:
    signed: list[Signature] = contract.own_signatures  # type: ignore[attr-defined]
    return {signature.side for signature in signed}


def _to_sign(member: Member) -> Iterator[Waiting]:
    """What is prepared and held by nothing, of engagements that the member does not sell."""
    running = Engagement.objects.filter(outcome="")
    rows = _with_signatures(Contract.objects.filter(state=Contract.State.PREPARED, engagement__in=running))
    rows = rows.select_related("engagement__relationship__client").prefetch_related(
        with_parts("engagement__")
    )
    waiting = [c for c in rows if Signature.Side.FIRM not in _sides(c) and not sells(member, c.engagement)]
    reviews = [c.review_id for c in waiting if c.review_id]
    held = set(
        Condition.objects.filter(
            review__in=reviews, blocks=Condition.Blocks.SIGN, confirmed_by=None
        ).values_list("review", flat=True)
    )
    for contract in waiting:
        if contract.review_id not in held:
            what = _("{name} is prepared: it waits for our signature.").format(name=contract)
            why = _("An executive who does not sell it signs for the firm.")
            yield _line(Group.DECIDE, what, contract, why, contract.begins_on, _("Read and sign"))


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
