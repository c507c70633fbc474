"""What is wrong with the staged rows of a file: cells, keys, references, and the order of dates.

All of it is SQL over the tables of a load: ``staged`` holds the rows as typed, ``candidate`` as they would stand after
the merge, ``problem`` what was found (see `data_access.loading.refusals`).
"""

from __future__ import annotations

from typing import Any

import duckdb
import sqlalchemy as sa

from data_access.loading import reasons
from data_access.loading.cells import Cell
from data_access.loading.draft import fed_columns, quoted
from data_access.loading.files.source import Broken, Source
from data_access.loading.files.workbook import MARK
from data_access.loading.reasons import because
from data_access.loading.refusals import Refusals
from data_access.loading.rules import REFUSED
from data_access.schema import metadata

TOTALS = "'合计', '总计', '小计', '总数', '合計', '總計', 'total', 'totals', 'grand total', 'subtotal', 'sum total'"
"""What a row of totals is called, in lower case."""


def count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """The number that a query counts."""
    return int((connection.execute(query).fetchone() or (0,))[0])


def problems(connection: duckdb.DuckDBPyConnection) -> int:
    """Problems of the file that cost a row."""
    return count(connection, "SELECT count(*) FROM problem WHERE hard")


def key_names(table: str) -> list[str]:
    """The columns of a table's key, as SQL writes them."""
    return [quoted(column.name) for column in metadata.tables[table].primary_key]


