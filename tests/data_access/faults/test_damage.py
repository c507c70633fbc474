"""A pointer or a version that is lost is damage, never an empty warehouse: said with its remedy, nothing removed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable

import psycopg
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from data_access import __main__ as command_line
from data_access import demo
from data_access.engines import Warehouse
from data_access.errors import NoVersionError, StoreError
from data_access.loading.load import check_feed, load_feed
from data_access.loading.status import describe_current
from data_access.settings import Settings
from data_access.versions import Store, open_store
from data_access.versions.folder import FolderStore
from tests.data_access.faults.conftest import CUSTOMERS, words_of, write_feed

ASKED: dict[str, Callable[[Store, object], object]] = {
    "status": lambda store, _: describe_current(store),
    "load": lambda store, feed: load_feed(store, feed),
    "check": lambda store, feed: check_feed(store, feed),
    "demo": lambda store, _: demo.build(store, scale=0.001),
    "rollback": lambda store, _: store.rollback(),
    "unlisted": lambda store, _: store.unlisted(),
}


def lose_pointer(store):
    if isinstance(store, FolderStore):
        (store.folder / "current.json").unlink()
    else:
        with psycopg.connect(store.url) as connection:
            connection.execute("DROP TABLE branchlight.version")


def empty_list(store):
    with psycopg.connect(store.url) as connection:
        connection.execute("DELETE FROM branchlight.version")


def lies_there(store):
    if isinstance(store, FolderStore):
        return {path.name for path in store.folder.glob("*.duckdb")}
    with psycopg.connect(store.url) as connection:
        query = "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        return set(connection.execute(query + "WHERE nspname ~ '^(v_|branchlight_tables)' AND relkind IN ('r', 'v')"))


def test_a_lost_pointer_is_damage_and_nothing_is_removed(two, tmp_path):
    store, _, second = two
    lose_pointer(store)
    before = lies_there(store)
    for asked in ASKED.values():
        with pytest.raises(StoreError, match=rf"(?s){second.id}.*removed.*point-at") as refused:
            asked(store, tmp_path / "feed")
        assert not isinstance(refused.value, NoVersionError)
        assert lies_there(store) == before
    with pytest.raises(StoreError, match="point-at"):
        Warehouse(store, Settings()).current()


def test_an_emptied_list_is_damage_too(two, tmp_path):
    store, _, second = two
    if isinstance(store, FolderStore):
        pytest.skip("an empty list in a folder is that of a first load that was killed")
    empty_list(store)
    before = lies_there(store)
    with pytest.raises(StoreError, match=second.id):
        load_feed(store, tmp_path / "feed")
    assert lies_there(store) == before


def test_a_lost_pointer_is_mended_by_naming_a_version(two, tmp_path):
    store, first, second = two
    lose_pointer(store)
    with store.loading():
        with pytest.raises(NoVersionError, match=second.id):
            store.point_at("20260101t000000000000abcd")
        assert store.point_at(first.id).id == first.id
    assert words_of(store) == [("one", CUSTOMERS)]
    assert store.unlisted() == (second.id,)
    with store.loading():
        assert store.point_at(second.id).id == second.id  # and on to another
    assert words_of(store) == [("two", CUSTOMERS)]
    assert [version.id for version in store.history()] == [first.id, second.id]
    third = load_feed(store, tmp_path / "feed").version
    assert words_of(store) == [("three", CUSTOMERS)]
    assert store.history()[-1] == third
    assert third.number > max(version.number for version in store.history()[:-1])


def test_pointing_at_a_listed_version_leaves_out_what_came_after_it(two):
    store, first, second = two
    with store.loading():
        assert store.point_at(first.id) == first
    assert store.history() == (first,)
    assert store.unlisted() == (second.id,)


def test_the_first_version_after_a_killed_first_load_is_no_damage(folder_store, tmp_path):
    feed = write_feed(tmp_path / "feed", "one")
    with folder_store.loading(), folder_store.draft() as draft:
        draft.path.write_bytes(b"half")
        draft.path.rename(folder_store.folder / f"warehouse-{draft.id}.duckdb")  # and killed before the pointer
    assert folder_store.current() is None
    version = load_feed(folder_store, feed).version
    assert folder_store.history() == (version,)
    assert folder_store.unlisted() == ()


SHAPES = {
    "cut": b'{"versions": [{"id": "2026',
    "empty": b"",
    "zeros": b"\0" * 200,
    "list": b"[]",
    "null": b"null",
    "no versions": b"{}",
    "number": b'{"versions": 3}',
    "empty entry": b'{"versions": [{}]}',
    "no time": b'{"versions": [{"id": "20260101t000000000000abcd", "published_at": 5e99}]}',
    "no zone": b'{"versions": [{"id": "20260101t000000000000abcd", "published_at": "2026-01-01T00:00:00"}]}',
    "path as id": b'{"versions": [{"id": "../../secret", "published_at": "2026-01-01T00:00:00+00:00"}]}',
    "deep": b"[" * 100_000,
    "not UTF-8": b'{"versions": "\xff\xfe"}',
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
def test_a_pointer_of_any_wrong_shape_is_refused_in_words(one, tmp_path, shape):
    (version,) = one.history()
    (one.folder / "current.json").write_bytes(shape)
    write_feed(tmp_path / "feed", "two")
    for asked in ("status", "load", "check", "rollback"):
        with pytest.raises(StoreError, match=rf"(?s)point-at.*{version.id}"):
            ASKED[asked](one, tmp_path / "feed")
    told = CliRunner().invoke(command_line.app, ["status", "--warehouse", one.url])
    assert isinstance(told.exception, StoreError)
    with one.loading():
        one.point_at(version.id)
    assert words_of(one) == [("one", CUSTOMERS)]


def test_a_pointer_of_an_earlier_program_is_read_in_its_order(folder_store, tmp_path):
    first = load_feed(folder_store, write_feed(tmp_path / "feed", "one")).version
    second = load_feed(folder_store, write_feed(tmp_path / "feed", "two")).version
    entries = [{"id": v.id, "published_at": v.published_at.isoformat()} for v in (first, second)]
    (folder_store.folder / "current.json").write_text(json.dumps({"versions": entries}), "utf-8")
    assert [version.id for version in folder_store.history()] == [first.id, second.id]
    third = load_feed(folder_store, write_feed(tmp_path / "feed", "three")).version
    assert third.number == 3
    assert [version.id for version in folder_store.history()] == [second.id, third.id]


def take_away(store, version):
    if isinstance(store, FolderStore):
        (store.folder / version.place).unlink()
    else:
        with psycopg.connect(store.url) as connection:
            connection.execute(f"DROP SCHEMA {version.place} CASCADE")


def cut(store, version):
    """Take the customers away: half of the file, or the one table."""
    if isinstance(store, FolderStore):
        path = store.folder / version.place
        os.truncate(path, path.stat().st_size // 2)
    else:
        with psycopg.connect(store.url) as connection:
            query = (
                "SELECT DISTINCT relname FROM pg_class c JOIN pg_depend ON refobjid = c.oid "
                "JOIN pg_rewrite r ON r.oid = objid WHERE relkind = 'r' AND ev_class = %s::regclass"
            )
            [(name,)] = connection.execute(query, (f"{version.place}.customer",)).fetchall()
            connection.execute(f"DROP TABLE branchlight_tables.{name} CASCADE")


@pytest.mark.parametrize("harm", [take_away, cut])
def test_a_missing_or_cut_version_names_the_way_back_and_stays_as_it_is(two, harm, tmp_path):
    store, first, second = two
    harm(store, second)
    before = lies_there(store)
    for asked in ("load", "check"):
        with pytest.raises(StoreError, match="rollback"):
            ASKED[asked](store, tmp_path / "feed")
    warehouse = Warehouse(store, Settings(warehouse=store.url))
    customers = sa.select(sa.table("customer", sa.column("segment")))
    with pytest.raises(StoreError, match="rollback"), warehouse.connect(warehouse.current()) as connection:
        connection.execute(customers).fetchall()
    warehouse.close()
    assert lies_there(store) == before
    assert store.history() == (first, second)
    with store.loading():
        assert store.rollback() == first
    assert words_of(store) == [("one", CUSTOMERS)]
    load_feed(store, tmp_path / "feed")
    assert words_of(store) == [("three", CUSTOMERS)]


def test_nothing_is_swept_while_a_listed_version_is_missing(two):
    """A pointer from an old backup names what is gone; what is there may be all that is left."""
    store, first, second = two
    take_away(store, first)
    if isinstance(store, FolderStore):
        spare = "20260101t000000000000abcd"
        shutil.copyfile(store.folder / second.place, store.folder / f"warehouse-{spare}.duckdb")
    else:
        spare = "20260101t000000000000abcd"
        with psycopg.connect(store.url) as connection:
            connection.execute(f"CREATE SCHEMA v_{spare}")
    with store.loading():
        assert store.sweep() == ()
    assert store.unlisted() == (spare,)


def test_a_version_before_that_is_damaged_is_not_returned_to(two):
    store, first, second = two
    take_away(store, first)
    with store.loading(), pytest.raises(StoreError, match=first.id):
        store.rollback()
    assert store.history()[-1] == second
    assert words_of(store) == [("two", CUSTOMERS)]


def test_files_that_are_not_ours_are_not_swept(folder_store, tmp_path):
    load_feed(folder_store, write_feed(tmp_path / "feed", "one"))
    ours = folder_store.folder / "warehouse-backup of May.duckdb"
    ours.write_bytes(b"kept by somebody")
    for word in ("two", "three", "four"):
        load_feed(folder_store, write_feed(tmp_path / "feed", word))
    assert ours.exists()


def test_a_refused_load_removes_no_version(two, tmp_path):
    store, first, _ = two
    with store.loading():
        store.rollback()
    before = lies_there(store)
    (tmp_path / "feed" / "customer.csv").write_text("customer_id,branch_id\nk1,nowhere\n", "utf-8")
    with pytest.raises(Exception, match="not in branch"):
        load_feed(store, tmp_path / "feed", rejects_folder=tmp_path / "rejects")
    assert lies_there(store) == before
    assert store.current() == first


def test_a_folder_without_rights_is_not_an_empty_one(folder_store, tmp_path, monkeypatch):
    load_feed(folder_store, write_feed(tmp_path / "feed", "one"))

    def denied(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.read_bytes", denied)
    with pytest.raises(StoreError, match=r"Permission denied.*user who loads it") as refused:
        Warehouse(folder_store, Settings()).current()
    assert not isinstance(refused.value, NoVersionError)


def test_a_warehouse_that_is_a_file_is_not_an_empty_one(tmp_path):
    (tmp_path / "file").write_text("text", "utf-8")
    store = open_store(str(tmp_path / "file"))
    for ask in (store.current, lambda: store.loading().__enter__()):
        with pytest.raises(StoreError, match="cannot be read") as refused:
            ask()
        assert not isinstance(refused.value, NoVersionError)


def test_a_user_without_rights_is_told_so_on_postgresql(postgresql_server, tmp_path):
    store = open_store(postgresql_server("rights"))
    load_feed(store, write_feed(tmp_path / "feed", "one"))
    with psycopg.connect(store.url) as connection:
        connection.execute("CREATE ROLE stranger LOGIN")
    stranger = open_store(sa.make_url(store.url).set(username="stranger").render_as_string(hide_password=False))
    with pytest.raises(StoreError, match=r"(?s)stranger may not read.*permission denied.*GRANT") as refused:
        stranger.current()
    assert not isinstance(refused.value, NoVersionError)
    stranger.close()
    store.close()


def test_a_file_that_lost_its_last_byte_is_noticed_before_a_query_meets_the_hole(folder_store, tmp_path):
    load_feed(folder_store, write_feed(tmp_path / "feed", "one"))
    version = load_feed(folder_store, write_feed(tmp_path / "feed", "two")).version
    path = folder_store.folder / version.place
    os.truncate(path, path.stat().st_size - 1)
    for asked in ("status", "check", "load"):
        with pytest.raises(StoreError, match=r"(?s)damaged.*bytes.*rollback"):
            ASKED[asked](folder_store, write_feed(tmp_path / "feed", "three"))
    listed = folder_store.history()
    with folder_store.loading():
        folder_store.rollback()
    assert folder_store.history() == listed[:1]
