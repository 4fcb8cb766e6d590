"""A review in words: what is asked, what was decided, and the evidence as questions with answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accord.contracts.models import Choice, Review
from accord.contracts.reviewing.queries import Room
from accord.engagements.models import Engagement
from accord.exchange.wording import THIN, day, listed, money, share

Json = dict[str, Any]
_NAMED, _DRIVERS = 3, 2


@dataclass(frozen=True, slots=True)
class Told:
    """One question about what is decided on, and its answer. `tone`: good, bad or '' (neither)."""

    question: str
    answer: str
    told: str
    tone: str = ""
    link: str = ""
    address: str = ""


def question_of(review: Review) -> str:
    if review.kind == Review.Kind.BID:
        return _("Do we bid?")
    return _("Will we sign?")


def choice_label(kind: str, choice: str) -> str:
    """What a vote or a decision says; of a bid it is another word."""
    if kind == Review.Kind.BID:
        words = {
            Choice.SIGN: _("bid"),
            Choice.CONDITIONS: _("bid with conditions"),
            Choice.REWORK: _("rework"),
            Choice.DECLINE: _("no bid"),
        }
        return words[Choice(choice)]
    return str(Choice(choice).label)


def choices(kind: str) -> list[tuple[str, str]]:
    return [(choice.value, choice_label(kind, choice)) for choice in Choice]


def evidence_of(review: Review, engagement: Engagement) -> list[Told]:
    """What its members are shown, the most telling first."""
    shown = _as_may_be_told(review.evidence)
    found = [
        _changes(shown),
        _kept(shown, "time", _("Will we keep the date?"), engagement),
        _kept(shown, "cost", _("Will we keep the price?"), engagement),
        _check(shown, engagement),
        _margin(shown),
        _unbacked(shown),
        _estimate(shown, engagement),
        _beside(shown, engagement),
        _said(shown, engagement),
        _others(shown),
        _load(shown),
        _alike(shown),
        _assumptions(shown),
        _overrides(shown),
    ]
    return [told for told in found if told is not None]


def _as_may_be_told(evidence: Json) -> Json:
    """Without the names of engagements that became confidential after the review was called. One query."""
    check = evidence["check"] or {"others": []}
    named = {row["engagement"] for row in (*evidence["alike"], *check["others"])} - {None}
    secret = set(Engagement.objects.filter(pk__in=named, confidential=True).values_list("pk", flat=True))
    if not secret:
        return evidence

    def told(row: Json) -> Json:
        hidden = {"title": _("another engagement"), "client": _("confidential")}
        return row | hidden if row["engagement"] in secret else row

    others = {"others": [told(row) for row in check["others"]]}
    return evidence | {
        "alike": [told(row) for row in evidence["alike"]],
        "check": evidence["check"] and evidence["check"] | others,
    }


def _changes(shown: Json) -> Told | None:
    """What an amendment makes of the contract."""
    if "changes" not in shown:
        return None
    lines = [f"{c['name']}: {c['before']} → {c['after']}" for c in shown["changes"]]
    told = f"{shown['reason']} {listed(lines, _NAMED)}"
    return Told(_("What does it change?"), str(len(lines)), told)


def _kept(shown: Json, kind: str, question: str, engagement: Engagement) -> Told | None:
    own = [t for t in shown.get("terms", ()) if t["kind"] == kind and t["probability"] is not None]
    if not own:
        return None
    worst = min(own, key=lambda t: t["probability"])
    value = worst["value"]
    said = day(dt.date.fromisoformat(value)) if kind == "time" else money(float(value), shown["currency"])
    told = _("“{name}”, {said}; the profile asks {asked}.").format(
        name=worst["name"], said=said, asked=share(shown["asked"])
    )
    drivers = (shown["check"] or {}).get("drivers", []) if kind == "time" else []
    return Told(
        question,
        share(worst["probability"], shown["asked"]),
        " ".join([told, *drivers[:_DRIVERS]]),
        "good" if worst["backed"] else "bad",
        _("Promise check"),
        reverse("planning:check", args=[engagement.pk]),
    )


def _check(shown: Json, engagement: Engagement) -> Told | None:
    """All together; and for a bid, which has no terms, the only thing that delivery says."""
    check = shown["check"]
    if check is None:
        told = _("No promise check tells of it.")
        return None if "terms" in shown else Told(_("Will we keep what was said?"), "–", told, "bad")
    p = check["joint"]
    told = check["not_current"] or _("Each promise of the register at once, as it was told last.")
    tone = "" if "changes" in shown else "good" if p >= shown["asked"] else "bad"
    address = reverse("planning:check", args=[engagement.pk])
    return Told(
        _("Will we keep all that was told so far?"),
        share(p, shown["asked"]),
        told,
        tone,
        _("Promise check"),
        address,
    )


def _margin(shown: Json) -> Told | None:
    m = shown.get("margin")
    if m is None:
        return None
    told = _("in the middle; {at_80} in four of five courses; the profile wants {wanted}.").format(
        at_80=_percent(m["at_80"]), wanted=_percent(m["wanted"])
    )
    if float(shown["discount"]):
        told += " " + _("Without the discount it would be {before} in the middle.").format(
            before=_percent(m["listed_at_50"])
        )
    tone = "good" if m["at_50"] >= m["wanted"] else "bad"
    return Told(_("What is left of the price?"), _percent(m["at_50"]), told, tone)


def _unbacked(shown: Json) -> Told | None:
    if "terms" not in shown:
        return None
    open_terms = [t for t in shown["terms"] if not t["backed"]]
    told = listed([f"“{t['name']}”: {t['because']}" for t in open_terms], _NAMED)
    return Told(
        _("What in the text is not backed?"),
        str(len(open_terms)),
        told or _("Delivery stands behind each term."),
        "bad" if open_terms else "good",
    )


def _estimate(shown: Json, engagement: Engagement) -> Told | None:
    e = shown.get("estimate")
    if e is None:
        return None
    told = [_("Version {version}, by {n} estimators.").format(version=e["version"], n=e["estimators"])]
    if e["estimators"] == 1:
        told = [_("Version {version}, by one estimator.").format(version=e["version"])]
    if before := e["before"]:
        told.append(
            _("Version {version} said {hours} h.").format(
                version=before["version"], hours=f"{before['hours']:g}"
            )
        )
        changes = [f"{c['name']} {c['hours']:+g} h".replace("-", "−") for c in before["changes"]]
        told.append(listed(changes, _NAMED))
    address = reverse("estimating:estimates", args=[engagement.pk])
    hours = _("{hours} h").format(hours=f"{e['hours']:g}")
    return Told(_("What does delivery estimate?"), hours, " ".join(told), "", _("Estimate"), address)


def _beside(shown: Json, engagement: Engagement) -> Told | None:
    if "beside" not in shown:
        return None
    found = shown["beside"]
    told = listed([f"“{b['subject']}”: {b['told']}" for b in found], _NAMED)
    return Told(
        _("What was said and is not in the text?"),
        str(len(found)),
        told or _("The text holds all that was said."),
        "bad" if found else "good",
        _("What was said"),
        reverse("engagements:said", args=[engagement.pk]),
    )


def _said(shown: Json, engagement: Engagement) -> Told | None:
    if "said" not in shown:
        return None
    found = shown["said"]
    told = listed([f"“{s['subject']}”: {s['word']}" for s in found], _NAMED)
    address = reverse("engagements:said", args=[engagement.pk])
    told = told or _("Nothing was said yet.")
    return Told(_("What was the client told?"), str(len(found)), told, "", _("What was said"), address)


def _others(shown: Json) -> Told | None:
    if shown["check"] is None:
        return None
    others = shown["check"]["others"]
    words = _("{title} falls from {before} to {after}.")
    told = " ".join(words.format(**o) for o in others[:_NAMED])
    return Told(
        _("Which other promises suffer?"),
        str(len(others)),
        told or _("None that the check knows of."),
        "bad" if others else "good",
    )


def _load(shown: Json) -> Told | None:
    rows = shown["load"]
    if not rows:
        return None
    over = [r for r in rows if r["weeks"]]
    words = _("{name}: {hours} h too much in {weeks} weeks")
    told = listed(
        [words.format(name=r["name"], hours=f"{r['hours']:g}", weeks=r["weeks"]) for r in over], _NAMED
    )
    return Told(
        _("Have the people time for it?"),
        _("{n} of {of} have not").format(n=len(over), of=len(rows)) if over else _("yes"),
        told or _("Nobody whom the plan needs is booked beyond their hours."),
        "bad" if over else "good",
    )


def _alike(shown: Json) -> Told:
    found = shown["alike"]
    known = [a for a in found if a["late"] is not None]
    late = [a for a in known if a["late"] > 0]
    told = listed([_one_alike(a) for a in found], 5)
    answer = _("{n} of {of} late").format(n=len(late), of=len(known)) if known else "–"
    tone = "" if not known else "bad" if len(late) * 2 > len(known) else "good"
    return Told(
        _("How did the last ones like it end?"), answer, told or _("There is nothing like it yet."), tone
    )


def _one_alike(a: Json) -> str:
    if a["late"] is None:
        return _("{title} ({client}): its end is not known").format(title=a["title"], client=a["client"])
    late = ngettext("{n} day late", "{n} days late", a["late"]).format(n=a["late"])
    how = late if a["late"] > 0 else _("in time")
    if a["runs"]:
        how = _("{how} by its plan").format(how=how)
    return f"{a['title']} ({a['client']}): {how}"


def _assumptions(shown: Json) -> Told:
    found = shown["assumptions"]
    told = "; ".join(text.rstrip(".") for text in found[:_NAMED]) or _("Nothing is taken for granted.")
    return Told(_("What is taken for granted?"), str(len(found)), told)


def _overrides(shown: Json) -> Told | None:
    found = shown["overrides"]
    if not found:
        return None
    told = " ".join(f"{o['deed']}: {o['because']} ({o['by']})" for o in found)
    return Told(_("What was let pass here?"), str(len(found)), told, "bad")


def _percent(x: float) -> str:
    return f"{x * 100:.0f}{THIN}%".replace("-", "−")


def state_of(room: Room) -> str:
    """Where a review stands, as a sentence."""
    review = room.review
    if review.state == Review.State.DECIDED:
        on = day(review.decided_at.date()) if review.decided_at else ""
        words = _("Decided on {on}: {decision}.")
        return words.format(on=on, decision=choice_label(review.kind, review.decision))
    if review.state == Review.State.VOID:
        return _("The votes are void: {because}").format(because=review.void_because)
    return _("{n} of {of} have voted.").format(n=room.voted, of=room.asked)
