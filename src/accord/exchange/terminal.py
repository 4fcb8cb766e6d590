"""The terminal itself: a console that keeps quiet when its pipe closes, paragraphs, and a patient progress bar."""

from __future__ import annotations

import time
from types import TracebackType
from typing import IO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

KEPT, BROKEN, QUIET, STRONG = "green", "red", "dim", "bold"


class Terminal(Console):
    """A console that leaves a closed pipe to its caller instead of deciding the exit status itself."""

    def __init__(self, file: IO[str] | None = None) -> None:
        super().__init__(file=file, highlight=False, markup=False, emoji=False)

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


class PatientBar:
    """A progress bar on a terminal that appears only once the work has taken longer than a second."""

    def __init__(self, console: Console, words: str, patience: float = 1.0) -> None:
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._console, self._words, self._patience = console, words, patience
        self._since = time.monotonic()

    def __enter__(self) -> PatientBar:
        return self

    def __call__(self, fraction: float) -> None:
        if self._task is None and self._console.is_terminal and self._waited():
            columns = TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()
            self._bar = Progress(*columns, console=self._console, transient=True)
            self._task = self._bar.add_task(self._words, total=1.0)
            self._bar.start()
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=fraction)

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, t: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def _waited(self) -> bool:
        return time.monotonic() - self._since > self._patience


def say(console: Console, *parts: str | tuple[str, str], indent: int = 0) -> None:
    """One paragraph, broken only at plain spaces: a thin one holds a number and its unit together."""
    width = max(console.width - indent, 20)
    line = Text()
    for word in Text.assemble(*parts).split(" "):
        if line and line.cell_len + 1 + word.cell_len > width:
            console.print(Text(" " * indent) + line, overflow="fold")
            line = Text()
        line = Text.assemble(line, " ", word) if line else word
    console.print(Text(" " * indent) + line, overflow="fold")
