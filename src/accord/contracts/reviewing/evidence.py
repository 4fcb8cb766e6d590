"""What a review's members are shown, as it was when the review was called: plain JSON, kept with its digest.

It is shown to everybody who may see the engagement, so confidential engagements of others stay nameless in it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection
from typing import Any

from django.db.models import Max, Min
from django.utils.translation import gettext as _

from accord.actions.refusals import Refused
from accord.contracts.models import Review
from accord.contracts.reviewing.alike import alike
from accord.contracts.reviewing.subjects import Json, Kind, Subject, register
from accord.engagements.models import Engagement
from accord.engagements.policies.in_force import in_force
from accord.engagements.queries import standing
from accord.engagements.rules import backing_of
from accord.estimating.models import Assumption, Estimate
from accord.estimating.queries import compare
from accord.ledger.chain import canonical
from accord.people.models import Member, Role
from accord.planning.checking import wording
from accord.planning.checking.queries import answered_check, felt_by_others, newest_check, why_not_current
from accord.planning.load import load_of
from accord.planning.models import Activity, Assignment
from accord.proposals import rules as proposal_rules
from accord.proposals.judging import Judgement, fits_its_profile, judge
from accord.proposals.models import Proposal, State

_WEEKS = 26  # of load that are looked at
_CHANGES = 5


def digest_of(evidence: Json) -> str:
    return hashlib.sha256(canonical(evidence).encode()).hexdigest()


# A proposal


def _proposal(engagement: Engagement, proposal: Proposal) -> Subject:
    gone = ""
    if proposal.state in (State.WITHDRAWN, State.REPLACED):
        gone = _("Version {version} is {state}.").format(
            version=proposal.version, state=proposal.get_state_display()
        )
    return Subject(
        name=_("proposal, version {version}").format(version=proposal.version),
        about=proposal.seal,
        evidence=lambda: of_proposal(engagement, proposal),
        gone=gone,
        priced_by=tuple(proposal.priced_by),
        proposal=proposal,
    )


def _may_be_reviewed(engagement: Engagement, proposal: Proposal | None) -> None:
    if proposal is None or proposal.engagement_id != engagement.pk:
        raise Refused(
            _("A review is called on exactly one version."),
            _("No version of this engagement's proposal is named."),
            _("Begin a proposal, and call the review on it."),
        )
    subject = _proposal(engagement, proposal)
    if subject.gone:
        raise Refused(
            _("A review decides on what can still be signed."),
            subject.gone,
            _("Call it on the version that stands."),
        )
    proposal_rules.is_complete(proposal.says)
    fits_its_profile(engagement, proposal.says.price)
    unjudged = [t for t in judge(proposal).unbacked if t.kind in ("time", "cost") and t.probability is None]
    if unjudged:
        raise Refused(
            _("A review decides on what delivery has judged."),
            f"“{unjudged[0].name}”: {unjudged[0].because}",
            unjudged[0].remedy,
        )


def of_proposal(engagement: Engagement, proposal: Proposal) -> Json:
    judgement, says = judge(proposal), proposal.says
    return common(engagement) | {
        "price": str(says.price),
        "until": max((term.date for term in says.dates), default=None),
        "discount": str(says.discount),
        "sent": proposal.state == State.SENT,
        **of_judgement(judgement),
        "check": of_check(engagement),
        "estimate": of_estimate(proposal.estimate),
        "load": of_load(engagement),
    }


def of_judgement(judgement: Judgement) -> Json:
    """What delivery says of a text: for every text that is made of terms."""
    m = judgement.margin
    return {
        "terms": [
            {
                "kind": t.kind,
                "name": t.name,
                "value": str(t.value),
                "backed": t.backed,
                "because": t.because,
                "probability": t.probability,
                "best": None if t.best is None else str(t.best),
            }
            for t in judgement.terms
        ],
        "margin": None if m is None else {
            "at_50": m.at_50, "at_80": m.at_80, "listed_at_50": m.listed_at_50, "wanted": m.wanted,
        },
        "beside": [
            {"expectation": b.expectation.pk, "subject": b.expectation.subject, "state": b.state, "told": b.told}
            for b in judgement.beside
            if b.state != "in"
        ],
    }  # fmt: skip


# Whether to bid


def bid_facts(engagement: Engagement) -> str:
    """The digest of what a decision to bid is about: change one of these, and it is another decision."""
    facts = {
        "bid": engagement.pk,
        "title": engagement.title,
        "value": None if engagement.value is None else f"{engagement.value:.2f}",
        "currency": engagement.currency,
        "novelty": engagement.novelty,
        "risk": engagement.risk,
    }
    return hashlib.sha256(canonical(facts).encode()).hexdigest()


def _bid(engagement: Engagement, _thing: Any) -> Subject:
    return Subject(name=_("whether to bid"), about=bid_facts(engagement), evidence=lambda: of_bid(engagement))


def _asks_whether_to_bid(engagement: Engagement, _thing: Any) -> None:
    if not in_force().terms(engagement.profile).bid_seats:
        raise Refused(
            _("Whether to bid is decided where the policy asks for it."),
            _("The {profile} profile asks nobody.").format(profile=engagement.get_profile_display()),
            _("Begin the proposal."),
        )


def of_bid(engagement: Engagement) -> Json:
    said = list(standing().filter(engagement=engagement).select_related("belief"))
    asked = in_force().asked(engagement.profile)
    return common(engagement) | {
        "value": None if engagement.value is None else str(engagement.value),
        "said": [
            {
                "expectation": e.pk,
                "subject": e.subject,
                "date": e.date,
                "amount": None if e.amount is None else str(e.amount),
                "word": backing_of(e.kind, getattr(e, "belief", None), asked).word,
            }
            for e in said
        ],
        "check": of_check(engagement),
        "load": of_load(engagement),
    }


# What every review is shown


def common(engagement: Engagement) -> Json:
    held = in_force()
    return {
        "profile": engagement.profile,
        "policy": held.version,
        "asked": held.asked(engagement.profile),
        "currency": engagement.currency,
        "novelty": engagement.get_novelty_display() if engagement.novelty else "",
        "risk": engagement.get_risk_display() if engagement.risk else "",
        "assumptions": _assumptions(engagement),
        "alike": alike(engagement),
        "overrides": [
            {"deed": o.get_deed_display(), "name": o.name, "because": o.because, "by": str(o.by)}
            for o in engagement.overrides.select_related("by")
        ],
    }


def _assumptions(engagement: Engagement) -> list[str]:
    """Nobody confirms assumptions yet: all of the newest estimate are open."""
    newest = engagement.estimates.exclude(state="asked").first()
    rows = Assumption.objects.filter(estimate=newest, kind=Assumption.Kind.ASSUMPTION) if newest else ()
    return [row.text for row in rows]


def of_check(engagement: Engagement) -> Json | None:
    """The promise check: how likely all is kept, what decides it, and whom it makes wait."""
    check = answered_check(engagement, newest_check(engagement))
    if check is None or check.result is None:
        return None
    return {
        "id": check.pk,
        "digest": check.digest,
        "at": check.finished_at,
        "joint": check.result["joint"]["p"],
        "drivers": wording.drivers(check.result),
        "not_current": why_not_current(check) or "",
        "others": _others(check.result, check.asked_by),
    }


def _others(result: Json, member: Member | None) -> list[Json]:
    """Promises of other engagements that this one makes less likely."""
    felt = felt_by_others(result, member) if member is not None else []
    return [
        {
            "engagement": f.engagement.pk if f.engagement is not None else None,
            "title": _("another engagement")
            if f.engagement is None or f.engagement.confidential
            else str(f.engagement),
            "before": f.before,
            "after": f.after,
        }
        for f in felt
        if f.worse
    ]


def of_estimate(estimate: Estimate) -> Json:
    before = Estimate.objects.filter(engagement=estimate.engagement_id, version__lt=estimate.version).first()
    compared = compare(before or estimate, estimate)
    told: Json = {
        "version": estimate.version,
        "digest": estimate.digest,
        "hours": float(compared.after.likely),
        "p80": round(compared.after.p80, 1),
        "estimators": estimate.contributions.count(),
        "before": None,
    }
    if before is not None:
        names = [(d.after or d.before, d.change) for d in compared.differences]
        largest = sorted(((line.name, change) for line, change in names if line), key=lambda x: -abs(x[1]))
        told["before"] = {
            "version": before.version,
            "hours": float(compared.before.likely),
            "changes": [{"name": name, "hours": float(change)} for name, change in largest[:_CHANGES]],
        }
    return told


def of_load(engagement: Engagement) -> list[Json]:
    """Of the roles and people that the plan needs, while it runs: in how many weeks they are booked beyond their hours."""
    rows = Assignment.objects.filter(activity__plan__engagement=engagement).select_related("role", "member")
    found = list(rows)
    span = Activity.objects.filter(plan__engagement=engagement).aggregate(
        first=Min("planned_start"), last=Max("planned_finish")
    )
    if not found or span["first"] is None or span["last"] is None:
        return []
    roles: Collection[Role] = sorted({a.role for a in found if a.role}, key=lambda role: role.name)
    people = {a.member for a in found if a.member}
    first: dt.date = span["first"]
    weeks = min(_WEEKS, (span["last"] - first).days // 7 + 1)
    told = []
    for row in load_of(roles, people, first, weeks):
        over = [cell.over for cell in row.cells if cell.over]
        peak = max((c.booked / c.capacity for c in row.cells if c.capacity), default=0.0)
        told.append(
            {"name": row.name, "weeks": len(over), "hours": round(sum(over), 1), "peak": round(peak, 3)}
        )
    return sorted(told, key=lambda x: (-x["hours"], -x["peak"]))


register(
    Review.Kind.PROPOSAL, Kind(find=_proposal, thing=lambda review: review.proposal, ready=_may_be_reviewed)
)
register(Review.Kind.BID, Kind(find=_bid, thing=lambda _review: None, ready=_asks_whether_to_bid))
