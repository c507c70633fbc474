"""One file into one table of a draft: read as text, typed, checked, merged by key.

Everything is done by DuckDB over whole columns. The file is read twice only when a cell of it is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import duckdb
import sqlalchemy as sa

from data_access.errors import FeedError
from data_access.loading import checks
from data_access.loading.cells import Cell, cell_of, guarded, is_key, prove_date_format, text_of
from data_access.loading.checks import count, key_names
from data_access.loading.draft import derived_columns, duckdb_type, fed_columns, insert, load_day, quoted
from data_access.loading.files.mapping import Mapping
from data_access.loading.files.source import Source
from data_access.loading.notes import ALIKE, BLANK_LINES, CELLS_LEFT_OUT, LINES_INSIDE, TRIMMED, Note
from data_access.loading.reasons import unpack
from data_access.loading.refusals import Refusals
from data_access.loading.rules import FLAGGED
from data_access.said import marked
from data_access.schema import metadata
from data_access.settings import settings

LINE_ENDS = 20
"""Line ends inside one cell from which a quote was rather forgotten than meant."""


@dataclass(slots=True)
class TableResult:
    """What became of one file.

    Attributes:
        table: That it fills.
        name: Of the file.
        sha256: Hash of the file.
        rows: Read, refused ones included.
        rejected: Rows refused, or kept without a cell that was refused.
        left_out: Rows refused.
        flagged: Rows kept although something about them is odd.
        notes: What a person should know.
    """

    table: str
    name: str
    sha256: str
    encoding: str | None
    rows: int = 0
    rejected: int = 0
    left_out: int = 0
    flagged: int = 0
    notes: list[Note] = field(default_factory=list[Note])


def load_table(
    connection: duckdb.DuckDBPyConnection, source: Source, mapping: Mapping, currency: str, refusals: Refusals
) -> TableResult:
    """Merge a file into its table, refused rows and cells left out and handed to `refusals`.

    A required cell that is refused costs its row; any other costs itself: the row keeps what was known there.

    Raises:
        FeedError: the file cannot be read, is too large, or has a column whose dates prove no format.
    """
    result = TableResult(source.file.table, source.file.path.name, source.sha256, source.encoding)
    columns = {column.name: column for column in fed_columns(result.table)}
    connection.execute("SET VARIABLE today = ?::DATE", [load_day()])
    refusals.begin()
    try:
        cells = _cells(connection, source, mapping, currency, columns)
        _stage(connection, source, cells)
    except duckdb.Error as error:
        raise _unreadable(source, error) from error
    broken = source.note_broken(connection)
    read, trimmed, bad = connection.execute(
        'SELECT count(*), count(*) FILTER ("is trimmed"), count(*) FILTER ("is bad" OR "is odd") FROM staged'
    ).fetchone() or (0, 0, 0)
    result.rows = read + len(broken)
    if result.rows > settings().feed_rows:
        raise FeedError.of(
            marked(
                "{file} has {rows:,} rows, more than {limit:,}. Nothing was loaded. Split it into several "
                "loads, or raise the setting `feed_rows`."
            ),
            file=result.name,
            rows=result.rows,
            limit=settings().feed_rows,
        )
    if trimmed:
        result.notes.append(Note.of(TRIMMED, file=result.name, n=trimmed))
    _account_for_lines(connection, source, result)
    if source.file.mapping.distinct and (alike := checks.drop_alike(connection, result.table)):
        result.rows -= alike
        result.notes.append(Note.of(ALIKE, file=result.name, n=alike, table=result.table))
    checks.refuse_totals(connection, source, cells)
    if bad:
        checks.refuse_cells(connection, source, cells, columns)
    checks.refuse_duplicates(connection, result.table)
    checks.settle(connection, result.table)
    _candidates(connection, source, columns)
    checks.refuse_rows(connection, source, columns)
    _candidates(connection, source, columns)  # without the rows that were refused just now
    checks.refuse_references(connection, source, columns, required=False)
    checks.settle(connection, result.table)
    result.flagged = _flag(connection, result)
    checks.remember_keys(connection, refusals, source, broken)
    result.rejected, result.left_out = refusals.end(source, broken)
    if kept := result.rejected - result.left_out:
        result.notes.append(Note.of(CELLS_LEFT_OUT, file=result.name, n=kept))
    _merge(connection, result.table)
    connection.execute("DROP VIEW IF EXISTS candidate")
    connection.execute("DROP TABLE IF EXISTS staged")
    return result


def _unreadable(source: Source, error: duckdb.Error) -> FeedError | duckdb.Error:
    """What to say of a file that DuckDB gives up on; that the machine ran out of room is no fault of the file."""
    if isinstance(error, duckdb.OutOfMemoryException | duckdb.InterruptException):
        return error
    name = source.file.path.name
    if source.ends and source.ends.mixed:
        return FeedError.of(
            marked(
                "{name} mixes line ends ({ends}), so that nobody knows where a row ends. Nothing was loaded. "
                "Save it with line ends of one kind."
            ),
            name=name,
            ends=source.ends.mixed,
        )
    return FeedError.of(
        marked(
            "{name} cannot be read as a table: “{error}” Nothing was loaded. Are its quotes closed, and its "
            "rows shorter than 2 MB?"
        ),
        name=name,
        error=str(error).splitlines()[0],
    )


def _account_for_lines(connection: duckdb.DuckDBPyConnection, source: Source, result: TableResult) -> None:
    """Say which physical lines of a file became no row of their own.

    Raises:
        FeedError: a single cell holds so many lines that a quote was forgotten.
    """
    if source.ends is None or source.ends.lines <= result.rows + 1:
        return
    ends = " + ".join(f"coalesce(length(c{i}) - length(replace(c{i}, chr(10), '')), 0)" for i in range(source.width))
    each = ", ".join(f"coalesce(length(c{i}) - length(replace(c{i}, chr(10), '')), 0)" for i in range(source.width))
    inside, rows, most = connection.execute(
        f"SELECT coalesce(sum({ends}), 0), count(*) FILTER ({ends} > 0), max(greatest({each}, 0)) "
        f"FROM ({source.select})",
        source.parameters,
    ).fetchone() or (0, 0, 0)
    source.forget_broken(connection)
    if most and most > LINE_ENDS:
        raise FeedError.of(
            marked(
                "{file}: a cell holds {lines:,} lines, so a quote was opened and not closed where it should "
                "be. Nothing was loaded. Close it."
            ),
            file=result.name,
            lines=most + 1,
        )
    if rows:
        result.notes.append(Note.of(LINES_INSIDE, file=result.name, n=rows, inside=int(inside)))
    if blank := source.ends.lines - result.rows - 1 - int(inside):
        result.notes.append(Note.of(BLANK_LINES, file=result.name, n=max(blank, 0)))


def _cells(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    mapping: Mapping,
    currency: str,
    columns: dict[str, sa.Column[Any]],
) -> dict[str, tuple[str, Cell]]:
    """For each column of the file: SQL of its text, and how to read it."""
    cells: dict[str, tuple[str, Cell]] = {}
    declared = source.file.mapping
    places = {name: f"c{place}" for name, place in source.columns}
    for name, constant in declared.constants.items():
        connection.execute(f"SET VARIABLE constant_{name} = ?::VARCHAR", [constant])
        places[name] = f"getvariable('constant_{name}')"
    if declared.numbered:
        places[declared.numbered] = "number"
    for name, place in places.items():
        column = columns[name]
        text = text_of(connection, column, declared, place)
        date_format = declared.date_formats.get(name, "")
        if not date_format and isinstance(column.type, sa.Date | sa.DateTime):
            date_format, doubt = prove_date_format(connection, text, source.select, source.parameters)
            if doubt:
                raise FeedError.of(
                    marked(
                        "{file}: the dates of {name} do not prove one format: it {doubt}. Nothing was "
                        'loaded. Declare it in the mapping: tables.{table}.date_formats.{name} = "%d/%m/%Y".'
                    ),
                    file=source.file.path.name,
                    name=name,
                    doubt=doubt,
                    table=source.file.table,
                )
        cell = cell_of(column, declared, date_format, currency, mapping.time_zone)
        cells[name] = (text, guarded(cell, controls=source.controls) if source.controls else cell)
    return cells


def _stage(connection: duckdb.DuckDBPyConnection, source: Source, cells: dict[str, tuple[str, Cell]]) -> None:
    """Type the file in one pass. A row is bad without a required cell, and odd when another text gave no value.

    The first rows of a table are staged in the form of the table, so that `_merge` need not write them again.
    """
    table = metadata.tables[source.file.table]
    values = {name: cell.value_of(f"r_{name}") for name, (_, cell) in cells.items()}
    read = ", ".join(f"{text} AS r_{name}" for name, (text, _) in cells.items())
    typed = ", ".join(f"{value} AS {quoted(name)}" for name, value in values.items())
    raw = ", ".join(f"r_{name}" for name in cells)
    bad = " OR ".join(f"({quoted(name)} IS NULL)" for name in cells if not table.columns[name].nullable)
    odd = " OR ".join(
        f"({quoted(name)} IS NULL AND r_{name} IS NOT NULL)" for name in cells if table.columns[name].nullable
    )
    keys = [f"{quoted(name)} <> r_{name}" for name in cells if is_key(table.columns[name])]
    connection.execute("DROP TABLE IF EXISTS reject_errors")
    connection.execute("DROP TABLE IF EXISTS reject_scans")
    connection.execute("DROP TABLE IF EXISTS staged")
    place = "TEMP TABLE" if count(connection, f"SELECT count(*) FROM {quoted(table.name)}") else "TABLE"
    absent = [column for column in fed_columns(table.name) if column.name not in cells]
    missing = "".join(f", CAST(NULL AS {duckdb_type(column)}) AS {quoted(column.name)}" for column in absent)
    derived = derived_columns(table.name)
    outputs = [f"{derived.get(name, quoted(name))} AS {quoted(name)}" for name in table.columns.keys()]  # noqa: SIM118 - iterating gives columns
    connection.execute(
        f'CREATE {place} staged AS SELECT {", ".join(outputs)}, {bad} AS "is bad", {odd or "false"} AS "is odd", '
        f'coalesce({" OR ".join(keys) or "false"}, false) AS "is trimmed" '
        f"FROM (SELECT {typed}{missing}, {raw} FROM (SELECT {read} FROM ({source.select})))",
        source.parameters,
    )


def _candidates(connection: duckdb.DuckDBPyConnection, source: Source, columns: dict[str, sa.Column[Any]]) -> None:
    """The rows as they would stand after the merge: columns that the file lacks keep their known values."""
    table = source.file.table
    absent = [name for name in columns if name not in source.names]
    existing = count(connection, f"SELECT count(*) FROM {quoted(table)}")
    lacking = [name for name in absent if not columns[name].nullable]
    if lacking and not existing and count(connection, "SELECT count(*) FROM staged"):
        raise FeedError.of(
            marked(
                "{file} lacks {columns}, which {table} needs. Nothing was loaded. Add the column, or name "
                "theirs in the mapping."
            ),
            file=source.file.path.name,
            columns=", ".join(lacking),
            table=table,
        )
    join, known = "", dict[str, str]()
    if absent and existing:
        on = " AND ".join(f"known.{key} = staged.{key}" for key in key_names(table))
        join, known = f"LEFT JOIN {quoted(table)} AS known ON {on}", {name: f"known.{quoted(name)}" for name in absent}
    fields = [f"{known.get(name, f'staged.{quoted(name)}')} AS {quoted(name)}" for name in columns]
    excluded = " AND staged.rowid NOT IN (SELECT row FROM problem WHERE hard)" if checks.problems(connection) else ""
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW candidate AS SELECT staged.rowid AS row, {', '.join(fields)} FROM staged {join} "
        f'WHERE NOT "is bad"{excluded}'
    )


def _flag(connection: duckdb.DuckDBPyConnection, result: TableResult) -> int:
    """Count rows that are kept although they are odd."""
    rules = FLAGGED[result.table]
    if not rules:
        return 0
    counts = ", ".join(f"count(*) FILTER ({rule.condition})" for rule in rules)
    either = " OR ".join(f"({rule.condition})" for rule in rules)
    flagged, *each = connection.execute(
        f"SELECT count(*) FILTER ({either}), {counts} FROM candidate AS row_of"
    ).fetchone() or (0,)
    for rule, rows in zip(rules, each, strict=False):
        if rows:
            template, values = unpack(rule.words)
            result.notes.append(Note.of(template, file=result.name, n=rows, **values))
    return int(flagged)


def _merge(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Put the candidates in the place of the rows of the same key, and keep all others."""
    values = {column.name: quoted(column.name) for column in fed_columns(table)}
    if not count(connection, f"SELECT count(*) FROM {quoted(table)}"):
        if not checks.problems(connection):
            _take_over(connection, table)
            return
        insert(connection, table, values, "candidate")
        return
    if not count(connection, "SELECT count(*) FROM candidate"):
        return
    same = " AND ".join(f"candidate.{key} = known.{key}" for key in key_names(table))
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
    connection.execute('ALTER TABLE staged DROP COLUMN "is odd"')
    connection.execute('ALTER TABLE staged DROP COLUMN "is trimmed"')
    connection.execute(f"ALTER TABLE staged RENAME TO {quoted(table)}")
