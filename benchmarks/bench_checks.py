"""How long a person waits for a promise check and for a what-if: a real worker beside, pages asked as a browser asks them."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

RUNNING, ACTIVITIES, PEOPLE, ROLES = 40, 40, 25, 5
POLL = 0.3  # seconds, as the page polls


def row(what: str, measured: str, bar: str, met: bool) -> None:
    print(f"{what:<62}{measured:>22}  {bar:<22}{'met' if met else 'NOT MET'}")


def firm() -> Any:
    """Forty running engagements that compete for 25 people, and one that is not signed yet."""
    from tests.planning import check_builders as build

    from accord.engagements.models import Stage

    chance = random.Random(7)
    roles = [build.role(f"role {k}", PEOPLE // ROLES) for k in range(ROLES)]
    made = []
    for k in range(RUNNING + 1):
        engagement = build.engagement(Stage.DELIVERY if k else Stage.ESTIMATED)
        build.plan(engagement, *(_work(i, roles, chance) for i in range(ACTIVITIES)))
        if k:
            _half_done(engagement.plan)
        build.told_date(engagement, 330 + 5 * k)
        build.told_price(engagement, 100_000)
        made.append(engagement)
    return made[0]


def _half_done(plan: Any) -> None:
    """Running engagements stand in the middle of their work."""
    from tests.planning import check_builders as build

    for row in plan.activities.all()[: ACTIVITIES // 2]:
        row.done = 1
        build.saved(None, row)


def _work(i: int, roles: list[Any], chance: random.Random) -> Any:
    from tests.planning.check_builders import Work

    after = sorted({f"w{chance.randrange(max(0, i - 6), i)}" for _ in range(2)}) if i else []
    return Work(f"w{i}", chance.randrange(8, 60), chance.choice(roles), after)


class Person:
    """Somebody at a browser, who clicks and waits."""

    def __init__(self, engagement: Any) -> None:
        from django.test import Client
        from tests.planning import check_builders as build

        self.engagement = engagement
        self.browser = Client(HTTP_HOST="localhost")
        lead = build.delivery_lead(engagement)
        self.browser.force_login(lead, backend="accord.people.backends.Backend")

    def post(self, name: str, *args: int, **sent: str) -> None:
        from django.urls import reverse

        answer = self.browser.post(reverse(name, args=args), sent)
        assert answer.status_code == 302, answer.content[:500]

    def wait(self, check: Any) -> None:
        from django.urls import reverse

        while (
            "HX-Refresh" not in self.browser.get(reverse("planning:check_progress", args=[check.pk])).headers
        ):
            time.sleep(POLL)

    def page(self, name: str, *args: int) -> str:
        from django.urls import reverse

        return self.browser.get(reverse(name, args=args)).content.decode()

    def check(self) -> float:
        begin = time.perf_counter()
        self.post("planning:ask_check", self.engagement.pk)
        self.wait(self.engagement.checks.filter(scenario=None).defer("inputs", "result")[0])
        assert "The promise curve" in self.page("planning:check", self.engagement.pk)
        return time.perf_counter() - begin

    def settled(self) -> float:
        """Until the ways out are there too."""
        begin = time.perf_counter()
        while self.engagement.checks.filter(scenario=None).values_list("state", flat=True)[0] != "done":
            time.sleep(0.05)
        return time.perf_counter() - begin

    def what_if(self, **sent: str) -> float:
        begin = time.perf_counter()
        self.post("planning:what_if", self.engagement.pk, **sent)
        scenario = self.engagement.scenarios.all()[0]
        self.wait(scenario.checks.defer("inputs", "result")[0])
        assert "If it is adopted" in self.page("planning:scenario", scenario.pk)
        return time.perf_counter() - begin


def middle(run: Callable[[], float], times: int) -> float:
    return sorted(run() for _ in range(times))[times // 2]


def measure(engagement: Any) -> None:
    from tests.planning import check_builders as build

    person = Person(engagement)
    person.check()
    person.settled()
    answers, rest = [], []
    for k in range(3):
        build.told_date(engagement, 340 + k)  # other inputs: nothing is answered from what is known
        answers.append(person.check())
        rest.append(person.settled())
    answer, after = sorted(answers)[1], sorted(rest)[1]
    what = f"check of one among {RUNNING} running, 10,000 samples: click to answer"
    row(what, f"{answer:.2f} s", "< 2 s", answer < 2)
    row("ways out and who else would feel it, after that", f"{after:.2f} s", "", True)
    effort = middle(lambda: person.what_if(kind="effort", code="w5", percent="130"), 3)
    row("what-if that changes effort: click to answer", f"{effort:.2f} s", "< 1 s", effort < 1)
    role = str(engagement.plan.activities.get(code="w5").assignments.get().role_id)
    people = middle(lambda: person.what_if(kind="people", role=role, units="1", codes="w5"), 3)
    row("what-if that changes people: click to answer", f"{people:.2f} s", "< 1 s", people < 1)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ACCORD_DATA"] = folder
        from accord import serving

        serving.begin()
        print(
            f"{os.cpu_count()} cores, {RUNNING + 1} engagements of {ACTIVITIES} activities, {PEOPLE} people\n"
        )
        engagement = firm()
        serving.settle()
        worker = subprocess.Popen([sys.executable, "-m", "accord.cli", "work"])
        try:
            measure(engagement)
        finally:
            worker.terminate()
            worker.wait(10)


if __name__ == "__main__":
    main()
