"""Either kind of file as a portfolio: an engagement file, or a planning tool's XML. The content decides."""

from __future__ import annotations

import codecs
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from accord.engine.plan import Portfolio
from accord.exchange.problems import InputError, Problem

Factors = tuple[float, float, float]

USUAL_SPREAD: Factors = (0.8, 1.0, 1.5)
MOST_WORK = 100_000_000  # activities times samples
_LOOKED_AT = 4096
_OFFERED_AT_MOST = 10


@dataclass(frozen=True, slots=True)
class Loaded:
    """A portfolio, the names of its activities as their owner wrote them, and what the reader should know."""

    portfolio: Portfolio
    names: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    imported: bool = False


def load(path: Path, spread: Factors | None = None, first: Portfolio | None = None) -> Loaded:
    """Read a file of either kind; InputError says everything that is wrong with it.

    What an engagement file leaves out of calendar and capacity is that of the `first` file, if there is one.
    """
    if looks_like_xml(path):
        return _load_plan(path, spread or USUAL_SPREAD)
    from accord.exchange.engagement_file import read_engagement_file

    return Loaded(read_engagement_file(path, first))


def looks_like_xml(path: Path) -> bool:
    """Whether the first character that is not blank opens a tag; the file's name says nothing."""
    try:
        with path.open("rb") as file:
            head = file.read(_LOOKED_AT)
    except OSError as error:
        raise InputError(str(path), [Problem(f"cannot be read: {error.strerror}")]) from None
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", errors="ignore").lstrip().startswith("<")
    return head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<")


def with_settings(
    portfolio: Portfolio, source: str, samples: int | None, seed: int | None, confidence: float | None
) -> Portfolio:
    """The portfolio with the command line's settings where there are any, within the engine's bounds."""
    changed = replace(
        portfolio,
        samples=portfolio.samples if samples is None else samples,
        seed=portfolio.seed if seed is None else seed,
        confidence=portfolio.confidence if confidence is None else confidence,
    )
    work = changed.activity_count * changed.samples
    if work > MOST_WORK:
        message = (
            f"{changed.activity_count:,} activities times {changed.samples:,} samples are {work:,}; "
            f"at most {MOST_WORK:,} are allowed, so use at most "
            f"{MOST_WORK // changed.activity_count:,} samples"
        )
        raise InputError(source, [Problem(message)])
    return changed


def _load_plan(path: Path, spread: Factors) -> Loaded:
    from accord.exchange.mspdi import read_mspdi

    plan = read_mspdi(path, spread)
    factors = ":".join(f"{factor:g}" for factor in spread)
    notes = [f"Each task's value is likely; low, likely and high are {factors} times it (--spread)."]
    notes += [*plan.assumed, *(f"Left out: {what[:1].lower()}{what[1:]}" for what in plan.ignored)]
    for offer in plan.offered[:_OFFERED_AT_MOST]:
        option = shlex.quote(f"{offer.task}={offer.date.isoformat()}")
        notes.append(f"The plan names a date for “{offer.name}” ({offer.why}): --promise {option}")
    if len(plan.offered) > _OFFERED_AT_MOST:
        notes.append(f"… and for {len(plan.offered) - _OFFERED_AT_MOST} more tasks.")
    return Loaded(plan.portfolio, dict(plan.names), tuple(notes), imported=True)
