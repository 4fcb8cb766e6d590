"""The sample firm's contracts: what was offered, decided and signed before the day on which it is loaded."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from accord.contracts.models import Contract
from accord.contracts.signing.actions import Term
from accord.contracts.signing.amending import Wanted
from accord.contracts.signing.content import Added, Worth
from accord.demo.history import Past, amend_in_the_past, sign_in_the_past
from accord.demo.votes import OF_AMENDMENT, OF_MASTER, OF_WORK, votes_then
from accord.demo.world import Page, World
from accord.engagements.models import Engagement, Expectation, Stage
from accord.engagements.queries import standing
from accord.engagements.rules import sells
from accord.estimating.queries import approved
from accord.people.models import AccessRole, Member
from accord.proposals.actions import first_text
from accord.proposals.content import Content, Payment, PriceKind, PriceLine, ScopeItem
from accord.relationships.models import Contact

_PAYMENTS = (("With the signature", 30), ("When the middle is reached", 40), ("On acceptance", 30))


def signed_long_ago(world: World, seller: Member, engagement: Engagement, written: Page) -> None:
    """Its contract, under a master agreement and with an amendment where the world says so."""
    signer = _signer(engagement)
    if signer is None:  # the only executive sells it
        return
    since = world.day(written["since"])
    signed_on = since if engagement.stage == Stage.CONTRACT else since - dt.timedelta(7)
    about = written.get("contract", {})
    past = Past(signed_on, signer, _who_signs(engagement), votes_then(engagement, seller, OF_WORK))
    master = _master(seller, engagement, past, about["under"]) if "under" in about else None
    kind = Contract.Kind.ORDER if master is not None else Contract.Kind.CONTRACT
    term = Term(engagement.title, signed_on, kind, master)
    contract = sign_in_the_past(seller, engagement, _text(engagement), term, past)
    if "amendment" in about:
        _amended(world, seller, contract, past, about["amendment"])


def _signer(engagement: Engagement) -> Member | None:
    executives = Member.objects.filter(given_roles__role=AccessRole.EXECUTIVE, is_active=True)
    return next((member for member in executives if not sells(member, engagement)), None)


def _who_signs(engagement: Engagement) -> Contact:
    """Of the client's people whoever decides, or else the first."""
    people: list[Contact] = list(engagement.relationship.client.contacts.order_by("pk"))
    return next((c for c in people if c.part == Contact.Part.DECIDES), people[0])


def _text(engagement: Engagement) -> Content:
    estimate = approved(engagement)
    assert estimate is not None  # it was signed on one
    said = list(standing().filter(engagement=engagement).select_related("coverage"))
    text = first_text(engagement, estimate, said)
    prices = [e.amount for e in said if e.kind == Expectation.Kind.COST and e.amount]
    price = PriceLine(name=engagement.title, rate=min(prices, default=engagement.value or Decimal(0)))
    payments = tuple(Payment(name=name, share=Decimal(share)) for name, share in _PAYMENTS)
    return text.model_copy(update={"prices": (price,), "payments": payments})


def _master(seller: Member, engagement: Engagement, past: Past, title: str) -> Contract:
    """Rates and rules for whatever is ordered; its first half year ends soon, and the day for notice comes nearer."""
    text = Content(
        opening="This agreement says how we work together. What we do, until when, is ordered under it each time. "
        "We try it for half a year; then it goes on from year to year.",
        scope=(
            ScopeItem(name="Data and reporting", text="Reports, interfaces and their upkeep, as ordered."),
        ),
        prices=(PriceLine(kind=PriceKind.TIME, name="An hour of our people", rate=Decimal(128)),),
        payments=(Payment(name="Each month, for the hours of the month", share=Decimal(100)),),
    )
    earlier = replace(past, on=past.on - dt.timedelta(21), votes=votes_then(engagement, seller, OF_MASTER))
    ends = earlier.on + dt.timedelta(183)
    term = Term(title, earlier.on, Contract.Kind.MASTER, ends_on=ends, notice_days=30, renews_months=12)
    return sign_in_the_past(seller, engagement, text, term, earlier)


def _amended(world: World, seller: Member, contract: Contract, past: Past, written: Page) -> None:
    added = Added(kind=Expectation.Kind.SCOPE, name=written["adds"], value=Worth(text=written["words"]))
    wanted = Wanted(written["reason"], added=(added,), price_difference=Decimal(written["costs"]))
    votes = votes_then(contract.engagement, seller, OF_AMENDMENT)
    amend_in_the_past(seller, contract, wanted, replace(past, on=world.day(written["day"]), votes=votes))
