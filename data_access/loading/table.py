"""One file into one table of a draft: read as text, typed, checked, merged by key.

Everything is done by DuckDB over whole columns. The file is read twice only when a row of it is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import duckdb
import sqlalchemy as sa

from data_access.errors import FeedError
from data_access.loading.cells import Cell, cell_of, is_key, prove_date_format, text_of
from data_access.loading.draft import derived_columns, duckdb_type, fed_columns, insert, quoted
from data_access.loading.mapping import Mapping
from data_access.loading.refusals import Refusals
from data_access.loading.rules import FLAGGED, REFUSED
from data_access.loading.source import Source
from data_access.schema import metadata
from data_access.settings import settings


@dataclass(slots=True)
class TableResult:
    """What became of one file.

    Attributes:
        table: That it fills.
        name: Of the file.
        sha256: Hash of the file.
        rows: Read, refused ones included.
        rejected: Rows refused.
        flagged: Rows kept although something about them is odd.
        notes: What a person should know.
    """

    table: str
    name: str
    sha256: str
    encoding: str | None
    rows: int = 0
    rejected: int = 0
    flagged: int = 0
    notes: list[str] = field(default_factory=list[str])


def load_table(
    connection: duckdb.DuckDBPyConnection, source: Source, mapping: Mapping, currency: str, refusals: Refusals
) -> TableResult:
    """Merge a file into its table, refused rows left out and handed to `refusals`.

    Raises:
        FeedError: the file cannot be read, is too large, or has a column whose dates prove no format.
    """
    result = TableResult(source.file.table, source.file.path.name, source.sha256, source.encoding)
    columns = {column.name: column for column in fed_columns(result.table)}
    cells = _cells(connection, source, mapping, currency, columns)
    refusals.begin()
    try:
        _stage(connection, source, cells)
    except duckdb.Error as error:
        raise FeedError(
            f"{result.name} cannot be read as a table: {str(error).splitlines()[0]} Nothing was loaded. "
            "Are its line ends all of one kind, and its quotes closed?"
        ) from error
    broken = source.note_broken(connection)
    read, trimmed, bad = connection.execute(
        'SELECT count(*), count(*) FILTER ("is trimmed"), count(*) FILTER ("is bad") FROM staged'
    ).fetchone() or (0, 0, 0)
    result.rows = read + len(broken)
    if result.rows > settings().feed_rows:
        raise FeedError(
            f"{result.name} has {result.rows:,} rows, more than {settings().feed_rows:,}. Nothing was loaded. "
            "Split it into several loads, or raise the setting `feed_rows`."
        )
    if trimmed:
        result.notes.append(f"{result.name}: white space or another form of the same signs in {trimmed:,} keys.")
    if bad:
        _refuse_cells(connection, source, cells, columns)
    _refuse_duplicates(connection, result.table)
    _candidates(connection, source, columns)
    _refuse_rows(connection, source, columns)
    if _problems(connection):
        _candidates(connection, source, columns)  # without the rows that were refused just now
    result.flagged = _flag(connection, result)
    result.rejected = refusals.end(source, broken)
    _merge(connection, result.table)
    connection.execute("DROP VIEW IF EXISTS candidate")
    connection.execute("DROP TABLE IF EXISTS staged")
    return result


def _cells(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    mapping: Mapping,
    currency: str,
    columns: dict[str, sa.Column[Any]],
) -> dict[str, tuple[str, Cell]]:
    """For each column of the file: SQL of its text, and how to read it."""
    cells: dict[str, tuple[str, Cell]] = {}
    for i, name in enumerate(source.names):
        if not name:
            continue
        column, declared = columns[name], mapping.of(source.file.table)
        text = text_of(connection, column, declared, f"c{i}")
        date_format = declared.date_formats.get(name, "")
        if not date_format and isinstance(column.type, sa.Date | sa.DateTime):
            date_format, doubt = prove_date_format(connection, text, source.select, source.parameters)
            if doubt:
                raise FeedError(
                    f"{source.file.path.name}: the dates of {name} do not prove one format: it {doubt}. Nothing was "
                    f'loaded. Declare it in the mapping: tables.{source.file.table}.date_formats.{name} = "%d/%m/%Y".'
                )
        cells[name] = (text, cell_of(column, declared, date_format, currency, mapping.time_zone))
    return cells


def _stage(connection: duckdb.DuckDBPyConnection, source: Source, cells: dict[str, tuple[str, Cell]]) -> None:
    """Type the file in one pass. A row is bad when a text gave no value, or a required cell is empty.

    The first rows of a table are staged in the form of the table, so that `_merge` need not write them again.
    """
    table = metadata.tables[source.file.table]
    values = {name: cell.value_of(f"r_{name}") for name, (_, cell) in cells.items()}
    read = ", ".join(f"{text} AS r_{name}" for name, (text, _) in cells.items())
    typed = ", ".join(f"{value} AS {quoted(name)}" for name, value in values.items())
    raw = ", ".join(f"r_{name}" for name in cells)
    bad = " OR ".join(
        f"({quoted(name)} IS NULL)"
        if not table.columns[name].nullable
        else f"({quoted(name)} IS NULL AND r_{name} IS NOT NULL)"
        for name in cells
    )
    keys = [f"{quoted(name)} <> r_{name}" for name in cells if is_key(table.columns[name])]
    connection.execute("DROP TABLE IF EXISTS reject_errors")
    connection.execute("DROP TABLE IF EXISTS reject_scans")
    connection.execute("DROP TABLE IF EXISTS staged")
    place = "TEMP TABLE" if _count(connection, f"SELECT count(*) FROM {quoted(table.name)}") else "TABLE"
    absent = [column for column in fed_columns(table.name) if column.name not in cells]
    missing = "".join(f", CAST(NULL AS {duckdb_type(column)}) AS {quoted(column.name)}" for column in absent)
    derived = derived_columns(table.name)
    outputs = [f"{derived.get(name, quoted(name))} AS {quoted(name)}" for name in table.columns.keys()]  # noqa: SIM118 - iterating gives columns
    connection.execute(
        f'CREATE {place} staged AS SELECT {", ".join(outputs)}, {bad} AS "is bad", '
        f'coalesce({" OR ".join(keys) or "false"}, false) AS "is trimmed" '
        f"FROM (SELECT {typed}{missing}, {raw} FROM (SELECT {read} FROM ({source.select})))",
        source.parameters,
    )


def _refuse_cells(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    cells: dict[str, tuple[str, Cell]],
    columns: dict[str, sa.Column[Any]],
) -> None:
    """Read the bad rows again and say of each bad cell what is wrong with it."""
    read = ", ".join(f"{text} AS r_{name}" for name, (text, _) in cells.items())
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE bad AS SELECT * FROM (SELECT row_number() OVER () - 1 AS row, {read} "
        f'FROM ({source.select})) WHERE row IN (SELECT rowid FROM staged WHERE "is bad")',
        source.parameters,
    )
    for name, (_, cell) in cells.items():
        connection.execute(
            f"INSERT INTO problem SELECT row, '{name}', r_{name}, {cell.reason_of(f'r_{name}')} "
            f"FROM bad WHERE r_{name} IS NOT NULL AND {cell.value_of(f'r_{name}')} IS NULL"
        )
        if not columns[name].nullable:
            connection.execute(
                f"INSERT INTO problem SELECT row, '{name}', NULL, 'is empty' FROM bad WHERE r_{name} IS NULL"
            )


def _keys(table: str) -> list[str]:
    return [quoted(column.name) for column in metadata.tables[table].primary_key]


def _refuse_duplicates(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Refuse every row of a key that occurs more than once: nobody can say which of them is right."""
    keys = ", ".join(_keys(table))
    rows, different = connection.execute(
        f'SELECT count(*), count(DISTINCT hash({keys})) FROM staged WHERE NOT "is bad"'
    ).fetchone() or (0, 0)
    if rows > different:  # the hash of a row takes a fraction of the memory of its keys
        shown = " || ' ' || ".join(f"CAST({key} AS VARCHAR)" for key in _keys(table))
        connection.execute(
            f"INSERT INTO problem SELECT rowid, '{keys.replace(chr(34), '')}', {shown}, "
            f"'the key occurs ' || many || ' times in the file' FROM (SELECT rowid, *, "
            f'count(*) OVER (PARTITION BY {keys}) AS many FROM staged WHERE NOT "is bad") WHERE many > 1'
        )


