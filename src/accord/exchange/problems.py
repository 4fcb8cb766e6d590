"""How wrong input is told: every problem with its place, all of them at once, never a traceback."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

SHOWN_AT_MOST = 50

# What takes long to say (which name was meant?) is worked out only if it is shown.
Message = str | Callable[[], str]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where (line and path), what was found, what is allowed."""

    message: Message
    path: str = ""
    line: int | None = None

    @property
    def words(self) -> str:
        return self.message if isinstance(self.message, str) else self.message()

    def told(self, source: str) -> str:
        place = source if self.line is None else f"{source}:{self.line}"
        return ": ".join(part for part in (place, self.path, self.words) if part)


class InputError(Exception):
    """The input cannot be used. Holds the problems, in the order of the file: all, or `at_least` these."""

    def __init__(self, source: str, problems: Sequence[Problem], at_least: bool = False) -> None:
        self.source = source
        self.at_least = at_least
        self.problems = sorted(problems, key=lambda p: p.line or 0)
        super().__init__(f"{source}: {len(self.problems)} problems")

    def lines(self) -> list[str]:
        told = [problem.told(self.source) for problem in self.problems[:SHOWN_AT_MOST]]
        hidden = len(self.problems) - len(told)
        if hidden <= 0:
            return told
        more = f"{hidden:,} more problem{'' if hidden == 1 else 's'}"
        return [*told, f"… and {'at least ' if self.at_least else ''}{more}"]
