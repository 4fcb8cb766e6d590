"""What a hand-over says, as one document: what delivery accepts is the digest of exactly this."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Annotated, Any

from pydantic import Field

from accord.ledger.chain import canonical
from accord.proposals.content import Part, with_plain_ends

LONGEST = 4000
_Text = Annotated[str, Field(max_length=LONGEST)]


class Words(Part):
    """What those who sold it add of their own. `notes`: of a contact (its number), what nobody else knows of them."""

    why: _Text = ""  # why the client wants it
    worries: _Text = ""
    open: _Text = ""  # what is open
    unasked: _Text = ""  # what nobody asks for
    notes: dict[int, Annotated[str, Field(max_length=500)]] = Field(default_factory=dict)


class Sentence(Part):
    """`source`: where it comes from, as the kind and number of what a page shows; '' for words of the sellers."""

    text: str
    source: str = ""
    note: str = ""  # whether it is backed, contracted, confirmed
    tone: str = ""  # good, bad or wait: of the note


class Section(Part):
    """`words`: paragraphs in the sellers' own words; `said`: sentences that were gathered."""

    key: str
    title: str
    words: tuple[str, ...] = ()
    said: tuple[Sentence, ...] = ()
    nothing: str = ""  # what is said where there is nothing


class Letter(Part):
    """`known`: which rows of the register it tells of, so that a page can see what was said since. `texts`: the digests of
    what is signed, and of the version that is to be signed, of which it tells.
    """

    sections: tuple[Section, ...] = ()
    known: tuple[int, ...] = ()
    withdrawn: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    signed: str = ""


def plain(text: str) -> str:
    return with_plain_ends(text)


def kept(part: Part) -> dict[str, Any]:
    """As the database holds it."""
    return part.model_dump(mode="json")


def digest_of(content: dict[str, Any], engagement: int, version: int) -> str:
    """SHA-256 of the canonical content of exactly this version."""
    about = {"engagement": engagement, "hand_over": version}
    return hashlib.sha256(canonical(about | content).encode()).hexdigest()


def digest_of_start(
    engagement: int, hand_over: str | None, signed: Collection[str], is_sent_back: bool = False
) -> str:
    """What an override of the start is about: the seal of a hand-over, if there is one, and of all that is signed.

    A hand-over that delivery sent back is another thing than one that waits for it.
    """
    about = {"engagement": engagement, "hand_over": hand_over, "signed": sorted(signed)}
    about |= {"sent_back": True} if is_sent_back else {}
    return hashlib.sha256(canonical(about).encode()).hexdigest()
