"""A small feed that is right, a way to change it, and the stores that it is loaded into."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from data_access.loading.load import Report, check_feed, load_feed
from data_access.loading.refusals import read_allowance
from data_access.versions import Store, open_store
from data_access.versions.folder import FolderStore

RIGHT = {
    "branch": "branch_id,name,region\n001,Harbour,North\n002,Old Town,North\n",
    "customer": "customer_id,branch_id,opened_on,birth_year,segment\n01,001,2020-02-13,1980,senior\n02,002,,,\n",
    "campaign": (
        "campaign_id,name,objective,starts_on,ends_on,attribution_days,assignment\n"
        "c1,Spring,grow,2024-01-01,2024-02-01,30,randomised\n"
    ),
    "campaign_member": (
        "campaign_id,customer_id,arm,branch_id,channel,assigned_at,contacted_at,converted_at,sales_amount\n"
        "c1,01,treated,001,phone,2024-01-03 10:00:00,2024-01-04,2024-01-05 09:30:00,1234.50\n"
        "c1,02,control,002,,2024-01-03 10:00:00,,,\n"
    ),
}


@dataclass
class Feed:
    """A folder of feed files and the store that they are loaded into."""

    folder: Path
    store: Store
    rejects: Path
    options: dict[str, Any] = field(default_factory=dict)

    def write(self, table: str, text: str, encoding: str = "utf-8") -> Path:
        path = self.folder / f"{table}.csv"
        path.write_bytes(text.encode(encoding))
        return path

    def right(self, *tables: str) -> Feed:
        for table in tables or RIGHT:
            self.write(table, RIGHT[table])
        return self

    def empty(self) -> Feed:
        for path in self.folder.iterdir():
            path.unlink()
        return self

    def load(self, allow: str = "0", **options: Any) -> Report:
        allowance = read_allowance(allow)
        return load_feed(self.store, self.folder, allowance=allowance, rejects_folder=self.rejects, **options)

    def check(self) -> Report:
        return check_feed(self.store, self.folder, rejects_folder=self.rejects)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return rows_of(self.store, query)


def rows_of(store: Store, query: str) -> list[tuple[Any, ...]]:
    """Rows of the current version, read without any of our reading code."""
    version = store.current()
    assert version is not None
    if isinstance(store, FolderStore):
        with duckdb.connect(store.folder / version.place, read_only=True) as connection:
            return connection.execute(query).fetchall()
    with psycopg.connect(store.url) as connection:
        connection.execute(f"SET search_path TO {version.place}")
        return connection.execute(query).fetchall()


@pytest.fixture
def feed(tmp_path: Path) -> Feed:
    """An empty feed over an empty folder of versions."""
    (tmp_path / "feed").mkdir()
    return Feed(tmp_path / "feed", open_store(str(tmp_path / "warehouse")), tmp_path / "rejects")


_databases = itertools.count()


@pytest.fixture(params=["duckdb", "postgresql"])
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store, of each engine in turn."""
    url = str(tmp_path / "any_warehouse")
    if request.param == "postgresql":
        database: Callable[[str], str] = request.getfixturevalue("postgresql_server")
        url = database(f"loading_{next(_databases)}")
    store = open_store(url)
    yield store
    store.close()


@pytest.fixture
def any_feed(any_store: Store, tmp_path: Path) -> Feed:
    """An empty feed, over an empty store of each engine in turn."""
    (tmp_path / "feed").mkdir(exist_ok=True)
    return Feed(tmp_path / "feed", any_store, tmp_path / "rejects")
