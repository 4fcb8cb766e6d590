"""Server time of every page: on the sample firm, and on 2,000 engagements with 200,000 activities.

Median of several requests each, in one process, without network or browser; with the processor's part of it,
which other work on the machine changes less, and the number of queries. Every address of the program is asked:
a new page is measured without anything being changed here. And how long the sample firm takes to load.
"""

from __future__ import annotations

import datetime as dt
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

RUNS, QUERIES = 7, 12
LOADED = 20.0  # seconds


def measure(which: str, limit: float) -> None:
    """Print a table of one firm's pages; `limit` in milliseconds."""
    from accord import serving

    serving.begin(demo=which == "sample")
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from accord.people.models import AccessRole, Member

    if not Member.objects.exists():
        fill(which)
    serving.count_rows()
    serving.settle()
    executive = Member.objects.filter(given_roles__role=AccessRole.EXECUTIVE).first()
    assert executive
    client = Client(HTTP_HOST="localhost")
    client.force_login(executive, backend="accord.people.backends.Backend")
    wrong = 0
    for name, address in addresses(executive):
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
        queries = len(asked)
        if answer.status_code == 405:  # it only changes something
            continue
        assert answer.status_code < 500, (address, answer.status_code)
        took, worked = zip(*(once(client, address) for _ in range(RUNS)), strict=True)
        median = statistics.median(took)
        size = 0 if answer.streaming else len(answer.content)
        met = median < limit and queries <= QUERIES
        wrong += not met
        print(
            f"{which:<8}{name:<36}{answer.status_code}{median:>7.0f} ms, processor{statistics.median(worked):>5.0f} ms"
            f"{queries:>4} queries{size / 1024:>6.0f} KB   < {limit:.0f} ms  "
            f"{'met' if met else 'NOT MET'}",
            flush=True,
        )
    print(f"{which}: {wrong or 'none'} of the pages too slow or with more than {QUERIES} queries\n")


def once(client: Any, address: str) -> tuple[float, float]:
    begin, worked = time.perf_counter(), time.process_time()
    client.get(address)
    return (time.perf_counter() - begin) * 1_000, (time.process_time() - worked) * 1_000


def fill(which: str) -> None:
    if which == "sample":
        from accord.demo.firm import load

        begin = time.perf_counter()
        load()
        took = time.perf_counter() - begin
        print(
            f"sample  is loaded in {took:.1f} s   < {LOADED:.0f} s  {'met' if took < LOADED else 'NOT MET'}"
        )
    else:
        from benchmarks.large_firm import make

        make()


def addresses(member: Any) -> Iterator[tuple[str, str]]:
    """(name, address) of everything that can be asked for."""
    from django.urls import get_resolver

    yield "web:palette, a word", "/palette/?q=port"
    known = objects(member)
    rooms = get_resolver().namespace_dict
    for room, (prefix, resolver) in rooms.items():
        for name in sorted(n for n in resolver.reverse_dict if isinstance(n, str)):
            route = prefix + resolver.reverse_dict.getlist(name)[0][0][0][0]
            address = filled(route, known)
            if address is not None:
                yield f"{room}:{name}", f"/{address}"


def filled(route: str, known: dict[str, Any]) -> str | None:
    """The address of a route (people/%(pk)s/history/); None if there is nothing that it could be about."""
    values = known | {"pk": known.get(route.partition("%(pk)s")[0])}
    try:
        found = [values[name] for name in names_in(route)]
    except KeyError:
        return None  # what only changes something, or needs a token from a mail
    return None if None in found else route % values


def names_in(route: str) -> list[str]:
    return [part.split(")s")[0] for part in route.split("%(")[1:]]


