"""Standard clauses: what a draft begins with, what may be added, and how a text stands beside the standard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accord.engagements.models import Engagement
from accord.proposals.content import ClauseText, Content
from accord.proposals.models import Clause


@dataclass(frozen=True, slots=True)
class Departure:
    """Where a text departs from the standard clauses."""

    title: str
    state: str  # missing, changed, older or retired
    told: str


def of(engagement: Engagement) -> list[Clause]:
    """The clauses that hold for an engagement: of its profile, in its client's language."""
    rows = Clause.objects.filter(active=True, language=engagement.relationship.client.language)
    return [clause for clause in rows if engagement.profile in clause.profiles]


def mandatory(engagement: Engagement) -> tuple[ClauseText, ...]:
    """What a draft begins with."""
    return tuple(copied(clause) for clause in of(engagement) if clause.mandatory)


def copied(clause: Clause) -> ClauseText:
    return ClauseText(title=clause.title, text=clause.text, clause=clause.pk)


def departures(content: Content, engagement: Engagement) -> list[Departure]:
    """What is missing, was changed by hand, or has another wording by now."""
    standard = _Standard(content, engagement)
    return [*standard.missing(), *(found for text in content.clauses if (found := standard.beside(text)))]


class _Standard:
    """All clauses that ever were, read once: what a text was copied from may have been replaced several times."""

    def __init__(self, content: Content, engagement: Engagement) -> None:
        self.engagement, self.content = engagement, content
        self.clauses = {clause.pk: clause for clause in Clause.objects.all()}
        self.newer = {c.replaces_id: c for c in self.clauses.values() if c.replaces_id is not None}

    def missing(self) -> list[Departure]:
        client, profile = self.engagement.relationship.client, self.engagement.profile
        asked = [c for c in self.clauses.values() if c.active and c.mandatory and profile in c.profiles]
        own = [clause for clause in asked if clause.language == client.language]
        if asked and not own:
            language = client.get_language_display()
            told = _("None is kept in {language}: ask legal for them.").format(language=language)
            return [Departure(_("Standard clauses"), "missing", told)]
        there = {self._newest(text.clause).pk for text in self.content.clauses if text.clause in self.clauses}
        told = _("Mandatory in this profile, and not in the text.")
        return [Departure(clause.title, "missing", told) for clause in own if clause.pk not in there]

    def beside(self, text: ClauseText) -> Departure | None:
        if text.clause not in self.clauses:
            return None  # written by hand from the beginning
        standard = self.clauses[text.clause]
        newest = self._newest(text.clause)
        if (text.title, text.text) != (standard.title, standard.text):
            return Departure(text.title, "changed", _("Its words are not those of the standard clause."))
        if newest.pk != standard.pk:
            return Departure(text.title, "older", _("The standard has another wording by now."))
        if not newest.active:
            return Departure(text.title, "retired", _("It is no standard clause any more."))
        return None

    def _newest(self, pk: int | None) -> Clause:
        found: Clause = self.clauses[pk or 0]
        while found.pk in self.newer:
            found = self.newer[found.pk]
        return found


def offered(engagement: Engagement, has: Sequence[ClauseText]) -> list[Clause]:
    """What may be added to a text that has these clauses."""
    titles, copied_from = {text.title for text in has}, {text.clause for text in has}
    return [c for c in of(engagement) if c.pk not in copied_from and c.title not in titles]
