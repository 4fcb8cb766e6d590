"""How a proposal's numbers are told."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django import template

from accord.actions.refusals import NotAllowed
from accord.exchange.wording import THIN
from accord.people.models import Member
from accord.proposals import telling
from accord.proposals.content import Content
from accord.proposals.standards import may_read_cards

register = template.Library()


@register.filter
def percent(share: float) -> str:
    """A margin: with its sign, in whole percent."""
    return f"{share * 100:.0f}{THIN}%".replace("-", "−")


# What clients read: in the language that is spoken now, as their letter has it.


@register.filter(expects_localtime=True)
def told_day(date: dt.date) -> str:
    return telling.day(date)


@register.filter
def told_money(amount: Decimal, money: telling.Money) -> str:
    return money.told(amount)


@register.filter
def told_number(value: Decimal) -> str:
    return telling.number(value)


@register.filter
def told_percent(value: Decimal) -> str:
    return telling.percent(value)


@register.filter
def saved(says: Content) -> Decimal:
    """What the discount takes off, below zero."""
    return says.price - says.listed


@register.filter
def reads_cards(member: Member) -> bool:
    """Whether rate cards are shown to them."""
    try:
        may_read_cards(member)
    except NotAllowed:
        return False
    return True
