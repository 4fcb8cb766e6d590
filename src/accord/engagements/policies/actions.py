"""What people do with the policy and with the profile of an engagement."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accord.actions.door import action
from accord.actions.refusals import WrongInput
from accord.engagements import rules
from accord.engagements.models import Engagement, Novelty, Policy, Profile, RiskLevel
from accord.engagements.policies.content import PolicyContent, kept
from accord.engagements.policies.deciding import Facts, decide, facts_of
from accord.engagements.policies.in_force import InForce, in_force, read_anew
from accord.engagements.sides import delivers_from_now
from accord.ledger import chain
from accord.people.models import AccessRole, Firm, Member
from accord.people.rules import one_of, only_the_system


def may_write_policy(actor: Member | None, _about: Any) -> None:
    one_of(actor, _("Changing the policy"), AccessRole.ADMINISTRATOR)


@action(permission=may_write_policy)
def put_policy(
    actor: Member, firm: Firm, content: PolicyContent, valid_from: dt.date, because: str, seen: int
) -> Policy:
    """Put a new version of the policy in force from a day on; what was decided by an earlier one stays as it was.

    `seen`: the newest version that the page showed.

    Raises:
        WrongInput: the day has passed, or no reason is given.
        Refused: somebody else wrote a version meanwhile.
    """
    newest = Policy.objects.order_by("-version").values_list("version", flat=True).first() or 0
    rules.is_newest_policy(newest, seen)
    wrong = {}
    if valid_from < dt.date.today():
        wrong["valid_from"] = _("A policy holds from today on or later: what was decided stays decided.")
    if far := rules.well_in_time(valid_from):
        wrong["valid_from"] = far
    if not because.strip():
        wrong["because"] = _("Say why: everybody is held to it.")
    if wrong:
        raise WrongInput(**wrong)
    policy = Policy(
        version=newest + 1,
        content=kept(content),
        valid_from=valid_from,
        because=because.strip(),
        made_by=actor,
    )
    policy.save()
    body = {
        "version": policy.version,
        "valid_from": valid_from,
        "because": policy.because,
        "content": policy.content,
    }
    chain.append("policy_put", f"policy:{policy.version}", actor.pk, body)
    _take_effect(policy)
    return policy


def _take_effect(policy: Policy) -> None:
    from accord.engagements.policies.jobs import follow_policy_in_force

    read_anew()
    if policy.valid_from <= dt.date.today():
        follow_policy_in_force.enqueue()
        return
    begins = dt.datetime.combine(policy.valid_from, dt.time(0, 1), timezone.get_current_timezone())
    follow_policy_in_force.using(run_after=begins).enqueue()


@action(permission=only_the_system)
def take_policy_in_force(actor: None) -> None:
    """On the day on which a version begins to hold: each running engagement gets the profile that it applies."""
    held = in_force()
    running = list(Engagement.objects.filter(outcome="").select_related("relationship__client"))
    facts = facts_of(running, held.content)
    for engagement in running:
        _follow(engagement, held, facts[engagement.pk])


def follow(engagement: Engagement) -> None:
    """Apply the profile that the policy says, where nobody chose another one. To be called inside an action."""
    held = in_force()
    _follow(engagement, held, facts_of([engagement], held.content)[engagement.pk])


def _follow(engagement: Engagement, held: InForce, facts: Facts) -> None:
    if engagement.profile_chosen or engagement.outcome:
        return
    profile, because = decide(held.content, facts, engagement.currency)
    if (profile, because) == (engagement.profile, engagement.profile_because):
        return
    if profile != engagement.profile:
        apply_profile(None, engagement, profile, because, held.version)
    else:
        engagement.profile_because = because
        engagement.save()


@action(permission=only_the_system)
def apply_profile(actor: None, engagement: Engagement, profile: Profile, because: str, policy: int) -> None:
    """The profile that the policy says, in nobody's name; not where somebody chose one meanwhile."""
    if engagement.profile_chosen or engagement.outcome:
        return
    body = {"from": engagement.profile, "to": profile, "because": because, "policy": policy}
    engagement.profile, engagement.profile_because = profile, because
    engagement.save()
    chain.append("profile_applied", f"engagement:{engagement.pk}", None, body)


@action(permission=rules.may_change_profile)
def judge_engagement(actor: Member, engagement: Engagement, novelty: int, risk: int) -> Engagement:
    """Say how new the work is to the firm and how risky it is: delivery's judgement, by which the policy decides.

    Raises:
        WrongInput: it is none of the levels.
        Refused: it has ended.
    """
    rules.still_open(engagement)
    if novelty not in Novelty.values:
        raise WrongInput(novelty=_("Choose one of these."))
    if risk not in RiskLevel.values:
        raise WrongInput(risk=_("Choose one of these."))
    engagement.novelty, engagement.risk = novelty, risk
    engagement.save()
    delivers_from_now(engagement, actor)
    chain.append(
        "engagement_judged", f"engagement:{engagement.pk}", actor.pk, {"novelty": novelty, "risk": risk}
    )
    follow(engagement)
    return engagement


@action(permission=rules.may_change_profile)
def change_profile(actor: Member, engagement: Engagement, profile: str, because: str) -> Engagement:
    """Choose another profile than the policy applies: a decision with a reason, kept in the ledger.

    Raises:
        WrongInput: it is no profile or the present one, or no reason is given.
        Refused: it has ended.
    """
    rules.still_open(engagement)
    if profile not in Profile.values:
        raise WrongInput(profile=_("Choose one of the profiles."))
    if profile == engagement.profile:
        raise WrongInput(profile=_("It has this profile already."))
    if not because.strip():
        raise WrongInput(because=_("Say why: it changes what counts as backed."))
    body = {
        "from": engagement.profile,
        "to": profile,
        "because": because.strip(),
        "policy": in_force().version,
    }
    engagement.profile, engagement.profile_because, engagement.profile_chosen = profile, because.strip(), True
    engagement.save()
    delivers_from_now(engagement, actor)
    chain.append("profile_changed", f"engagement:{engagement.pk}", actor.pk, body)
    return engagement


@action(permission=rules.may_change_profile)
def leave_profile_to_policy(actor: Member, engagement: Engagement) -> Engagement:
    """Take back that another profile was chosen: from now on the policy applies one.

    Raises:
        Refused: it has ended, or none was chosen.
    """
    rules.still_open(engagement)
    rules.profile_was_chosen(engagement)
    body = {"from": engagement.profile, "that_because": engagement.profile_because}
    engagement.profile_chosen = False
    engagement.save()
    delivers_from_now(engagement, actor)
    chain.append("profile_left_to_policy", f"engagement:{engagement.pk}", actor.pk, body)
    follow(engagement)
    return engagement
