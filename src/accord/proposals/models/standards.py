"""What proposals are made of again and again: clauses, and what an hour is offered for."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accord.actions.models import Recorded
from accord.people.models import Member, Role
from accord.relationships.models import Language


class Clause(Recorded):
    """A standard text for proposals. Its words never change: whoever writes them anew replaces it by another clause,
    so that a proposal's text can always be laid beside the very words that it was copied from."""

    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), max_length=4000)
    language = models.CharField(_("language"), max_length=5, choices=Language)
    profiles = models.JSONField(_("profiles"))  # a list of their names
    mandatory = models.BooleanField(_("mandatory"))
    active = models.BooleanField(default=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    written_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("title",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["language", "title"],
                condition=models.Q(active=True),
                name="an_active_clause_has_its_own_title",
            ),
            models.CheckConstraint(
                condition=models.Q(language__in=Language.values), name="a_clause_has_a_language_of_ours"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RateCard(Recorded):
    """What clients are asked for an hour, for a while: a price list. What an hour costs and earns is in `people.Rate`."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    currency = models.CharField(_("currency"), max_length=3)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True)

    class Meta:
        ordering = ("-valid_from", "name")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(valid_until=None) | models.Q(valid_until__gte=models.F("valid_from")),
                name="a_rate_card_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return self.name


class CardLine(Recorded):
    PART_OF = "card"

    card = models.ForeignKey(RateCard, on_delete=models.CASCADE, related_name="lines")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    rate = models.DecimalField(_("rate per hour"), max_digits=8, decimal_places=2)

    class Meta:
        ordering = ("role__name",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["card", "role"], name="a_card_has_one_rate_of_a_role"),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="a_rate_of_a_card_is_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.role}, {self.card}"
