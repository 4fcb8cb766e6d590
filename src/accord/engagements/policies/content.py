"""What a version of the policy says, as one document."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Self

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel, ConfigDict, Field, model_validator

from accord.engagements.models import Novelty, Profile, RiskLevel
from accord.exchange.wording import money, share
from accord.ledger.chain import canonical
from accord.people.models import AccessRole


class Seat(models.TextChoices):
    """Who sits in a review. `OTHER`: one person who neither sells it nor owns the relationship, for a light engagement."""

    SALES = "sales", gettext_lazy("sales")
    PROJECT = "project", gettext_lazy("project management")
    DELIVERY = "delivery", gettext_lazy("delivery")
    QUALITY = "quality", gettext_lazy("quality")
    SUPPORT = "support", gettext_lazy("support")
    FINANCE = "finance", gettext_lazy("finance")
    LEGAL = "legal", gettext_lazy("legal")
    OTHER = "other", gettext_lazy("another person")


# Seats that nobody takes who sells the engagement, owns the relationship or set the price.
INDEPENDENT = (Seat.PROJECT, Seat.DELIVERY, Seat.QUALITY, Seat.OTHER)


class Deciding(models.TextChoices):
    STRICTEST = "strictest", gettext_lazy("the most cautious vote")
    MAJORITY = "majority", gettext_lazy("the majority; a tie goes to the more cautious")


class ClientKind(models.TextChoices):
    EXTERNAL = "external", gettext_lazy("external")
    INTERNAL = "internal", gettext_lazy("internal")
    NEW = "new", gettext_lazy("new: nothing was signed with it yet")


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_Confidence = Annotated[Decimal, Field(ge=Decimal("0.5"), le=Decimal("0.99"))]
_Margin = Annotated[Decimal, Field(ge=0, le=Decimal("0.9"))]
_Amount = Annotated[Decimal, Field(ge=0, lt=1_000_000_000)]
_Days = Annotated[int, Field(ge=1, le=90)]


class Terms(_Written):
    """What one profile asks. Shares are between 0 and 1, days are calendar days."""

    confidence: _Confidence  # before a promise counts as backed
    margin: _Margin  # that a price must leave
    seats: Annotated[tuple[Seat, ...], Field(min_length=1)]  # that must vote on a proposal or amendment
    bid_seats: tuple[
        Seat, ...
    ] = ()  # that must vote before work is spent on a proposal; none: nobody is asked
    invited: tuple[Seat, ...] = ()  # that may vote
    quorum: Annotated[int, Field(ge=1, le=8)] = 1  # votes that a decision needs at its deadline
    decided_by: Deciding = Deciding.STRICTEST
    vote_days: _Days = 5
    hand_over_days: _Days = 5
    overrides: Annotated[tuple[AccessRole, ...], Field(min_length=1)] = (AccessRole.EXECUTIVE,)

    @model_validator(mode="after")
    def fits_together(self) -> Self:
        for seats in (self.seats, self.bid_seats, self.invited):
            if len(set(seats)) != len(seats):
                raise ValueError(_("A seat is named once."))
        if not set(self.seats) & set(INDEPENDENT):
            raise ValueError(
                _("At least one that must vote is project management, delivery, quality or another person.")
            )
        if set(self.seats) & set(self.invited):
            raise ValueError(_("A seat that must vote is not invited besides."))
        if self.quorum > len(self.seats) + len(self.invited):
            raise ValueError(_("There are fewer seats than votes that a decision needs."))
        return self


class Rule(_Written):
    """A profile, and what must hold for it: all that is named. The first rule that holds decides."""

    profile: Profile
    value_from: _Amount | None = None
    value_below: _Amount | None = None
    margin_below: _Margin | None = None
    confidence_below: _Confidence | None = None
    novelty_from: Novelty | None = None
    novelty_up_to: Novelty | None = None
    risk_from: RiskLevel | None = None
    risk_up_to: RiskLevel | None = None
    client: ClientKind | None = None

    @model_validator(mode="after")
    def asks_something(self) -> Self:
        if all(getattr(self, name) is None for name in type(self).model_fields if name != "profile"):
            raise ValueError(_("A rule names at least one thing that must hold."))
        return self

    def told(self, currency: str) -> str:
        """Its conditions in words."""
        words: dict[str, Callable[[Any], str]] = {
            "value_from": lambda x: _("its value is {amount} or more").format(
                amount=money(float(x), currency)
            ),
            "value_below": lambda x: _("its value is below {amount}").format(
                amount=money(float(x), currency)
            ),
            "margin_below": lambda x: _("the margin in the middle is below {share}").format(
                share=share(float(x))
            ),
            "confidence_below": lambda x: _("its least likely promise is kept with less than {share}").format(
                share=share(float(x))
            ),
            "novelty_from": lambda x: (
                _("its work is “{novelty}”").format(novelty=x.label)
                if x == max(Novelty)
                else _("its work is “{novelty}” or newer").format(novelty=x.label)
            ),
            "novelty_up_to": lambda x: (
                _("its work is “{novelty}”").format(novelty=x.label)
                if x == min(Novelty)
                else _("its work is at most “{novelty}”").format(novelty=x.label)
            ),
            "risk_from": lambda x: (
                _("its risk is {risk}").format(risk=x.label)
                if x == max(RiskLevel)
                else _("its risk is {risk} or higher").format(risk=x.label)
            ),
            "risk_up_to": lambda x: (
                _("its risk is {risk}").format(risk=x.label)
                if x == min(RiskLevel)
                else _("its risk is at most {risk}").format(risk=x.label)
            ),
            "client": lambda x: _("the client is {kind}").format(kind=x.label),
        }
        return _(" and ").join(
            say(getattr(self, name)) for name, say in words.items() if getattr(self, name) is not None
        )


class PolicyContent(_Written):
    profiles: dict[Profile, Terms]
    rules: tuple[Rule, ...] = ()
    otherwise: Profile = Profile.STANDARD

    @model_validator(mode="after")
    def says_all(self) -> Self:
        if set(self.profiles) != set(Profile):
            raise ValueError(_("The policy says what each profile asks."))
        return self


# As a new firm finds it: what most methods of the field ask for, to be changed by the firm.
AS_DELIVERED = PolicyContent(
    profiles={
        Profile.LIGHT: Terms(
            confidence=Decimal("0.7"),
            margin=Decimal("0.15"),
            seats=(Seat.OTHER,),
            vote_days=3,
            hand_over_days=3,
        ),
        Profile.STANDARD: Terms(
            confidence=Decimal("0.8"),
            margin=Decimal("0.2"),
            seats=(Seat.SALES, Seat.PROJECT, Seat.DELIVERY, Seat.FINANCE),
            invited=(Seat.QUALITY, Seat.SUPPORT, Seat.LEGAL),
            quorum=4,
        ),
        Profile.HEAVY: Terms(
            confidence=Decimal("0.9"),
            margin=Decimal("0.25"),
            seats=(Seat.SALES, Seat.PROJECT, Seat.DELIVERY, Seat.QUALITY, Seat.FINANCE, Seat.LEGAL),
            bid_seats=(Seat.SALES, Seat.DELIVERY, Seat.FINANCE),
            invited=(Seat.SUPPORT,),
            quorum=6,
            vote_days=7,
            hand_over_days=7,
        ),
    },
    rules=(
        Rule(profile=Profile.HEAVY, value_from=Decimal(500_000)),
        Rule(profile=Profile.HEAVY, novelty_from=Novelty.NEW),
        Rule(profile=Profile.HEAVY, risk_from=RiskLevel.HIGH),
        Rule(
            profile=Profile.LIGHT,
            value_below=Decimal(25_000),
            novelty_up_to=Novelty.KNOWN,
            risk_up_to=RiskLevel.LOW,
        ),
    ),
)


def kept(content: PolicyContent) -> dict[str, Any]:
    """As the database holds it."""
    return content.model_dump(mode="json", exclude_none=True)


def digest_of(content: PolicyContent) -> str:
    """SHA-256 of exactly this content."""
    return hashlib.sha256(canonical(kept(content)).encode()).hexdigest()
