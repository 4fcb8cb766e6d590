"""The letter from those who sold to those who deliver: each section is gathered by a function of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from accord.contracts.handing_over import knowing, promising
from accord.contracts.handing_over.content import Letter, Section, Sentence, Words
from accord.contracts.handing_over.queries import register_of, texts_of
from accord.contracts.models import HandOverQuestion
from accord.engagements.models import Engagement
from accord.engagements.queries import statements
from accord.exchange.wording import day
from accord.relationships.models import Contact

_PAIN = {Contact.Part.BLOCKS: "bad", Contact.Part.UNKNOWN: "wait"}


def gather(engagement: Engagement, words: Words) -> Letter:
    """All that is known now, in the order in which a team wants to read it. Some fifteen queries, whatever was said."""
    said = statements(engagement)
    known, withdrawn = register_of(engagement)
    sections = (
        _section("why", _("Why they buy"), words.why, nothing=_("Nobody has written it yet.")),
        _section("promised", _("What we promised"), said=promising.promises(said), nothing=_("Nothing was said.")),
        _section("contracted", _("What is contracted"), said=promising.what_is_contracted(engagement)),
        _section("changed", _("What was said before, and is not any more"), said=promising.changes(said)),
        _section("people", _("Who decides, and who doubts"), said=_people(engagement, words.notes)),
        _section("talks", _("What was talked about"), said=knowing.talks(engagement)),
        _section("answered", _("What the client wrote about our proposals"), said=knowing.said_by_link(engagement)),
        _section("plan", _("The plan, and how sure we are"), said=knowing.plan(engagement, said)),
        *_of_estimate(engagement),
        _section("conditions", _("Conditions that are still open"), said=knowing.conditions(engagement)),
        _section("overrides", _("What was let pass"), said=knowing.overrides(engagement)),
        _section("worries", _("What worries us"), words.worries, knowing.risks(engagement)),
        _section("open", _("What is open"), words.open),
        _section("unasked", _("What nobody asks for"), words.unasked),
        _section("asked", _("What delivery asked before"), said=_asked(engagement)),
    )  # fmt: skip
    told = tuple(s for s in sections if s.words or s.said or s.nothing)
    return Letter(sections=told, known=tuple(known), withdrawn=tuple(withdrawn), texts=texts_of(engagement))


def _section(
    key: str, title: str, words: str = "", said: Sequence[Sentence] = (), nothing: str = ""
) -> Section:
    return Section(key=key, title=title, words=_paragraphs(words), said=tuple(said), nothing=nothing)


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("\n\n") if part.strip())


def _of_estimate(engagement: Engagement) -> list[Section]:
    assumed, excluded = knowing.assumptions(engagement)
    return [
        _section("assumed", _("What the estimate takes for granted"), said=assumed),
        _section("excluded", _("What is not included"), said=excluded),
    ]


def _people(engagement: Engagement, notes: Mapping[int, str]) -> list[Sentence]:
    """Who decides first, who is against it next."""
    parts = list(Contact.Part)
    contacts = list(engagement.relationship.client.contacts.all())
    contacts.sort(key=lambda c: (c.part == Contact.Part.UNKNOWN, c.part != Contact.Part.DECIDES,
                                 c.part != Contact.Part.BLOCKS, parts.index(Contact.Part(c.part)), c.name))  # fmt: skip
    return [_person(contact, engagement, notes.get(contact.pk, "")) for contact in contacts]


def _person(contact: Contact, engagement: Engagement, note: str) -> Sentence:
    name = f"{contact.name}, {contact.title}" if contact.title else contact.name
    return Sentence(
        text=f"{name}. {note}" if note else f"{name}.",
        source=f"relationship:{engagement.relationship_id}",
        note=contact.get_part_display(),
        tone=_PAIN.get(Contact.Part(contact.part), ""),
    )


def _asked(engagement: Engagement) -> list[Sentence]:
    rows = HandOverQuestion.objects.filter(hand_over__engagement=engagement).select_related("asked_by")
    return [
        Sentence(
            text=_("{name} asked on {day}: {text}").format(
                name=q.asked_by, day=day(q.at.date()), text=q.text
            ),
            source=f"hand_over:{q.hand_over_id}",
            note=" ".join(
                _("{name}: {text}").format(name=a.by, text=a.text) for a in q.answers.select_related("by")
            ),
        )
        for q in rows.order_by("pk")
    ]
