"""The minutes of a review as a PDF: who sat, what they were shown, asked and demanded, how they voted, what was decided."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accord.contracts.models import Condition, Question, Review
from accord.contracts.reviewing import wording
from accord.contracts.reviewing.queries import Place, Room
from accord.exchange.wording import day
from accord.people.queries import the_firm

_SHEET = Path(__file__).with_name("minutes.typ")


def of(room: Room) -> bytes:
    """Set from `minutes.typ`; all that people wrote goes in as data and is never read as markup."""
    import typst  # a compiled typesetter: loaded only where minutes are made

    made: bytes = typst.compile(_SHEET, sys_inputs={"data": json.dumps(_data(room))})
    return made


def name_of(review: Review) -> str:
    words = re.sub(r"[^\w-]+", "-", f"{review.engagement.title} {_('review')} {review.pk}")
    return f"{words.strip('-').lower()}.pdf"


def _data(room: Room) -> dict[str, Any]:
    review, firm = room.review, the_firm()
    return {
        "lang": (get_language() or "en").partition("-")[0],
        "firm": firm.name,
        "client": str(review.engagement.relationship.client),
        "title": review.engagement.title,
        "name": review.name[:1].upper() + review.name[1:],
        "question": wording.question_of(review),
        "state": wording.state_of(room),
        "called": _("Called by {name} on {on}, to be decided until {until}.").format(
            name=review.called_by, on=day(review.called_at.date()), until=day(review.due_on)
        ),
        "policy": _policy(review),
        "about": review.about,
        "digest": review.evidence_digest,
        "evidence": [
            {"question": t.question, "answer": t.answer, "told": t.told}
            for t in wording.evidence_of(review, review.engagement)
        ],
        "seats": [_seat(place, review) for place in room.places if place.must_vote or place.taken],
        "questions": [_question(question) for question in room.questions],
        "conditions": [_condition(condition) for condition in room.conditions],
        "override": _override(room),
        "footer": _("{firm} · {title} · minutes of the review of {name}").format(
            firm=firm.name, title=review.engagement.title, name=review.name
        ),
        "words": _words(),
    }


def _policy(review: Review) -> str:
    profile = review.get_profile_display()
    if not review.policy_version:
        return _("By the {profile} profile of the policy as Accord comes.").format(profile=profile)
    return _("By the {profile} profile of policy version {version}.").format(
        profile=profile, version=review.policy_version
    )


def _seat(place: Place, review: Review) -> dict[str, str]:
    taken = place.taken
    who = _("nobody")
    if taken is not None:
        who = str(taken.member)
        if taken.stands_in_for is not None:
            who = _("{name} for {other}").format(name=taken.member, other=taken.stands_in_for)
    if place.vote is not None:
        choice, because = wording.choice_label(review.kind, place.vote.choice), place.vote.because
    else:
        choice, because = (_("has voted") if place.has_voted else _("has not voted")), ""
    return {"seat": str(place.seat.label), "who": who, "vote": choice, "because": because}


def _question(question: Question) -> dict[str, Any]:
    return {
        "by": str(question.asked_by),
        "text": question.text,
        "answers": [{"by": str(a.by), "text": a.text} for a in question.answers.all()],
    }


def _condition(condition: Condition) -> dict[str, str]:
    state = _("open")
    if condition.confirmed_by is not None and condition.confirmed_at is not None:
        state = _("confirmed by {name} on {on}: {how}").format(
            name=condition.confirmed_by, on=day(condition.confirmed_at.date()), how=condition.confirmed_how
        )
    about = _("blocks {what}; {owner} sees to it").format(
        what=condition.get_blocks_display(), owner=condition.owner
    )
    if condition.due_on:
        about += _(" until {day}").format(day=day(condition.due_on))
    return {"text": condition.text, "about": about, "state": state}


def _override(room: Room) -> str:
    if room.override is None:
        return ""
    return _("{name} let it pass on {on}: {because} What was found then: {facts}").format(
        name=room.override.by,
        on=day(room.override.at.date()),
        because=room.override.because,
        facts=room.override.facts,
    )


def _words() -> dict[str, str]:
    return {
        "page": _("Page"),
        "minutes": _("Minutes of the review"),
        "seats": _("Seats and votes"),
        "evidence": _("What was shown"),
        "questions": _("Questions and answers"),
        "conditions": _("Conditions"),
        "override": _("Override"),
        "about": _("Seal of what was decided on (SHA-256)"),
        "digest": _("Seal of the evidence (SHA-256)"),
        "unanswered": _("not answered"),
    }