def _candidates(connection: duckdb.DuckDBPyConnection, source: Source, columns: dict[str, sa.Column[Any]]) -> None:
    """The rows as they would stand after the merge: columns that the file lacks keep their known values."""
    table = source.file.table
    absent = [name for name in columns if name not in source.names]
    existing = _count(connection, f"SELECT count(*) FROM {quoted(table)}")
    lacking = [name for name in absent if not columns[name].nullable]
    if lacking and not existing and _count(connection, "SELECT count(*) FROM staged"):
        raise FeedError(
            f"{source.file.path.name} lacks {', '.join(lacking)}, which {table} needs. Nothing was loaded. "
            "Add the column, or name theirs in the mapping."
        )
    join, known = "", dict[str, str]()
    if absent and existing:
        on = " AND ".join(f"known.{key} = staged.{key}" for key in _keys(table))
        join, known = f"LEFT JOIN {quoted(table)} AS known ON {on}", {name: f"known.{quoted(name)}" for name in absent}
    fields = [f"{known.get(name, f'staged.{quoted(name)}')} AS {quoted(name)}" for name in columns]
    excluded = " AND staged.rowid NOT IN (SELECT row FROM problem)" if _problems(connection) else ""
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW candidate AS SELECT staged.rowid AS row, {', '.join(fields)} FROM staged {join} "
        f'WHERE NOT "is bad"{excluded}'
    )


