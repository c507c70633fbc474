"""Versions of the warehouse: the store at an address, and the words that all who load or read versions share."""

from __future__ import annotations

from pathlib import Path

from data_access.errors import StoreError
from data_access.said import marked
from data_access.settings import masked
from data_access.versions.folder import FolderStore
from data_access.versions.store import Draft, Progress, Store, Version, new_version_id, silent

__all__ = ["Draft", "Progress", "Store", "Version", "new_version_id", "open_store", "silent"]


def open_store(url: str) -> Store:
    """The store at a PostgreSQL URL or, for anything else, in a folder of DuckDB files (made at the first load).

    Raises:
        StoreError: the URL names a database that holds no warehouse, or cannot be read.
    """
    scheme, separator, _ = url.partition("://")
    if not separator:
        return FolderStore(Path(url))
    if scheme.split("+")[0] in ("postgresql", "postgres"):
        from data_access.versions.postgresql import PostgresStore  # the driver is loaded only where it is used

        return PostgresStore(url)
    raise StoreError.of(
        marked(
            "A warehouse is a folder of DuckDB files or a postgresql:// address, not {place}. "
            "Nothing was read. Change the setting `warehouse`."
        ),
        place=masked(url),
    )
