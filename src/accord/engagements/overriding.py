"""The override: the named authority lets pass what a rule forbids, with a reason. It stays visible, and lets one thing pass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from accord.actions.door import action
from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.engagements.models import Engagement, Override
from accord.engagements.policies.in_force import in_force
from accord.engagements.rules import must_see, sells, still_open
from accord.ledger import chain
from accord.people.models import AccessRole, Member


def may_override(actor: Member | None, about: Any) -> None:
    """Whom the policy names for the engagement's profile, and who does not sell it; `about` is the engagement or in it.

    Raises:
        NotAllowed: the actor is not named, or sells the engagement.
    """
    engagement: Engagement = about if isinstance(about, Engagement) else about.engagement
    must_see(actor, engagement)
    named = in_force().terms(engagement.profile).overrides
    because = _("The policy does not name you for it.")
    if actor is not None and actor.may_write and actor.has_any(*named):
        because = sells(actor, engagement)
    if because:
        raise NotAllowed(
            _(
                "A rule is overridden by whom the policy names, who neither sells the engagement nor owns the relationship."
            ),
            because,
            _("Ask somebody who is {roles}.").format(
                roles=_(" or ").join(str(AccessRole(r).label) for r in named)
            ),
        )


@action(permission=may_override)
def override(
    actor: Member,
    engagement: Engagement,
    deed: Override.Deed,
    about: str,
    name: str,
    facts: str,
    because: str,
    covers: Sequence[str] = (),
) -> Override:
    """Let one thing pass that a rule forbids. `about`: the digest of exactly that; `facts`: what the rule found.

    `covers`: of a text, the keys of the terms that are not backed; another one is not let pass with them.

    Raises:
        WrongInput: no reason is given.
        Refused: the engagement has ended, or this was overridden already.
    """
    still_open(engagement)
    if not because.strip():
        raise WrongInput(because=_("Say why: it stays on every page of this engagement."))
    if allows(engagement, deed, about) is not None:
        raise Refused(
            _("A thing is overridden once."),
            _("Somebody let this pass already."),
            _("Open the page again and go on."),
        )
    row = Override(
        engagement=engagement,
        deed=deed,
        about=about,
        name=name[:200],
        facts=facts[:2000],
        covers=list(covers),
        because=because.strip(),
        by=actor,
    )
    row.save()
    engagement.__dict__.pop("let_pass", None)  # it holds one more
    if not engagement.is_overridden:
        engagement.is_overridden = True
        engagement.save()
    body = {"deed": deed, "about": about, "name": row.name, "facts": row.facts, "covers": row.covers}
    body["because"] = row.because
    chain.append("override", f"engagement:{engagement.pk}", actor.pk, body)
    return row


def allows(engagement: Engagement, deed: Override.Deed, about: str) -> Override | None:
    """The override that lets exactly this pass."""
    return next((o for o in engagement.let_pass if (o.deed, o.about) == (deed, about)), None)
