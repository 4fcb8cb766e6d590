"""Speed and memory as ratios of one run; every process runs once unmeasured, so that caches are warm."""

from __future__ import annotations

import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from accord.engine import kernels
from accord.engine.compile import compile_portfolio, scratch_for
from accord.engine.distributions import quantile_table
from accord.engine.plan import Portfolio
from accord.engine.simulation import simulate
from accord.engine.streams import normal_table
from accord.engine.tables import BLOCK
from benchmarks.plans import alone, crowded, taskjuggler, write_file

ACCORD = str(Path(sys.executable).with_name("accord"))


def seconds(command: list[str], cwd: str = ".") -> float:
    begin = time.perf_counter()
    subprocess.run(command, cwd=cwd, check=False, capture_output=True)
    return time.perf_counter() - begin


def best(run: Callable[[], object], times: int = 3) -> float:
    found = []
    for _ in range(times):
        begin = time.perf_counter()
        run()
        found.append(time.perf_counter() - begin)
    return min(found)


def row(what: str, measured: str, bar: str, met: bool) -> None:
    print(f"{what:<62}{measured:>22}  {bar:<22}{'met' if met else 'NOT MET'}")


def whole_process() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = write_file(crowded(), Path(folder) / "plan.json")
        seconds([ACCORD, "check", str(file)])
        ours = min(seconds([ACCORD, "check", str(file)]) for _ in range(3))
        helping = min(seconds([ACCORD, "--help"]) for _ in range(5))
        row("accord --help", f"{helping:.2f} s", "< 0.3 s", helping < 0.3)
        if not shutil.which("tj3"):
            print(
                f"accord check of 1,000 x 20 x 10,000: {ours:.2f} s (TaskJuggler is not installed: apt install tj3)"
            )
            return
        project = taskjuggler(crowded(certain=True), Path(folder) / "plan.tjp")
        theirs = min(seconds(["tj3", "--silent", project.name], folder) for _ in range(2))
        what = "accord check, 10,000 samples : tj3, one schedule"
        row(what, f"{ours:.2f} s : {theirs:.2f} s", "ratio < 1", ours < theirs)


def engine(portfolio: Portfolio, what: str) -> None:
    took = best(lambda: simulate(portfolio))
    speed = portfolio.activity_count * portfolio.samples / took / 1e6
    row(f"inside the engine, {what}", f"{speed:.1f} M/s", ">= 15 M/s", speed >= 15)


def drawing() -> None:
    portfolio = alone()
    t = compile_portfolio(portfolio).tables
    s = scratch_for(t)
    tables = normal_table(), quantile_table()
    zero = np.uint64(0)
    blocks = range(0, portfolio.samples, BLOCK)

    def draw() -> None:
        for first in blocks:
            kernels.draw(t, s, first, zero, zero, *tables)

    def both() -> None:
        for first in blocks:
            kernels.draw(t, s, first, zero, zero, *tables)
            kernels.forward_pass(t, s)

    draw()
    both()
    share = best(draw) / best(both)
    row("nobody short: drawing alone : drawing and forward pass", f"{share:.2f}", ">= 0.33", share >= 1 / 3)


def many() -> None:
    portfolio = crowded(engagements=100, activities=200, people=200, samples=2_000)
    took = best(lambda: simulate(portfolio), 1)
    row("20,000 activities, 100 engagements, 2,000 samples", f"{took:.1f} s", "< 10 s", took < 10)
    half = crowded(engagements=50, activities=200, people=100, samples=2_000)
    row("the same, divided by half of it", f"{took / best(lambda: simulate(half), 1):.2f}", "about 2", True)


def _memory(portfolio: Portfolio, pipe: multiprocessing.connection.Connection) -> None:
    from accord.engine.promise_check import check

    check(portfolio)
    # Not getrusage: its maximum is inherited from the benchmark's own process, which started this one.
    peak = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert peak
    pipe.send(int(peak[1]) / 1024)


def memory(portfolio: Portfolio, what: str) -> None:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(False)
    process = context.Process(target=_memory, args=(portfolio, there))
    process.start()
    used = here.recv()
    process.join()
    row(f"memory of a check, {what}", f"{used:.0f} MB", "< 500 MB", used < 500)


def main() -> None:
    print(f"{os.cpu_count()} cores\n")
    simulate(crowded(activities=50, samples=100))
    whole_process()
    for units in (1, 2):
        plan = crowded()
        capacity = tuple(replace(r, units=units) for r in plan.capacity)
        engine(replace(plan, capacity=capacity), f"1,000 x 10,000, 20 resources of {units}")
    engine(alone(), "1,000 x nobody short x 10,000")
    drawing()
    many()
    memory(crowded(), "1,000 x 10,000")
    memory(crowded(engagements=100, activities=200, people=200, samples=2_000), "20,000 x 2,000")


if __name__ == "__main__":
    main()
