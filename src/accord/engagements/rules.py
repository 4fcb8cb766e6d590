"""Which move is allowed from which stage, who may do what in an engagement, and what counts as backed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.engagements.models import (
    Belief,
    Engagement,
    Expectation,
    Outcome,
    Part,
    SavedView,
    Stage,
    TakenPart,
)
from accord.exchange.wording import share
from accord.people.models import AccessRole, Member
from accord.people.rules import FAR_AWAY, is_far_away, one_of

# From each stage to those that may follow. Backwards is allowed while nothing is signed.
MOVES: dict[Stage, tuple[Stage, ...]] = {
    Stage.FIRST_TALK: (Stage.QUALIFIED,),
    Stage.QUALIFIED: (Stage.FIRST_TALK, Stage.ESTIMATED),
    Stage.ESTIMATED: (Stage.QUALIFIED, Stage.PROPOSAL),
    Stage.PROPOSAL: (Stage.ESTIMATED, Stage.REVIEW),
    Stage.REVIEW: (Stage.PROPOSAL, Stage.CONTRACT),
    Stage.CONTRACT: (Stage.DELIVERY,),
    Stage.DELIVERY: (Stage.CLOSING,),
    Stage.CLOSING: (Stage.DELIVERY,),
}
SIGNED = (Stage.CONTRACT, Stage.DELIVERY, Stage.CLOSING)
_SEES_ALL = (AccessRole.EXECUTIVE, AccessRole.AUDITOR)
_LEADS = (Part.SELLER, Part.PROJECT_MANAGER, Part.DELIVERY_LEAD)
# Who answers what the seller asks. Nobody does both in one engagement.
DELIVERS = (Part.PROJECT_MANAGER, Part.DELIVERY_LEAD, Part.ESTIMATOR, Part.QUALITY_MANAGER)
# A part gives no authority by itself: it asks for one of these access roles, which administrators give.
ROLES_OF = {
    Part.SELLER: (AccessRole.SELLER, AccessRole.RELATIONSHIP_MANAGER, AccessRole.EXECUTIVE),
    Part.PROJECT_MANAGER: (AccessRole.PROJECT_MANAGER,),
    Part.DELIVERY_LEAD: (AccessRole.DELIVERY_LEAD,),
    Part.ESTIMATOR: (
        AccessRole.ESTIMATOR,
        AccessRole.DELIVERY_LEAD,
        AccessRole.PROJECT_MANAGER,
        AccessRole.MEMBER,
    ),
    Part.QUALITY_MANAGER: (AccessRole.QUALITY_MANAGER,),
}

# What an expectation lacks of which delivery has said nothing: the word for it, why, what to do.
_UNKNOWN = {
    Expectation.Kind.TIME: (
        gettext_lazy("not backed"),
        gettext_lazy("No promise check has judged this."),
        gettext_lazy("Ask delivery for an estimate, and check the plan."),
    ),
    Expectation.Kind.COST: (
        gettext_lazy("not backed"),
        gettext_lazy("No promise check has judged this."),
        gettext_lazy("Ask delivery for an estimate, and check the plan."),
    ),
    Expectation.Kind.SCOPE: (
        gettext_lazy("in no estimate"),
        gettext_lazy("No work package covers this."),
        gettext_lazy("Ask delivery to estimate it."),
    ),
    Expectation.Kind.QUALITY: (
        gettext_lazy("not planned"),
        gettext_lazy("No work package covers this."),
        gettext_lazy("Ask delivery to plan how it is reached and judged."),
    ),
}


class RefusedForSome(NotAllowed):
    """Something asked for several engagements at once is forbidden for some of them: nothing was done for any."""

    def __init__(self, refused: list[tuple[Engagement, Refused]], of: int) -> None:
        self.refused = refused
        super().__init__(
            _("What is done for several engagements is done for all of them or for none."),
            _("It is forbidden for {n} of {of}.").format(n=len(refused), of=of),
            _("Take those out and do it for the others, or ask who may."),
        )


@dataclass(frozen=True, slots=True)
class Backing:
    """Whether an expectation is backed; if not, why, and what to do."""

    backed: bool
    word: str
    because: str = ""
    remedy: str = ""


def next_stage(here: Stage) -> Stage | None:
    """The stage that follows on the way to closing."""
    forward = [stage for stage in MOVES[here] if list(Stage).index(stage) > list(Stage).index(here)]
    return forward[0] if forward else None


def earlier_stage(here: Stage) -> Stage | None:
    """The stage to which it may go back."""
    back = [stage for stage in MOVES[here] if list(Stage).index(stage) < list(Stage).index(here)]
    return back[0] if back else None


def may_see(actor: Member | None, engagement: Engagement) -> bool:
    """A confidential engagement is seen by those who have a part in it, its relationship's owner, and who sees all."""
    if actor is None or not actor.is_active:
        return False
    return not engagement.confidential or _is_near(actor, engagement) or actor.has_any(*_SEES_ALL)


