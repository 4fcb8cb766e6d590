"""Every page of the sample firm opens for an executive, with few queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accord.contracts.models import (
    Amendment,
    Condition,
    Constraint,
    HandOver,
    HandOverQuestion,
    Question,
    Review,
    SeatTaken,
)
from accord.engagements.models import Engagement, Expectation, Part
from accord.people.models import Absence, AccessRole, Member, Role, Skill, Team
from accord.planning.checking.actions import ask_for_check, try_scenario
from accord.planning.models import Link as PlanLink
from accord.planning.models import PromiseCheck, Scenario
from accord.proposals.answering.links import token_of
from accord.proposals.models import Answer, Clause, Link, Proposal, RateCard, Sending
from accord.relationships.models import Contact, Relationship

MOST_QUERIES = 12
# Answers to a GET that are not a page: made for POST only; not for this person; a rule; on to another page.
NOT_A_PAGE = {405, 403, 409, 302}
# Pages that everybody meets, and that must be pages.
MUST = {
    "web:desk",
    "web:relationships",
    "web:relationship",
    "web:engagement",
    "engagements:engagements",
    "engagements:board",
    "engagements:said",
    "engagements:history",
    "estimating:estimates",
    "estimating:estimate",
    "planning:plan",
    "planning:check",
    "proposals:proposals",
    "proposals:proposal",
    "proposals:clauses",
    "proposals:rate_cards",
    "handing_over:hand_overs",
    "handing_over:hand_over",
    "handing_over:pdf",
    "portal:offer",
    "signing:contracts",
    "signing:contract",
    "signing:amendment",
    "signing:constraint",
    "signing:pdf",
    "contracts:reviews",
    "contracts:review",
    "contracts:minutes",
    "planning:load",
    "people:members",
    "people:member",
}
# No example of these is in the sample firm.
WITHOUT_EXAMPLE = {
    "relationships:attachment",
    "signing:copy",
    "engagements:save_view",
    "engagements:rename_view",
    "engagements:delete_view",
    "people:join",
}


def test_every_page_opens_for_an_executive_with_few_queries(
    client: Client, where_it_runs: None, sample_firm: None
) -> None:
    executive = Member.objects.get(given_roles__role=AccessRole.EXECUTIVE)
    client.force_login(executive, backend="accord.people.backends.Backend")
    client.raise_request_exception = False  # all faults are told together
    client.get("/")  # the first page writes down the session
    examples, opened, faults = _Examples(), set(), []
    for name, pattern in _own_addresses(get_resolver()):
        if name in WITHOUT_EXAMPLE:
            continue
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(reverse(name, kwargs=examples.of(name, pattern)))
        if answer.status_code == 200:
            opened.add(name)
            if len(queries) > MOST_QUERIES and answer["Content-Type"].startswith("text/html"):
                faults.append(f"{name}: {len(queries)} queries")
        elif answer.status_code not in NOT_A_PAGE:
            faults.append(f"{name}: {answer.status_code}")
    assert faults == []
    assert opened >= MUST


def _own_addresses(resolver: URLResolver, namespace: str = "", before: str = "") -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        address = before + str(entry.pattern)
        if isinstance(entry, URLResolver) and not address.startswith("accounts/"):
            yield from _own_addresses(entry, entry.namespace or namespace, address)
        elif isinstance(entry, URLPattern) and namespace not in ("", "demo"):
            yield f"{namespace}:{entry.name}", address


class _Examples:
    """Something to show at each address."""

    def __init__(self) -> None:
        berths = Engagement.objects.get(title="Berth planning")
        estimate = berths.estimates.get()
        plan = berths.plan
        member = Member.objects.get(name="Marta Oliveira")
        check, scenario = _a_check_and_a_scenario(berths)
        self.of_path: list[tuple[str, Any]] = [
            ("relationships/contacts/", Contact.objects.first()),
            ("relationships/", Relationship.objects.get(client__name="Northwind Insurance")),
            ("engagements/expectations/", berths.expectations.filter(kind=Expectation.Kind.SCOPE).first()),
            ("engagements/", berths),
            ("estimates/of/", berths),
            ("estimates/covers/", berths.expectations.filter(kind=Expectation.Kind.SCOPE).first()),
            ("estimates/", estimate),
            ("plans/of/", berths),
            ("plans/activities/", plan.activities.filter(done=0).first()),
            ("plans/links/", PlanLink.objects.filter(source__plan=plan).first()),
            ("plans/promises/", berths.expectations.filter(kind=Expectation.Kind.TIME).first()),
            ("plans/checks/", check),
            ("plans/scenarios/", scenario),
            ("proposals/clauses/", Clause.objects.first()),
            ("proposals/rate-cards/", RateCard.objects.first()),
            ("proposals/sendings/", Sending.objects.first()),
            ("proposals/links/", Link.objects.first()),
            ("proposals/comments/", Answer.objects.first()),
            ("proposals/of/", Engagement.objects.get(title="Broker app")),
            ("proposals/", Proposal.objects.get(engagement__title="Broker app")),
            ("reviews/of/", Engagement.objects.get(title="Broker app")),
            ("reviews/seats/", SeatTaken.objects.first()),
            ("reviews/questions/", Question.objects.first()),
            ("reviews/conditions/", Condition.objects.first()),
            ("reviews/", Review.objects.first()),
            ("contracts/of/", berths),
            ("contracts/constraints/", Constraint.objects.filter(contract__engagement=berths).first()),
            ("contracts/amendments/", Amendment.objects.get()),
            ("contracts/", berths.contracts.get()),
            ("hand-overs/of/", HandOver.objects.get(state="offered").engagement),
            ("hand-overs/questions/", HandOverQuestion.objects.filter(answers=None).first()),
            ("hand-overs/", HandOver.objects.get(state="offered")),
            ("people/absences/", Absence.objects.first()),
            ("people/teams/", Team.objects.first()),
            ("people/roles/", Role.objects.first()),
            ("people/", member),
            ("work/", member),
        ]
        self.risk = estimate.risks.first()
        self.others = {
            "member": member.pk,
            "other": estimate.pk,
            "skill": Skill.objects.first().pk,
            "noted": estimate.assumptions.first().pk,
            "kind": "xlsx",
            "who": f"member-{member.pk}",
            "week": "2026-W02",
            "seat": "finance",
            "number": 0,
            "version": 1,
            "part": 3,
            "token": token_of(Link.objects.first()),
        }

    def of(self, name: str, pattern: str) -> dict[str, Any]:
        found = {key: value for key, value in self.others.items() if f":{key}>" in pattern}
        if name == "contracts:call":
            found["kind"] = "proposal"
        if name == "proposals:compare":
            found["other"] = next(row.pk for path, row in self.of_path if path == "proposals/")
        if name == "estimating:drop_risk":
            found["noted"] = self.risk.pk
        if ":pk>" in pattern:
            found["pk"] = next(row.pk for path, row in self.of_path if pattern.startswith(path))
        return found


def _a_check_and_a_scenario(engagement: Engagement) -> tuple[PromiseCheck, Scenario]:
    manager = engagement.parts.get(part=Part.PROJECT_MANAGER).member
    promised = engagement.expectations.get(kind=Expectation.Kind.TIME, restated_by=None)
    change = {"kind": "date", "expectation": promised.pk, "date": str(promised.date + dt.timedelta(14))}
    return ask_for_check(manager, engagement), try_scenario(manager, engagement, "Two weeks later", [change])
