"""Generated plans for the benchmarks, as Accord's values and as a TaskJuggler project; the same for the same seed."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np

from accord.engine.plan import (
    Activity,
    Engagement,
    Link,
    Need,
    Portfolio,
    Promise,
    PromiseKind,
    Resource,
    ThreePoint,
)
from accord.exchange.engagement_file import to_document

START = dt.date(2027, 1, 4)
HOURS = 8


def crowded(
    engagements: int = 1,
    activities: int = 1_000,
    people: int = 20,
    samples: int = 10_000,
    certain: bool = False,
) -> Portfolio:
    """Layered networks whose activities take one or two of all the people, who are short most of the time."""
    random = np.random.default_rng(7)
    made = tuple(_engagement(f"e{e}", activities, people, random, certain) for e in range(engagements))
    capacity = tuple(Resource(f"r{k}", cost_rate=60) for k in range(people))
    return Portfolio(START, made, capacity, samples=samples)


def alone(activities: int = 1_000, samples: int = 10_000) -> Portfolio:
    """The same kind of network where nothing needs anybody."""
    random = np.random.default_rng(7)
    return Portfolio(START, (_engagement("e0", activities, 0, random, False),), samples=samples)


def _engagement(id: str, count: int, people: int, random: np.random.Generator, certain: bool) -> Engagement:  # noqa: A002
    made = []
    for i in range(count):
        likely = float(random.integers(1, 10) * HOURS)
        nearest = max(0, i - 40)
        before = (
            sorted({int(k) for k in random.integers(nearest, i, size=random.integers(1, 4))}) if i else []
        )
        links = tuple(Link(f"a{k}") for k in before)
        taken = (
            random.choice(people, size=min(people, int(random.integers(1, 3))), replace=False)
            if people
            else []
        )
        needs = tuple(Need(f"r{k}") for k in taken)
        size = likely * len(needs) if needs else likely / HOURS
        points = ThreePoint.certain(size) if certain else ThreePoint(0.8 * size, size, 1.5 * size)
        sized = {"effort": points} if needs else {"duration": points}
        made.append(Activity(f"a{i}", needs=needs, after=links, **sized))
    late = Promise("end", PromiseKind.DATE, date=dt.date(2190, 1, 1))
    return Engagement(id, tuple(made), correlation=0.2 if not certain else 0.0, promises=(late,))


def write_file(portfolio: Portfolio, path: Path) -> Path:
    path.write_text(json.dumps(to_document(portfolio)), encoding="utf-8")
    return path


def taskjuggler(portfolio: Portfolio, path: Path) -> Path:
    """The likely values as a TaskJuggler project that writes the tasks' dates to dates.csv beside it."""
    lines = ['project p "P" 2027-01-04 +40y { timezone "UTC" }']
    lines += [f'resource {r.id} "{r.id}" {{}}' for r in portfolio.capacity]
    for a in portfolio.engagements[0].activities:
        size = a.effort or a.duration
        assert size is not None
        work = f"effort {size.likely:g}h" if a.effort else f"length {size.likely:g}d"
        people = "".join(f" allocate {n.of} {{ mandatory }}" for n in a.needs)
        links = " depends " + ", ".join(link.of for link in a.after) if a.after else ""
        lines.append(f'task {a.id} "{a.id}" {{ {work}{people}{links} }}')
    lines.append(
        'taskreport "dates" { formats csv columns id, start, end timeformat "%Y-%m-%d" sorttasks id.up loadunit days }'
    )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def taskjuggler_finishes(project: Path) -> dict[str, dt.date]:
    """Run TaskJuggler and read back the day on which each task ends."""
    tj3 = shutil.which("tj3")
    assert tj3, "TaskJuggler is needed: apt install tj3"
    subprocess.run([tj3, "--silent", project.name], cwd=project.parent, check=True, capture_output=True)
    text = (project.parent / "dates.csv").read_text(encoding="utf-8")
    rows = re.findall(r'"?(a\d+)"?;"?[\d-]+"?;"?([\d-]+)"?', text)
    return {id_: dt.date.fromisoformat(end) for id_, end in rows}
