"""A PostgreSQL server that is stopped and started under an open reader: said in words meanwhile, then all goes on."""

from __future__ import annotations

import threading
import time

import pytest
import sqlalchemy as sa

from data_access.errors import NoVersionError, StoreError, UnreachableError
from data_access.loading.load import load_feed
from data_access.reading.reader import Reader
from tests.data_access.faults.conftest import CUSTOMERS, write_feed
from tests.data_access.small_bank import viewer, warehouse_of


def count(reader, word):
    """How many customers have the segment; each word is another question, so that no answer is a remembered one."""
    customer = reader.table("customer")
    found = reader.frame(sa.select(sa.func.count().label("n")).where(customer.c.segment == word))
    return int(found["n"].iloc[0])


@pytest.mark.slow
def test_a_reader_outlives_a_restart_of_the_server(own_server, tmp_path):
    own_server.psql("CREATE DATABASE bank;")
    warehouse = warehouse_of(own_server.get_uri("bank"), cache_megabytes=0)
    load_feed(warehouse.store, write_feed(tmp_path / "feed", "one"))
    reader = Reader(viewer(), warehouse)
    assert count(reader, "one") == CUSTOMERS

    own_server.stop()
    for ask in (lambda: count(reader, "one"), lambda: Reader(viewer(), warehouse)):
        with pytest.raises(UnreachableError, match="does not answer") as said:
            ask()
        assert not isinstance(said.value, NoVersionError)
    with pytest.raises(StoreError, match="does not answer"):
        load_feed(warehouse.store, write_feed(tmp_path / "feed", "two"))

    own_server.ensure_postgres_running()
    assert count(reader, "one") == CUSTOMERS
    load_feed(warehouse.store, tmp_path / "feed")
    assert count(Reader(viewer(), warehouse), "two") == CUSTOMERS

    said = []

    def long_query():
        try:
            with warehouse.connect(warehouse.current()) as connection:
                connection.execute(sa.select(sa.func.pg_sleep(60)))
        except StoreError as error:
            said.append(str(error))

    running = threading.Thread(target=long_query)
    running.start()
    time.sleep(0.5)
    own_server.stop()  # while a query runs
    running.join(timeout=20)
    own_server.ensure_postgres_running()
    assert len(said) == 1
    assert "does not answer" in said[0]
    assert "Try again in a moment" in said[0]
    assert count(Reader(viewer(), warehouse), "two") == CUSTOMERS
    warehouse.close()