def must_see(actor: Member | None, engagement: Engagement) -> None:
    if not may_see(actor, engagement):
        raise NotAllowed(
            _("A confidential engagement is open to those who have a part in it."),
            _("You have none."),
            _("Its seller or project manager can give you one."),
        )


def may_begin(actor: Member | None, _relationship: Any) -> None:
    one_of(
        actor,
        _("Beginning an engagement"),
        AccessRole.SELLER,
        AccessRole.RELATIONSHIP_MANAGER,
        AccessRole.EXECUTIVE,
    )


def may_record(actor: Member | None, engagement: Any) -> None:
    """Anybody in the firm writes down what a client was told or expects; a reader does not."""
    must_see(actor, engagement)
    if actor is None or not actor.may_write:
        raise NotAllowed(
            _("Recording needs a role that may write."),
            _("You may only read."),
            _("Ask an administrator for a role."),
        )


def may_correct(actor: Member | None, expectation: Any) -> None:
    may_record(actor, expectation.engagement)


def may_lead(actor: Member | None, engagement: Any) -> None:
    """Moving an engagement on is for its seller, project manager or delivery lead, its relationship's owner, executives."""
    must_see(actor, engagement)
    if actor is not None and (_leads(actor, engagement) or actor.has_any(AccessRole.EXECUTIVE)):
        return
    raise NotAllowed(
        _("An engagement is moved by those who lead it."),
        _("You are neither its seller, project manager or delivery lead, nor the relationship's owner."),
        _("Ask one of them; an executive may as well."),
    )


def may_lead_each(actor: Member | None, engagements: Any) -> None:
    for_each(engagements, lambda engagement: may_lead(actor, engagement))


def still_open_each(engagements: Iterable[Engagement]) -> None:
    for_each(engagements, still_open)


def for_each(engagements: Iterable[Engagement], rule: Callable[[Engagement], None]) -> None:
    """Ask a rule of each, and tell all refusals together.

    Raises:
        RefusedForSome: the rule refuses at least one.
    """
    asked, refused = list(engagements), []
    for engagement in asked:
        try:
            rule(engagement)
        except Refused as no:
            refused.append((engagement, no))
    if refused:
        raise RefusedForSome(refused, len(asked))


def may_change_profile(actor: Member | None, engagement: Any) -> None:
    """How much method an engagement needs is decided by delivery or an executive, not by who sells it."""
    must_see(actor, engagement)
    sells_not(actor, engagement)
    if actor is None or not acts_as(actor, engagement, Part.DELIVERY_LEAD):
        one_of(
            actor, _("Changing the profile of an engagement"), AccessRole.DELIVERY_LEAD, AccessRole.EXECUTIVE
        )


def profile_was_chosen(engagement: Engagement) -> None:
    if not engagement.profile_chosen:
        raise Refused(
            _("What the policy applies follows the policy."),
            _("Nobody chose another profile for this engagement."),
            _("Choose one, with a reason, if the policy's does not fit."),
        )


def is_newest_policy(newest: int, seen: int) -> None:
    if newest != seen:
        raise Refused(
            _("A page saves what it has shown."),
            _("Somebody put version {version} of the policy down since you opened the page.").format(
                version=newest
            ),
            _("Open the policy again, and look at what it says now."),
        )


def may_reopen(actor: Member | None, engagement: Any) -> None:
    must_see(actor, engagement)
    one_of(actor, _("Taking up again what has ended"), AccessRole.EXECUTIVE)


