"""Where the sentences of a letter come from: the page that shows it."""

from __future__ import annotations

from django.urls import reverse

from accord.contracts.handing_over.content import Letter, Section, Sentence

_PAGES = {
    "expectation": "engagements:expectation",
    "engagement": "web:engagement",
    "relationship": "web:relationship",
    "estimate": "estimating:estimate",
    "check": "planning:check",
    "proposal": "proposals:proposal",
    "hand_over": "handing_over:hand_over",
    "review": "contracts:review",
    "constraint": "signing:constraint",
}


def address_of(source: str) -> str:
    """'' where no page shows it."""
    kind, _sep, number = source.partition(":")
    return reverse(_PAGES[kind], args=[number]) if kind in _PAGES else ""


def with_addresses(letter: Letter) -> list[tuple[Section, list[tuple[Sentence, str]]]]:
    return [
        (section, [(sentence, address_of(sentence.source)) for sentence in section.said])
        for section in letter.sections
    ]
