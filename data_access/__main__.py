"""The command line of the data room: ``python -m data_access COMMAND``."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from data_access.door.commands import commands as people_commands
from data_access.door.target_command import targets
from data_access.errors import DataError
from data_access.loading import status as contents
from data_access.loading import stopped
from data_access.loading.files.template import dictionary, write_template
from data_access.loading.load import Report, check_feed, load_feed, told
from data_access.loading.public.berka import load_berka
from data_access.loading.public.uci_bank_marketing import load_uci_bank_marketing
from data_access.loading.refusals import read_allowance
from data_access.settings import Settings, masked, settings
from data_access.versions import open_store
from data_access.versions.store import Store, Version, first_line

ADAPTERS = {"uci-bank-marketing": load_uci_bank_marketing, "berka": load_berka}
REJECTS = Path("var/rejects")
TOLD = (DataError, SQLAlchemyError, *stopped.STOPS)
"""Errors that end a command in words; any other is a fault of the program."""

app = typer.Typer(help="Load, check and publish the warehouse.", no_args_is_help=True, pretty_exceptions_enable=False)
app.add_typer(people_commands, name="people")
app.command()(targets)
console = Console()
errors = Console(stderr=True)

Warehouse = Annotated[str, typer.Option("--warehouse", help="A folder, or postgresql://...; else the setting.")]
MappingFile = Annotated[Path | None, typer.Option("--mapping", help="Mapping file; else mapping.toml in the folder.")]
Rejects = Annotated[Path, typer.Option("--rejects", help="Folder for the lists of refused rows.")]


def _store(warehouse: str) -> Store:
    return open_store(warehouse or settings().warehouse)


@contextmanager
def _bars() -> Generator[Callable[[str, int, int], None]]:
    """A bar for each piece of long work, on the error stream so that output can be piped."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors) as bars:
        tasks: dict[str, TaskID] = {}

        def told(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=max(total, 1))
            bars.update(tasks[what], completed=done if total else 1, total=max(total, 1))

        yield told


@app.command()
def demo(
    scale: Annotated[float, typer.Option(help="1.0 is a million customers.", min=0.0001)] = 0.02,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bank.")] = 20261115,
    truth: Annotated[Path | None, typer.Option(help="Folder for what is true about the bank, for tests.")] = None,
    if_missing: Annotated[
        bool, typer.Option("--if-missing", help="Build nothing where there is a warehouse of this program.")
    ] = False,
    warehouse: Warehouse = "",
) -> None:
    """Build the demo bank: invented people, deterministic numbers."""
    store = _store(warehouse)
    if if_missing and _holds_something(store):
        return
    from data_access.demo import build  # the generator takes a moment to import

    with _bars() as progress:
        version = build(store, scale=scale, seed=seed, truth=truth, progress=progress)
    _say_published(store, version)


def _holds_something(store: Store) -> bool:
    """Whether there is a warehouse to leave alone; a demo bank that an older program built is none."""
    if store.current() is None:
        return False
    described = contents.describe_current(store)
    return not described.lacks or described.version.get("source") != "demo"


@app.command()
def load(
    what: Annotated[str, typer.Argument(help="Folder of a feed, or uci-bank-marketing, or berka.")],
    path: Annotated[Path | None, typer.Argument(help="File or folder of the public data set.")] = None,
    allow_rejects: Annotated[
        str, typer.Option(help="Refused rows to put up with: a number, or a share as 0.5%.")
    ] = "0",
    mapping: MappingFile = None,
    rejects: Rejects = REJECTS,
    wait: Annotated[float, typer.Option(help="Seconds to wait for another load to end.")] = 0.0,
    warehouse: Warehouse = "",
) -> None:
    """Load a feed, or one of two public data sets, as a new version: all or nothing."""
    store = _store(warehouse)
    if what in ADAPTERS and path is not None:
        with _bars() as progress:
            version = ADAPTERS[what](store, path, progress=progress)
        if version is None:
            console.print("The warehouse holds this file already. Nothing was changed.")
        else:
            _say_published(store, version)
        return
    if path is not None:
        raise DataError(f"{what} is not a known data set. Nothing was loaded. Known are {', '.join(ADAPTERS)}.")
    if what in ADAPTERS and not Path(what).is_dir():
        raise DataError(f"Name the path of your copy: load {what} PATH. Nothing was loaded.")
    with _bars() as progress:
        report = load_feed(
            store,
            Path(what),
            mapping_file=mapping,
            allowance=read_allowance(allow_rejects),
            rejects_folder=rejects,
            wait_seconds=wait,
            progress=progress,
        )
    _say(report)
    if report.version is None:
        console.print("Nothing in the feed is new. The warehouse is unchanged.")
    else:
        _say_published(store, report.version)


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(help="Folder of a feed.")],
    mapping: MappingFile = None,
    rejects: Rejects = REJECTS,
    warehouse: Warehouse = "",
) -> None:
    """Say what a load of this feed would do, and load nothing."""
    with _bars() as progress:
        report = check_feed(_store(warehouse), folder, mapping_file=mapping, rejects_folder=rejects, progress=progress)
    _say(report)
    for place, words in report.words.items():
        more = f" and {len(words) - 20} more" if len(words) > 20 else ""
        console.print(f"{place}: {', '.join(words[:20])}{more}", markup=False, highlight=False)
    console.print("Nothing was loaded.")
    if report.rejects:
        raise typer.Exit(1)