def can_be_reopened(engagement: Engagement) -> None:
    if engagement.outcome not in (Outcome.LOST, Outcome.DECLINED):
        raise Refused(
            _("Only what was lost or declined is taken up again."),
            _("This engagement was closed.") if engagement.outcome else _("This engagement has not ended."),
            _("Begin a new engagement for this client.") if engagement.outcome else _("Go on with it."),
        )


def keeps_a_seller(engagement: Engagement, taken: TakenPart) -> None:
    """Somebody must answer for what the client is told."""
    others = engagement.parts.filter(part=Part.SELLER).exclude(pk=taken.pk)
    if taken.part == Part.SELLER and not others.exists():
        raise Refused(
            _("An engagement keeps at least one seller."),
            _("%(member)s is the last one.") % {"member": taken.member},
            _("Give somebody else the part first."),
        )


def sells(member: Member, engagement: Engagement) -> str:
    """By what somebody is on the seller's side of an engagement, now or ever since it began; '' if they are not."""
    if engagement.relationship.owner_id == member.pk:
        return _("%(name)s owns the relationship with this client.") % {"name": member}
    if _has_part(member, engagement, Part.SELLER):
        return _("%(name)s sells this engagement.") % {"name": member}
    if member.pk in engagement.sold_by:
        return _("%(name)s sold this engagement, or owned the relationship, since it began.") % {
            "name": member
        }
    return ""


def sells_not(actor: Member | None, engagement: Engagement) -> None:
    """Whoever sells an engagement decides nothing that delivery decides in it, whatever other roles they have."""
    because = sells(actor, engagement) if actor is not None else ""
    if because:
        raise NotAllowed(
            _("Whoever sells an engagement or owns its relationship decides nothing for delivery in it."),
            because,
            _("Ask %(names)s.") % {"names": _who_delivers(engagement)},
        )


def _who_delivers(engagement: Engagement) -> str:
    leads = (Part.DELIVERY_LEAD, Part.PROJECT_MANAGER)
    names = [str(taken) for taken in engagement.parts.all() if taken.part in leads]
    return ", ".join(names) or _("a delivery lead who does not sell it")


def acts_as(member: Member, engagement: Engagement, *parts: Part) -> bool:
    """Whether somebody has one of the parts here, and still an access role that it asks for."""
    mine = {taken.part for taken in engagement.parts.all() if taken.member_id == member.pk}
    return any(part in mine and member.has_any(*ROLES_OF[part]) for part in parts)


def can_take_a_part(engagement: Engagement, member: Member, part: str) -> None:
    """Authority comes from the access roles, and one person is on one side.

    Raises:
        WrongInput: it is no part, or the member has left.
        Refused: the member lacks the access role, or is on the other side of this engagement.
    """
    if part not in Part.values:
        raise WrongInput(part=_("Choose one of the parts."))
    if not member.is_active:
        raise WrongInput(member=_("%(name)s has left the firm.") % {"name": member})
    taken = Part(part)
    roles = ROLES_OF.get(taken, ())
    if (roles and not member.has_any(*roles)) or member.access_roles == {AccessRole.AUDITOR}:
        raise Refused(
            _("A part is taken by somebody whose access role allows it."),
            _("%(name)s has no role that allows the part “%(part)s”.")
            % {"name": member, "part": taken.label},
            _("It needs one of: %(roles)s. Choose somebody who has it; an administrator gives roles.")
            % {"roles": ", ".join(str(role.label) for role in roles or AccessRole if role != "auditor")},
        )
    _is_on_one_side(engagement, member, taken)


def _is_on_one_side(engagement: Engagement, member: Member, part: Part) -> None:
    other = ""
    if part in DELIVERS:
        other = sells(member, engagement)
    elif part == Part.SELLER:
        has = [p.label for p in DELIVERS if _has_part(member, engagement, p)]
        told = _("%(name)s has the part “%(part)s” here.")
        other = told % {"name": member, "part": has[0]} if has else ""
        if not other and member.pk in engagement.delivered_by:
            other = _("%(name)s worked for delivery here since it began.") % {"name": member}
    if other:
        raise Refused(
            _("In one engagement a person either sells or delivers."),
            other,
            _("Give the part to somebody else."),
        )


