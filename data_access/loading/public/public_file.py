"""What the adapters of public data sets share: reading a file as it was published, and knowing it again."""

from __future__ import annotations

import csv
import gzip
import hashlib
from collections.abc import Iterable
from pathlib import Path

import duckdb

from data_access.errors import FeedError
from data_access.loading.draft import quoted
from data_access.schema import SYSTEM
from data_access.versions import Draft, Store, new_version_id
from data_access.versions.scratch import scratch


def sha256(path: Path) -> str:
    """Hash of a file as it lies there.

    Raises:
        FeedError: there is no such file.
    """
    if not path.is_file():
        raise FeedError(f"{path} is not a file. Nothing was loaded. Name the copy that you downloaded.")
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_text_table(connection: duckdb.DuckDBPyConnection, path: Path, name: str, columns: Iterable[str]) -> int:
    """Read a semicolon-separated file into a temporary table of text, in the order of its rows.

    Args:
        connection: To the draft.
        path: The file, plain or gzip.
        name: Of the temporary table; its `rowid` is the order of the file.
        columns: Those that the file must have, in this order.

    Returns:
        Rows at the end of the file that are cut and were left out: 0 or 1.

    Raises:
        FeedError: it is not the file that it should be.
    """
    wanted = list(columns)
    types = ", ".join(f"{quoted(column)}: 'VARCHAR'" for column in wanted)
    options = "auto_detect=false, delim=';', quote='\"', escape='\"', nullstr='', compression=?"
    packed = "gzip" if path.suffix == ".gz" else "none"
    connection.execute("DROP TABLE IF EXISTS reject_errors")
    connection.execute("DROP TABLE IF EXISTS reject_scans")
    if _header(path) != wanted:
        raise FeedError(
            f"{path.name} has not the columns {', '.join(wanted)}. Nothing was loaded. "
            "Is it the original file, as the data set's page describes it?"
        )
    try:
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {quoted(name)} AS SELECT * FROM "
            f"read_csv(?, header=true, columns={{{types}}}, {options}, store_rejects=true)",
            [str(path), packed],
        )
    except duckdb.Error as error:
        raise FeedError(f"{path.name} cannot be read: {str(error).splitlines()[0]} Nothing was loaded.") from error
    broken = connection.execute("SELECT DISTINCT line FROM reject_errors").fetchall()
    rows = (connection.execute(f"SELECT count(*) FROM {quoted(name)}").fetchone() or (0,))[0]
    if broken and broken != [(rows + 2,)]:
        raise FeedError(f"{path.name} has a broken row in line {min(broken)[0]:,}. Nothing was loaded.")
    return len(broken)


def _header(path: Path) -> list[str]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as text:
            return next(csv.reader([text.readline(10_000)], delimiter=";"), list[str]())
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise FeedError(f"{path.name} cannot be read: {error}. Nothing was loaded. Download it again.") from error


def hashes_of_current(store: Store) -> set[str]:
    """Hashes of the files that the current version was built from; none where an older program built it."""
    if (version := store.current()) is None or store.lacks(version):
        return set()
    with scratch("current") as private:
        draft = Draft(new_version_id(), private)
        store.copy_current(draft, tables=SYSTEM)
        with duckdb.connect(draft.path, read_only=True) as connection:
            return {row[0] for row in connection.execute("SELECT sha256 FROM version_file").fetchall()}
