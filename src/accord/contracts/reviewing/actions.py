"""What people do in a review: call it, sit, ask, demand, vote."""

from __future__ import annotations

import datetime as dt
import json

from django.utils import timezone
from django.utils.translation import gettext as _

from accord.actions.door import action
from accord.actions.refusals import Refused, WrongInput
from accord.contracts.models import Amendment, Answer, Choice, Condition, Question, Review, SeatTaken, Vote
from accord.contracts.reviewing import rules, subjects
from accord.contracts.reviewing.deciding import decide_if_complete
from accord.contracts.reviewing.evidence import digest_of
from accord.contracts.reviewing.voiding import void
from accord.contracts.reviewing.watching import watch
from accord.engagements.models import Engagement
from accord.engagements.policies.content import INDEPENDENT, Seat
from accord.engagements.policies.in_force import in_force
from accord.engagements.rules import may_see, still_open, well_in_time
from accord.engagements.sides import delivers_from_now
from accord.ledger import chain
from accord.ledger.chain import canonical
from accord.people.models import Member
from accord.proposals.models import Proposal


@action(permission=rules.may_call)
def call_review(
    actor: Member,
    engagement: Engagement,
    kind: Review.Kind,
    thing: Proposal | Amendment | None = None,
    due_on: dt.date | None = None,
) -> Review:
    """Ask for a decision on exactly one version; `thing`: what is decided on, none for a bid.

    What the policy asks today and what is known today are kept with it.

    Raises:
        WrongInput: the day is no day for it.
        Refused: the engagement has ended, a review of the kind is open, this version was decided on, or it is not fit
            to be decided on.
    """
    still_open(engagement)
    _nothing_open(engagement, kind)
    if thing is not None:
        thing.refresh_from_db()
    subject = subjects.to_call(engagement, kind, thing)
    _not_decided(engagement, subject)
    held = in_force()
    terms = held.terms(engagement.profile)
    today = dt.date.today()
    due_on = due_on or today + dt.timedelta(terms.vote_days)
    rules.due_in_time(due_on, today)
    evidence = json.loads(canonical(subject.evidence()))
    review = Review(
        engagement=engagement,
        kind=kind,
        proposal=subject.proposal,
        amendment=subject.amendment,
        about=subject.about,
        name=subject.name,
        called_by=actor,
        due_on=due_on,
        profile=engagement.profile,
        policy_version=held.version,
        terms=terms.model_dump(mode="json"),
        priced_by=list(subject.priced_by),
        evidence=evidence,
        evidence_digest=digest_of(evidence),
    )
    review.save()
    body = {
        "review": review.pk,
        "kind": kind,
        "name": review.name,
        "about": review.about,
        "due_on": due_on,
        "profile": review.profile,
        "policy": review.policy_version,
        "evidence": review.evidence_digest,
    }
    chain.append("review_called", f"engagement:{engagement.pk}", actor.pk, body)
    watch(review)
    return review


@action(permission=rules.may_convene)
def renew_evidence(actor: Member, review: Review) -> Review:
    """Show what is known today, while nobody has voted on what was known before.

    Raises:
        Refused: somebody has voted, or nothing is to be decided any more.
    """
    rules.is_open(review)
    if Vote.objects.filter(taken__review=review).exists():
        raise Refused(
            _("All vote on the same evidence."),
            _("Somebody has voted already."),
            _("Have the review called off and called anew, if what is known now changes the decision."),
        )
    evidence = json.loads(canonical(subjects.of(review).evidence()))
    review.evidence, review.evidence_digest = evidence, digest_of(evidence)
    review.save()
    body = {"review": review.pk, "evidence": review.evidence_digest}
    chain.append("review_evidence_renewed", f"engagement:{review.engagement_id}", actor.pk, body)
    return review


@action(permission=rules.may_convene)
def call_off(actor: Member, review: Review, because: str) -> Review:
    """End a review without a decision. Once somebody has voted only the authority does: votes are not shopped for.

    Raises:
        WrongInput: no reason. Refused: it is not open, or has votes and the actor is not the authority.
    """
    rules.is_open(review)
    if Vote.objects.filter(taken__review=review).exists():
        rules.has_authority(actor, review)
    if not because.strip():
        raise WrongInput(because=_("Say why: everybody who sat in it is told."))
    void(review, actor, _("{name} called it off: {because}").format(name=actor, because=because.strip()))
    return review


