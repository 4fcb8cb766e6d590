"""What the firm keeps for all its proposals: standard clauses and rate cards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accord.actions.door import action
from accord.actions.refusals import Refused, WrongInput
from accord.people.models import AccessRole, Member, Role
from accord.people.rules import FAR_AWAY, is_far_away, one_of
from accord.proposals.content import with_plain_ends
from accord.proposals.models import CardLine, Clause, RateCard
from accord.relationships.models import Language

_LONGEST_TITLE, _LONGEST_TEXT = 200, 4000
_READS_CARDS = (
    *(AccessRole.SELLER, AccessRole.RELATIONSHIP_MANAGER, AccessRole.PROJECT_MANAGER),
    *(AccessRole.DELIVERY_LEAD, AccessRole.EXECUTIVE, AccessRole.FINANCE, AccessRole.ADMINISTRATOR),
)


def may_keep_clauses(actor: Member | None, _about: Any) -> None:
    one_of(actor, _("Keeping standard clauses"), AccessRole.LEGAL, AccessRole.ADMINISTRATOR)


def may_keep_cards(actor: Member | None, _about: Any) -> None:
    one_of(actor, _("Keeping rate cards"), AccessRole.FINANCE, AccessRole.ADMINISTRATOR)


def may_read_cards(actor: Member | None) -> None:
    """Those who put rates into proposals, and those who answer for them."""
    one_of(actor, _("Reading rate cards"), *_READS_CARDS)


@dataclass(frozen=True, slots=True)
class ClauseWords:
    title: str
    text: str
    language: str
    profiles: Collection[str]
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A rate card as it is written down; `rates`: per hour, by the role's key."""

    name: str
    currency: str
    valid_from: dt.date
    valid_until: dt.date | None
    rates: Mapping[int, Decimal]


@action(permission=may_keep_clauses)
def write_clause(actor: Member, clause: Clause, words: ClauseWords) -> Clause:
    """Keep a new clause (`clause` is an empty one), or other words of one; texts that have the old words keep them.

    Raises:
        WrongInput: something is missing, too long, or the title is taken.
        Refused: the clause was replaced or retired meanwhile.
    """
    title, text = " ".join(words.title.split()), with_plain_ends(words.text)
    _can_be_a_clause(clause, title, text, words)
    if clause.pk is not None:
        _is_active(clause)
        clause.active = False
        clause.save()
    made = Clause(
        title=title,
        text=text,
        language=words.language,
        profiles=sorted(words.profiles),
        mandatory=words.mandatory,
        replaces=clause if clause.pk is not None else None,
        written_by=actor,
    )
    made.save()
    return made


@action(permission=may_keep_clauses)
def retire_clause(actor: Member, clause: Clause) -> Clause:
    """No new text begins with it; those that have it keep it.

    Raises:
        Refused: it was replaced or retired already.
    """
    _is_active(clause)
    clause.active = False
    clause.save()
    return clause


@action(permission=may_keep_cards)
def write_rate_card(actor: Member, card: RateCard, words: Card) -> RateCard:
    """Keep a new card (`card` is an empty one), or correct one; proposals keep the rates that they have.

    Raises:
        WrongInput: the name is missing or taken, the dates are in the wrong order, or no rate is above zero.
    """
    name, currency = " ".join(words.name.split()), words.currency.strip().upper()
    _can_be_a_card(card, name, currency, words)
    card.name, card.currency = name, currency
    card.valid_from, card.valid_until = words.valid_from, words.valid_until
    card.save()
    kept = {line.role_id: line for line in card.lines.all()}
    for role in Role.objects.filter(pk__in=words.rates):
        line = kept.pop(role.pk, None) or CardLine(card=card, role=role)
        line.rate = words.rates[role.pk]
        line.save()
    for line in kept.values():
        line.delete()
    return card


def _is_active(clause: Clause) -> None:
    if not clause.active:
        raise Refused(
            _("Only a clause in use is changed."),
            _("“{title}” was replaced or retired meanwhile.").format(title=clause),
            _("Open the list of clauses again."),
        )


def _can_be_a_clause(clause: Clause, title: str, text: str, words: ClauseWords) -> None:
    wrong: dict[str, str] = {}
    if not 0 < len(title) <= _LONGEST_TITLE:
        wrong["title"] = _("Give it a title of at most 200 letters.")
    if not 0 < len(text) <= _LONGEST_TEXT:
        wrong["text"] = _("Give it a text of at most 4,000 letters.")
    if words.language not in Language.values:
        wrong["language"] = _("Choose a language of the list.")
    if not words.profiles:
        wrong["profiles"] = _("Choose at least one profile.")
    others = Clause.objects.filter(active=True, language=words.language, title=title).exclude(pk=clause.pk)
    if others.exists():
        wrong["title"] = _("There is a clause of that title in this language already.")
    if wrong:
        raise WrongInput(**wrong)


def _can_be_a_card(card: RateCard, name: str, currency: str, words: Card) -> None:
    wrong: dict[str, str] = {}
    if not 0 < len(name) <= 80:
        wrong["name"] = _("Give it a name of at most 80 letters.")
    if RateCard.objects.filter(name__iexact=name).exclude(pk=card.pk).exists():
        wrong["name"] = _("There is a rate card of that name already.")
    if len(currency) != 3 or not currency.isalpha() or not currency.isascii():
        wrong["currency"] = _("A currency is three letters, as EUR or USD.")
    days = {"valid_from": words.valid_from, "valid_until": words.valid_until}
    wrong |= {field: str(FAR_AWAY) for field, day in days.items() if day and is_far_away(day)}
    if words.valid_until is not None and words.valid_until < words.valid_from:
        wrong["valid_until"] = _("It ends before it begins.")
    if not words.rates or not all(0 < rate < 100_000 for rate in words.rates.values()):
        wrong["rates"] = _("Give at least one rate; each is above 0 and below 100,000.")
    if wrong:
        raise WrongInput(**wrong)
