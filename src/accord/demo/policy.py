"""The sample firm's own policy: what Accord comes with, and more time for heavy reviews."""

from __future__ import annotations

import datetime as dt

from accord.demo.history import have_put_policy
from accord.engagements.models import Policy, Profile
from accord.engagements.policies.content import AS_DELIVERED, PolicyContent
from accord.people.models import Member
from accord.people.queries import the_firm


def put_own_policy(administrator: Member, since: dt.date) -> Policy:
    heavy = AS_DELIVERED.profiles[Profile.HEAVY].model_copy(update={"vote_days": 10})
    profiles = AS_DELIVERED.profiles | {Profile.HEAVY: heavy}
    own = PolicyContent(profiles=profiles, rules=AS_DELIVERED.rules)
    because = "Legal reads heavy contracts twice: a week was too short."
    return have_put_policy(administrator, the_firm(), own, since, because)
