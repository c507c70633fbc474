"""Versions are published whole, kept twice, swept, rolled back, and written by one load at a time."""

import itertools
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import duckdb
import psycopg
import pyarrow as pa
import pytest

from data_access.errors import BusyError, NoVersionError, StoreError
from data_access.loading.publish import publish_arrow
from data_access.versions import open_store
from data_access.versions.folder import FolderStore
from data_access.versions.scratch import scratch

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


def test_a_carriage_return_in_the_first_row_comes_back(store):
    awkward = "a\rb\r\nc"
    publish(store, awkward)
    with store.draft() as draft:
        store.copy_current(draft)
        with duckdb.connect(draft.path) as connection:
            assert connection.execute("SELECT channel FROM sale").fetchone() == (awkward,)


def test_a_second_load_is_refused_and_told_who_holds_the_first(store):
    with store.loading(), pytest.raises(BusyError, match=r"process \d+, since \d{4}-"), store.loading():
        pass
    with store.loading():
        pass


def test_the_lock_is_free_as_soon_as_a_load_is_over(postgresql_server, monkeypatch):
    """The server notices the end of a session a moment later: the next load may be sooner."""
    store = open_store(postgresql_server(f"versions_{next(_databases)}"))
    connect, opened = store._connect, []

    @contextmanager
    def lingering():
        opened.append(connect())
        yield opened[-1]

    monkeypatch.setattr(store, "_connect", lingering)
    for _ in range(2):
        with store.loading():
            pass
    with pytest.raises(RuntimeError, match="broke"), store.loading():
        raise RuntimeError("the load broke")
    with store.loading():
        opened[-1].close()  # a session that is lost hides no error, and makes none
    for session in opened:
        session.close()
    store.close()


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


def test_a_loader_whose_clock_is_slow_publishes_the_current_version(store, monkeypatch):
    publish(store, "one")
    monkeypatch.setattr("data_access.versions.store.new_version_id", lambda: "20010101t000000000000abcd")
    for module in ("folder", "postgresql"):
        monkeypatch.setattr(f"data_access.versions.{module}.new_version_id", lambda: "20010101t000000000000abcd")
    slow = publish(store, "slow")
    assert slow.id.startswith("2001")
    assert store.current() == slow
    assert channel(store, store.current()) == "slow"
    monkeypatch.undo()
    later = publish(store, "later")
    assert store.history() == (slow, later)
    assert slow.number < later.number


def test_a_number_is_never_given_twice(store):
    publish(store, "one")
    second = publish(store, "two")
    store.rollback()
    assert publish(store, "three").number > second.number


def physical(store, table):
    """Where the rows of the current version's table lie."""
    with psycopg.connect(store.url) as connection:
        return connection.execute(
            "SELECT DISTINCT refobjid::regclass::text FROM pg_depend JOIN pg_rewrite r ON r.oid = objid "
            "WHERE ev_class = %s::regclass AND refobjid <> ev_class AND refclassid = 'pg_class'::regclass",
            (f"{store.current().place}.{table}",),
        ).fetchall()


def bank(store, *, segment="senior", course="sales", branch="b"):
    tables = {
        "branch": {"branch_id": [branch], "name": ["n"]},
        "customer": {"customer_id": ["k"], "branch_id": [branch], "segment": [segment]},
        "staff": {"staff_id": ["s"], "name": ["n"]},
        "staff_posting": {"staff_id": ["s"], "branch_id": [branch], "from_on": ["2020-01-01"]},
        "training": {"staff_id": ["s"], "course": [course], "completed_on": ["2020-02-02"]},
        "contact": {"contact_id": ["1"], "customer_id": ["k"], "branch_id": ["b"], "contacted_at": ["2024-01-01"]},
    }
    return publish_arrow(
        store, [(name, pa.table(columns)) for name, columns in tables.items()], source="demo", currency="CNY"
    )


def test_a_load_on_postgresql_touches_only_the_tables_that_changed(postgresql_server):
    store = open_store(postgresql_server("shares"))
    bank(store)
    names = ("branch", "customer", "staff", "training", "contact")
    before = {name: physical(store, name) for name in names}
    assert all(len(found) == 1 for found in before.values())
    bank(store, segment="family")
    after = {name: physical(store, name) for name in names}
    assert {name for name in names if after[name] != before[name]} == {"customer"}
    bank(store, segment="family", course="wealth")
    bank(store, segment="family", course="wealth")  # the first two are swept now
    with psycopg.connect(store.url) as connection:
        assert connection.execute(f"SELECT count(*) FROM {store.current().place}.branch").fetchone() == (1,)  # noqa: S608
        assert connection.execute(
            "SELECT count(*) FROM pg_class WHERE relname LIKE 'customer\\_%' AND relkind = 'r' "
            "AND relnamespace = 'branchlight_tables'::regnamespace AND relname NOT LIKE 'customer_tag%'"
        ).fetchone() == (1,)
    store.close()


