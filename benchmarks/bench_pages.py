"""Server time of every page: on the sample firm, and on 2,000 engagements with 200,000 activities.

Median of several requests each, in one process, without network or browser.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 7


def measure(which: str, limit: float) -> None:
    """Print a table of one firm's pages; `limit` in milliseconds."""
    from accord import serving

    serving.begin(demo=which == "sample")
    from django.db.models import Count
    from django.test import Client

    from accord.engagements.models import Engagement
    from accord.people.models import AccessRole, Member

    if which == "sample":
        from accord.demo.firm import load

        load()
    else:
        from benchmarks.large_firm import make

        make()
    executive = Member.objects.filter(given_roles__role=AccessRole.EXECUTIVE).first()
    engagement = Engagement.objects.annotate(said=Count("expectations")).order_by("-said").first()
    assert executive
    assert engagement
    client = Client(HTTP_HOST="localhost")
    client.force_login(executive)
    for address in addresses(engagement.pk, engagement.relationship_id, executive.pk):
        took = []
        for _ in range(RUNS):
            begin = time.perf_counter()
            answer = client.get(address, follow=True)
            took.append((time.perf_counter() - begin) * 1_000)
            assert answer.status_code == 200, (address, answer.status_code)
        median = statistics.median(took)
        verdict = "met" if median < limit else "NOT MET"
        print(f"{which:<8}{address:<44}{median:>8.0f} ms   < {limit:.0f} ms   {verdict}", flush=True)


def addresses(engagement: int, relationship: int, member: int) -> list[str]:
    return [
        "/",
        "/relationships/",
        f"/relationships/{relationship}/",
        "/engagements/",
        "/engagements/board/",
        f"/engagements/{engagement}/",
        f"/engagements/{engagement}/said/",
        f"/engagements/{engagement}/history/",
        f"/estimates/of/{engagement}/",
        f"/plans/of/{engagement}/",
        f"/plans/of/{engagement}/check/",
        "/plans/load/",
        "/people/",
        f"/people/{member}/",
        "/palette/?q=port",
    ]


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
