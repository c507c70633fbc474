"""What the current version of a warehouse says of itself, on either engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, NoResultFound

from data_access.errors import NoVersionError, StoreError
from data_access.loading.notes import told
from data_access.said import marked
from data_access.schema import metadata
from data_access.settings import settings
from data_access.versions.contract import lacking
from data_access.versions.store import ROLLBACK, Store, first_line

COUNTED = ("table_name", "rows", "rejected", "flagged", "loaded_at", "as_of")
"""Columns of `version_table` that are told."""


@dataclass(frozen=True, slots=True)
class Description:
    """What a version says of itself.

    Attributes:
        version: The row of `warehouse_version`, by column, its note in English.
        tables: `COUNTED` of each table that holds something.
        lacks: Tables and columns of the contract that an older program published it without.
    """

    version: dict[str, Any]
    tables: list[tuple[Any, ...]]
    lacks: tuple[str, ...]


def describe_current(store: Store) -> Description:
    """Read the description of the current version.

    Raises:
        NoVersionError: nothing was published yet.
        StoreError: the current version is damaged.
    """
    version = store.current()
    if version is None:
        raise NoVersionError.of(marked("The warehouse has no version yet. Build the demo bank, or load a feed."))
    about, tables = metadata.tables["warehouse_version"], metadata.tables["version_table"]
    engine = store.engine(version, settings())
    try:
        with engine.connect() as connection:
            lacks = lacking(connection, store.schema(version))
            known = [column for column in about.c if f"{about.name}.{column.name}" not in lacks]
            row = connection.execute(sa.select(*known)).mappings().one()
            held = sa.or_(tables.c["rows"] > 0, tables.c["rejected"] > 0)
            shown = [sa.null().label(name) if f"{tables.name}.{name}" in lacks else tables.c[name] for name in COUNTED]
            counted = [tuple(found) for found in connection.execute(sa.select(*shown).where(held))]
    except (DBAPIError, NoResultFound) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise StoreError.of(
            marked("The current version {version} in {place} cannot be read: “{why}”. {remedy}"),
            version=version.id,
            place=store.shown,
            why=first_line(cause),
            remedy=ROLLBACK,
        ) from error
    finally:
        engine.dispose()
    return Description({**row, "note": told(row.get("note") or "")}, counted, lacks)
