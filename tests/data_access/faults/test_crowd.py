"""Many at once: readers while versions are published, filters by the dozen, queries that would never end."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import psycopg
import pytest
import sqlalchemy as sa

from data_access.errors import QueueError, SlowError, TryAgainError
from data_access.loading.load import load_feed
from data_access.reading.reader import Reader
from data_access.versions.folder import FolderStore
from data_access.versions.postgresql import PostgresStore
from data_access.versions.store import journal
from tests.data_access.faults.conftest import CUSTOMERS, words_of, write_feed
from tests.data_access.small_bank import BRANCHES, publish, viewer, warehouse_of

LONG = {
    FolderStore: "SELECT sum(hash(a.range * b.range)) FROM range(60000) a, range(60000) b",
    PostgresStore: "SELECT pg_sleep(20)",
}
"""Far longer than the half second allowed, and no more: a test that fails shall end, too."""


def segments(reader):
    customer = reader.table("customer")
    return reader.frame(sa.select(customer.c.segment, sa.func.count().label("n")).group_by(customer.c.segment))


@pytest.mark.slow
def test_versions_published_under_eight_readers_are_each_seen_whole(store, tmp_path):
    warehouse = warehouse_of(store.url, concurrent_queries=8)
    load_feed(store, write_feed(tmp_path / "feed", "word0"))
    done = threading.Event()

    def read():
        seen = []
        while not done.is_set():
            reader = Reader(viewer(), warehouse)
            frame = segments(reader)
            assert frame["n"].tolist() == [CUSTOMERS]
            branch = reader.table("branch")
            assert len(reader.frame(sa.select(branch.c.name))) == 1  # and the same version a moment later
            seen.append(int(frame["segment"].iloc[0].removeprefix("word")))
            time.sleep(0.05)  # as people do; eight loops without a pause would leave the load no core
        return seen

    with ThreadPoolExecutor(8) as pool:
        readers = [pool.submit(read) for _ in range(8)]
        try:
            for i in range(1, 6):
                load_feed(store, write_feed(tmp_path / "feed", f"word{i}"))
                time.sleep(0.1)
        finally:
            done.set()
        seen = [reader.result(timeout=60) for reader in readers]
    warehouse.close()
    assert all(numbers == sorted(numbers) for numbers in seen)  # nobody goes back to an older version
    assert len({number for numbers in seen for number in numbers}) >= 4
    assert words_of(store) == [("word5", CUSTOMERS)]


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["duckdb", "postgresql"])
def test_thirty_people_with_thirty_filters_each_get_their_own_numbers(engine, bank, tmp_path, postgresql_server):
    url = str(tmp_path / "warehouse") if engine == "duckdb" else postgresql_server("crowd")
    warehouse = warehouse_of(url, concurrent_queries=4, cache_megabytes=0)
    publish(bank, warehouse.store)
    choices = [branches for size in (1, 2, 3) for branches in combinations(BRANCHES, size)][:30]
    together = threading.Barrier(len(choices))

    def look(branches):
        together.wait(timeout=60)
        found = []
        for _ in range(4):
            reader = Reader(viewer(*branches), warehouse)
            customer = reader.table("customer")
            frame = reader.frame(
                sa.select(customer.c.branch_id, sa.func.count().label("n")).group_by(customer.c.branch_id)
            )
            found.append(dict(zip(frame["branch_id"], frame["n"], strict=True)))
        return found

    with ThreadPoolExecutor(len(choices)) as pool:
        answers = list(pool.map(look, choices))
    warehouse.close()
    counted = bank["customer"].groupby("branch_id").size()
    for branches, found in zip(choices, answers, strict=True):
        assert found == [{branch: counted[branch] for branch in branches if branch in counted}] * 4


def test_a_query_that_would_not_end_is_stopped_and_its_turn_is_given_back(store, tmp_path):
    load_feed(store, write_feed(tmp_path / "feed", "one"))
    warehouse = warehouse_of(store.url, concurrent_queries=1, query_seconds=0.5, wait_seconds=20)
    reader = Reader(viewer(), warehouse)
    assert reader.source == "feed"
    for _ in range(2):
        began = time.monotonic()
        with (
            pytest.raises(SlowError, match=r"after 0\.5 seconds.*Narrow the filter") as said,
            warehouse.connect(warehouse.current()) as connection,
        ):
            connection.exec_driver_sql(LONG[type(store)]).fetchall()
        assert 0.4 < time.monotonic() - began < 15
        assert isinstance(said.value, TryAgainError)
    time.sleep(0.7)  # no timer of an ended query stops a later one
    assert segments(reader)["n"].tolist() == [CUSTOMERS]
    warehouse.close()


def test_who_finds_no_turn_is_told_to_try_again(store, tmp_path):
    load_feed(store, write_feed(tmp_path / "feed", "one"))
    warehouse = warehouse_of(store.url, concurrent_queries=1, wait_seconds=0.2)
    reader = Reader(viewer(), warehouse)
    with warehouse.connect(warehouse.current()):
        began = time.monotonic()
        with pytest.raises(QueueError, match="Try again in a moment") as said:
            segments(reader)
        assert time.monotonic() - began < 10
    assert isinstance(said.value, TryAgainError)
    assert segments(reader)["n"].tolist() == [CUSTOMERS]
    warehouse.close()


def test_an_old_reader_does_not_hold_up_a_load_and_what_is_left_is_said(postgresql_server, tmp_path, caplog):
    store = PostgresStore(postgresql_server("old_reader"))
    first = load_feed(store, write_feed(tmp_path / "feed", "one")).version
    load_feed(store, write_feed(tmp_path / "feed", "two"))
    with ThreadPoolExecutor(1) as pool, psycopg.connect(store.url) as reader:
        query = f"SELECT count(*) FROM {first.place}.customer"  # noqa: S608
        assert reader.execute(query).fetchone() == (CUSTOMERS,)  # and its transaction stays open
        with caplog.at_level("WARNING", journal.name):
            third = pool.submit(load_feed, store, write_feed(tmp_path / "feed", "three")).result(timeout=60).version
        assert store.current() == third
        assert store.unlisted() == (first.id,)
        assert first.place in caplog.text
        assert "could not be removed yet" in caplog.text
        assert reader.execute(query).fetchone() == (CUSTOMERS,)
    load_feed(store, write_feed(tmp_path / "feed", "four"))
    assert store.unlisted() == ()
    assert len(store.history()) == 2
    store.close()
