"""The sample firm is whole and believable."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db.models import CharField, Count, TextField

from accord.demo import history
from accord.demo.world import World
from accord.engagements.models import Engagement, Expectation, Outcome, Part, Stage
from accord.estimating.models import Contribution, Estimate, State, Template
from accord.ledger.chain import verify
from accord.people.models import Absence, AccessRole, GivenRole, Member, Rate
from accord.planning.models import Activity, Plan
from accord.relationships.models import Client, Interaction, Relationship
from tests.demo.content import ROOMS

STAGES = list(Stage)


def test_it_has_the_size_that_the_readme_tells(sample_firm: None) -> None:
    assert (Member.objects.count(), Relationship.objects.count(), Engagement.objects.count()) == (29, 12, 40)
    assert Client.objects.filter(kind=Client.Kind.INTERNAL).count() == 2


def test_every_stage_outcome_and_access_role_occurs(sample_firm: None) -> None:
    assert set(Engagement.objects.filter(outcome="").values_list("stage", flat=True)) == set(Stage)
    assert set(Engagement.objects.values_list("outcome", flat=True)) == {"", *Outcome.values}
    assert set(GivenRole.objects.values_list("role", flat=True)) == set(AccessRole.values)
    assert set(Estimate.objects.values_list("state", flat=True)) >= {
        State.ASKED,
        State.IN_WORK,
        State.DELIVERED,
        State.APPROVED,
    }
    assert Engagement.objects.filter(confidential=True).exists()
    assert set(Expectation.objects.values_list("kind", flat=True)) == set(Expectation.Kind.values)
    assert Expectation.objects.exclude(restates=None).exists()
    assert Expectation.objects.exclude(withdrawal=None).exists()


def test_people_work_in_two_countries_some_part_time_at_rates_that_changed_this_year(
    sample_firm: None,
) -> None:
    assert len(set(Member.objects.values_list("country", flat=True))) == 2
    assert Member.objects.filter(hours_per_day__lt=8).exists()
    assert Absence.objects.exists()
    assert Rate.objects.filter(valid_from=dt.date.today().replace(month=1, day=1)).exists()


def test_the_ledger_holds(sample_firm: None) -> None:
    found = verify()
    assert found.holds
    assert found.entries > 100


def test_nobody_approved_what_they_sell_own_or_estimated_alone(sample_firm: None) -> None:
    approved = Estimate.objects.filter(state=State.APPROVED).select_related("engagement__relationship")
    assert approved.count() >= 25
    for estimate in approved:
        sellers = estimate.engagement.parts.filter(part=Part.SELLER).values_list("member", flat=True)
        estimators = set(Contribution.objects.filter(estimate=estimate).values_list("estimator", flat=True))
        approver = estimate.approved_by
        assert approver.has_any(AccessRole.DELIVERY_LEAD, AccessRole.PROJECT_MANAGER)
        assert approver.pk not in sellers
        assert approver.pk != estimate.engagement.relationship.owner_id
        assert estimators - {approver.pk}


def test_no_engagement_is_further_than_what_stands_behind_it(sample_firm: None) -> None:
    """The past was written at once, but only as far as the gates would have let anybody go."""
    for engagement in Engagement.objects.filter(outcome__in=["", Outcome.CLOSED]):
        here = STAGES.index(Stage(engagement.stage))
        if here >= STAGES.index(Stage.ESTIMATED):
            assert engagement.estimates.filter(state=State.APPROVED).exists(), engagement
        if here >= STAGES.index(Stage.PROPOSAL):
            assert Plan.objects.filter(engagement=engagement).exists(), engagement


def test_two_engagements_were_promised_long_before_anybody_estimated(sample_firm: None) -> None:
    written = {e["title"]: e for e in World(dt.date.today()).engagements if e.get("oversold")}
    assert len(written) == 2
    for title, about in written.items():
        told = Expectation.objects.filter(engagement__title=title, kind="time", direction="told")
        assert told.values("contact").distinct().count() >= 2
        first = min(e.said_on for e in told)
        assert about["begun"] + about["estimate"]["asked_after"] - (first - dt.date.today()).days >= 60
        assert about["since"] > about["begun"] + about["estimate"]["asked_after"]


def test_work_in_delivery_has_begun_and_what_is_closed_is_done(sample_firm: None) -> None:
    for plan in Plan.objects.filter(engagement__stage__in=[Stage.DELIVERY, Stage.CLOSING]):
        done = set(plan.activities.values_list("done", flat=True))
        assert done == {1} if plan.engagement.outcome else (max(done) == 1 and min(done) < 1)
    begun = Activity.objects.filter(done__gt=0)
    assert not begun.filter(planned_start__gt=dt.date.today()).exists()
    assert not begun.filter(done=1, planned_finish__gt=dt.date.today()).exists()


def test_what_happened_lies_in_the_past_and_on_working_days(sample_firm: None) -> None:
    days = [
        *Expectation.objects.values_list("said_on", flat=True),
        *Interaction.objects.values_list("on", flat=True),
        *Engagement.objects.values_list("stage_since", flat=True),
        *Engagement.objects.values_list("begun_on", flat=True),
    ]
    assert max(days) <= dt.date.today()
    assert all(day.weekday() < 5 for day in days)
    assert not Engagement.objects.filter(outcome="", next_step_on=None).exists()


def test_clients_have_people_with_parts_and_a_stream(sample_firm: None) -> None:
    for client in Client.objects.annotate(people=Count("contacts")):
        assert 2 <= client.people <= 6
        assert client.relationship.interactions.exists()
    assert not Relationship.objects.exclude(health="good").filter(health_because="").exists()


def test_the_texts_are_finished(sample_firm: None) -> None:
    from django.apps import apps

    unfinished = re.compile(r"(?i:lorem|ipsum|todo|xxx|tbd)|[{}]|\bNone\b")
    for room in ROOMS:
        for model in apps.get_app_config(room).get_models():
            texts = [f for f in model._meta.concrete_fields if isinstance(f, CharField | TextField)]
            names = [f.name for f in texts if f.name not in getattr(model, "SECRET_FIELDS", ())]
            for row in model._base_manager.values_list(*names):
                assert not any(unfinished.search(str(text)) for text in row if text), (model, row)


def test_templates_name_no_client(sample_firm: None) -> None:
    assert Template.objects.count() >= 10
    clients = list(Client.objects.values_list("name", flat=True))
    for template in Template.objects.all():
        assert not any(name in str(template.body) for name in clients)


def test_a_past_is_written_for_the_sample_firm_only(sample_firm: None, settings: object) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]
    engagement = Engagement.objects.filter(outcome="").first()
    executive = Member.objects.get(given_roles__role=AccessRole.EXECUTIVE)
    with pytest.raises(history.NotAllowed):
        history.place_at_stage(executive, engagement, Stage.CLOSING, dt.date.today())
