"""Who prepares, signs and ends a contract, and what may be signed: yes, or a refusal that says why."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.contracts.models import Amendment, Choice, Contract, Review, Signature
from accord.contracts.reviewing.queries import MAY_BE_SIGNED
from accord.contracts.signing.content import digest_of_amendment
from accord.engagements import rules as engagement_rules
from accord.engagements.models import Engagement
from accord.engagements.policies.content import Seat, Terms
from accord.engagements.rules import sells
from accord.exchange.wording import day
from accord.people.models import AccessRole, GivenRole, Member
from accord.people.rules import FAR_AWAY, is_far_away
from accord.proposals.content import digest_of
from accord.proposals.models import Proposal, State

Document = Contract | Amendment
LONGEST_NOTICE = 3 * 365  # days
LONGEST_RENEWAL = 10 * 12  # months


# Who may


def may_prepare(actor: Member | None, proposal: Any) -> None:
    engagement_rules.may_lead(actor, proposal.engagement)


def may_handle(actor: Member | None, document: Any) -> None:
    """Record what the client signed, end, amend: for those who lead the engagement."""
    engagement_rules.may_lead(actor, document.engagement)


def may_end(actor: Member | None, contract: Any) -> None:
    """What binds both sides is let go by whom it was signed by; what was only prepared, by those who lead the engagement.

    Raises:
        NotAllowed: it is in force and the actor does not sign for the firm, or the actor does not lead the engagement.
    """
    (may_sign if contract.state == Contract.State.IN_FORCE else may_handle)(actor, contract)


def may_sign(actor: Member | None, document: Any) -> None:
    """The firm is bound by an executive, never by who sells.

    Raises:
        NotAllowed: the actor is no executive, or sells the engagement.
    """
    engagement = document.engagement
    engagement_rules.must_see(actor, engagement)
    because = _("You are no executive.")
    if actor is not None and actor.has_any(AccessRole.EXECUTIVE):
        because = sells(actor, engagement)
    if because:
        raise NotAllowed(
            _("The firm signs by an executive who neither sells it nor owns the relationship."),
            because,
            _("Ask {names}.").format(names=_signers(engagement)),
        )


def _signers(engagement: Engagement) -> str:
    held = GivenRole.objects.filter(role=AccessRole.EXECUTIVE, member__is_active=True)
    found = [given.member for given in held.select_related("member") if not sells(given.member, engagement)]
    return ", ".join(m.name for m in found) or _("an administrator to make somebody else an executive")


# What is prepared


def was_sent(proposal: Proposal) -> None:
    if proposal.state != State.SENT:
        raise Refused(
            _("A contract is what the client was sent and what still holds."),
            _("Version {version} is {state}.").format(
                version=proposal.version, state=proposal.get_state_display()
            ),
            _("Take the version that was sent last; what is new is sent and reviewed first."),
        )


def is_unchanged(document: Document | Proposal) -> None:
    """The text still is exactly the one whose seal it carries, whoever wrote past the door."""
    if isinstance(document, Amendment):
        now = digest_of_amendment(document.content, document.contract_id, document.serial)
    else:
        text = document.proposal if isinstance(document, Contract) else document
        now = digest_of(text.content, text.engagement_id, text.version)
    if now != document.seal:
        raise Refused(
            _("Only the exact text that was decided on is signed."),
            _("The text was changed: it has the seal {now} now, and had {was}.").format(
                now=now[:12], was=document.seal[:12]
            ),
            _("Begin a new version, and have it reviewed; tell an administrator that this text was changed."),
        )


def is_decided(found: Review | None, seal: str) -> None:
    """A review decided to sign exactly this."""
    because = remedy = ""
    if found is None:
        because = _("No review decided on the text with the seal {seal}.").format(seal=seal[:12])
        remedy = _("Call a review on exactly this version.")
    elif found.state != Review.State.DECIDED:
        because = _("A review of it is {state}.").format(state=found.get_state_display())
        remedy = _("Wait for its decision, or vote.")
    elif found.decision not in MAY_BE_SIGNED:
        because = _("The review decided: {decision}.").format(decision=Choice(found.decision).label)
        remedy = _("Change what the review objected to in a new version, and have that reviewed.")
    if because:
        raise Refused(
            _("Only what a review decided to sign is signed, in exactly that version."), because, remedy
        )


def still_suffices(review: Review, asked_now: Terms) -> None:
    """A decision keeps the policy that it began with; but another profile may need more seats by now."""
    missing = [seat for seat in asked_now.seats if seat not in review.asks.seats and seat != Seat.OTHER]
    if missing:
        raise Refused(
            _("A decision suffices as long as the engagement's profile asks for no other seats."),
            _("It was decided under another profile: {seats} did not have to vote.").format(
                seats=", ".join(str(Seat(seat).label) for seat in missing)
            ),
            _("Call a review under the profile that the engagement has now."),
        )


def belongs_under(
    master: Contract | None, kind: str, engagement: Engagement, actor: Member, today: dt.date
) -> None:
    """
    Raises:
        WrongInput: an order without its master agreement, or with one of another client, that the actor may not see, or
            that does not hold.
    """
    if kind != Contract.Kind.ORDER:
        if master is not None:
            raise WrongInput(master=_("Only an order stands under a master agreement."))
        return
    if master is None:
        raise WrongInput(master=_("Name the master agreement under which it is ordered."))
    is_theirs = master.engagement.relationship_id == engagement.relationship_id
    if not is_theirs or not engagement_rules.may_see(actor, master.engagement):
        raise WrongInput(master=_("This master agreement is another client's."))
    if master.kind != Contract.Kind.MASTER or master.state != Contract.State.IN_FORCE:
        raise WrongInput(master=_("This is no master agreement in force."))
    if master.ends_on is not None and not master.renews_months and master.ends_on < today:
        raise WrongInput(master=_("This master agreement has run out."))


def is_a_term(
    begins_on: dt.date, ends_on: dt.date | None, notice_days: int | None, renews_months: int | None
) -> None:
    """
    Raises:
        WrongInput: days that no calendar reaches, an end before the beginning, or renewal without an end.
    """
    wrong = {}
    for name, named in (("begins_on", begins_on), ("ends_on", ends_on)):
        if named is not None and is_far_away(named):
            wrong[name] = str(FAR_AWAY)
    if ends_on is not None and ends_on < begins_on:
        wrong["ends_on"] = _("It ends before it begins.")
    for name, number, most in (
        ("notice_days", notice_days, LONGEST_NOTICE),
        ("renews_months", renews_months, LONGEST_RENEWAL),
    ):
        if number is not None and ends_on is None:
            wrong[name] = _("What has no end is not renewed: name the day on which it ends.")
        elif number is not None and not 1 <= number <= most:
            wrong[name] = _("Between 1 and {most}.").format(most=most)
    if wrong:
        raise WrongInput(**wrong)


def adds_terms(contract: Contract) -> bool:
    """Whether it binds the client to more than the text that it was sent: then accepting the text is no signature."""
    of_its_own = contract.ends_on or contract.notice_days or contract.renews_months
    return bool(of_its_own) or contract.kind != Contract.Kind.CONTRACT


# What is signed


def waits_for_signatures(document: Document) -> None:
    engagement_rules.still_open(document.engagement)
    waiting = (Contract.State.PREPARED, Amendment.State.DRAFT)
    if document.state not in waiting:
        raise Refused(
            _("Only what waits for its signatures is signed."),
            _("{name} is {state}.").format(name=document.name, state=document.get_state_display()),
            _("Prepare what is to be signed anew."),
        )
    if isinstance(document, Contract) and document.master is not None:
        _still_holds(document.master)


def _still_holds(master: Contract) -> None:
    if master.state != Contract.State.IN_FORCE:
        raise Refused(
            _("An order stands under a master agreement in force."),
            _("{name} is {state}.").format(name=master.name, state=master.get_state_display()),
            _("End this order, and prepare another contract."),
        )


def signs_once(signed: Signature | None) -> None:
    if signed is not None:
        raise Refused(
            _("Each side signs once."),
            _("{name} signed on {day} already.").format(name=signed.name, day=signed.signed_on),
            _("Open the page again, and look at what is there now."),
        )


def names_this_text(document: Document, named: str) -> None:
    """The seal under which somebody put their name is this document's."""
    if named.strip().lower() != document.seal:
        raise Refused(
            _("What is signed is the exact text that was decided on."),
            _("What was signed names the seal {named}; this is {seal}.").format(
                named=named.strip()[:12] or _("none"), seal=document.seal[:12]
            ),
            _("Compare the seal on the last page of the signed copy, and have the right version signed."),
        )


