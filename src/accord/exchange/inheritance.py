"""What one engagement file takes from another: calendar and capacity of the firm, as far as it leaves them out."""

from __future__ import annotations

from typing import Any

_OF_A_POOL, _OF_A_MEMBER = {"units"}, {"role", "away"}


def completed(value: Any, first: dict[str, Any]) -> Any:
    """The plain structure of a file, completed by that of the first file. What it says itself stays."""
    if not isinstance(value, dict):
        return value
    return {
        "currency": first["currency"],
        **value,
        "calendar": _calendar(value.get("calendar", {}), first["calendar"]),
        "capacity": _capacity(value.get("capacity", []), first["capacity"]),
    }


def _calendar(own: Any, first: dict[str, Any]) -> Any:
    return {**first, **own} if isinstance(own, dict) else own


def _capacity(own: Any, first: list[dict[str, Any]]) -> Any:
    if not isinstance(own, list):
        return own
    there = {entry["id"]: entry for entry in first}
    mine = [_id_of(entry) for entry in own]
    described = [_described(entry, there.get(name, {})) for entry, name in zip(own, mine, strict=True)]
    return described + [entry for name, entry in there.items() if name not in mine]


def _id_of(entry: Any) -> Any:
    name = entry.get("id") if isinstance(entry, dict) else None
    return name if isinstance(name, str) else None


def _described(entry: Any, first: dict[str, Any]) -> Any:
    """An entry with the first file's fields; what makes a pool and what makes a member do not go together."""
    if not first:
        return entry
    contradicted = (_OF_A_POOL if _OF_A_MEMBER & entry.keys() else set()) | (
        _OF_A_MEMBER if _OF_A_POOL & entry.keys() else set()
    )
    return {k: v for k, v in first.items() if k not in contradicted} | entry
