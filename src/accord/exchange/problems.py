"""How wrong input is told: every problem with its place, all of them at once, never a traceback."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SHOWN_AT_MOST = 50


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where (line and path), what was found, what is allowed."""

    message: str
    path: str = ""
    line: int | None = None

    def told(self, source: str) -> str:
        place = source if self.line is None else f"{source}:{self.line}"
        return ": ".join(part for part in (place, self.path, self.message) if part)


class InputError(Exception):
    """The input cannot be used. Holds all problems, in the order of the file."""

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        self.source = source
        self.problems = sorted(problems, key=lambda p: p.line or 0)
        super().__init__(f"{source}: {len(self.problems)} problems")

    def lines(self) -> list[str]:
        told = [problem.told(self.source) for problem in self.problems[:SHOWN_AT_MOST]]
        hidden = len(self.problems) - len(told)
        return [*told, f"… and {hidden} more problems"] if hidden > 0 else told
