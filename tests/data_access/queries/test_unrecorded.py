"""Unknown is not zero: once the feeds do not record a column, whatever is counted by it is missing.

Every nullable column is emptied in turn, and every query that reads it is asked again. A number that was above zero
somewhere and is now zero everywhere pretends to know. Queries and what they read are found by looking.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from cachetools import LRUCache
from sqlalchemy.engine import URL

from data_access import schema
from data_access.cache import FrameCache, Passed
from data_access.reading import compiled
from data_access.reading.reader import Reader
from data_access.settings import Settings
from data_access.versions.store import Version
from tests.data_access.examples import EXAMPLES
from tests.data_access.small_bank import random_bank, viewer, write

NULLABLE = [
    (name, column.name)
    for name in schema.CONTRACT
    for column in schema.metadata.tables[name].c
    if column.nullable and not column.info["derived"]
]

COUNTS_WHAT_IS_KNOWN = re.compile(r"(contacted_)?known_|.*_known$|amount_known$")
"""Numbers that say themselves of how many rows a column is known: 0 is what is true."""

TRUE_ZEROS = {
    # A member may be elsewhere or not whatever arms are recorded; an arm without a flag was not held out.
    ("campaigns.catalogue", "control_arms"),
}


class Editable:
    """A warehouse of one version that can be written to, as no published one can."""

    def __init__(self, path: Path) -> None:
        self.engine = sa.create_engine(
            URL.create("duckdb", database=str(path)),
            connect_args={"config": {"threads": 1}},
            poolclass=sa.pool.StaticPool,
        )
        self.settings = Settings()
        self.cache = FrameCache(0)
        self.passed = Passed(1_000)  # more than there are: each is asked again and again
        self.described: LRUCache[str, Any] = LRUCache(1)
        self.describing = Lock()

    def current(self) -> Version:
        return Version("test", 1, datetime(2024, 7, 1), "bank.duckdb")

    def dialect(self, version: Version) -> sa.Dialect:
        return self.engine.dialect

    def connect(self, version: Version) -> AbstractContextManager[sa.Connection]:
        return self.engine.connect()

    def run(self, *statements: str) -> None:
        with self.engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
        self.described.clear()


@pytest.fixture(scope="module")
def bank(tmp_path_factory) -> Iterator[Editable]:
    """The small bank, with what it lacks: holdings of what was sold, won customers, referrals that led to a sale."""
    bank = random_bank(seed=5, customers=120)
    early, half = pd.Timestamp("2024-01-15"), bank["sale"].index % 2 == 0
    bank["sale"] = bank["sale"].assign(sold_at=bank["sale"]["sold_at"].where(half, early))
    sold = bank["sale"][["customer_id", "product_id", "branch_id"]].drop_duplicates(["customer_id", "product_id"])
    sold = sold.assign(opened_on=early, amount=5, closed_on=pd.Timestamp("2024-06-29"))
    bank["holding"] = sold.reindex(columns=bank["holding"].columns).astype(bank["holding"].dtypes)
    opened = bank["customer"]["opened_on"].where(bank["customer"].index % 2 == 0, pd.Timestamp("2024-05-01"))
    bank["customer"] = bank["customer"].assign(opened_on=opened)
    bank["referral"] = bank["referral"].assign(sale_id="A1")
    bank["version_column"] = pd.DataFrame(
        [
            {"table_name": name, "column_name": column}
            for name in schema.CONTRACT
            for column in bank[name].columns[bank[name].notna().any()]
        ]
    )
    path = tmp_path_factory.mktemp("editable") / "bank.duckdb"
    write(bank, path)
    editable = Editable(path)
    yield editable
    editable.engine.dispose()


CALLS = {
    f"{function.__module__.rpartition('.')[2]}.{function.__name__}-{number}": partial(function, **arguments)
    for function, examples in EXAMPLES.items()
    for number, arguments in enumerate(examples)
}


@pytest.fixture(scope="module")
def recorded(bank) -> dict[str, tuple[pd.DataFrame, str]]:
    """The answer of every query, and the SQL that it asked."""
    reader, asked = Reader(viewer(), bank), []
    checked = reader._checked

    def heard(statement):
        asked.append(compiled.write(statement, type(bank.engine.dialect)))
        return checked(statement)

    reader._checked = heard  # pyright: ignore[reportAttributeAccessIssue]
    answers = {}
    for name, call in CALLS.items():
        asked.clear()
        answers[name] = call(reader), " ".join(asked)
    return answers


def numbers(frame: pd.DataFrame) -> dict[str, pd.Series]:
    kinds = {name: frame[name] for name in frame.select_dtypes("number") if not COUNTS_WHAT_IS_KNOWN.match(name)}
    return {name: values.astype("float64") for name, values in kinds.items()}


def test_most_columns_are_read_by_some_query(recorded):
    read = [pair for pair in NULLABLE if any(f"{pair[0]}.{pair[1]}" in sql for _, sql in recorded.values())]
    assert len(read) > 50


@pytest.mark.parametrize(("table", "column"), NULLABLE, ids=[".".join(pair) for pair in NULLABLE])
def test_what_is_not_recorded_is_missing_and_not_zero(table, column, bank, recorded):
    asking = [name for name, (_, sql) in recorded.items() if f"{table}.{column}" in sql]
    if not asking:
        return
    noted = f"version_column WHERE table_name = '{table}' AND column_name = '{column}'"
    bank.run(
        f"CREATE TEMP TABLE kept AS SELECT rowid AS place, {column} AS value FROM {table}",  # noqa: S608
        f"UPDATE {table} SET {column} = NULL",  # noqa: S608
        f"CREATE TEMP TABLE noted AS SELECT * FROM {noted}",  # noqa: S608
        f"DELETE FROM {noted}",  # noqa: S608
    )
    try:
        reader = Reader(viewer(), bank)
        without = {name: CALLS[name](reader) for name in asking}
    finally:
        bank.run(
            f"UPDATE {table} SET {column} = kept.value FROM kept WHERE {table}.rowid = kept.place",  # noqa: S608
            "INSERT INTO version_column SELECT * FROM noted",
            "DROP TABLE kept",
            "DROP TABLE noted",
        )
    for name, frame in without.items():
        before = numbers(recorded[name][0])
        for number, values in numbers(frame).items():
            known = values.dropna()
            pretends = len(known) > 0 and (known == 0).all() and (before[number] > 0).any()
            true = (name.partition("-")[0], number) in TRUE_ZEROS
            assert true or not pretends, f"{name} says {number} = 0 without {table}.{column}"
