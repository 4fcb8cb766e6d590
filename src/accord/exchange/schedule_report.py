"""A deterministic plan for people who read it in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from accord.exchange.terminal import QUIET, STRONG, say
from accord.exchange.wording import clean, day

if TYPE_CHECKING:
    from accord.engine.scheduling import Schedule, ScheduledActivity

ROWS_AT_MOST = 200
NARROW = 80  # columns of the terminal: below, who works on it stands under the activity


def print_schedule(schedule: Schedule, console: Console, names: Mapping[str, str]) -> None:
    """The deterministic plan: how long, how good, then who does what when."""
    say(console, (f"{schedule.makespan_days:.1f} working days from the likely values", STRONG), ".")
    if schedule.optimal:
        say(console, "It is shown to be the shortest possible.")
    elif schedule.lower_bound_days is not None:
        say(console, f"No plan can be shorter than {schedule.lower_bound_days:.1f} working days.")
    rows = sum(len(e.activities) for e in schedule.engagements)
    left = ROWS_AT_MOST
    for e in schedule.engagements:
        chosen = list(e.activities)
        if rows > ROWS_AT_MOST:
            chosen = sorted(chosen, key=lambda a: not a.critical)[:left]
            left -= len(chosen)
        if chosen:
            console.print()
            say(console, (clean(e.id), STRONG), f": {e.makespan_days:.1f} working days")
            console.print(_schedule_table(chosen, names, console.width < NARROW))
    if rows > ROWS_AT_MOST:
        say(
            console,
            f"{rows - ROWS_AT_MOST} of {rows} activities are left out, critical ones last; --json has all.",
        )


def _schedule_table(activities: Iterable[ScheduledActivity], names: Mapping[str, str], narrow: bool) -> Table:
    table = Table(box=SIMPLE_HEAD, header_style=QUIET)
    table.add_column("Activity", overflow="fold", ratio=3, min_width=10)
    table.add_column("Start", justify="right", no_wrap=True)
    table.add_column("Finish", justify="right", no_wrap=True)
    if not narrow:
        table.add_column("Days", justify="right", no_wrap=True)
        table.add_column("Who", overflow="fold", ratio=2)
        table.add_column("", no_wrap=True)
    for a in activities:
        name, dates = Text(clean(names.get(a.id, a.id))), (day(a.start), day(a.finish))
        critical = "critical" if a.critical else ""
        if narrow:
            below = ", ".join(part for part in (_who(a), critical) if part)
            table.add_row(Text.assemble(name, (f"\n{below}", QUIET) if below else ""), *dates)
        else:
            table.add_row(name, *dates, f"{a.finish_day - a.start_day:.1f}", Text(_who(a)), critical)
    return table


def _who(a: ScheduledActivity) -> str:
    return ", ".join(
        (f"{x.units:g} × " if x.units != 1 else "")
        + clean(x.of)
        + (f" ({clean(', '.join(x.members))})" if x.members else "")
        for x in a.assigned
    )
