"""A contract as the PDF that both sides sign: its head, the signatures, and the proposal whose text it is; an amendment."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accord.contracts.models import Amendment, Contract, Signature
from accord.contracts.signing import signatures
from accord.contracts.signing.copies import mark_of
from accord.contracts.signing.rules import Document
from accord.contracts.signing.wording import Line, lines_of, told
from accord.exchange.wording import day
from accord.people.queries import the_firm
from accord.proposals import pdf as letters

_HERE = Path(__file__).parent
_ROOMS = _HERE.parent.parent  # a contract sets the proposal's letter as its annex
Json = dict[str, Any]


def of_contract(contract: Contract) -> bytes:
    about = _head(contract) | {
        "title": contract.title,
        "terms": _terms(contract),
        "preamble": _("What is agreed stands in the annex: the proposal as it was sent, word by word."),
        "annex": _("Annex: proposal, version {version}").format(version=contract.proposal.version),
        "footer": f"{the_firm().name} · {contract.name}",
    }
    return _set("contract.typ", about, letters.inputs(contract.proposal))


def of_amendment(amendment: Amendment) -> bytes:
    contract, text = amendment.contract, amendment.says
    currency = contract.engagement.currency
    about = _head(amendment) | {
        "title": amendment.name,
        "contract": contract.title,
        "reason": text.reason.splitlines(),
        "rows": [_row(row, currency) for row in lines_of(text)],
        "rest": _("Everything else in {contract} stays as it is.").format(contract=contract.number),
        "footer": f"{the_firm().name} · {amendment.name}",
    }
    return _set("amendment.typ", about, {})


def name_of(document: Document) -> str:
    words = re.sub(r"[^\w-]+", "-", document.name)
    return f"{words.strip('-').lower()}.pdf"


def _set(template: str, about: Json, more: dict[str, str]) -> bytes:
    """All that people wrote goes in as data and is never read as markup."""
    import typst  # a compiled typesetter: loaded only where a letter is made

    inputs = {"contract": json.dumps(about), **more}
    made: bytes = typst.compile(str(_HERE / template), root=str(_ROOMS), sys_inputs=inputs)
    return made


def _head(document: Document) -> Json:
    contract = document.contract if isinstance(document, Amendment) else document
    client = contract.engagement.relationship.client
    signed = {row.side: row for row in signatures.of(document)}
    firm = the_firm().name
    return {
        "lang": (get_language() or "en").partition("-")[0],
        "firm": firm,
        "client": str(client),
        "kind": str(contract.get_kind_display()),
        "number": contract.number,
        "signed": [
            _signed(firm, signed.get(Signature.Side.FIRM)),
            _signed(str(client), signed.get(Signature.Side.CLIENT)),
        ],
        "seal": document.seal,
        "mark": mark_of(document.seal),
        "words": _words(),
    }


def _signed(for_whom: str, row: Signature | None) -> Json:
    if row is None:
        return {"for": for_whom, "who": "", "on": "", "how": ""}
    who = f"{row.name}, {row.position}" if row.position else row.name
    return {"for": row.for_whom, "who": who, "on": day(row.signed_on), "how": str(row.get_way_display())}


def _terms(contract: Contract) -> list[Json]:
    found = [(_("Begins on"), day(contract.begins_on))]
    if contract.ends_on is not None:
        found.append((_("Ends on"), day(contract.ends_on)))
    else:
        found.append((_("Ends"), _("when the work is accepted and paid")))
    if contract.renews_months:
        found.append((_("Renews"), _("each time by {n} months").format(n=contract.renews_months)))
    if contract.notice_days:
        found.append((_("Notice"), _("{n} days before its end").format(n=contract.notice_days)))
    if contract.master is not None:
        found.append((_("Ordered under"), f"{contract.master.number} {contract.master.title}"))
    return [{"name": name, "value": value} for name, value in found]


def _row(line: Line, currency: str) -> Json:
    return {
        "name": line.name,
        "before": told(line.before, currency) if line.before is not None else "–",
        "after": told(line.after, currency) if line.after is not None else _("binds no more"),
    }


def _words() -> Json:
    return {
        "page": _("Page"),
        "between": _("between"),
        "and": _("and"),
        "constraint": _("What is agreed"),
        "before": _("Until now"),
        "after": _("From now on"),
        "signatures": _("Signatures"),
        "place": _("Place and day"),
        "seal": _("Seal of the text (SHA-256)"),
        "amends": _("Amends"),
        "reason": _("Why"),
    }
