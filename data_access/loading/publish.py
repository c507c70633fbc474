"""Publishing a whole warehouse from tables that are already right: the demo bank and the adapters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Protocol

import duckdb

from data_access.errors import LoadError
from data_access.loading.draft import (
    FileRecord,
    Record,
    building,
    describe,
    duckdb_type,
    fed_columns,
    insert,
    mature,
    quoted,
)
from data_access.schema import CONTRACT, metadata
from data_access.versions.store import Progress, Store, Version, silent


class ArrowTable(Protocol):
    """A `pyarrow.Table`, of which only this is used besides handing it to DuckDB."""

    @property
    def column_names(self) -> list[str]:
        """Names of the columns."""
        ...


def publish_arrow(
    store: Store,
    tables: Iterable[tuple[str, ArrowTable]],
    *,
    source: str,
    currency: str,
    as_of: date | None = None,
    note: str = "",
    files: Iterable[FileRecord] = (),
    progress: Progress = silent,
) -> Version:
    """Publish a version that consists of these tables and nothing else.

    Args:
        store: Where to publish. An older version there is replaced, not merged with.
        tables: Names of the contract with their rows; a name may come again with more rows, so that a table need
            not be in memory at once. Columns may be missing (not recorded) and come in any order; derived columns
            are computed here. Types are cast to the contract's.
        source: What it was built from: demo, uci-bank-marketing ...
        currency: Currency of all amounts, ISO 4217.
        as_of: Last day that the data covers; by default the latest date of its facts.
        note: What the reader of the page "Data" should know.
        files: The files it was made from.
        progress: Told after each table.

    Raises:
        BusyError: another load is writing.
        LoadError: a table or a column that the contract does not have; nothing was published.
    """

    def fill(connection: duckdb.DuckDBPyConnection) -> Record:
        changed: set[str] = set()
        for name, table in tables:
            _append(connection, name, table)
            if name not in changed:
                changed.add(name)
            progress("writing tables", len(changed), len(CONTRACT))
        mature(connection)
        progress("writing tables", len(CONTRACT), len(CONTRACT))
        return Record(source, currency, as_of, note, list(files), changed=changed, given=changed)

    return publish_whole(store, fill, progress=progress)


def publish_whole(
    store: Store, fill: Callable[[duckdb.DuckDBPyConnection], Record], *, progress: Progress = silent
) -> Version:
    """Publish a version that `fill` writes into empty tables of the contract; it returns what the version says."""
    with store.loading():
        store.history()  # refuses a store that is damaged, before work is spent on it
        with store.draft() as draft:
            with building(draft) as connection:
                record = fill(connection)
                describe(connection, draft.id, record, progress)
            return store.publish(draft, progress)


def _append(connection: duckdb.DuckDBPyConnection, name: str, table: ArrowTable) -> None:
    if name not in CONTRACT:
        raise LoadError(f"{name!r} is not a table of the contract. Nothing was published.")
    held = set(table.column_names)
    unknown = held - {column.name for column in metadata.tables[name].columns}
    if unknown:
        raise LoadError(f"{name} has no column {', '.join(sorted(unknown))}. Nothing was published.")
    values = {
        column.name: f"CAST({quoted(column.name)} AS {duckdb_type(column)})"
        for column in fed_columns(name)
        if column.name in held
    }
    connection.register("arriving", table)
    insert(connection, name, values, "arriving")
    connection.unregister("arriving")
