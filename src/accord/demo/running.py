"""Where the sample firm lies, and when it is made anew.

Its folder holds a note of the day on which it was loaded and of what it was made of. A firm of another day, or of
another version of the program, is made anew; a folder with a firm but without the note is somebody's own and is left
alone. Nothing of Django is imported before the settings can be read.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from accord import serving

NOTE = "sample-firm.json"
_PACKAGE = Path(__file__).parent.parent
_MADE_OF = ("demo/*.py", "demo/world/*.yaml", "*/models.py", "*/models/*.py", "*/migrations/*.py")
Tell = Callable[[str], None]


class NotTheSampleFirm(Exception):
    """The folder or database holds a firm, but not the sample firm."""


@dataclass(frozen=True, slots=True)
class Note:
    """What is noted beside the sample firm's data; an empty day: its loading did not end."""

    day: str
    made_of: str


def begin(fresh: bool, tell: Tell) -> None:
    """Prepare the sample firm for serving: as it is if it was loaded today, else made anew.

    Raises:
        NotTheSampleFirm: something else lies where it should be.
    """
    folder = serving.use_demo()
    now = Note(dt.date.today().isoformat(), _made_of())
    noted = marked(folder)
    if noted == now and not fresh:
        serving.begin(demo=True)
        _must_be_marked()
        return
    if noted is not None and not fresh:
        tell(_why_anew(noted, now))
    _clear(folder, noted)
    _write(folder, Note("", now.made_of))
    serving.begin(demo=True)
    _load(tell)
    _write(folder, now)


def _must_be_marked() -> None:
    from accord.demo import mark

    if not mark.is_there():
        raise NotTheSampleFirm(
            "The database that ACCORD_DATABASE names is not the sample firm's; it was left as it is."
        )


def marked(folder: Path) -> Note | None:
    """The note in a folder; None if there is none, or it cannot be read."""
    try:
        return Note(**json.loads((folder / NOTE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _load(tell: Tell) -> None:
    from accord.demo.firm import ask_for_checks, load
    from accord.people.models import Member

    if Member.objects.exists():
        raise NotTheSampleFirm(
            "The database that ACCORD_DATABASE names holds a firm already. Name an empty one for the sample firm."
        )
    load(tell=tell)
    tell("promise checks asked for")
    ask_for_checks()


def _clear(folder: Path, noted: Note | None) -> None:
    """Remove the sample firm's embedded database, uploads and mails."""
    database = folder / "accord.sqlite3"
    if database.exists() and noted is None and folder != serving.DEMO_DATA:
        raise NotTheSampleFirm(
            f"{folder} holds a firm that is not the sample firm; it was left as it is. "
            "Name another folder in ACCORD_DATA, or none at all."
        )
    for file in folder.glob("accord.sqlite3*"):
        file.unlink()
    for name in ("uploads", "mail"):
        shutil.rmtree(folder / name, ignore_errors=True)


def _write(folder: Path, note: Note) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / f"{NOTE}.new"
    new.write_text(json.dumps(asdict(note)), encoding="utf-8")
    new.replace(folder / NOTE)


def _why_anew(noted: Note, now: Note) -> str:
    if not noted.day:
        return "Its last loading did not end: the sample firm is made anew."
    if noted.day != now.day:
        return f"The sample firm was loaded on {noted.day}, and its dates are old by now: it is made anew."
    return "The sample firm was made by another version of Accord: it is made anew."


def _made_of() -> str:
    files = sorted({file for pattern in _MADE_OF for file in _PACKAGE.glob(pattern)})
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()
