"""What contracts put on the desk: what waits for a signature, and what renews or ends soon."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db.models import Case, Exists, OuterRef, Prefetch, Q, QuerySet, When
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.contracts.models import Amendment, Choice, Condition, Contract, Review, Signature
from accord.contracts.signing.contracted import answered_by_constraints
from accord.contracts.signing.queries import notice_until, runs_until
from accord.engagements.contracted import Contracted
from accord.engagements.desk import Group, Waiting, waits
from accord.engagements.models import Engagement, Expectation, Part, TakenPart
from accord.engagements.queries import visible_to, with_parts
from accord.engagements.rules import sells
from accord.exchange.wording import day, money
from accord.people.models import AccessRole, Member
from accord.proposals.models import State

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


@waits(part=3)
def amendments(member: Member) -> list[Waiting]:
    """What a review decided to sign and nothing holds: for those who may sign, and for those who speak with the client.

    Four queries at most, however much waits.
    """
    may_sign, lines = member.has_any(AccessRole.EXECUTIVE), []
    for amendment in _drafts(member):
        if not _may_be_signed(amendment):
            continue
        sides = {s.side for s in amendment.signatures.all()}
        if may_sign and Signature.Side.FIRM not in sides and not sells(member, amendment.engagement):
            why = _("An executive who does not sell it signs for the firm.")
            what = _("{name} is decided: it waits for our signature.").format(name=amendment)
            lines.append(_amendment(Group.DECIDE, what, amendment, why, _("Read and sign")))
        elif sides == {Signature.Side.FIRM} and amendment.is_mine:  # type: ignore[attr-defined]
            what = _("We signed {name}; the client has not yet.").format(name=amendment)
            lines.append(_amendment(Group.ANSWER, what, amendment, _you_speak(), _("To the amendment")))
    return lines


@waits(part=2)
def said_otherwise(member: Member) -> list[Waiting]:
    """Dates and prices of what the member sells that were said last with another value than a contract binds to.

    The promise check judges what was said last. Two queries, however much waits.
    """
    sold = TakenPart.objects.filter(member=member, part=Part.SELLER).values("engagement")
    rows = Expectation.objects.filter(
        kind__in=(Expectation.Kind.TIME, Expectation.Kind.COST),
        engagement__in=visible_to(member).filter(
            pk__in=sold, outcome="", contracts__state=Contract.State.IN_FORCE
        ),
    )
    said = list(rows.select_related("engagement__relationship__client", "withdrawal", "coverage"))
    restated, answered = {e.restates_id for e in said}, answered_by_constraints(said)
    lines = []
    for e in said:
        answer = answered.get(e.engagement_id, {}).get(e.pk)
        stands = e.pk not in restated and not hasattr(e, "withdrawal") and e.direction == e.Direction.TOLD
        if answer is not None and stands and answer.is_other_than(e):
            lines.append(_otherwise(e, answer))
    return lines


def _otherwise(e: Expectation, answer: Contracted) -> Waiting:
    what = _("“{subject}” was told as {said}, and {contract} binds to {value}.").format(
        subject=e.subject,
        said=_value(e.date or e.amount, e.engagement),
        contract=answer.number,
        value=_value(answer.value, e.engagement),
    )
    why = _("You are its seller. The promise check judges what was told last.")
    address = reverse("engagements:restate", args=[e.pk])
    return Waiting(Group.ANSWER, what, e.engagement, why, None, address, _("Restate it"), in_dialog=True)


def _value(value: dt.date | Decimal | None, engagement: Engagement) -> str:
    if value is None:
        return _("nothing")
    return day(value) if isinstance(value, dt.date) else money(float(value), engagement.currency)


def _drafts(member: Member) -> QuerySet[Amendment]:
    rows: QuerySet[Amendment] = Amendment.objects.filter(
        state=Amendment.State.DRAFT,
        contract__state=Contract.State.IN_FORCE,
        contract__engagement__in=visible_to(member).filter(outcome=""),
        reviews__decision__in=(Choice.SIGN, Choice.CONDITIONS),
    ).annotate(is_mine=Case(When(_is_mine(member, "contract__engagement"), then=True), default=False))
    conditions = Condition.objects.filter(blocks=Condition.Blocks.SIGN, confirmed_by=None)
    of_the_bid = conditions.filter(
        review__engagement=OuterRef("contract__engagement"), review__kind=Review.Kind.BID,
        review__decision=Choice.CONDITIONS,
    )  # fmt: skip
    return (
        rows.exclude(Exists(of_the_bid))
        .distinct()
        .select_related("contract__engagement__relationship__client")
        .prefetch_related(
            "signatures", with_parts("contract__engagement__"),
            Prefetch("reviews", Review.objects.filter(state=Review.State.DECIDED).prefetch_related(
                Prefetch("conditions", conditions))),
        )
    )  # fmt: skip


def _may_be_signed(amendment: Amendment) -> bool:
    """By the review of exactly this text."""
    to_sign = (Choice.SIGN, Choice.CONDITIONS)
    reviews = [r for r in amendment.reviews.all() if r.about == amendment.seal and r.decision in to_sign]
    return bool(reviews) and not any(r.conditions.all() for r in reviews)


def _amendment(group: Group, what: str, amendment: Amendment, why: str, button: str) -> Waiting:
    address = reverse("signing:amendment", args=[amendment.pk])
    return Waiting(group, what, amendment.engagement, why, None, address, button)


def _is_mine(member: Member, engagement: str) -> Q:
    """What the member speaks about with the client."""
    sold = TakenPart.objects.filter(member=member, part=Part.SELLER).values("engagement")
    return Q(**{f"{engagement}__in": sold}) | Q(**{f"{engagement}__relationship__owner": member})


def _asked_for(member: Member, may_sign: bool) -> QuerySet[Contract]:
    """What the member speaks about with the client, and what they may sign. Signed contracts outlast their engagements."""
    is_mine = _is_mine(member, "engagement")
    holds = Q(master=None) | Q(master__state=Contract.State.IN_FORCE)
    prepared = holds & Q(state=Contract.State.PREPARED, proposal__state=State.SENT, engagement__outcome="")
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
