"""Tables of a PostgreSQL warehouse: rows under a name made from their content, seen through the views of a version.

Two versions whose rows of a table are the same share them. The name is a fingerprint of the rows, of the columns, and
of the tables that decide who may see the rows, so that a rule which looks into another table always looks into that
of the same version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Mapping
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import sqlalchemy as sa
from psycopg import errors, sql
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from data_access.duckdb_types import duckdb_type, quoted
from data_access.schema import CONTRACT, Through, metadata
from data_access.versions.store import Progress

SCHEMA = "branchlight_tables"
LAYOUT = "l3"
"""Raised when tables are to be written anew although their rows are the same: other indexes, rules or types.

It stands in the name of a table, where no digit of a fingerprint could be taken for it.
"""

BLOCK = 1 << 20
"""Bytes sent to the server at once."""

_FILTERED = ("branch_id", "campaign_id", "customer_id", "staff_id", "week_start", "month_no", "assigned_week")

_UNSEEN = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relkind = 'r' AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
    AND d.refobjid = c.oid)
"""

_SHOWN = """
SELECT DISTINCT v.relname, t.relname FROM pg_class v JOIN pg_namespace n ON n.oid = v.relnamespace
JOIN pg_rewrite r ON r.ev_class = v.oid
JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace s ON s.oid = t.relnamespace
WHERE n.nspname = %s AND s.nspname = %s AND v.relkind = 'v' AND t.relkind = 'r'
"""

Session = psycopg.Connection[tuple[Any, ...]]


def names(source: duckdb.DuckDBPyConnection, left: Mapping[str, str]) -> dict[str, str]:
    """The name of each table of a draft in `SCHEMA`, by its name in the contract; `left` for those it does not hold."""
    prints = {name: _fingerprint(source, table) for name, table in metadata.tables.items() if name not in left}
    return dict(left) | {name: f"{name}_{LAYOUT}{_digest(prints, name)}" for name in prints}


def _fingerprint(source: duckdb.DuckDBPyConnection, table: sa.Table) -> str:
    """Columns and rows of a table in short: the same for the same rows in any order.

    DuckDB's hash is good for 64 bits; it is hashed again because its combination of columns is linear, and summed
    because rows that are exclusive-ored could trade their values unseen.
    """
    listed = ", ".join(quoted(column.name) for column in table.columns)
    row = f"hash(hash({listed}))"
    rows = source.table(table.name).aggregate(f"count(*), sum({row}), bit_xor({row})").fetchone()
    columns = [f"{column.name} {duckdb_type(column)}" for column in table.columns]
    return f"{duckdb.__version__} {columns} {rows}"


def _digest(prints: dict[str, str], name: str) -> str:
    told, seen = [prints[name]], name
    while isinstance(rule := metadata.tables[seen].info["scope"], Through):
        seen = rule.parent
        told.append(prints[seen])
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:22]


def shown(session: Session, schema: str) -> dict[str, str]:
    """The tables of this layout that the views of a version show, by their name in the contract."""
    found = session.execute(_SHOWN, (schema, SCHEMA)).fetchall()
    return {str(view): str(name) for view, name in found if name.startswith(f"{view}_{LAYOUT}")}


def exists(session: Session, name: str) -> bool:
    """Whether rows of this name lie there already."""
    found = session.execute(
        "SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relname = %s",
        (SCHEMA, name),
    )
    return found.fetchone() is not None


def unseen(session: Session) -> list[str]:
    """Tables that no version shows any more, those first on which no other depends."""
    found = [str(name) for (name,) in session.execute(_UNSEEN, (SCHEMA,))]
    order = [*CONTRACT, *(name for name in metadata.tables if name not in CONTRACT)]
    known = {table: place for place, table in enumerate(order)}
    return sorted(found, key=lambda name: known.get(name.rpartition("_")[0], len(known)), reverse=True)


def show(session: Session, table: sa.Table, name: str, schema: str) -> None:
    """Make the view of a version on its rows. Who asks needs their own right to the rows."""
    session.execute(
        sql.SQL("CREATE VIEW {} WITH (security_invoker = true) AS SELECT {} FROM {}").format(
            sql.Identifier(schema, table.name), _listed(column.name for column in table.columns),
            sql.Identifier(SCHEMA, name),
        )
    )  # fmt: skip


