"""Versions are published whole, kept twice, swept, rolled back, and written by one load at a time."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import duckdb
import psycopg
import pyarrow as pa
import pytest

from data_access.errors import BusyError, NoVersionError, StoreError
from data_access.loading.publish import publish_arrow
from data_access.versions import open_store
from data_access.versions_folder import FolderStore

_databases = itertools.count()


@pytest.fixture(params=["duckdb", "postgresql"])
def store(request, tmp_path):
    url = str(tmp_path / "warehouse")
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_server")(f"versions_{next(_databases)}")
    opened = open_store(url)
    yield opened
    opened.close()


def publish(store, name):
    sale = pa.table({"sale_id": ["1"], "customer_id": ["k"], "branch_id": ["b"], "product_id": ["p"],
                     "sold_at": ["2024-02-29 23:59:59"], "amount": [5], "channel": [name]})  # fmt: skip
    return publish_arrow(store, [("sale", sale)], source="demo", currency="CNY")


def channel(store, version):
    query = "SELECT channel, week_start, month_no FROM sale"
    if isinstance(store, FolderStore):
        with duckdb.connect(store.folder / version.place, read_only=True) as connection:
            return connection.execute(query).fetchone()[0]
    with psycopg.connect(store.url) as connection:
        connection.execute(f"SET search_path TO {version.place}")
        return connection.execute(query).fetchone()[0]


def test_an_empty_store_has_no_version(store):
    assert store.current() is None
    assert store.history() == ()
    with store.loading(), pytest.raises(NoVersionError):
        store.rollback()


def test_the_last_two_versions_are_kept_and_rollback_returns_to_the_one_before(store):
    first, second, third = (publish(store, name) for name in ("one", "two", "three"))
    assert store.history() == (second, third)
    assert channel(store, store.current()) == "three"
    with pytest.raises((duckdb.Error, psycopg.Error)):
        channel(store, first)
    assert store.rollback() == second
    assert channel(store, store.current()) == "two"
    fourth = publish(store, "four")
    assert store.history() == (second, fourth)
    with pytest.raises((duckdb.Error, psycopg.Error)):
        channel(store, third)


def test_text_survives_the_way_to_the_store(store):
    awkward = 'a "quoted", cut\nline \\N \\. 港口'
    publish(store, awkward)
    assert channel(store, store.current()) == awkward
    publish(store, "")
    assert channel(store, store.current()) == ""


def test_a_draft_starts_from_the_current_version(store, tmp_path):
    awkward = 'a "quoted", cut\nline 港口'
    publish(store, awkward)
    with store.draft() as draft:
        store.copy_current(draft)
        with duckdb.connect(draft.path) as connection:
            found = connection.execute("SELECT channel, amount, reversed_at FROM sale").fetchone()
    assert found == (awkward, 5, None)
    assert not draft.path.exists()


def test_a_second_load_is_refused_and_told_who_holds_the_first(store):
    with store.loading(), pytest.raises(BusyError, match=r"process \d+, since \d{4}-"), store.loading():
        pass
    with store.loading():
        pass


def test_a_second_load_may_wait_for_the_first(store):
    def late():
        with store.loading(wait_seconds=20):
            return store.current()

    with ThreadPoolExecutor(1) as pool:
        with store.loading():
            waiting = pool.submit(late)
            assert not waiting.done()
        assert waiting.result(timeout=30) is None


def test_a_load_that_fails_leaves_nothing_behind(store):
    before = publish(store, "one")

    def broken():
        yield "branch", pa.table({"branch_id": ["b"], "name": ["n"]})
        raise RuntimeError("the generator broke")

    with pytest.raises(RuntimeError, match="broke"):
        publish_arrow(store, broken(), source="demo", currency="CNY")
    assert store.history() == (before,)
    with store.loading():
        assert store.sweep() == ()


def test_a_reader_that_stays_open_finds_the_new_version(store):
    old = publish(store, "one")
    if isinstance(store, FolderStore):
        with duckdb.connect(store.folder / old.place, read_only=True) as reader:
            new = publish(store, "two")
            assert reader.execute("SELECT channel FROM sale").fetchone() == ("one",)
            assert store.current() == new
            assert channel(store, store.current()) == "two"
    else:
        with psycopg.connect(store.url) as reader:
            query = f"SELECT channel FROM {old.place}.sale"  # noqa: S608
            assert reader.execute(query).fetchone() == ("one",)
            new = publish(store, "two")
            assert reader.execute(query).fetchone() == ("one",)
            assert store.current() == new


def test_other_databases_are_refused():
    with pytest.raises(StoreError, match="mysql"):
        open_store("mysql://x/y")


def test_a_server_that_does_not_answer_is_said_without_its_password():
    store = open_store("postgresql://someone:secret@127.0.0.1:1/bank")
    with pytest.raises(StoreError, match="does not answer") as error:
        store.current()
    assert "secret" not in str(error.value)
    store.close()


def test_a_pointer_that_was_damaged_is_refused(tmp_path):
    (tmp_path / "current.json").write_text("{", "utf-8")
    with pytest.raises(StoreError, match="backup"):
        open_store(str(tmp_path)).current()
