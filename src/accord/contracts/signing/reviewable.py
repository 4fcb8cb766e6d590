"""Amendments before a review: how they are found, what its members are shown, and what makes the votes void."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accord.actions.door import follows
from accord.actions.refusals import Refused
from accord.contracts.models import Amendment, Contract, Review
from accord.contracts.reviewing.evidence import common, of_check, of_judgement, of_load
from accord.contracts.reviewing.subjects import Json, Kind, Subject, register
from accord.contracts.reviewing.voiding import void_what_changed
from accord.contracts.signing.amended import as_amended
from accord.contracts.signing.wording import lines_of, told
from accord.engagements.models import Engagement
from accord.people.models import Member
from accord.proposals.judging import fits_its_profile, judge


def _subject(engagement: Engagement, amendment: Amendment) -> Subject:
    gone = ""
    if amendment.state != Amendment.State.DRAFT:
        gone = _("{name} is {state}.").format(name=amendment.name, state=amendment.get_state_display())
    elif amendment.contract.state != Contract.State.IN_FORCE:
        gone = _("{name} is not in force any more.").format(name=amendment.contract.name)
    return Subject(
        name=amendment.name,
        about=amendment.seal,
        evidence=lambda: _evidence(engagement, amendment),
        gone=gone,
        is_done=amendment.state == Amendment.State.IN_FORCE,
        priced_by=tuple(amendment.priced_by),
        amendment=amendment,
    )


def _may_be_reviewed(engagement: Engagement, amendment: Amendment | None) -> None:
    if amendment is None or amendment.engagement_id != engagement.pk:
        raise Refused(
            _("A review is called on exactly one version."),
            _("No amendment of this engagement's contracts is named."),
            _("Begin an amendment, and call the review on it."),
        )
    gone = _subject(engagement, amendment).gone
    if gone:
        raise Refused(_("A review decides on what can still be signed."), gone, _("Begin another amendment."))
    fits_its_profile(engagement, as_amended(amendment).says.price)


def _evidence(engagement: Engagement, amendment: Amendment) -> Json:
    """What delivery says of the contract as it would be."""
    text = amendment.says
    return common(engagement) | {
        "reason": text.reason,
        "changes": [
            {
                "name": line.name,
                "before": told(line.before, engagement.currency) if line.before is not None else "–",
                "after": told(line.after, engagement.currency)
                if line.after is not None
                else _("binds no more"),
            }
            for line in lines_of(text)
        ],
        "price": str(text.price_after or 0),
        "discount": "0",
        **of_judgement(judge(as_amended(amendment))),
        "check": of_check(engagement),
        "load": of_load(engagement),
    }


def _of_review(review: Review) -> Amendment:
    assert review.amendment is not None  # the database keeps it so
    found = review.amendment
    found.contract.engagement = review.engagement
    return found


register(Review.Kind.AMENDMENT, Kind(find=_subject, thing=_of_review, ready=_may_be_reviewed))


@follows("contracts.save_amendment")
@follows("contracts.drop_amendment")
@follows("contracts.sign_amendment_for_firm")
@follows("contracts.record_client_signature_of_amendment")
def an_amendment_changed(actor: Member, amendment: Amendment, *_args: Any, **_kwargs: Any) -> None:
    void_what_changed(amendment.engagement, actor)


@follows("contracts.end_contract")
def a_contract_ended(actor: Member, contract: Contract, *_args: Any, **_kwargs: Any) -> None:
    void_what_changed(contract.engagement, actor)