def is_as_shown(shown: str, now: str) -> None:
    """`shown`: the digest of what the page asked to let pass."""
    if shown != now:
        raise Refused(
            _("An override lets exactly one thing pass."),
            _("What it is about was changed since you opened the page."),
            _("Open it again, and look at how it stands now."),
        )


def nothing_holds_it(conditions: int, told: str) -> None:
    if conditions:
        raise Refused(
            _(
                "A condition of the review holds the signature until somebody else than its owner confirms it."
            ),
            told,
            _(
                "Have it confirmed on the review's page; whom the policy names may let it pass, with a reason."
            ),
        )


def signs(name: str, for_whom: str, on: dt.date, today: dt.date) -> None:
    """
    Raises:
        WrongInput: nobody is named, or the day lies in the future or long before.
    """
    wrong = {}
    if not name.strip():
        wrong["name"] = _("Say who signed.")
    if not for_whom.strip():
        wrong["for_whom"] = _("Say for whom.")
    if future := engagement_rules.not_in_the_future(on, today):
        wrong["signed_on"] = future
    elif on < today - dt.timedelta(3 * 365):
        wrong["signed_on"] = _("That is too long ago.")
    if wrong:
        raise WrongInput(**wrong)


# What is amended and ended


def is_in_force(contract: Contract) -> None:
    engagement_rules.still_open(contract.engagement)
    if contract.state != Contract.State.IN_FORCE:
        raise Refused(
            _("Only a contract in force is amended."),
            _("{name} is {state}.").format(name=contract.name, state=contract.get_state_display()),
            _("What is not signed yet is prepared anew instead."),
        )


def can_be_changed(amendment: Amendment, revision: int, signed: bool) -> None:
    waits_for_signatures(amendment)
    if signed:
        raise Refused(
            _("What one side has signed is not changed any more."),
            _("{name} carries a signature.").format(name=amendment.name),
            _("Drop it with a reason, and begin another."),
        )
    if revision != amendment.revision:
        raise Refused(
            _("A page saves what it has shown."),
            _("The amendment was changed by somebody else, or in another window, since you opened it."),
            _("Open it again, and look at what it says now."),
        )


def can_end_on(contract: Contract, on: dt.date) -> None:
    """
    Raises:
        WrongInput: the day lies in the future, or before the contract was in force.
    """
    if on > dt.date.today():
        raise WrongInput(on=_("This date lies in the future."))
    if contract.in_force_since is not None and on < contract.in_force_since:
        raise WrongInput(on=_("It is in force since {day}.").format(day=day(contract.in_force_since)))


def has_not_ended(contract: Contract) -> None:
    if contract.state == Contract.State.ENDED:
        raise Refused(
            _("A contract ends once."),
            _("It ended on {day}: {because}").format(day=contract.ended_on, because=contract.ended_because),
            _("Prepare another one."),
        )