def drop_alike(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """Keep one of the rows that are alike in every column; how many were dropped."""
    columns = ", ".join(quoted(column.name) for column in fed_columns(table))
    before = count(connection, "SELECT count(*) FROM staged")
    connection.execute(
        f'DELETE FROM staged WHERE NOT "is bad" AND NOT "is odd" AND rowid NOT IN '
        f"(SELECT min(rowid) FROM staged GROUP BY {columns})"
    )
    return before - count(connection, "SELECT count(*) FROM staged")


def refuse_totals(connection: duckdb.DuckDBPyConnection, source: Source, cells: dict[str, tuple[str, Cell]]) -> None:
    """Refuse rows that a word in their key calls a row of totals."""
    for column in metadata.tables[source.file.table].primary_key:
        if column.name in cells and isinstance(column.type, sa.Text):
            name = quoted(column.name)
            connection.execute(
                f"INSERT INTO problem SELECT rowid, '{column.name}', {name}, {because(reasons.TOTAL)}, true "
                f'FROM staged WHERE NOT "is bad" AND lower({name}) IN ({TOTALS})'
            )


def refuse_cells(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    cells: dict[str, tuple[str, Cell]],
    columns: dict[str, sa.Column[Any]],
) -> None:
    """Read the bad rows again and say of each bad cell what is wrong with it."""
    read = ", ".join(f"{text} AS r_{name}" for name, (text, _) in cells.items())
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE bad AS SELECT * FROM (SELECT row_number() OVER () - 1 AS row, {read} "
        f'FROM ({source.select})) WHERE row IN (SELECT rowid FROM staged WHERE "is bad" OR "is odd")',
        source.parameters,
    )
    source.forget_broken(connection)
    totals = " OR ".join(f"lower(trim(r_{name})) IN ({TOTALS})" for name in cells)
    connection.execute(
        f"INSERT INTO problem SELECT row, '', NULL, {because(reasons.TOTAL)}, true FROM bad WHERE {totals}"
    )
    connection.execute("DELETE FROM bad WHERE row IN (SELECT row FROM problem)")
    for name, (_, cell) in cells.items():
        raw, hard = f"r_{name}", "false" if columns[name].nullable else "true"
        shown = f"CASE WHEN {raw}[1] = '{MARK}' THEN {raw}[3:] ELSE {raw} END"
        connection.execute(
            f"INSERT INTO problem SELECT row, '{name}', {shown}, {cell.reason_of(raw)}, {hard} "
            f"FROM bad WHERE {raw} IS NOT NULL AND {cell.value_of(raw)} IS NULL"
        )
        if not columns[name].nullable:
            connection.execute(
                f"INSERT INTO problem SELECT row, '{name}', NULL, {because(reasons.EMPTY)}, true FROM bad "
                f"WHERE {raw} IS NULL"
            )
    connection.execute("DROP TABLE bad")


def refuse_duplicates(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Refuse every row of a key that occurs more than once: nobody can say which of them is right."""
    keys = ", ".join(key_names(table))
    rows, different = connection.execute(
        f'SELECT count(*), count(DISTINCT hash({keys})) FROM staged WHERE NOT "is bad"'
    ).fetchone() or (0, 0)
    if rows > different:  # the hash of a row takes a fraction of the memory of its keys
        shown = " || ' ' || ".join(f"CAST({key} AS VARCHAR)" for key in key_names(table))
        head, tail = because(reasons.DUPLICATE, times="?").split('"?"')
        connection.execute(
            f"INSERT INTO problem SELECT rowid, '{keys.replace(chr(34), '')}', {shown}, "
            f"{head}' || many || '{tail}, true FROM (SELECT rowid, *, count(*) OVER (PARTITION BY {keys}) AS many "
            f'FROM staged WHERE NOT "is bad" AND rowid NOT IN (SELECT row FROM problem WHERE hard)) WHERE many > 1'
        )


def settle(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Let a refused cell of a row that is kept say what was known before: nothing, for a new row."""
    odd = connection.execute("SELECT DISTINCT column_name FROM problem WHERE NOT hard").fetchall()
    same = " AND ".join(f"known.{key} = staged.{key}" for key in key_names(table))
    for (column,) in odd:
        name = quoted(column)
        connection.execute(
            f"UPDATE staged SET {name} = (SELECT any_value(known.{name}) FROM {quoted(table)} AS known WHERE {same}) "
            "WHERE rowid IN (SELECT row FROM problem WHERE NOT hard AND column_name = ?)",
            [column],
        )


def refuse_rows(connection: duckdb.DuckDBPyConnection, source: Source, columns: dict[str, sa.Column[Any]]) -> None:
    """Refuse new rows that lack what the table needs, references to nothing, and dates in an impossible order."""
    for name, column in columns.items():
        if name not in source.names and not column.nullable:
            connection.execute(
                f"INSERT INTO problem SELECT row, '{name}', NULL, {because(reasons.NEEDED)}, true "
                f"FROM candidate WHERE {quoted(name)} IS NULL"
            )
    refuse_references(connection, source, columns, required=True)
    for rule in REFUSED.get(source.file.table, ()):
        connection.execute(
            f"INSERT INTO problem SELECT row, '{rule.column}', CAST({quoted(rule.column)} AS VARCHAR), ?, true "
            f"FROM candidate AS row_of WHERE {rule.condition}",
            [rule.words],
        )


def refuse_references(
    connection: duckdb.DuckDBPyConnection, source: Source, columns: dict[str, sa.Column[Any]], *, required: bool
) -> None:
    """Refuse references to rows that are not there: the row where it needs them, else the cell."""
    table = source.file.table
    for name, column in columns.items():
        parent = column.info["refers"]
        if not parent or name not in source.names or column.nullable is required:
            continue
        key = quoted(f"{parent}_id")
        known = f"SELECT {key} FROM {quoted(parent)}" + f" UNION ALL SELECT {key} FROM candidate" * (parent == table)
        refused = f"SELECT key FROM refused_key WHERE table_name = '{parent}'"
        if parent == table:
            refused += f" UNION ALL SELECT {key} FROM staged WHERE rowid IN (SELECT row FROM problem WHERE hard)"
        consequence, cause = because(reasons.PARENT_REFUSED, parent=parent), because(reasons.UNKNOWN, parent=parent)
        connection.execute(
            f"INSERT INTO problem SELECT row, '{name}', value, CASE WHEN value IN (SELECT key FROM ({refused})) "
            f"THEN {consequence} ELSE {cause} END, "
            f"{'true' if required else 'false'} FROM (SELECT row, {quoted(name)} AS value FROM candidate "
            f"WHERE {quoted(name)} IS NOT NULL AND {quoted(name)} NOT IN ({known}))"
        )


def remember_keys(
    connection: duckdb.DuckDBPyConnection, refusals: Refusals, source: Source, broken: list[Broken]
) -> None:
    """Keep the keys of rows that were left out, to tell their consequences in later files from other faults."""
    table = source.file.table
    keys = list(metadata.tables[table].primary_key)
    if len(keys) != 1:
        return
    name = quoted(keys[0].name)
    connection.execute(
        f"INSERT INTO refused_key SELECT ?, {name} FROM staged WHERE {name} IS NOT NULL AND rowid IN "
        "(SELECT row FROM problem WHERE hard)",
        [table],
    )
    refusals.note_broken_keys(table, source.keys_of(broken, keys[0].name))