@action(permission=rules.may_convene)
def extend(actor: Member, review: Review, due_on: dt.date, because: str) -> Review:
    """Give more time.

    Raises:
        WrongInput: the day is no later one, or no reason is given. Refused: it is not open.
    """
    rules.is_open(review)
    if review.escalated_at is not None:
        rules.has_authority(actor, review)
    rules.due_in_time(due_on, dt.date.today())
    if due_on <= review.due_on:
        raise WrongInput(due_on=_("Choose a later day than the one it has."))
    if not because.strip():
        raise WrongInput(because=_("Say why it takes longer."))
    body = {"review": review.pk, "was": review.due_on, "due_on": due_on, "because": because.strip()}
    review.due_on, review.reminded_at, review.escalated_at = due_on, None, None
    review.save()
    chain.append("review_extended", f"engagement:{review.engagement_id}", actor.pk, body)
    watch(review)
    return review


# Seats


@action(permission=rules.may_take_part)
def take_seat(actor: Member, review: Review, seat: Seat) -> SeatTaken:
    """Sit down on a seat that is free.

    Raises:
        Refused: it is taken, the review has no such seat, or the actor may not have it or has another.
    """
    return _seated(actor, review, seat, actor)


@action(permission=rules.may_convene)
def seat_member(actor: Member, review: Review, seat: Seat, member: Member) -> SeatTaken:
    """Ask somebody to sit. It gives no sight of a confidential engagement: who sits there must see it already.

    Raises:
        Refused: as for taking a seat.
    """
    return _seated(actor, review, seat, member)


@action(permission=rules.may_name_stand_in)
def stand_in(actor: Member, taken: SeatTaken, member: Member) -> SeatTaken:
    """Somebody else sits there instead, with the same restrictions, and votes in their own name.

    Raises:
        WrongInput: it is the same person. Refused: the seat has voted, or the other may not have it or has another.
    """
    review = taken.review
    rules.is_open(review)
    rules.has_not_voted(taken)
    if member.pk == taken.member_id:
        raise WrongInput(member=_("{name} sits there already.").format(name=member))
    rules.can_sit(member, Seat(taken.seat), review)
    rules.one_person_one_seat(member, _seats(review))
    first = taken.stands_in_for or taken.member
    taken.member, taken.stands_in_for = member, None if member.pk == first.pk else first
    taken.save()
    body = {"review": review.pk, "seat": taken.seat, "member": member.pk, "for": first.pk}
    chain.append("review_stood_in", f"engagement:{review.engagement_id}", actor.pk, body)
    return taken


@action(permission=rules.is_own_seat)
def leave_seat(actor: Member, taken: SeatTaken) -> None:
    """
    Raises:
        Refused: the seat has voted, or nothing is to be decided any more.
    """
    rules.is_open(taken.review)
    rules.has_not_voted(taken)
    taken.delete()


def _seated(actor: Member, review: Review, seat: Seat, member: Member) -> SeatTaken:
    rules.is_open(review)
    rules.is_asked_for(review, seat)
    seats = _seats(review)
    holder = next((t for t in seats if t.seat == seat), None)
    if holder is not None and rules.is_vacant(holder, review):
        seats.remove(holder)
        holder.delete()
        holder = None
    rules.is_free(seat, holder)
    rules.one_person_one_seat(member, seats)
    rules.can_sit(member, seat, review)
    taken = SeatTaken(review=review, seat=seat, must_vote=seat in review.must_sit, member=member)
    taken.save()
    body = {"review": review.pk, "seat": seat, "member": member.pk}
    chain.append("review_seat_taken", f"engagement:{review.engagement_id}", actor.pk, body)
    return taken


# The talk


@action(permission=rules.may_take_part)
def ask_question(actor: Member, review: Review, text: str, of: Member | None = None) -> Question:
    """Ask something in the room; `of`: whom, None: whoever called the review.

    Raises:
        WrongInput: nothing is asked, or of somebody who cannot answer. Refused: the review is not open.
    """
    rules.is_open(review)
    if not text.strip():
        raise WrongInput(text=_("Write the question."))
    if of is not None and not may_see(of, review.engagement):
        raise WrongInput(of=_("{name} may not see this engagement.").format(name=of))
    question = Question(review=review, asked_by=actor, of=of, text=text.strip())
    question.save()
    return question


@action(permission=rules.may_answer)
def answer_question(actor: Member, question: Question, text: str) -> Answer:
    """
    Raises:
        WrongInput: nothing is said. Refused: the review is not open.
    """
    rules.is_open(question.review)
    if not text.strip():
        raise WrongInput(text=_("Write the answer."))
    answer = Answer(question=question, by=actor, text=text.strip())
    answer.save()
    return answer


