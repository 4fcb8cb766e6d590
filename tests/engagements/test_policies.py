"""Policy as data: versions, what they apply to, and who decides otherwise."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django_tasks_db.models import DBTaskResult
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.actions.refusals import NotAllowed, Refused, WrongInput
from accord.engagements.actions import change_engagement
from accord.engagements.models import Engagement, Novelty, Part, Policy, Profile, RiskLevel
from accord.engagements.policies.actions import (
    change_profile,
    judge_engagement,
    leave_profile_to_policy,
    put_policy,
    take_policy_in_force,
)
from accord.engagements.policies.content import AS_DELIVERED, PolicyContent, Rule, Seat, kept
from accord.engagements.policies.deciding import Facts, decide
from accord.engagements.policies.in_force import in_force, of_day
from accord.engagements.policies.preview import effect_of
from accord.ledger.models import LedgerEntry
from accord.people.models import AccessRole
from accord.people.queries import the_firm
from tests import firm
from tests.engagements.builders import believed, said

pytestmark = pytest.mark.django_db
TODAY = dt.date.today()


def asks(confidence: str = "0.8", rules: Any = AS_DELIVERED.rules) -> PolicyContent:
    """The delivered policy, with another confidence for the standard profile or other rules."""
    standard = AS_DELIVERED.profiles[Profile.STANDARD].model_copy(update={"confidence": Decimal(confidence)})
    return PolicyContent(profiles=AS_DELIVERED.profiles | {Profile.STANDARD: standard}, rules=rules)


def put(content: PolicyContent, valid_from: dt.date | None = None, seen: int | None = None) -> Policy:
    newest = Policy.objects.first()
    known = seen if seen is not None else newest.version if newest else 0
    return put_policy(
        firm.administrator(), the_firm(), content, valid_from or dt.date.today(), "We learned.", known
    )


def lead_of(engagement: Engagement) -> Any:
    return firm.with_part(engagement, Part.DELIVERY_LEAD)


def test_the_policy_applies_a_profile_by_value_and_says_why() -> None:
    large, usual = firm.engagement(value=Decimal(500_000)), firm.engagement(value=Decimal(499_999))
    assert (large.profile, usual.profile) == (Profile.HEAVY, Profile.STANDARD)
    assert "500" in large.profile_because
    assert not large.profile_chosen


def test_a_lower_value_or_delivery_s_judgement_changes_what_the_policy_applies() -> None:
    engagement = firm.engagement(value=Decimal(20_000))
    assert engagement.profile == Profile.STANDARD  # nobody has judged novelty and risk
    lead = lead_of(engagement)
    judge_engagement(lead, engagement, Novelty.KNOWN, RiskLevel.LOW)
    assert engagement.profile == Profile.LIGHT
    seller = engagement.parts.get(part=Part.SELLER).member
    change_engagement(seller, engagement, "Portal", Decimal(600_000), 50, False)
    assert engagement.profile == Profile.HEAVY
    kinds = list(LedgerEntry.objects.filter(kind="profile_applied").values_list("actor", flat=True))
    assert kinds == [None, None]


def test_a_seller_judges_neither_novelty_nor_risk_nor_chooses_a_profile() -> None:
    both = firm.member(AccessRole.SELLER, AccessRole.DELIVERY_LEAD, AccessRole.EXECUTIVE)
    engagement = firm.engagement(both)
    for act in (
        lambda: judge_engagement(both, engagement, Novelty.KNOWN, RiskLevel.LOW),
        lambda: change_profile(both, engagement, Profile.LIGHT, "It is small."),
    ):
        with pytest.raises(NotAllowed):
            act()
    engagement.refresh_from_db()
    assert (engagement.novelty, engagement.profile) == (None, Profile.STANDARD)


def test_a_chosen_profile_stays_until_it_is_left_to_the_policy() -> None:
    engagement = firm.engagement(value=Decimal(600_000))
    lead = lead_of(engagement)
    with pytest.raises(WrongInput):
        change_profile(lead, engagement, Profile.STANDARD, "  ")
    change_profile(lead, engagement, Profile.STANDARD, "The client knows it well.")
    judge_engagement(lead, engagement, Novelty.NEW, RiskLevel.HIGH)
    put(asks())
    engagement.refresh_from_db()
    assert (engagement.profile, engagement.profile_because) == (Profile.STANDARD, "The client knows it well.")
    leave_profile_to_policy(lead, engagement)
    assert engagement.profile == Profile.HEAVY
    with pytest.raises(Refused, match="follows the policy"):
        leave_profile_to_policy(lead, engagement)


def test_only_an_administrator_puts_a_policy_in_force_and_only_over_the_version_that_was_seen() -> None:
    for role in (AccessRole.EXECUTIVE, AccessRole.DELIVERY_LEAD, AccessRole.SELLER):
        with pytest.raises(NotAllowed):
            put_policy(firm.member(role), the_firm(), asks(), TODAY, "So.", 0)
    put(asks("0.6"))
    with pytest.raises(Refused, match="has shown"):
        put(asks("0.7"), seen=0)
    with pytest.raises(WrongInput) as wrong:
        put_policy(firm.administrator(), the_firm(), asks(), TODAY - dt.timedelta(1), " ", 1)
    assert set(wrong.value.messages) == {"valid_from", "because"}
    assert Policy.objects.count() == 1


def test_a_version_is_never_changed_or_deleted() -> None:
    policy = put(asks())
    with pytest.raises(Refused, match="never changed"):
        policy.delete()
    policy.because = "Another reason."
    with pytest.raises(Refused, match="never changed"):
        policy.save()


def test_what_is_backed_follows_the_version_in_force() -> None:
    engagement = firm.engagement()
    promise = said(engagement, firm.a_date())
    believed(promise, 0.75)
    asked = in_force().asked(engagement.profile)
    put(asks("0.7"))
    assert (asked, in_force().asked(engagement.profile)) == (0.8, 0.7)


def test_a_policy_holds_from_its_day_on_and_then_every_engagement_follows(settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
    engagement = firm.engagement(value=Decimal(60_000))
    heavy_from_50 = (Rule(profile=Profile.HEAVY, value_from=Decimal(50_000)),)
    day = TODAY + dt.timedelta(10)
    put(asks(rules=heavy_from_50), valid_from=day)
    assert (of_day(TODAY).version, of_day(day).version) == (0, 1)
    engagement.refresh_from_db()
    assert engagement.profile == Profile.STANDARD
    job = DBTaskResult.objects.get()
    assert (job.task_path.rpartition(".")[2], job.run_after.date()) == ("follow_policy_in_force", day)
    with time_machine.travel(dt.datetime.combine(day, dt.time(9), dt.UTC)):
        take_policy_in_force(None)
    engagement.refresh_from_db()
    assert engagement.profile == Profile.HEAVY


def test_the_preview_tells_what_would_change_and_changes_nothing() -> None:
    engagement, chosen = firm.engagement(value=Decimal(60_000)), firm.engagement(value=Decimal(60_000))
    change_profile(lead_of(chosen), chosen, Profile.LIGHT, "It is small.")
    believed(said(engagement, firm.a_date()), 0.85)
    effect = effect_of(
        asks(rules=(Rule(profile=Profile.HEAVY, value_from=Decimal(50_000)),)), [engagement, chosen]
    )
    told = [(c.engagement, c.before, c.after, c.lost, c.won) for c in effect.changed]
    assert told == [(engagement, Profile.STANDARD, Profile.HEAVY, 1, 0)]
    assert (effect.running, effect.kept) == (2, 1)
    engagement.refresh_from_db()
    assert engagement.profile == Profile.STANDARD


def test_the_preview_needs_no_more_queries_for_more_engagements(django_assert_max_num_queries: Any) -> None:
    rules = (
        Rule(profile=Profile.HEAVY, margin_below=Decimal("0.1")),
        Rule(profile=Profile.HEAVY, confidence_below=Decimal("0.6")),
        Rule(profile=Profile.LIGHT, client="internal"),
    )
    for _ in range(5):
        believed(said(firm.engagement(), firm.a_date()), 0.55)
    running = list(Engagement.objects.select_related("relationship__client"))
    with django_assert_max_num_queries(5):
        assert len(effect_of(asks(rules=rules), running).changed) == 5


@given(
    value=st.none() | st.decimals(0, 10**8, places=2),
    novelty=st.none() | st.sampled_from(Novelty),
    risk=st.none() | st.sampled_from(RiskLevel),
)
@settings(max_examples=200, deadline=None)
def test_more_value_novelty_or_risk_never_makes_the_delivered_policy_ask_for_less(
    value: Decimal | None, novelty: int | None, risk: int | None
) -> None:
    order = list(Profile)

    def profile(value: Decimal | None, novelty: int | None, risk: int | None) -> int:
        facts = Facts(value, None, None, novelty, risk, frozenset())
        return order.index(decide(AS_DELIVERED, facts, "EUR")[0])

    here = profile(value, novelty, risk)
    if value is not None:
        assert profile(value * 2, novelty, risk) >= here
    if novelty is not None and novelty < Novelty.NEW:
        assert profile(value, novelty + 1, risk) >= here
    if risk is not None and risk < RiskLevel.HIGH:
        assert profile(value, novelty, risk + 1) >= here


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seats": (Seat.SALES, Seat.SALES)}, "named once"),
        ({"invited": (Seat.SALES,)}, "invited besides"),
        ({"quorum": 8}, "fewer seats"),
    ],
)
def test_a_policy_that_does_not_fit_together_is_not_read(change: dict[str, Any], message: str) -> None:
    terms = AS_DELIVERED.profiles[Profile.STANDARD].model_dump() | change
    with pytest.raises(ValueError, match=message):
        type(AS_DELIVERED.profiles[Profile.STANDARD]).model_validate(terms)


def test_the_policy_reads_back_as_it_was_kept() -> None:
    assert PolicyContent.model_validate(kept(AS_DELIVERED)) == AS_DELIVERED
