"""A proposal as the PDF that the client gets."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accord.exchange.wording import day, money
from accord.people.queries import the_firm
from accord.proposals.content import Content, PriceKind, PriceLine
from accord.proposals.models import Proposal, State

_LETTER = Path(__file__).with_name("letter.typ")


def of(proposal: Proposal) -> bytes:
    """Set from `letter.typ`; all that people wrote goes in as data and is never read as markup."""
    import typst  # a compiled typesetter: loaded only where a letter is made

    made: bytes = typst.compile(_LETTER, sys_inputs=inputs(proposal))
    return made


def inputs(proposal: Proposal) -> dict[str, str]:
    """What `letter.typ` asks for, wherever it is set."""
    return {"data": json.dumps(_data(proposal))}


def name_of(proposal: Proposal) -> str:
    words = re.sub(r"[^\w-]+", "-", f"{proposal.engagement.title} {_('proposal')} {proposal.version}")
    return f"{words.strip('-').lower()}.pdf"


def _data(proposal: Proposal) -> dict[str, Any]:
    says, engagement, firm = proposal.says, proposal.engagement, the_firm()
    currency = engagement.currency
    on = (proposal.sent_at or timezone.now()).date()
    return {
        "lang": (get_language() or "en").partition("-")[0],
        "firm": firm.name,
        "client": str(engagement.relationship.client),
        "to": [s.contact.name for s in proposal.sendings.select_related("contact")],
        "title": engagement.title,
        "version": proposal.version,
        "draft": proposal.state == State.DRAFT,
        "day": day(on),
        "price": money(float(says.price), currency) if says.prices else "–",
        "until": day(max(term.date for term in says.dates)) if says.dates else "–",
        "opening": _paragraphs(says.opening),
        "closing": _paragraphs(says.closing),
        "scope": [{"name": i.name, "text": i.text} for i in says.scope],
        "excluded": list(says.excluded),
        "assumptions": list(says.assumptions),
        "dates": [{"name": d.name, "date": day(d.date)} for d in says.dates],
        "prices": [_price_line(line, currency) for line in says.prices],
        "discount": f"{says.discount.normalize():f} %" if says.discount else "",
        "saved": money(float(says.listed - says.price), currency),
        "payments": _payments(says, currency),
        "quality": [{"name": q.name, "text": q.criterion} for q in says.quality],
        "signed": str(proposal.sent_by or proposal.made_by),
        "footer": _("{firm} · {title} · proposal {version}").format(
            firm=firm.name, title=engagement.title, version=proposal.version
        ),
        "seal": proposal.digest,
        "words": _words(),
    }


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]


def _price_line(line: PriceLine, currency: str) -> dict[str, str]:
    how = ""
    if line.kind != PriceKind.FIXED or line.quantity != 1:
        how = f"{line.quantity.normalize():f} × {money(float(line.rate), currency)}"
    return {
        "name": line.name,
        "kind": str(line.kind.label),
        "how": how,
        "amount": money(float(line.amount), currency),
    }


def _payments(says: Content, currency: str) -> list[dict[str, str]]:
    return [
        {"name": name, "share": f"{p.share.normalize():f} %", "amount": money(float(amount), currency)}
        for p, (name, amount) in zip(says.payments, says.instalments(), strict=True)
    ]


def _words() -> dict[str, str]:
    return {
        "page": _("Page"),
        "for": _("Proposal for"),
        "version": _("Version"),
        "draft": _("draft"),
        "price": _("Price"),
        "until": _("Done by"),
        "scope": _("What you get"),
        "excluded": _("What is not included"),
        "dates": _("Dates"),
        "prices": _("Price"),
        "discount": _("Discount"),
        "sum": _("Sum"),
        "tax": _("Without value added tax."),
        "payments": _("Payments"),
        "quality": _("How you judge the result"),
        "assumptions": _("What we take for granted"),
        "seal": _("Seal of this version (SHA-256)"),
    }
