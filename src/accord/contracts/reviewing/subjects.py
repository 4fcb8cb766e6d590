"""What reviews decide on. Each kind of review registers how its subject is found, as it is now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accord.contracts.models import Amendment, Review
from accord.engagements.models import Engagement
from accord.proposals.models import Proposal

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """`about`: SHA-256 of exactly what is decided on; `evidence`: tells what members are shown; `gone`: why it cannot
    be decided on any more, '' if it can; `is_done`: it cannot because what was decided is in force; `priced_by`: whose
    price it is.
    """

    name: str
    about: str
    evidence: Callable[[], Json]
    gone: str = ""
    is_done: bool = False
    priced_by: tuple[int, ...] = ()
    proposal: Proposal | None = None
    amendment: Amendment | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """`find`: the subject from the thing that a review is called on; `thing`: that thing, loaded for a review.

    `ready`: raises Refused while the thing is not fit to be decided on.
    """

    find: Callable[[Engagement, Any], Subject]
    thing: Callable[[Review], Any]
    ready: Callable[[Engagement, Any], None]


_kinds: dict[str, Kind] = {}


def register(kind: Review.Kind, about: Kind) -> None:
    _kinds[kind] = about


def to_call(engagement: Engagement, kind: Review.Kind, thing: Any) -> Subject:
    """
    Raises:
        Refused: it is not fit to be decided on.
    """
    _kinds[kind].ready(engagement, thing)
    return find(engagement, kind, thing)


def find(engagement: Engagement, kind: Review.Kind, thing: Any) -> Subject:
    """As it is now, whether it is fit to be decided on or not."""
    return _kinds[kind].find(engagement, thing)


def of(review: Review) -> Subject:
    """The subject of a review as it is now; another `about` than the review's is another version."""
    about = _kinds[review.kind]
    return about.find(review.engagement, about.thing(review))