def _problems(connection: duckdb.DuckDBPyConnection) -> int:
    return _count(connection, "SELECT count(*) FROM problem")


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int((connection.execute(query).fetchone() or (0,))[0])


def _refuse_rows(connection: duckdb.DuckDBPyConnection, source: Source, columns: dict[str, sa.Column[Any]]) -> None:
    """Refuse new rows that lack what the table needs, references to nothing, and dates in an impossible order."""
    table = source.file.table
    found: list[str] = []
    for name, column in columns.items():
        if name not in source.names and not column.nullable:
            found.append(
                f"SELECT row, '{name}', NULL, 'is needed by a new row, and the file has no such column' "
                f"FROM candidate WHERE {quoted(name)} IS NULL"
            )
        if name in source.names and (parent := column.info["refers"]):
            key = quoted(f"{parent}_id")
            known = f"SELECT {key} FROM {quoted(parent)}" + (
                f" UNION ALL SELECT {key} FROM candidate" * (parent == table)
            )
            found.append(
                f"SELECT row, '{name}', {quoted(name)}, 'is not in {parent}' FROM candidate "
                f"WHERE {quoted(name)} IS NOT NULL AND {quoted(name)} NOT IN ({known})"
            )
    found.extend(
        f"SELECT row, '{rule.column}', CAST({rule.column} AS VARCHAR), '{rule.words}' "
        f"FROM candidate AS row_of WHERE {rule.condition}"
        for rule in REFUSED.get(table, ())
    )
    if found:
        connection.execute(f"INSERT INTO problem {' UNION ALL '.join(found)}")


def _flag(connection: duckdb.DuckDBPyConnection, result: TableResult) -> int:
    """Count rows that are kept although they are odd."""
    rules = FLAGGED.get(result.table, ())
    if not rules:
        return 0
    counts = ", ".join(f"count(*) FILTER ({rule.condition})" for rule in rules)
    either = " OR ".join(f"({rule.condition})" for rule in rules)
    flagged, *each = connection.execute(
        f"SELECT count(*) FILTER ({either}), {counts} FROM candidate AS row_of"
    ).fetchone() or (0,)
    for rule, rows in zip(rules, each, strict=False):
        if rows:
            result.notes.append(f"{result.name}: {rows:,} {rule.words} (kept).")
    return int(flagged)


def _merge(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Put the candidates in the place of the rows of the same key, and keep all others."""
    values = {column.name: quoted(column.name) for column in fed_columns(table)}
    if not _count(connection, f"SELECT count(*) FROM {quoted(table)}"):
        if not _problems(connection):
            _take_over(connection, table)
            return
        insert(connection, table, values, "candidate")
        return
    if not _count(connection, "SELECT count(*) FROM candidate"):
        return
    same = " AND ".join(f"candidate.{key} = known.{key}" for key in _keys(table))
    connection.execute(
        f"CREATE TABLE merged AS SELECT * FROM {quoted(table)} AS known "
        f"WHERE NOT EXISTS (SELECT 1 FROM candidate WHERE {same})"
    )
    insert(connection, table, values, "candidate", into="merged")
    connection.execute(f"DROP TABLE {quoted(table)}")
    connection.execute(f"ALTER TABLE merged RENAME TO {quoted(table)}")


def _take_over(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Let the staged rows be the table: the first load of a table whose file has nothing to refuse."""
    connection.execute("DROP VIEW candidate")
    connection.execute(f"DROP TABLE {quoted(table)}")
    connection.execute('ALTER TABLE staged DROP COLUMN "is bad"')
    connection.execute('ALTER TABLE staged DROP COLUMN "is trimmed"')
    connection.execute(f"ALTER TABLE staged RENAME TO {quoted(table)}")
