"""A hand-over as a PDF: the whole letter."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accord.contracts.handing_over.content import Section
from accord.contracts.models import HandOver, HandOverQuestion
from accord.exchange.wording import day
from accord.people.queries import the_firm

_LETTER = Path(__file__).with_name("letter.typ")
State = HandOver.State


def of(hand_over: HandOver, questions: Sequence[HandOverQuestion]) -> bytes:
    """Set from `letter.typ`; all that people wrote goes in as data and is never read as markup."""
    import typst  # a compiled typesetter: loaded only where a letter is made

    made: bytes = typst.compile(_LETTER, sys_inputs={"data": json.dumps(_data(hand_over, questions))})
    return made


def name_of(hand_over: HandOver) -> str:
    words = re.sub(r"[^\w-]+", "-", f"{hand_over.engagement.title} {hand_over.name}")
    return f"{words.strip('-').lower()}.pdf"


def state_of(hand_over: HandOver) -> str:
    """Whether delivery has taken it over, in a sentence."""
    accepted = getattr(hand_over, "acceptance", None)
    if accepted is not None:
        return _("Accepted by {name} on {day}.").format(name=accepted.by, day=day(accepted.at.date()))
    words = {
        State.DRAFT: _("A draft: it was not offered yet."),
        State.OFFERED: _("Offered; to be accepted until {until}."),
        State.SENT_BACK: _("Sent back by delivery with questions."),
        State.REPLACED: _("Replaced by a newer version."),
    }[State(hand_over.state)]
    return words.format(until=day(hand_over.due_on) if hand_over.due_on else "")


def _data(hand_over: HandOver, questions: Sequence[HandOverQuestion]) -> dict[str, Any]:
    engagement, letter, firm = hand_over.engagement, hand_over.letter, the_firm()
    on = (hand_over.offered_at or hand_over.gathered_at).date()
    own = [q for q in questions if q.hand_over_id == hand_over.pk]
    return {
        "lang": (get_language() or "en").partition("-")[0],
        "firm": firm.name,
        "client": str(engagement.relationship.client),
        "title": engagement.title,
        "version": _("Hand-over, version {n}").format(n=hand_over.version),
        "day": day(on),
        "to": list(letter.to),
        "dear": _("Dear {names},").format(names=_(" and ").join(letter.to)) if letter.to else "",
        "signed": letter.signed or str(hand_over.begun_by),
        "state": state_of(hand_over),
        "is_draft": hand_over.state == State.DRAFT,
        "sections": [_section(section) for section in letter.sections],
        "questions": [_question(question) for question in own],
        "seal": hand_over.digest,
        "footer": f"{engagement.title} · {hand_over.name}",
        "words": {
            "page": _("Page"),
            "to": _("To"),
            "for": _("For the team that delivers to"),
            "delivery": _("delivery"),
            "questions": _("What delivery asked about this version"),
            "unanswered": _("not answered"),
            "seal": _("Seal of this version (SHA-256)"),
        },
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "words": list(section.words),
        "said": [{"text": s.text, "note": s.note, "tone": s.tone} for s in section.said],
        "nothing": section.nothing if not (section.words or section.said) else "",
    }


def _question(question: HandOverQuestion) -> dict[str, Any]:
    return {
        "by": str(question.asked_by),
        "text": question.text,
        "answers": [{"by": str(a.by), "text": a.text} for a in question.answers.all()],
    }
