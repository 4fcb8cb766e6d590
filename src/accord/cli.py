"""The command line: check promises, schedule, import a plan; serve the web application and verify its ledger.

Nothing heavy is imported before a command needs it, so that help and wrong usage answer at once.
"""

from __future__ import annotations

import json
import math
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.exceptions import Exit

from accord import __version__
from accord.engine.plan import CONFIDENCES
from accord.exchange.problems import InputError, Problem

if TYPE_CHECKING:
    from accord.engine.plan import Portfolio
    from accord.engine.results import CheckResult
    from accord.exchange.load import Factors, Loaded

T = TypeVar("T")

ALL_BACKED, NOT_BACKED, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130
LAST_SEED = 2**63 - 1

_FILE = click.argument("file", type=click.Path(path_type=Path))
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")


class QuietGroup(click.Group):
    """Wrong input and lost output are told on standard error; a closed pipe and Ctrl-C end without a word."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        with _quietly():  # help is printed here already
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        with _quietly():
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()


class FiniteRange(click.FloatRange):
    """A range of numbers; `nan` is in no range, although it is not outside either."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is not a finite number.", param, ctx)
        return number


@contextmanager
def _quietly() -> Iterator[None]:
    if sys.stdout is None:  # closed by the caller: a file that cannot be written tells so once something is
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
    try:
        yield
    except InputError as error:
        from accord.exchange.wording import clean

        for line in error.lines():
            click.echo(clean(line), err=True)
        raise Exit(WRONG_INPUT) from None
    except MemoryError:
        click.echo("There is not enough memory for this: use fewer samples (--samples).", err=True)
        raise Exit(WRONG_INPUT) from None
    except BrokenPipeError:
        _drop_output()
        raise Exit(INTERRUPTED) from None
    except OSError as error:
        what = error.filename or "the output cannot be written"
        click.echo(f"{what}: {error.strerror}", err=True)
        _drop_output()
        raise Exit(WRONG_INPUT) from None
    except KeyboardInterrupt:
        raise Exit(INTERRUPTED) from None


def _drop_output() -> None:
    """What is still buffered has nowhere to go; the interpreter would complain at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _factors(_ctx: click.Context, _param: click.Parameter, value: str | None) -> Factors | None:
    if value is None:
        return None
    try:
        low, likely, high = (float(part) for part in value.split(":"))
    except ValueError:
        raise click.BadParameter(f"{value!r} is not LOW:LIKELY:HIGH, for example 0.8:1:1.5") from None
    if not 0 < low <= likely <= high < float("inf"):
        raise click.BadParameter("the three factors are above 0 and do not fall from left to right")
    return low, likely, high


_SPREAD = click.option(
    "--spread",
    show_default="0.8:1:1.5",
    metavar="L:M:H",
    callback=_factors,
    help="For a planning tool's XML: low, likely and high as factors of each task's value.",
)


@click.group(cls=QuietGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="accord")
def main() -> None:
    """Accord: nobody promises alone. How likely are promises kept, and what would make them so?"""


@main.command()
@_FILE
@_JSON
@click.option("--samples", type=click.IntRange(100, 1_000_000), help="Simulated futures; overrides the file.")
@click.option("--seed", type=click.IntRange(0, LAST_SEED), help="Start of the random numbers.")
@click.option(
    "--confidence",
    type=FiniteRange(*CONFIDENCES),
    help="A promise this probable is backed.",
)
@click.option("--without", multiple=True, metavar="ID", help="What if this engagement were not there.")
@click.option(
    "--with",
    "others",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="OTHER_FILE",
    help="What if this file's engagements were signed too.",
)
@click.option("--plot", type=click.Path(path_type=Path), metavar="PICTURE", help="Draw it (.svg or .png).")
@_SPREAD
@click.option(
    "--promise",
    "promises",
    multiple=True,
    metavar="ID=VALUE",
    help="Also check finish=DATE, cost=AMOUNT, margin=SHARE or ACTIVITY=DATE (of the only engagement).",
)
@click.pass_context
def check(
    ctx: click.Context,
    file: Path,
    as_json: bool,
    samples: int | None,
    seed: int | None,
    confidence: float | None,
    without: tuple[str, ...],
    others: tuple[Path, ...],
    plot: Path | None,
    spread: Factors | None,
    promises: tuple[str, ...],
) -> None:
    """How likely the promises of FILE are kept.

    FILE is an engagement file (YAML or JSON) or a planning tool's XML exchange file.
    Exit status: 0 all promises are backed, 1 at least one is not, 2 the input is wrong or the
    output cannot be written.
    """
    from accord.exchange import load as loading
    from accord.exchange import what_if

    if plot is not None:
        _ask_for_picture(plot)
    _only_for_xml(spread, file, *others)
    loaded = loading.load(file, spread)
    before = what_if.with_promises(loaded.portfolio, promises, str(file))
    before = loading.with_settings(before, str(file), samples, seed, confidence)
    after, names, notes = before, dict(loaded.names), list(loaded.notes)
    for other in others:
        added = loading.load(other, spread, first=after)
        after = what_if.with_engagements_of(after, added.portfolio, str(other), str(file))
        names = dict(added.names) | names
        notes += added.notes
    after = what_if.without_engagements(after, without, str(file))
    after = loading.with_settings(after, str(file), None, None, None)
    result = _judged(before, after, str(file))
    if plot is not None:
        _draw(result, after, plot, names)
    if as_json:
        from accord.exchange.json_report import check_document

        _print_json(check_document(result))
    else:
        _print_report(result, after, names, notes)
    ctx.exit(ALL_BACKED if result.all_backed else NOT_BACKED)


@main.command()
@_FILE
@_JSON
@click.option(
    "--optimise",
    type=FiniteRange(0, min_open=True),
    metavar="SECONDS",
    help="Let a constraint solver shorten the plan for so long.",
)
@_SPREAD
def schedule(file: Path, as_json: bool, optimise: float | None, spread: Factors | None) -> None:
    """The plan of FILE from its likely values: who does what when."""
    from accord.engine.optimiser import OptimiserMissing
    from accord.engine.scheduling import schedule as make_schedule
    from accord.exchange.load import load

    _only_for_xml(spread, file)
    loaded = load(file, spread)
    try:
        made = _told_as_input(str(file), lambda: make_schedule(loaded.portfolio, optimise))
    except OptimiserMissing as error:
        raise InputError("--optimise", [Problem(str(error))]) from None
    if as_json:
        from accord.exchange.json_report import schedule_document

        _print_json(schedule_document(made))
        return
    from accord.exchange.schedule_report import print_schedule
    from accord.exchange.terminal import Terminal

    _forgive_old_terminals()
    print_schedule(made, Terminal(sys.stdout), loaded.names)


@main.command("import")
@_FILE
@_SPREAD
@click.option("--output", type=click.Path(path_type=Path), help="Write here instead of standard output.")
@click.option("--force", is_flag=True, help="Overwrite the output file if it exists.")
def import_(file: Path, spread: Factors | None, output: Path | None, force: bool) -> None:
    """Turn a planning tool's XML exchange file into an engagement file."""
    from accord.exchange.load import load, looks_like_xml
    from accord.exchange.wording import clean

    if not looks_like_xml(file):
        raise InputError(str(file), [Problem("is not a planning tool's XML exchange file")])
    if output is not None and output.exists() and not force:
        raise InputError("--output", [_exists(output)])
    loaded = load(file, spread)
    text = _as_yaml(loaded)
    if output is None:
        click.echo(text.encode(), nl=False)
    else:
        _write_new(output, text, force)
    for note in loaded.notes:
        click.echo(clean(note), err=True)