@app.command()
def template(folder: Annotated[Path, typer.Argument(help="A new folder.")]) -> None:
    """Write empty feeds with a README to start from."""
    console.print(f"{len(write_template(folder))} files written to {folder}.", markup=False)


@app.command()
def status(warehouse: Warehouse = "") -> None:
    """Show which versions are kept, and what the current one holds."""
    store = _store(warehouse)
    versions = store.history()
    if not versions:
        console.print("No version yet. Build the demo bank with `demo`, or load a feed with `load FOLDER`.")
        return
    for version in versions:
        mark = "current" if version == versions[-1] else "before"
        console.print(f"{version.id}  {version.published_at:%Y-%m-%d %H:%M:%S %Z}  {mark}", highlight=False)
    if left := store.unlisted():
        console.print(f"Not kept, to be removed after the next load: {', '.join(left)}", highlight=False)
    described = contents.describe_current(store)
    for name, value in described.version.items():
        console.print(f"{name}: {value}", markup=False, highlight=False, soft_wrap=True)
    if described.lacks:
        console.print(
            f"An older program published it: it lacks {', '.join(described.lacks)}. Load the data again.",
            highlight=False,
        )
    shown = Table("table", "rows", "refused", "flagged", "loaded at", "covered to")
    for row in described.tables:
        shown.add_row(*("" if cell is None else str(cell) for cell in row))
    console.print(shown)


@app.command()
def rollback(warehouse: Warehouse = "") -> None:
    """Return to the version before the current one."""
    store = _store(warehouse)
    with store.loading():
        version = store.rollback()
    console.print(f"Version {version.id} is current again.")


@app.command("point-at")
def point_at(
    version: Annotated[str, typer.Argument(help="Identifier of a version that lies in the warehouse.")],
    warehouse: Warehouse = "",
) -> None:
    """Say which version is current where that was lost: a version that `status` or an error names."""
    store = _store(warehouse)
    with store.loading():
        chosen = store.point_at(version)
    console.print(f"Version {chosen.id} is current.", highlight=False)


@app.command("dictionary")
def print_dictionary() -> None:
    """Print the data dictionary in Markdown."""
    for line in dictionary():
        print(line)  # noqa: T201 - plain text for a file, not wrapped to the terminal


@app.command("settings")
def print_settings() -> None:
    """Print every setting: its value, its meaning, its environment variable."""
    values = settings()
    for name, setting in Settings.model_fields.items():
        shown = masked(str(getattr(values, name)))
        console.print(f"BRANCHLIGHT_{name.upper()} = {shown}", markup=False, highlight=False)
        console.print(f"    {setting.description}", markup=False, highlight=False)


def _say(report: Report) -> None:
    for result in report.tables:
        rows = f"{result.rows:,} rows, {result.rejected:,} refused, {result.flagged:,} flagged"
        console.print(f"{result.name} -> {result.table}: {rows}", markup=False, highlight=False)
    for name in report.unchanged:
        console.print(f"{name}: loaded before, nothing new.", markup=False, highlight=False)
    for note in report.notes:
        console.print(note, markup=False, highlight=False)
    for sample in report.samples:
        console.print(sample, markup=False, highlight=False, soft_wrap=True)
    if report.rejects:
        console.print(f"Refused:{told(report.refused)}", markup=False, highlight=False, soft_wrap=True)
        console.print(
            "The first of them:", *map(str, report.examples), sep="\n  ", markup=False, highlight=False, soft_wrap=True
        )
        console.print(f"Refused rows are listed in {report.rejects}.", markup=False, highlight=False, soft_wrap=True)


def _say_published(store: Store, version: Version) -> None:
    console.print(f"Version {version.id} is current.", highlight=False)
    if left := store.unlisted():
        console.print(
            f"It is published; older versions could not be removed yet: {', '.join(left)}. The next load tries again.",
            highlight=False,
        )


def main() -> None:
    """Run a command; what goes wrong is said in words, and the exit code is 1."""
    os.umask(0o077)  # lists of refused rows, drafts and versions: for their owner alone
    signal.signal(signal.SIGTERM, _leave)
    try:
        app()
    except TOLD as error:
        errors.print(f"Error: {_said(error)}", markup=False, highlight=False, style="red", soft_wrap=True)
    else:
        return
    sys.stdout.flush()
    raise SystemExit(1)


def _leave(_signal: int, _frame: object) -> NoReturn:
    """Ended from outside: drafts are removed on the way out."""
    raise SystemExit(143)


def _said(error: Exception) -> str:
    """An error in words, with what to do now."""
    if isinstance(error, DataError):
        return str(error)
    if isinstance(error, SQLAlchemyError):  # the warehouse's own are told by its store
        cause = error.orig if isinstance(error, DBAPIError) else error
        shown = masked(settings().workspace)
        return (
            f"The workspace {shown} cannot be used: {masked(first_line(cause))}. Nothing was changed. "
            "Check that it runs and may be written, or change the setting `workspace`."
        )
    return stopped.why(error)


if __name__ == "__main__":
    main()
