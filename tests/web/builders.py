"""A desk with chosen lines, part by part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pytest

from accord.engagements import desk
from accord.engagements.models import Engagement


def line_of(
    engagement: Engagement, group: desk.Group, what: str, until: dt.date | None = None
) -> desk.Waiting:
    return desk.Waiting(group, what, engagement, "You are its seller.", until, "/engagements/", "Do it")


def waits_in_parts(monkeypatch: pytest.MonkeyPatch, parts: Mapping[int, list[desk.Waiting]]) -> None:
    sources = [(part, lambda _member, lines=lines: lines) for part, lines in parts.items()]
    monkeypatch.setattr(desk, "_sources", sources)