def push(
    source: duckdb.DuckDBPyConnection, table: sa.Table, target: Session, name: str, file: Path, progress: Progress
) -> None:
    """Make a table, COPY its rows, then build what reading it needs; `file` is scratch."""
    bare = sa.Table(name, sa.MetaData(), *(sa.Column(c.name, c.type) for c in table.columns), schema=SCHEMA)
    target.execute(str(CreateTable(bare).compile(dialect=postgresql.dialect())).encode())
    source.table(table.name).select(*(duckdb.ColumnExpression(column.name) for column in table.columns)).to_csv(
        str(file), header=False, quoting="ALL", quotechar='"', escapechar='"', sep=","
    )  # an empty text is quoted, a missing value is not: the distinction that PostgreSQL makes, too
    size = file.stat().st_size
    place = sql.Identifier(SCHEMA, name)
    query = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(place, _listed(c.name for c in table.columns))
    with file.open("rb") as written, target.cursor().copy(query) as copy:
        while block := written.read(BLOCK):
            copy.write(block)
            progress(f"copying {table.name} to PostgreSQL", written.tell(), size)
    file.unlink()
    _index(target, place, name, table)


def _index(target: Session, place: sql.Identifier, name: str, table: sa.Table) -> None:
    """Key, indexes on what pages filter by, and the statistics that tell the planner what goes together."""
    key = _listed(column.name for column in table.primary_key)
    target.execute(sql.SQL("ALTER TABLE {} ADD PRIMARY KEY ({})").format(place, key))
    filtered = [column for column in _FILTERED if column in table.columns and not table.columns[column].primary_key]
    for column in filtered:
        target.execute(sql.SQL("CREATE INDEX ON {} ({})").format(place, sql.Identifier(column)))
    together = [column for column in ("branch_id", "campaign_id", "arm") if column in table.columns]
    if len(together) > 1:
        target.execute(
            sql.SQL("CREATE STATISTICS {} (ndistinct, dependencies) ON {} FROM {}").format(
                sql.Identifier(SCHEMA, f"{name}_together"), _listed(together), place
            )
        )
    target.execute(sql.SQL("ANALYZE {}").format(place))


def pull(source: Session, schema: str, table: sa.Table, target: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Copy a table of a version into a draft, through a file because both sides speak CSV.

    A version written under an older contract may lack the table or some of its columns; the draft gains them.
    """
    held = source.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
        (sql.Identifier(schema, table.name).as_string(),),
    ).fetchall()
    columns = [column for column in table.columns if (column.name,) in held]
    if not columns:
        return
    query = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT csv, FORCE_QUOTE *)").format(
        _listed(column.name for column in columns), sql.Identifier(schema, table.name)
    )
    with file.open("wb") as written, source.cursor().copy(query) as copy:
        for block in copy:
            written.write(block)
    # The line end is named because DuckDB would take a carriage return inside the first text for it.
    types = ", ".join(f"{quoted(column.name)}: '{duckdb_type(column)}'" for column in columns)
    target.sql(
        f"FROM read_csv(?, header = false, auto_detect = false, columns = {{{types}}}, delim = ',', quote = '\"', "
        "escape = '\"', new_line = '\\n', nullstr = '', allow_quoted_nulls = false)",
        params=[str(file)],
    ).create(table.name)
    file.unlink()


def refuse_lost(schema: str, target: duckdb.DuckDBPyConnection, left: Container[str]) -> None:
    """Refuse a version that lacks a table which it says it holds: absent there is damage, not an older contract.

    Tables that were `left` lie there.

    Raises:
        UndefinedTable: as the server would have said, had it been asked for that table.
    """
    held = {name for (name,) in target.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if "warehouse_version" not in held or "version_table" not in held:
        raise errors.UndefinedTable(f"{schema} lacks the tables that describe it")
    listed = target.execute('SELECT table_name FROM version_table WHERE "rows" > 0').fetchall()
    if lost := sorted(name for (name,) in listed if name not in held and name not in left):
        raise errors.UndefinedTable(f"{schema} lacks {', '.join(lost)}")


def _listed(columns: Any) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in columns)