def objects(member: Any) -> dict[str, Any]:
    """What the parts of addresses stand for: objects of which there is much to show."""
    from django.db.models import Count, Q

    from accord.contracts.models import (
        Amendment,
        Condition,
        Constraint,
        Contract,
        HandOver,
        HandOverQuestion,
        Question,
        Review,
        SeatTaken,
        Signature,
    )
    from accord.engagements.models import Engagement, Expectation
    from accord.people.models import Role, Team
    from accord.planning.models import Activity, Link, PromiseCheck, Scenario
    from accord.proposals.answering.links import token_of
    from accord.proposals.models import Answer, Clause, Proposal, RateCard
    from accord.proposals.models import Link as ClientLink
    from accord.relationships.models import Contact

    planned = Engagement.objects.exclude(plan=None)
    checked = Count("checks", filter=Q(checks__scenario=None, checks__state="done"), distinct=True)
    said = Count("expectations", distinct=True)
    engagement = planned.annotate(checked=checked, said=said).order_by("-checked", "-said")[0]
    estimate = engagement.estimates.annotate(rows=Count("packages")).order_by("-rows")[0]
    expectation = Expectation.objects.filter(engagement=engagement, kind="time", restated_by=None).first()
    today = dt.date.today()
    return {
        "relationships/": engagement.relationship_id,
        "relationships/contacts/": pk_of(
            Contact.objects.filter(client__relationship=engagement.relationship_id)
        ),
        "engagements/": engagement.pk,
        "engagements/expectations/": expectation and expectation.pk,
        "estimates/of/": engagement.pk,
        "estimates/": estimate.pk,
        "other": pk_of(engagement.estimates.exclude(pk=estimate.pk)) or estimate.pk,
        "plans/of/": engagement.pk,
        "plans/activities/": pk_of(Activity.objects.filter(plan__engagement=engagement)),
        "plans/links/": pk_of(Link.objects.filter(target__plan__engagement=engagement)),
        "plans/promises/": expectation and expectation.pk,
        "plans/checks/": pk_of(PromiseCheck.objects.filter(engagement=engagement, scenario=None)),
        "plans/scenarios/": pk_of(Scenario.objects.exclude(checks=None)),
        "reviews/of/": engagement.pk,
        "reviews/": pk_of(Review.objects.filter(state="open")) or pk_of(Review.objects.all()),
        "reviews/seats/": pk_of(SeatTaken.objects.all()),
        "reviews/questions/": pk_of(Question.objects.all()),
        "reviews/conditions/": pk_of(Condition.objects.all()),
        "contracts/of/": engagement.pk,
        "contracts/": pk_of(Contract.objects.filter(amendments__state="in_force"))
        or pk_of(Contract.objects.all()),
        "contracts/constraints/": pk_of(Constraint.objects.all()),
        "contracts/copies/": pk_of(Signature.objects.exclude(copy="")),
        "contracts/amendments/": pk_of(Amendment.objects.all()),
        "kind": "proposal",
        "seat": "finance",
        "proposals/of/": engagement.pk,
        "proposals/clauses/": pk_of(Clause.objects.all()),
        "proposals/rate-cards/": pk_of(RateCard.objects.all()),
        "proposals/": pk_of(Proposal.objects.all()),
        "proposals/links/": pk_of(ClientLink.objects.all()),
        "proposals/comments/": pk_of(Answer.objects.all()),
        "token": token_of(link) if (link := ClientLink.objects.first()) else None,
        "hand-overs/of/": pk_of(Engagement.objects.filter(hand_overs__state="offered")) or engagement.pk,
        "hand-overs/questions/": pk_of(HandOverQuestion.objects.all()),
        "hand-overs/": pk_of(HandOver.objects.filter(state="offered")),
        "who": f"role-{pk_of(Role.objects.all())}",
        "week": (today - dt.timedelta(today.weekday())).isoformat(),
        "people/": member.pk,
        "people/teams/": pk_of(Team.objects.all()),
        "people/roles/": pk_of(Role.objects.all()),
    }


def pk_of(rows: Any) -> int | None:
    found = rows.first()
    return found and found.pk


def main() -> None:
    if len(sys.argv) == 3:
        measure(sys.argv[1], float(sys.argv[2]))
        return
    for which, limit in (("sample", 60), ("large", 120)):
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "benchmarks.bench_pages", which, str(limit)]
            subprocess.run(command, check=True, env=os.environ | {"ACCORD_DATA": folder})


if __name__ == "__main__":
    main()
