"""``python -m data_access targets``: what branches are to reach, from a file and into one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from babel.numbers import get_currency_precision
from rich.console import Console

from data_access import logs
from data_access.engines import Warehouse
from data_access.queries import data
from data_access.reading.reader import Reader
from data_access.reading.scope import WHOLE_BANK, Role, Viewer
from data_access.settings import settings
from data_access.versions import open_store
from data_access.workspace import target_file
from data_access.workspace import targets as kept
from data_access.workspace.database import open_database

console = Console()


def targets(
    file: Annotated[
        Path | None, typer.Argument(help="CSV or XLSX with the columns branch_id, metric, period, value.")
    ] = None,
    export: Annotated[Path | None, typer.Option(help="Write the targets that hold to this new file.")] = None,
) -> None:
    """Set targets of branches from a file, all or none, or write them to one."""
    if (file is None) == (export is None):
        raise typer.BadParameter("Name a file to read, or one to write with --export.")
    workspace = open_database(settings().workspace)
    known = _known()
    if export is not None:
        written = target_file.write(export, kept.latest(workspace, WHOLE_BANK).values(), known.decimals)
        logs.record("targets_exported", logs.operator(), file=str(export), targets=str(written))
        console.print(f"{written:,} targets written to {export}.", markup=False, highlight=False)
    elif file is not None:
        came = kept.put_all(workspace, logs.operator(), target_file.read(file, known))
        changes = {"new": str(came.new), "changed": str(came.changed), "same": str(came.same)}
        logs.record("targets_set", logs.operator(), file=str(file), **changes)
        console.print(
            f"{came.new:,} targets are new, {came.changed:,} changed, {came.same:,} are as before.", highlight=False
        )


def _known() -> target_file.Known:
    """What targets may name.

    Raises:
        NoVersionError: nothing was loaded yet.
    """
    warehouse = Warehouse(open_store(settings().warehouse), settings())
    try:
        reader = Reader(_READS, warehouse)
        branches, seasons = data.branches(reader), data.seasons(reader)
        decimals = get_currency_precision(reader.currency)
    finally:
        warehouse.close()
    return target_file.Known(frozenset(branches["branch_id"]), frozenset(seasons["season_id"]), decimals)


_READS = Viewer("targets", "targets", Role.ADMINISTRATOR, WHOLE_BANK)