def test_a_table_is_written_anew_when_the_table_that_decides_who_sees_it_changed(postgresql_server):
    store = open_store(postgresql_server("rules"))
    bank(store)
    before = physical(store, "training")
    bank(store, branch="c")  # training is the same; the posting that it is seen through is not
    assert physical(store, "training") != before
    store.close()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"amount": [1, 2], "channel": ["x", "y"]}, {"amount": [2, 1], "channel": ["x", "y"]}),  # values traded
        ({"amount": [1, 2], "channel": ["x", "x"]}, {"amount": [1, 3], "channel": ["x", "x"]}),
        ({"amount": [1, 2], "channel": [None, "x"]}, {"amount": [1, 2], "channel": ["", "x"]}),
        ({"amount": [0, 0], "contribution": [None, None]}, {"amount": [0, 0], "contribution": [0, 0]}),
        ({"amount": [5, 7], "contribution": [7, 5]}, {"amount": [7, 5], "contribution": [5, 7]}),  # columns traded
    ],
)
def test_no_change_of_a_value_is_taken_for_the_same_rows(postgresql_server, before, after):
    store = open_store(postgresql_server(f"prints_{next(_databases)}"))
    keys = {"sale_id": ["1", "2"], "customer_id": ["k", "k"], "branch_id": ["b", "b"], "product_id": ["p", "p"],
            "sold_at": ["2024-02-29 23:59:59"] * 2}  # fmt: skip
    shown = []
    for values in (before, after):
        publish_arrow(store, [("sale", pa.table(keys | values))], source="demo", currency="CNY")
        shown.append(physical(store, "sale"))
        with psycopg.connect(store.url) as connection:
            listed = ", ".join(values)
            query = f"SELECT {listed} FROM {store.current().place}.sale ORDER BY sale_id"  # noqa: S608
            assert connection.execute(query).fetchall() == list(zip(*values.values(), strict=True))
    assert shown[0] != shown[1]
    store.close()


def test_a_list_of_an_earlier_program_keeps_its_order(postgresql_server):
    store = open_store(postgresql_server("earlier"))
    first, second = publish(store, "one"), publish(store, "two")
    with psycopg.connect(store.url) as connection:
        connection.execute("ALTER TABLE branchlight.version DROP COLUMN number")
        connection.execute("DROP SEQUENCE branchlight.publication")
    assert [version.id for version in store.history()] == [first.id, second.id]
    third = publish(store, "three")
    assert [version.id for version in store.history()] == [second.id, third.id]
    store.close()


def test_the_files_of_a_warehouse_are_for_their_owner_alone(tmp_path):
    os.umask(before := os.umask(0))
    try:
        os.umask(0o022)
        store = open_store(str(tmp_path / "var" / "warehouse"))
        publish(store, "one")
        with store.loading(), store.draft() as draft:
            assert stat.S_IMODE(draft.folder.stat().st_mode) == 0o700
            assert stat.S_IMODE((store.folder / "load.holder").stat().st_mode) == 0o600
    finally:
        os.umask(before)
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    assert {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in store.folder.iterdir()} == {
        "current.json": "0o600", "load.lock": "0o600", store.current().place: "0o600"
    }  # fmt: skip


def test_a_draft_that_a_killed_load_left_is_removed_by_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    killed = tmp_path / "branchlight-draft-0123"
    killed.mkdir()
    (killed / "warehouse.duckdb").write_bytes(b"a private copy")
    killed.with_suffix(".lock").touch()
    with scratch("draft") as running:
        assert not killed.exists()
        with scratch("draft") as second:
            assert running.exists()
            assert stat.S_IMODE(second.stat().st_mode) == 0o700
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def server_store(postgresql_server):
    store = open_store(postgresql_server(f"server_{next(_databases)}"))
    yield store
    store.close()


def test_a_version_that_is_published_and_not_current_is_not_called_current(server_store, monkeypatch):
    first = publish(server_store, "one")

    def too_late(session, version_id):
        session.execute("INSERT INTO branchlight.version VALUES (%s, now(), 0)", (version_id,))

    monkeypatch.setattr(server_store, "_list", too_late)
    with pytest.raises(StoreError, match="not current"):
        publish(server_store, "two")
    assert server_store.current() == first


def test_a_connection_lost_after_the_server_published_is_not_called_a_failure(server_store, monkeypatch):
    publish(server_store, "one")
    session = server_store._session

    @contextmanager
    def lost():
        with session() as held:
            yield held
        raise psycopg.OperationalError("the connection is lost")

    monkeypatch.setattr(server_store, "_session", lost)
    version = publish(server_store, "two")
    assert server_store.current() == version
    assert channel(server_store, version) == "two"


def test_a_connection_lost_before_the_server_published_leaves_nothing(server_store, monkeypatch):
    first = publish(server_store, "one")

    def lost(*_):
        raise psycopg.OperationalError("the connection is lost")

    with monkeypatch.context() as patched:
        patched.setattr(server_store, "_list", lost)
        with pytest.raises(StoreError, match=r"did not take.*Nothing was published"):
            publish(server_store, "two")
    assert server_store.history() == (first,)
    assert server_store.unlisted() == ()
    assert publish(server_store, "three") == server_store.current()
