"""The small bank as a warehouse on both engines, and readers for anyone on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from data_access.engines import Warehouse
from data_access.reading.reader import Reader
from data_access.versions import open_store
from tests.data_access.edge_bank import BANK
from tests.data_access.small_bank import Bank, bank_of, publish, random_bank, viewer, warehouse_of

ENGINES = ("duckdb", "postgresql")


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


@pytest.fixture(scope="session", params=ENGINES)
def edges(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    postgresql_server: Callable[[str], str],
) -> Iterator[Warehouse]:
    """The bank of edges on each engine in turn."""
    duck = request.param == "duckdb"
    warehouse = warehouse_of(str(tmp_path_factory.mktemp("edges")) if duck else postgresql_server("edges"))
    publish(bank_of(BANK), warehouse.store)
    yield warehouse
    warehouse.close()
