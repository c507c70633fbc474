"""The default demo bank in memory, once for all tests, with its truth beside it."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pytest

from data_access.demo import SCALE, SEED, Truth, generate


def tables_of(scale: float, seed: int, truth: Truth | None = None) -> dict[str, pa.Table]:
    """Whole tables of a demo bank, the parts of each joined."""
    parts: dict[str, list[pa.Table]] = {}
    for name, part in generate(scale, seed, truth=truth):
        parts.setdefault(name, []).append(part)
    return {name: pa.concat_tables(several) for name, several in parts.items()}


@pytest.fixture(scope="session")
def told() -> Truth:
    return Truth()


@pytest.fixture(scope="session")
def tables(told: Truth) -> dict[str, pa.Table]:
    return tables_of(SCALE, SEED, told)


@pytest.fixture(scope="session")
def bank(tables: dict[str, pa.Table], told: Truth) -> Iterator[duckdb.DuckDBPyConnection]:
    """Every table under its own name, and the truth as `truth_campaign`, `truth_staff`, `truth_customer`."""
    with duckdb.connect() as connection:
        for name, rows in tables.items():
            connection.register(name, rows)
        for name, rows in told.tables.items():
            connection.register(f"truth_{name}", rows)
        yield connection
