"""Schedules against what nobody here made up: published instances' best known makespans, and TaskJuggler's dates."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tests.builders import BEST_KNOWN, psplib, violations

from accord.engine.scheduling import schedule
from benchmarks.plans import alone, crowded, taskjuggler, taskjuggler_finishes


def main() -> None:
    print(f"{'PSPLIB instance':<18}{'makespan':>9}{'best known':>12}{'deviation':>11}{'feasible':>10}")
    deviations = []
    for name, best in BEST_KNOWN.items():
        portfolio = psplib(name)
        found = schedule(portfolio)
        deviations.append(found.makespan_days / best - 1)
        feasible = "no" if violations(portfolio, found) else "yes"
        print(f"{name:<18}{found.makespan_days:>9.0f}{best:>12}{deviations[-1]:>11.1%}{feasible:>10}")
    print(f"{'average':<18}{sum(deviations) / len(deviations):>32.1%}\n")
    if not shutil.which("tj3"):
        print("TaskJuggler is not installed (apt install tj3): its dates were not compared.")
        return
    print(f"{'Plan':<34}{'tasks':>6}{'same end':>10}{'our end':>13}{'TaskJuggler':>13}")
    for name, portfolio in (("nobody is short", alone(300)), ("20 people are short", crowded(certain=True))):
        ours = {a.id: a.finish for a in schedule(portfolio).engagements[0].activities}
        with tempfile.TemporaryDirectory() as folder:
            theirs = taskjuggler_finishes(taskjuggler(portfolio, Path(folder) / "plan.tjp"))
        same = sum(ours[id_] == end for id_, end in theirs.items())
        print(f"{name:<34}{len(ours):>6}{same:>10}{max(ours.values())!s:>13}{max(theirs.values())!s:>13}")


if __name__ == "__main__":
    main()
