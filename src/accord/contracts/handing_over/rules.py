"""Who hands over, who takes over, and when the work may start: yes, or a refusal that says why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.utils.translation import gettext as _

from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.contracts.handing_over.content import Letter
from accord.contracts.models import Acceptance, HandOver
from accord.engagements.models import Engagement, Part, Stage
from accord.engagements.overriding import may_override
from accord.engagements.rules import acts_as, must_see, sells, sells_not
from accord.exchange.wording import day
from accord.people.models import Member

TAKES_OVER = (Part.PROJECT_MANAGER, Part.DELIVERY_LEAD)
MOST_QUESTIONS = 20
State = HandOver.State


# Who may


def may_hand_over(actor: Member | None, engagement: Any) -> None:
    """Whoever speaks with the client knows what was said: its seller, or the relationship's owner.

    Raises:
        NotAllowed: the actor is neither.
    """
    must_see(actor, engagement)
    if actor is not None and hands_over(actor, engagement):
        return
    raise NotAllowed(
        _("A hand-over is written by those who speak with the client."),
        _("You neither sell this engagement nor own its relationship."),
        _("Ask its seller or the relationship's owner, {owner}.").format(owner=engagement.relationship.owner),
    )


def hands_over(member: Member, engagement: Engagement) -> bool:
    owns = engagement.relationship.owner_id == member.pk and member.may_write
    return owns or acts_as(member, engagement, Part.SELLER)


def may_change(actor: Member | None, hand_over: Any) -> None:
    may_hand_over(actor, hand_over.engagement)


def may_answer(actor: Member | None, question: Any) -> None:
    may_hand_over(actor, question.hand_over.engagement)


def may_take_over(actor: Member | None, hand_over: Any) -> None:
    """Whoever will answer for the work, and is not on the side that sold it.

    Raises:
        NotAllowed: the actor sold it, or has no authority of delivery in it.
    """
    engagement: Engagement = hand_over.engagement
    must_see(actor, engagement)
    sells_not(actor, engagement)
    if actor is None or not takes_over(actor, engagement):
        raise NotAllowed(
            _("A hand-over is accepted or sent back by the project manager or the delivery lead."),
            _("You are neither in this engagement, or have no access role for it any more."),
            _("Ask {names}.").format(names=_who_takes_over(engagement)),
        )


def takes_over(member: Member, engagement: Engagement) -> bool:
    return member.is_active and acts_as(member, engagement, *TAKES_OVER) and not sells(member, engagement)


def may_override_start(actor: Member | None, engagement: Any) -> None:
    may_override(actor, engagement)


def _who_takes_over(engagement: Engagement) -> str:
    names = [t.member.name for t in engagement.parts.all() if t.part in TAKES_OVER]
    return ", ".join(dict.fromkeys(names)) or _("its seller to give somebody the part of project manager")


# When


def can_be_begun(engagement: Engagement, was_decided: bool) -> None:
    """Once the firm has decided to sign; also where the work was started by an override: it is still owed.

    `was_decided`: a review decided to sign a proposal of it.
    """
    if engagement.stage in (Stage.CONTRACT, Stage.DELIVERY) or (
        engagement.stage == Stage.REVIEW and was_decided
    ):
        return
    raise Refused(
        _("A hand-over begins when it is decided to sign."),
        _("This engagement stands at “{stage}”.").format(stage=Stage(engagement.stage).label)
        if engagement.stage != Stage.REVIEW
        else _("Its review has not decided to sign."),
        _("Go on to the contract first.")
        if engagement.stage != Stage.CLOSING
        else _("The work is done; there is nothing to hand over any more."),
    )


def nothing_begun(engagement: Engagement) -> None:
    newest = engagement.hand_overs.first()
    if newest is not None:
        raise Refused(
            _("An engagement has one hand-over, in versions."),
            _("Version {version} is there: {state}.").format(
                version=newest.version, state=newest.get_state_display()
            ),
            _("Change that one."),
        )


def is_as_seen(hand_over: HandOver, revision: int) -> None:
    if hand_over.revision != revision:
        raise Refused(
            _("A page changes what it has shown."),
            _("Somebody changed this hand-over since you opened the page."),
            _("Open it again, and look at what it says now."),
        )


def can_be_changed(hand_over: HandOver) -> None:
    """What delivery took over stays, and another version stands beside it; what was replaced is the past."""
    if hand_over.state == State.REPLACED:
        raise Refused(
            _("The newest version is changed."),
            _("A newer one replaced this."),
            _("Open the newest version."),
        )


def can_be_offered(hand_over: HandOver, unanswered: int) -> None:
    if hand_over.state not in (State.DRAFT, State.SENT_BACK):
        raise Refused(
            _("A draft is offered, or what delivery sent back."),
            _("This version is {state}.").format(state=hand_over.get_state_display()),
            _("Change it: that makes a new version."),
        )
    if unanswered:
        raise Refused(
            _("What delivery asks is answered before a hand-over is offered again."),
            _("Questions without an answer: {n}.").format(n=unanswered),
            _("Answer them on the hand-over's page."),
        )


def says_why(words_why: str) -> None:
    if not words_why.strip():
        raise Refused(
            _("A hand-over says why the client wants it: no register holds that."),
            _("This one does not."),
            _("Write it in your own words; two sentences are enough."),
        )


def can_receive(engagement: Engagement, members: Collection[Member]) -> None:
    """
    Raises:
        WrongInput: nobody is named, or somebody who could not accept it.
    """
    if not members:
        raise WrongInput(members=_("Name at least one: the project manager or the delivery lead."))
    for member in members:
        if not takes_over(member, engagement):
            raise WrongInput(
                members=_("{name} answers for no delivery here, or has sold it.").format(name=member)
            )


def is_offered(hand_over: HandOver, accepted: Acceptance | None) -> None:
    """Only what is offered is accepted or sent back, and once."""
    if hand_over.state == State.OFFERED:
        return
    because = {
        State.DRAFT: _("This one is a draft."),
        State.SENT_BACK: _("This one was sent back with questions."),
        State.REPLACED: _("A newer version replaced this."),
    }.get(State(hand_over.state), "")
    if accepted is not None:
        because = _("{name} accepted this one on {day}.").format(
            name=accepted.by, day=day(accepted.at.date())
        )
    raise Refused(
        _("What is offered is accepted or sent back, once."),
        because,
        _("Open the hand-over again to see how it stands."),
    )


def is_what_was_seen(hand_over: HandOver, seen: str) -> None:
    """`seen`: the digest that the page showed."""
    if seen != hand_over.digest:
        raise Refused(
            _("Delivery accepts exactly what it has read."),
            _("The page that you opened showed another version."),
            _("Open the hand-over again, and read what it says now."),
        )


def nothing_was_said_since(letter: Letter, known: Collection[int], withdrawn: Collection[int]) -> None:
    """`known`, `withdrawn`: the rows of the register as it is now."""
    if set(known) == set(letter.known) and set(withdrawn) == set(letter.withdrawn):
        return
    raise Refused(
        _("A hand-over holds all that the client was told."),
        _("Something was said or withdrawn since this version was offered."),
        _("Send it back with a question about that, or ask its seller to offer it anew."),
    )


def tells_of_what_is_signed(untold: str) -> None:
    """`untold`: what was signed and the hand-over does not tell of."""
    if untold:
        raise Refused(
            _("A hand-over tells of what is signed."),
            _("This one was offered before {what} was.").format(what=untold),
            _("Send it back with a question about that, or ask its seller to offer it anew."),
        )


def asks_something(questions: Sequence[str]) -> list[str]:
    """
    Raises:
        WrongInput: there is no question, or too many or too long ones.
    """
    found = [" ".join(text.split()) for text in questions if text.strip()]
    if not found:
        raise WrongInput(questions=_("Ask something: without a question nobody knows what is missing."))
    if len(found) > MOST_QUESTIONS:
        raise WrongInput(questions=_("Ask at most {n} questions at once.").format(n=MOST_QUESTIONS))
    if any(len(text) > 1000 for text in found):
        raise WrongInput(questions=_("A question has at most 1000 letters."))
    return found


# The start


def waits_for_start(engagement: Engagement) -> None:
    """
    Raises:
        Refused: it is not before the start.
    """
    if engagement.stage != Stage.CONTRACT:
        raise Refused(
            _("A start is overridden where it waits."),
            _("This engagement stands at “{stage}”.").format(stage=Stage(engagement.stage).label),
            _("Go on with it from there."),
        )


def why_not_taken_over(newest: HandOver | None, names: str, untold: str = "") -> str:
    """'' if delivery accepted the newest version; `names`: to whom it was offered; `untold`: what it does not tell of."""
    if newest is None:
        return _("Nobody has handed it over to delivery.")
    words = {
        State.DRAFT: _("The hand-over is being written (version {version})."),
        State.OFFERED: _("Version {version} of the hand-over waits for {names}, until {until}."),
        State.SENT_BACK: _("Delivery sent version {version} of the hand-over back with questions."),
        State.ACCEPTED: untold and _("Version {version} of the hand-over does not tell of {untold}."),
    }.get(State(newest.state), "")
    until = day(newest.due_on) if newest.due_on else ""
    return words.format(version=newest.version, names=names, until=until, untold=untold)


def is_taken_over(because: str) -> None:
    """`because`: why it is not."""
    if because:
        raise Refused(
            _("The work starts when delivery has accepted the hand-over."),
            because,
            _(
                "Its seller offers it, and the project manager or delivery lead accepts it; "
                "whom the policy names can override that with a reason."
            ),
        )
