"""How far actual hours lie from estimated ones, in figures for the sample firm (src/accord/demo/spread.py).

    python scripts/fit_sample_spread.py tasks.csv

`tasks.csv` is the public SiP data set (D. M. Jones and S. Cullum, arXiv:1901.01621): one row per task and developer of
a software house. A work package is several tasks, so consecutive finished tasks of one project are put together until
they hold 40 estimated hours. Of the ratios actual / estimate of these packages it tells the percentiles, and a
lognormal distribution with its own spread on each side of the median, fitted to the 10th, 50th and 90th percentile.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.stats import norm

HOURS = 40
PERCENTILES = (10, 20, 25, 50, 75, 80, 90)

Task = tuple[float, float]  # hours estimated, hours actual


def finished_tasks(path: Path) -> dict[str, list[Task]]:
    """Each task once, of each project, in the order in which they were completed."""
    tasks: dict[str, dict[int, tuple[str, Task]]] = defaultdict(dict)
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            hours = float(row["hours_estimate"] or 0), float(row["hours_actual_task"] or 0)
            if min(hours) > 0:
                tasks[row["project"]][int(row["task"])] = row["completed_on"], hours
    in_order = {
        project: sorted(rows.items(), key=lambda item: (item[1][0], item[0]))
        for project, rows in tasks.items()
    }
    return {project: [hours for _, (_, hours) in rows] for project, rows in in_order.items()}


def packages(tasks: list[Task]) -> Iterator[float]:
    """The ratio actual / estimate of each HOURS of estimated work."""
    estimated = actual = 0.0
    for hours, took in tasks:
        estimated, actual = estimated + hours, actual + took
        if estimated >= HOURS:
            yield actual / estimated
            estimated = actual = 0.0


def main(path: Path) -> None:
    ratios = np.array([ratio for tasks in finished_tasks(path).values() for ratio in packages(tasks)])
    at = dict(zip(PERCENTILES, np.percentile(ratios, PERCENTILES), strict=True))
    z = norm.ppf(0.9)
    print(f"{len(ratios)} packages of at least {HOURS} estimated hours")
    print("percentiles:", ", ".join(f"P{p} {at[p]:.2f}" for p in PERCENTILES))
    print(f"MEDIAN = {at[50]:.2f}")
    print(
        f"BELOW = {np.log(at[50] / at[10]) / z:.2f}  # standard deviation of the logarithm below the median"
    )
    print(f"ABOVE = {np.log(at[90] / at[50]) / z:.2f}  # and above it")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
