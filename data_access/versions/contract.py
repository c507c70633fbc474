"""Whether a version has all that this program's contract asks for: one that an older program published may not."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from data_access.schema import metadata

_HELD = sa.table(
    "columns",
    sa.column("table_schema", sa.Text),
    sa.column("table_name", sa.Text),
    sa.column("column_name", sa.Text),
    schema="information_schema",
)


def lacking(connection: sa.Connection, schema: str) -> tuple[str, ...]:
    """Tables and columns of the contract that the version in a schema was published without.

    A table that the version says it holds is not among them: where it is gone, the version is damaged.
    """
    asked = sa.select(_HELD.c["table_name"], _HELD.c["column_name"]).where(_HELD.c["table_schema"] == schema)
    held = {(name, column) for name, column in connection.execute(asked)}
    if ("version_table", "table_name") not in held:
        return ()
    told = set(connection.scalars(sa.select(metadata.tables["version_table"].c["table_name"])))
    return tuple(_lacking(held, told))


def _lacking(held: set[tuple[str, str]], told: set[str]) -> Iterator[str]:
    tables = {name for name, _ in held}
    for name, table in metadata.tables.items():
        if name in tables:
            yield from (f"{name}.{column.name}" for column in table.c if (name, column.name) not in held)
        elif name not in told:
            yield name