@main.command()
def schema() -> None:
    """Print the JSON Schema of the engagement file."""
    from accord.exchange.engagement_file import json_schema

    _print_json(json_schema())


_HOST = click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
_PORT = click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))


@main.command()
@_HOST
@_PORT
def serve(host: str, port: int) -> None:
    """Run the web application; its data lies where ACCORD_DATA says."""
    from accord import serving

    serving.begin()
    click.echo(f"Accord runs at http://{host}:{port}/ (stop with Ctrl-C)")
    serving.serve(host, port)


@main.command()
@_HOST
@_PORT
@click.option("--load-only", is_flag=True, help="Load the sample firm, and do not serve it.")
@click.option("--fresh", is_flag=True, help="Make the sample firm anew, though it was loaded today.")
def demo(host: str, port: int, load_only: bool, fresh: bool) -> None:
    """Run the web application with a sample firm, where anybody may sign in as anybody.

    It is loaded once a day, so that its dates fit; what you did in it is there until then.
    """
    from accord import serving
    from accord.demo import running

    try:
        running.begin(fresh, _told)
        if load_only:
            return
        taken = serving.free_port(host, port)
    except running.NotTheSampleFirm as problem:
        raise click.ClickException(str(problem)) from None
    except OSError as problem:
        raise click.ClickException(f"{host}:{port} cannot be listened on: {problem.strerror}.") from None
    if taken != port:
        click.echo(f"Port {port} is in use, so it is {taken} (--port takes another one).")
    click.echo(f"The sample firm is open at http://{host}:{taken}/demo/ (stop with Ctrl-C)")
    serving.serve(host, taken)


def _told(line: str) -> None:
    click.echo(line)


@main.command()
def work() -> None:
    """Work off the web application's jobs (accord serve does it by itself; more may run beside it)."""
    from accord import serving

    serving.begin()
    serving.work()


