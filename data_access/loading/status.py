"""What the current version of a warehouse says of itself, on either engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import sqlalchemy as sa

from data_access.errors import NoVersionError
from data_access.schema import metadata
from data_access.versions import Store


@dataclass(frozen=True, slots=True)
class Description:
    """The row of `warehouse_version` by column, and what `version_table` counts of tables that hold something."""

    version: dict[str, Any]
    tables: list[tuple[Any, ...]]


def describe_current(store: Store) -> Description:
    """Read the description of the current version.

    Raises:
        NoVersionError: nothing was published yet.
    """
    version = store.current()
    if version is None:
        raise NoVersionError("The warehouse has no version yet. Build the demo bank, or load a feed.")
    about, tables = metadata.tables["warehouse_version"], metadata.tables["version_table"]
    if version.path is not None:
        with duckdb.connect(version.path, read_only=True) as connection:
            found = connection.table(about.name).fetchone() or ()
            held = connection.table(tables.name).filter('"rows" > 0 OR rejected > 0')
            counted = held.select("table_name", "rows", "rejected", "flagged", "loaded_at").fetchall()
        return Description(dict(zip(about.columns.keys(), found, strict=True)), counted)
    url = sa.make_url(store.url).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, execution_options={"schema_translate_map": {None: version.schema}})
    with engine.connect() as connection:
        row = connection.execute(sa.select(about)).mappings().one()
        held = sa.or_(tables.c.rows > 0, tables.c.rejected > 0)
        shown = [tables.c[name] for name in ("table_name", "rows", "rejected", "flagged", "loaded_at")]
        counted = [tuple(found) for found in connection.execute(sa.select(*shown).where(held))]
    engine.dispose()
    return Description(dict(row), counted)
