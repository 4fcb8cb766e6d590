"""A proposal as the PDF that the client gets, in the client's language."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accord.people.models import Firm, Logo
from accord.people.queries import the_firm
from accord.proposals.content import PriceKind, PriceLine
from accord.proposals.models import VALID_FOR, Proposal, State
from accord.proposals.telling import Money, day, number, percent

_LETTER = Path(__file__).with_name("letter.typ")


def of(proposal: Proposal) -> bytes:
    """Set from `letter.typ`; all that people wrote goes in as data and is never read as markup."""
    import typst  # a compiled typesetter: loaded only where a letter is made

    made: bytes = typst.compile(_LETTER, sys_inputs=inputs(proposal))
    return made


def inputs(proposal: Proposal) -> dict[str, str]:
    """What `letter.typ` asks for, wherever it is set, in the client's language."""
    language = proposal.engagement.relationship.client.language
    with override(language):
        return {"data": json.dumps(_data(proposal) | {"lang": language})}


def name_of(proposal: Proposal) -> str:
    words = re.sub(r"[^\w-]+", "-", f"{proposal.number} {proposal.engagement.title} {proposal.version}")
    return f"{words.strip('-').lower()}.pdf"


def held_until(proposal: Proposal) -> str:
    """How long the offer holds, in the language that is spoken now."""
    if (until := proposal.valid_until) is not None:
        return _("This offer holds until {day}.").format(day=day(until))
    return _("This offer holds for {days} days from the day on which it is sent.").format(days=VALID_FOR.days)


def _data(proposal: Proposal) -> dict[str, Any]:
    says, engagement, firm = proposal.says, proposal.engagement, the_firm()
    money = Money.in_text(says, engagement.currency)
    on = timezone.localdate(proposal.sent_at or timezone.now())
    return {
        **_head(firm),
        "client": str(engagement.relationship.client),
        "to": [s.contact.name for s in proposal.sendings.select_related("contact")],
        "title": engagement.title,
        "number": proposal.number,
        "version": proposal.version,
        "draft": proposal.state == State.DRAFT,
        "day": day(on),
        "held": held_until(proposal),
        "price": money.told(says.price) if says.prices else "–",
        "until": day(max(term.date for term in says.dates)) if says.dates else "–",
        "opening": _paragraphs(says.opening),
        "closing": _paragraphs(says.closing),
        "scope": [{"name": i.name, "text": i.text} for i in says.scope],
        "excluded": list(says.excluded),
        "assumptions": list(says.assumptions),
        "dates": [{"name": d.name, "date": day(d.date)} for d in says.dates],
        "prices": [_price_line(line, money) for line in says.prices],
        "discount": percent(says.discount) if says.discount else "",
        "saved": money.told(says.listed - says.price),
        "payments": [
            {"name": name, "share": percent(p.share), "amount": money.told(amount)}
            for p, (name, amount) in zip(says.payments, says.instalments(), strict=True)
        ],
        "quality": [{"name": q.name, "text": q.criterion} for q in says.quality],
        "clauses": [{"name": c.title, "text": _paragraphs(c.text)} for c in says.clauses],
        "signed": str(proposal.sent_by or proposal.made_by),
        "footer": f"{proposal.number} · {engagement.title} · {_('Version')} {proposal.version}",
        "seal": proposal.digest,
        "words": _words(),
    }


def _head(firm: Firm) -> dict[str, Any]:
    logo = Logo.objects.first()
    return {
        "firm": firm.name,
        "address": firm.address.splitlines(),
        "register": firm.register,
        "logo": list(base64.b64decode(logo.data)) if logo is not None else [],
    }


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]


def _price_line(line: PriceLine, money: Money) -> dict[str, str]:
    how = ""
    if line.kind != PriceKind.FIXED or line.quantity != 1:
        how = f"{number(line.quantity)} × {money.told(line.rate)}"
    return {
        "name": line.name,
        "kind": str(line.kind.label),
        "how": how,
        "amount": money.told(line.amount),
    }


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
        "clauses": _("What also holds"),
        "seal": _("Seal of this version (SHA-256)"),
    }