def may_keep_views(actor: Member | None, _about: Any) -> None:
    if actor is None or not actor.is_active:
        raise NotAllowed(_("Views are kept for members."), _("Nobody is signed in."), _("Sign in."))


def is_own_view(actor: Member | None, view: SavedView) -> None:
    if actor is None or not actor.is_active or view.member_id != actor.pk:
        raise NotAllowed(
            _("A saved view is changed by who saved it."),
            _("This one is somebody else's."),
            _("Save a view of your own."),
        )


def move_is_allowed(engagement: Engagement, to: Stage) -> None:
    still_open(engagement)
    here = Stage(engagement.stage)
    if to not in MOVES[here]:
        allowed = _(" or ").join(f"“{stage.label}”" for stage in MOVES[here])
        raise Refused(
            _("An engagement takes one step at a time."),
            _("It stands at “%(here)s”; “%(to)s” does not follow that.")
            % {"here": here.label, "to": to.label},
            _("Move it to %(allowed)s first.") % {"allowed": allowed},
        )


def still_open(engagement: Engagement) -> None:
    if engagement.outcome:
        raise Refused(
            _("What has ended is not changed any more."),
            _("This engagement is %(outcome)s.") % {"outcome": engagement.get_outcome_display()},
            _("Begin a new engagement for this client."),
        )


def is_current(expectation: Expectation) -> None:
    """Only what still stands can be restated or withdrawn."""
    if hasattr(expectation, "restated_by"):
        raise Refused(
            _("An expectation is restated once; later words restate the later one."),
            _("This one was restated already."),
            _("Open the newest statement and restate that."),
        )
    if hasattr(expectation, "withdrawal"):
        raise Refused(
            _("A withdrawn expectation stays withdrawn."),
            _("%(told_by)s told the client on %(told_on)s.")
            % {"told_by": expectation.withdrawal.told_by, "told_on": expectation.withdrawal.told_on},
            _("Record what is said now as a new expectation."),
        )


def well_in_time(date: dt.date | None) -> str | None:
    """What is wrong with a date that no calendar of ours reaches."""
    return str(FAR_AWAY) if date is not None and is_far_away(date) else None


def not_in_the_future(on: dt.date, today: dt.date) -> str | None:
    return _("This date lies in the future.") if on > today else None


def backing_of(kind: str, belief: Belief | None, asked: float) -> Backing:
    """Judge one expectation by what delivery believes of it and by the probability that the policy asks."""
    if belief is None:
        return Backing(False, *map(str, _UNKNOWN[Expectation.Kind(kind)]))
    if belief.stale:
        return Backing(
            False,
            _("to be checked again"),
            _("Something changed since the last promise check."),
            _("Run the promise check again."),
        )
    if belief.left_out:
        return Backing(
            False, _("left out"), belief.left_out, _("Tell the client, and restate or withdraw it.")
        )
    if belief.departs:
        return Backing(
            False,
            _("not backed"),
            belief.departs,
            _("Bring the plan back to the estimate, or have a version approved that says so."),
        )
    if not belief.from_approved_estimate:
        return Backing(
            False,
            _("not backed"),
            _("The estimate behind it is not approved."),
            _("Somebody with delivery authority, neither its seller nor its only estimator, approves it."),
        )
    if belief.probability is None:
        return Backing(True, _("in the estimate"))
    if belief.probability >= asked:
        return Backing(True, _("backed"))
    return Backing(
        False,
        _("not backed"),
        _("It will be kept with {share}; the policy asks {share2}.").format(
            share=share(belief.probability, asked), share2=share(asked)
        ),
        _("See in the promise check what would make it backed."),
    )


def _has_part(member: Member, engagement: Engagement, part: Part) -> bool:
    return any(taken.member_id == member.pk and taken.part == part for taken in engagement.parts.all())


def _is_near(actor: Member, engagement: Engagement) -> bool:
    return engagement.relationship.owner_id == actor.pk or any(
        taken.member_id == actor.pk for taken in engagement.parts.all()
    )


def _leads(actor: Member, engagement: Engagement) -> bool:
    owns = engagement.relationship.owner_id == actor.pk and actor.may_write
    return owns or acts_as(actor, engagement, *_LEADS)