@action(permission=rules.is_own_seat)
def raise_condition(
    actor: Member,
    taken: SeatTaken,
    text: str,
    blocks: Condition.Blocks,
    owner: Member,
    due_on: dt.date | None = None,
) -> Condition:
    """Say what must be so before the firm signs, starts or invoices, and who sees to it.

    Raises:
        WrongInput: it says nothing, or its owner has left or may not see the engagement.
        Refused: the review is not open.
    """
    review = taken.review
    rules.is_open(review)
    wrong = {}
    if not text.strip():
        wrong["text"] = _("Say what must be so.")
    if not may_see(owner, review.engagement) or not owner.may_write:
        wrong["owner"] = _("{name} cannot see to it here.").format(name=owner)
    if far := well_in_time(due_on):
        wrong["due_on"] = far
    if wrong:
        raise WrongInput(**wrong)
    condition = Condition(
        review=review, text=text.strip(), blocks=blocks, owner=owner, due_on=due_on, raised_by=actor
    )
    condition.save()
    body = {
        "review": review.pk,
        "condition": condition.pk,
        "text": condition.text,
        "blocks": blocks,
        "owner": owner.pk,
        "due_on": due_on,
    }
    chain.append("condition_raised", f"engagement:{review.engagement_id}", actor.pk, body)
    return condition


@action(permission=rules.may_confirm)
def confirm_condition(actor: Member, condition: Condition, how: str) -> Condition:
    """Somebody other than its owner has seen that it is so.

    Raises:
        WrongInput: it is not said how it was seen. Refused: it was confirmed, or its review is void.
    """
    rules.is_open_condition(condition)
    if not how.strip():
        raise WrongInput(how=_("Say how you saw it: others rely on it."))
    condition.confirmed_by, condition.confirmed_at = actor, timezone.now()
    condition.confirmed_how = how.strip()
    condition.save()
    body = {"condition": condition.pk, "how": condition.confirmed_how}
    chain.append("condition_confirmed", f"engagement:{condition.review.engagement_id}", actor.pk, body)
    return condition


# Votes


@action(permission=rules.is_own_seat)
def cast_vote(actor: Member, taken: SeatTaken, choice: Choice, because: str, seen: str) -> Vote:
    """Vote, with the reason; `seen`: the digest of the evidence that the voter's page showed. The last vote decides.

    Raises:
        WrongInput: no reason.
        Refused: the seat has voted, its member may not sit there any more, the page was an older one, or the vote asks
            for conditions and none was raised.
    """
    review = taken.review
    rules.is_open(review)
    rules.has_not_voted(taken)
    rules.can_sit(actor, Seat(taken.seat), review)
    rules.is_as_seen(review, subjects.of(review).about, seen)
    rules.conditions_are_named(choice, review.conditions.count())
    if not because.strip():
        raise WrongInput(because=_("Say why: a vote carries its reason."))
    vote = Vote(taken=taken, choice=choice, because=because.strip(), evidence_digest=review.evidence_digest)
    vote.save()
    if taken.seat in INDEPENDENT:
        delivers_from_now(review.engagement, actor)
    body = {
        "review": review.pk,
        "seat": taken.seat,
        "choice": choice,
        "because": vote.because,
        "about": review.about,
        "evidence": vote.evidence_digest,
        "for": taken.stands_in_for_id,
    }
    chain.append("review_vote", f"engagement:{review.engagement_id}", actor.pk, body)
    decide_if_complete(review, is_late=False)
    return vote


def _seats(review: Review) -> list[SeatTaken]:
    rows = review.seats.select_related("member", "vote").prefetch_related("member__given_roles")
    return list(rows)


def _nothing_open(engagement: Engagement, kind: Review.Kind) -> None:
    if engagement.reviews.filter(kind=kind, state=Review.State.OPEN).exists():
        raise Refused(
            _("One review of a kind is open at a time."),
            _("This engagement has one that is not decided."),
            _("Vote there, or call it off."),
        )


def _not_decided(engagement: Engagement, subject: subjects.Subject) -> None:
    decided = engagement.reviews.filter(about=subject.about, state=Review.State.DECIDED).first()
    if decided is not None:
        raise Refused(
            _("A version is decided on once."),
            _("The review of {name} decided: {decision}.").format(
                name=decided.name, decision=decided.get_decision_display()
            ),
            _("Change what has to change, and call a review on that."),
        )
