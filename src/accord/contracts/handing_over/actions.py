"""What people do with a hand-over: write it, offer it, ask, answer, take it over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from accord.actions.door import action
from accord.actions.refusals import Refused, WrongInput
from accord.contracts.handing_over import queries, rules
from accord.contracts.handing_over.content import Letter, Words, digest_of, kept
from accord.contracts.handing_over.letter import gather
from accord.contracts.models import Acceptance, HandOver, HandOverAnswer, HandOverQuestion
from accord.engagements.models import Engagement, Override
from accord.engagements.overriding import override
from accord.engagements.policies.in_force import in_force
from accord.engagements.rules import still_open
from accord.engagements.sides import delivers_from_now
from accord.ledger import chain
from accord.people.models import Member

State = HandOver.State


@action(permission=rules.may_hand_over)
def begin_hand_over(actor: Member, engagement: Engagement) -> HandOver:
    """The first draft: all that Accord knows is gathered; the seller adds what only people know.

    Raises:
        Refused: the engagement has ended, is not decided, or has a hand-over already.
    """
    still_open(engagement)
    rules.can_be_begun(engagement, queries.was_decided(engagement))
    rules.nothing_begun(engagement)
    return _new(actor, engagement, 1, Words())


@action(permission=rules.may_change)
def change_hand_over(actor: Member, hand_over: HandOver, words: Words, revision: int) -> HandOver:
    """Keep the sellers' own words, and gather the rest anew. What was offered is not changed: a new version is made.

    Raises:
        Refused: the engagement has ended, it was changed since the page was opened, or a newer version replaced it.
    """
    engagement = hand_over.engagement
    still_open(engagement)
    rules.can_be_changed(hand_over)
    rules.is_as_seen(hand_over, revision)
    if hand_over.state != State.DRAFT:
        _replace(hand_over)
        return _new(actor, engagement, hand_over.version + 1, words)
    _gather_into(hand_over, words)
    hand_over.revision += 1
    hand_over.save()
    return hand_over


@action(permission=rules.may_change)
def offer_hand_over(actor: Member, hand_over: HandOver, members: Sequence[Member], revision: int) -> HandOver:
    """Ask members of delivery to take over exactly this, with all that is known now. What was sent back becomes a new
    version, with the questions and answers in it.

    Raises:
        WrongInput: nobody is named, or somebody who could not accept it.
        Refused: the engagement has ended, it was changed since the page was opened, it does not say why the client wants
            it, a question is not answered, or it waits for delivery already.
    """
    engagement = hand_over.engagement
    still_open(engagement)
    rules.is_as_seen(hand_over, revision)
    rules.can_be_offered(hand_over, queries.unanswered(engagement).count())
    rules.says_why(hand_over.own.why)
    rules.can_receive(engagement, members)
    if hand_over.state == State.SENT_BACK:
        _replace(hand_over)
        hand_over = _new(actor, engagement, hand_over.version + 1, hand_over.own)
    return _offered(actor, hand_over, members)


@action(permission=rules.may_take_over)
def accept_hand_over(actor: Member, hand_over: HandOver, seen: str) -> Acceptance:
    """Delivery takes over exactly this; `seen`: the digest that the page showed.

    Raises:
        Refused: it is not offered (any more), another version was seen, or something was said since.
    """
    engagement = hand_over.engagement
    still_open(engagement)
    rules.is_offered(hand_over, _acceptance(hand_over))
    rules.is_what_was_seen(hand_over, seen)
    rules.nothing_was_said_since(hand_over.letter, *queries.register_of(engagement))
    rules.tells_of_what_is_signed(queries.untold(engagement, hand_over.letter))
    hand_over.state = State.ACCEPTED
    hand_over.save()
    accepted = Acceptance(hand_over=hand_over, by=actor, digest=hand_over.digest)
    accepted.save()
    delivers_from_now(engagement, actor)
    _into_ledger("hand_over_accepted", actor, hand_over)
    return accepted


@action(permission=rules.may_take_over)
def send_back(actor: Member, hand_over: HandOver, questions: Sequence[str], seen: str) -> HandOver:
    """Delivery does not take it over before its questions are answered.

    Raises:
        WrongInput: nothing is asked. Refused: it is not offered (any more), or another version was seen.
    """
    still_open(hand_over.engagement)
    rules.is_offered(hand_over, _acceptance(hand_over))
    rules.is_what_was_seen(hand_over, seen)
    asked = rules.asks_something(questions)
    hand_over.state = State.SENT_BACK
    hand_over.save()
    for text in asked:
        HandOverQuestion(hand_over=hand_over, asked_by=actor, text=text).save()
    delivers_from_now(hand_over.engagement, actor)
    _into_ledger("hand_over_sent_back", actor, hand_over, questions=asked)
    return hand_over


@action(permission=rules.may_answer)
def answer_delivery(actor: Member, question: HandOverQuestion, text: str) -> HandOverAnswer:
    """
    Raises:
        WrongInput: nothing is said, or too much. Refused: the engagement has ended.
    """
    hand_over = question.hand_over
    still_open(hand_over.engagement)
    if not text.strip():
        raise WrongInput(text=_("Write the answer."))
    if len(text.strip()) > 4000:
        raise WrongInput(text=_("An answer has at most 4000 letters."))
    answer = HandOverAnswer(question=question, by=actor, text=text.strip())
    answer.save()
    _into_ledger("hand_over_answered", actor, hand_over, question=question.pk, answer=answer.text)
    return answer


@action(permission=rules.may_override_start)
def override_start(actor: Member, engagement: Engagement, because: str, seen: str) -> Override:
    """Let the work start although delivery has not taken it over; `seen`: the seal that the page showed.

    Raises:
        WrongInput: no reason. Refused: it has not to wait, or the hand-over was changed since the page was opened.
    """
    still_open(engagement)
    rules.waits_for_start(engagement)
    newest = engagement.hand_overs.first()
    facts = queries.why_not_taken_over(engagement, newest)
    if not facts:
        raise Refused(
            _("Only what a rule forbids is overridden."),
            _("Delivery has accepted the hand-over."),
            _("Start the work."),
        )
    about = queries.seal_of(engagement, newest)
    if seen != about:
        raise Refused(
            _("An override lets exactly one thing pass."),
            _("The hand-over was changed since you opened the page."),
            _("Open it again, and look at how it stands now."),
        )
    name = newest.name if newest is not None else _("no hand-over")
    return override(actor, engagement, Override.Deed.START, about, name, facts, because)


def _new(actor: Member, engagement: Engagement, version: int, words: Words) -> HandOver:
    made = HandOver(engagement=engagement, version=version, begun_by=actor)
    _gather_into(made, words)
    made.save()
    return made


def _gather_into(hand_over: HandOver, words: Words) -> None:
    hand_over.words = kept(words)
    _holds(hand_over, gather(hand_over.engagement, words))


def _holds(hand_over: HandOver, letter: Letter) -> None:
    hand_over.content, hand_over.gathered_at = kept(letter), timezone.now()


def _replace(hand_over: HandOver) -> None:
    """What delivery accepted stays accepted, though a newer version stands beside it."""
    if hand_over.state != State.ACCEPTED:
        hand_over.state = State.REPLACED
        hand_over.save()


def _offered(actor: Member, hand_over: HandOver, members: Sequence[Member]) -> HandOver:
    engagement = hand_over.engagement
    letter = gather(engagement, hand_over.own).model_copy(
        update={"to": tuple(member.name for member in members), "signed": actor.name}
    )
    _holds(hand_over, letter)
    hand_over.digest = digest_of(hand_over.content, engagement.pk, hand_over.version)
    hand_over.state, hand_over.offered_by, hand_over.offered_at = State.OFFERED, actor, timezone.now()
    hand_over.offered_to = [member.pk for member in members]
    days = in_force().terms(engagement.profile).hand_over_days
    hand_over.due_on = timezone.localdate() + dt.timedelta(days)
    hand_over.revision += 1
    hand_over.save()
    _into_ledger("hand_over_offered", actor, hand_over, to=hand_over.offered_to, due_on=hand_over.due_on)
    return hand_over


def _acceptance(hand_over: HandOver) -> Acceptance | None:
    return Acceptance.objects.filter(hand_over=hand_over).select_related("by").first()


def _into_ledger(event: str, actor: Member, hand_over: HandOver, **more: object) -> None:
    body = {"hand_over": hand_over.pk, "version": hand_over.version, "digest": hand_over.digest} | more
    chain.append(event, f"engagement:{hand_over.engagement_id}", actor.pk, body)
