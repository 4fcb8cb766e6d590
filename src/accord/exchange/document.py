"""YAML and JSON documents as plain values, each value with the line it stands on.

Read through libyaml's events with the scalars of YAML 1.2's core schema: `on` is text, dates are text.
Nothing in a document can run code, and its size, nesting and expansion by aliases are bounded.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]  # the stubs miss it

from accord.exchange.problems import InputError, Problem

LARGEST_FILE = 64 * 1024 * 1024
DEEPEST = 20
MOST_VALUES = 5_000_000
MOST_KEYS = 100  # of one mapping; no place of the format knows as many

_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_LONGEST_NUMBER = 60

Place = tuple[str | int, ...]


def path_of(place: Place) -> str:
    """A place as people read it: `engagements[0].activities[3].effort`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).removeprefix(".")


@dataclass(frozen=True, slots=True)
class Document:
    value: Any
    source: str
    lines: dict[Place, int]
    problems: tuple[Problem, ...] = ()  # with what could be read nevertheless
    marred: frozenset[Place] = field(
        default_factory=frozenset
    )  # where those problems are: the value is not meant

    def line_of(self, place: Place) -> int | None:
        """The line of a value, or of the nearest thing around it that exists."""
        while place not in self.lines and place:
            place = place[:-1]
        return self.lines.get(place)


def read_document(path: Path) -> Document:
    """Read a file.

    Raises:
        InputError: it cannot be read, is too large, or is not one well-formed document. A value that cannot be
            what was meant (not a finite number, a key that stands twice, a tag) is told in `problems` instead.
    """
    source = str(path)
    try:
        if path.is_dir():
            _refuse(source, "is a folder, not a file")
        if path.stat().st_size > LARGEST_FILE:
            _refuse(source, f"is larger than {LARGEST_FILE // 2**20} MB")
        content = path.read_bytes()
    except OSError as error:
        _refuse(source, f"cannot be read: {error.strerror}")
    return parse_document(content, source)


def parse_document(content: bytes | str, source: str) -> Document:
    """Parse YAML or JSON text. Raises InputError."""
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
    except UnicodeDecodeError as error:
        _refuse(source, f"is not UTF-8 text (byte {error.start + 1})")
    if not text.strip():
        _refuse(source, "is empty")
    if text.lstrip()[0] in "{[":
        text = _without_json_escapes(text)
    return _Reader(source).read(text)


def _refuse(source: str, message: str, line: int | None = None) -> NoReturn:
    raise InputError(source, [Problem(message, line=line)])


def _without_json_escapes(text: str) -> str:
    """JSON as YAML: what JSON writes as two escapes (characters beyond 16 bits) and tabs YAML reads otherwise."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text
    pairs = re.compile(r"(?<!\\)((?:\\\\)*)((?:\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})+)")
    text = pairs.sub(lambda m: m[1] + json.loads(f'"{m[2]}"'), text)
    return text.replace("\t", "  ")


@dataclass(slots=True)
class _Open:
    """A list or mapping that is still being read."""

    value: Any
    place: Place
    anchor: str | None
    size: int = 1
    key: str | None = None
    awaits_key: bool = True


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.marred: set[Place] = set()
        self.lines: dict[Place, int] = {}
        self.open: list[_Open] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.root: Any = None
        self.documents = 0

    def read(self, text: str) -> Document:
        try:
            parser = CParser(text)
            while (event := parser.get_event()) is not None:
                self._take(event)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            what = error.problem or error.context or "cannot be understood"
            self._stop(f"this is not well-formed YAML: {what}", mark.line + 1 if mark else None)
        except yaml.YAMLError as error:
            self._stop(f"this is not well-formed YAML: {error}".splitlines()[0], None)
        return Document(self.root, self.source, self.lines, tuple(self.problems), frozenset(self.marred))

    def _wrong(self, message: str, place: Place, line: int) -> None:
        self.problems.append(Problem(message, path_of(place), line))
        self.marred.add(place)

    def _stop(self, message: str, line: int | None) -> NoReturn:
        raise InputError(self.source, [*self.problems, Problem(message, line=line)])

    def _take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1  # type: ignore[union-attr]  # libyaml always gives it
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self._stop("a second document begins here; a file holds one", line)
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event, line)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._begin(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            done = self.open.pop()
            self._finish(done.value, done.size, done.anchor)

    def _begin(self, event: yaml.CollectionStartEvent, line: int) -> None:
        if self.open and self._expects_key():
            self._stop("a key must be text", line)
        if len(self.open) >= DEEPEST:
            self._stop(f"nested deeper than {DEEPEST} levels", line)
        self._tag(event.tag, line)
        place = self._place()
        self.lines.setdefault(place, line)
        self.open.append(_Open([] if isinstance(event, yaml.SequenceStartEvent) else {}, place, event.anchor))

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        if self.open and self._expects_key():
            self._key(event.value, line)
            return
        self._tag(event.tag, line)
        self.lines.setdefault(self._place(), line)
        is_plain = event.implicit[0] and event.tag is None
        value = self._plain(event.value, line) if is_plain else event.value
        self._finish(value, 1, event.anchor)

    def _alias(self, event: yaml.AliasEvent, line: int) -> None:
        if self.open and self._expects_key():
            self._stop("a key must be text", line)
        if event.anchor not in self.anchors:
            self._stop(f"*{event.anchor} is not defined before this place", line)
        value, size = self.anchors[event.anchor]
        self.lines.setdefault(self._place(), line)
        self._finish(value, size, None)
        if self.open and self.open[-1].size > MOST_VALUES:
            self._stop(f"aliases make this more than {MOST_VALUES:,} values", line)

    def _finish(self, value: Any, size: int, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = value, size
        if not self.open:
            self.root = value
            return
        around = self.open[-1]
        around.size += size
        if isinstance(around.value, list):
            around.value.append(value)
        else:
            around.value[around.key] = value
            around.awaits_key = True

    def _expects_key(self) -> bool:
        around = self.open[-1]
        return isinstance(around.value, dict) and around.awaits_key

    def _key(self, key: str, line: int) -> None:
        around = self.open[-1]
        around.key, around.awaits_key = key, False
        if key in around.value:
            self._wrong("stands here a second time; a key is allowed once", self._place(), line)
        elif len(around.value) >= MOST_KEYS:
            self._stop(f"this mapping has more than {MOST_KEYS} keys", line)

    def _place(self) -> Place:
        if not self.open:
            return ()
        around = self.open[-1]
        step = len(around.value) if isinstance(around.value, list) else around.key
        return (*around.place, step)  # type: ignore[arg-type]

    def _tag(self, tag: str | None, line: int) -> None:
        if tag is not None and tag not in ("!", "tag:yaml.org,2002:str"):
            self._wrong(f"the tag {tag[:60]} is not allowed; values have no tags", self._place(), line)

    def _plain(self, text: str, line: int) -> Any:
        if text in _WORDS:
            return _WORDS[text]
        if _NOT_FINITE.fullmatch(text) or text in ("NaN", "Infinity", "-Infinity"):
            return self._not_finite(text, line)
        if len(text) > _LONGEST_NUMBER:
            return text
        if _INTEGER.fullmatch(text):
            return int(text, 0 if text[:2] in ("0o", "0x") else 10)
        if _FLOAT.fullmatch(text):
            number = float(text)
            return self._not_finite(text, line) if math.isinf(number) else number
        return text

    def _not_finite(self, text: str, line: int) -> int:
        self._wrong(f"{text} found; must be a finite number", self._place(), line)
        return 0