@main.command()
@click.option("--head", help="A digest noted earlier: prove that it is still part of the ledger.")
def verify(head: str | None) -> None:
    """Check that nothing in the ledger of expectations and decisions was changed or removed."""
    from accord import serving

    serving.begin()
    from accord.ledger.chain import verify as verify_chain

    found = verify_chain(head)
    if found.broken_at is not None:
        click.echo(
            f"The ledger is broken at entry {found.broken_at}: it, or an entry before it, was changed."
        )
    elif not found.holds_asked:
        click.echo(
            "The ledger does not hold the digest asked for: its end was cut off, or it is another one."
        )
    else:
        click.echo(
            f"The ledger holds: {found.entries} entries. Note its head to prove later that none is missing:\n{found.head}"
        )
    if not found.holds:
        raise Exit(NOT_BACKED)


def _judged(before: Portfolio, after: Portfolio, source: str) -> CheckResult:
    from accord.engine import promise_check, simulation
    from accord.exchange.terminal import PatientBar, Terminal

    if not simulation.is_compiled():
        click.echo(_preparing(), err=True)
    with PatientBar(Terminal(sys.stderr), "Simulating") as bar:
        if after == before:
            return _told_as_input(source, lambda: promise_check.check(after, bar))
        return _told_as_input(source, lambda: promise_check.what_if(before, after, bar))


def _preparing() -> str:
    from accord.engine import cache

    if cache.KEPT:
        return "Preparing the engine for this machine (once, about 30 seconds)…"
    return (
        "Preparing the engine (about 30 seconds). It cannot be kept for the next time: no folder for it can be "
        "written. Set NUMBA_CACHE_DIR to a folder that can."
    )


def _told_as_input(source: str, work: Callable[[], T]) -> T:
    """A plan that cannot be carried out is the file's fault, and told like the rest of its problems."""
    from accord.engine.calendar import NoWorkingDays
    from accord.engine.network import CyclicNetwork
    from accord.engine.promise_check import BeyondCalendar
    from accord.engine.simulation import NeverStarts

    try:
        return work()
    except (BeyondCalendar, CyclicNetwork, NeverStarts, NoWorkingDays) as error:
        raise InputError(source, [Problem(str(error))]) from None


def _print_report(result: CheckResult, portfolio: Portfolio, names: dict[str, str], notes: list[str]) -> None:
    from accord.engine.calendar import WorkingCalendar
    from accord.engine.promise_check import remedies
    from accord.exchange.terminal import PatientBar, Terminal
    from accord.exchange.terminal_report import portfolio_notes, print_check

    with PatientBar(Terminal(sys.stderr), "Looking for ways out") as bar:
        found = () if result.all_backed else remedies(portfolio, result, bar)
    calendar = WorkingCalendar(portfolio.start, portfolio.calendar)
    _forgive_old_terminals()
    told = [*notes, *portfolio_notes(portfolio)]
    print_check(result, found, Terminal(sys.stdout), names, told, calendar)


def _ask_for_picture(path: Path) -> None:
    """Refuse before the work what could not be written after it."""
    from accord.exchange.picture import check_suffix

    try:
        check_suffix(path)
    except ValueError as error:
        raise InputError("--plot", [Problem(str(error))]) from None
    if not path.parent.is_dir():
        raise InputError("--plot", [Problem(f"there is no folder {path.parent}")])


def _draw(result: CheckResult, portfolio: Portfolio, path: Path, names: dict[str, str]) -> None:
    from accord.exchange.picture import draw

    try:
        draw(result, portfolio, path, names)
    except OSError as error:
        raise InputError("--plot", [Problem(f"{path} cannot be written: {error.strerror}")]) from None


def _as_yaml(loaded: Loaded) -> str:
    import yaml

    from accord.exchange.engagement_file import to_document

    document = to_document(loaded.portfolio)
    text: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)
    head, activities, rest = text.partition("activities:\n")
    return head + activities + re.sub(r"(?m)^ *- id: .+$", lambda m: _named(m[0], loaded.names), rest)


def _named(line: str, names: Mapping[str, str]) -> str:
    """The format has ids only: the task's name stays beside its id as a comment."""
    name = names.get(line.split("id: ", 1)[1].strip("'\""))
    return f"{line}  # {' '.join(name.split())}" if name else line


def _write_new(path: Path, text: str, force: bool) -> None:
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError("--output", [_exists(path)]) from None
    except OSError as error:
        raise InputError("--output", [Problem(f"{path} cannot be written: {error.strerror}")]) from None


def _exists(path: Path) -> Problem:
    return Problem(f"{path} exists; --force overwrites it")


def _only_for_xml(spread: Factors | None, *files: Path) -> None:
    from accord.exchange.load import looks_like_xml

    if spread is not None and not any(looks_like_xml(file) for file in files):
        message = "spreads the tasks of a planning tool's XML; an engagement file has three points of its own"
        raise InputError("--spread", [Problem(message)])


def _print_json(document: dict[str, Any]) -> None:
    # Bytes: files and pipes get UTF-8 whatever the terminal's encoding is.
    click.echo(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False).encode())


def _forgive_old_terminals() -> None:
    """A terminal without Unicode shows question marks, which is better than no report."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")


if __name__ == "__main__":
    main()
