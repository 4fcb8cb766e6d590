"""Countries, their states and provinces, and the public holidays there, as the library `holidays` knows them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
import zoneinfo
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

import holidays
from django.utils.translation import gettext as _
from holidays.registry import COUNTRIES

TOLD_AT_MOST = 20
_SMALL_WORDS = {"And", "Of", "The"}
# Where the library's name without spaces is not the name in English.
_NAMES = {
    "AX": "Åland Islands",
    "BL": "Saint Barthélemy",
    "BQ": "Bonaire, Sint Eustatius and Saba",
    "CC": "Cocos (Keeling) Islands",
    "CD": "DR Congo",
    "CG": "Republic of the Congo",
    "CI": "Côte d’Ivoire",
    "CW": "Curaçao",
    "GW": "Guinea-Bissau",
    "HM": "Heard Island and McDonald Islands",
    "MO": "Macao",
    "RE": "Réunion",
    "SH": "Saint Helena, Ascension and Tristan da Cunha",
    "ST": "São Tomé and Príncipe",
    "SY": "Syria",
    "TL": "Timor-Leste",
    "TR": "Türkiye",
}


@cache
def countries() -> Mapping[str, str]:
    """ISO 3166-1 code -> name, by name."""
    named = {codes[1]: _NAMES.get(codes[1]) or _spaced(codes[0]) for codes in COUNTRIES.values()}
    return MappingProxyType(dict(sorted(named.items(), key=lambda item: _plain(item[1]))))


@cache
def subdivisions(country: str) -> Mapping[str, str]:
    """Code -> name of the states or provinces with holidays of their own; empty where the whole country has the same."""
    if country not in countries():
        return MappingProxyType({})
    about = type(holidays.country_holidays(country))
    names: dict[str, str] = {}
    for name, code in (about.subdivisions_aliases or {}).items():
        names.setdefault(code, name)
    found = {code: names.get(code, code) for code in about.subdivisions}
    return MappingProxyType(dict(sorted(found.items(), key=lambda item: item[1])))


def wrong_place(country: str, subdivision: str) -> dict[str, str]:
    """What is wrong with a place, by field, in words; nothing if the library knows it."""
    if country not in countries():
        message = _("“{country}” is no country whose public holidays are known: choose one of the list.")
        return {"country": message.format(country=country)}
    if subdivision and subdivision not in subdivisions(country):
        parts = list(subdivisions(country).items())[:TOLD_AT_MOST]
        known = ", ".join(f"{code} ({name})" for code, name in parts)
        inside = _("Leave it empty, or choose one of: {known}.").format(known=known)
        message = _("“{part}” is no part of {country}.").format(
            part=subdivision, country=countries()[country]
        )
        return {"subdivision": f"{message} {inside if known else _('Leave it empty.')}"}
    return {}


def place_name(country: str, subdivision: str) -> str:
    """As a sentence names it: Bayern, Germany."""
    whole = countries().get(country, country)
    return f"{subdivisions(country).get(subdivision, subdivision)}, {whole}" if subdivision else whole


@cache
def time_zones() -> tuple[str, ...]:
    """The names of all time zones that this machine knows, without those that name no place."""
    named = (name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return ("UTC", *sorted(named))


@cache
def time_zone_of(country: str) -> str:
    """The zone in which most people of a country live; UTC where this machine has no table of them."""
    for folder in zoneinfo.TZPATH:
        table = Path(folder) / "zone.tab"  # in each country the most populous zone comes first
        lines = table.read_text(encoding="utf-8").splitlines() if table.is_file() else []
        for line in lines:
            code, _coordinates, zone = line.split("\t")[:3] if line[:1] != "#" else ("", "", "")
            if code == country:
                return zone
    return "UTC"


def public_holidays(country: str, subdivision: str, first: dt.date, last: dt.date) -> dict[dt.date, str]:
    """Day -> name, by day, both ends inclusive."""
    found: dict[dt.date, str] = {}
    for year in range(first.year, last.year + 1):
        found |= {day: name for day, name in _year(country, subdivision, year) if first <= day <= last}
    return found


@lru_cache(maxsize=1000)
def _year(country: str, subdivision: str, year: int) -> tuple[tuple[dt.date, str], ...]:
    known = holidays.country_holidays(country, subdiv=subdivision or None, years=year, language="en_US")
    return tuple(sorted(known.items()))


def _plain(name: str) -> str:
    """By what a name sorts: Å as A."""
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()


def _spaced(name: str) -> str:
    """UnitedStates -> United States; IsleOfMan -> Isle of Man."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).split()
    return " ".join(word.lower() if word in _SMALL_WORDS and k else word for k, word in enumerate(words))
