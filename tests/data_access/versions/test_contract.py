"""A version that an older program published: it is not shown, it says what to do, and a load mends it."""

from __future__ import annotations

import duckdb
import psycopg
import pytest
from typer.testing import CliRunner

from data_access import __main__ as command_line
from data_access.engines import Warehouse
from data_access.errors import OutdatedError
from data_access.loading.load import load_feed
from data_access.loading.status import describe_current
from data_access.queries import campaigns
from data_access.reading.reader import Reader
from data_access.settings import Settings
from data_access.versions import open_store
from data_access.versions.folder import FolderStore
from tests.data_access.small_bank import publish, random_bank, viewer

BANK = random_bank(customers=20)


def age(store) -> None:
    """Make the current version one of a contract without the upheld complaints, the amounts of sales and the seasons.

    On PostgreSQL its views are made anew, so that the rows below them stay what they were.
    """
    version = store.current()
    if isinstance(store, FolderStore):
        with duckdb.connect(store.folder / version.place) as connection:
            connection.execute("ALTER TABLE complaint DROP COLUMN upheld")
            connection.execute("ALTER TABLE sale DROP COLUMN amount")
            connection.execute("DROP TABLE season")
            connection.execute("DELETE FROM version_table WHERE table_name = 'season'")
        pointer = store.folder / "current.json"
        pointer.write_text(pointer.read_text("utf-8").replace('"bytes"', '"was"'), "utf-8")
        store.history()
        return
    with psycopg.connect(store.url) as connection:
        connection.execute(f"SET search_path TO {version.place}".encode())
        for table, column in (("complaint", "upheld"), ("sale", "amount")):
            query = f"SELECT * FROM {table} LIMIT 0"  # noqa: S608
            kept = ", ".join(d.name for d in connection.execute(query.encode()).description if d.name != column)
            (row,) = connection.execute("SELECT pg_get_viewdef(%s::regclass)", (f"{version.place}.{table}",)).fetchone()
            source = row.rpartition("FROM ")[2].strip().rstrip(";")
            connection.execute(f"DROP VIEW {table}".encode())
            connection.execute(f"CREATE VIEW {table} AS SELECT {kept} FROM {source}".encode())  # noqa: S608
        connection.execute("DROP VIEW season")
        (described,) = connection.execute("SELECT pg_get_viewdef('version_table'::regclass)").fetchone()
        below = described.rpartition("FROM ")[2].strip().rstrip(";").split()[0]
        connection.execute(f"DELETE FROM {below} WHERE table_name = 'season'".encode())  # noqa: S608


@pytest.fixture(params=["duckdb", "postgresql"])
def store(request, tmp_path):
    url = str(tmp_path / "warehouse")
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_server")("older_contract")
    opened = open_store(url)
    yield opened
    opened.close()


def test_an_older_version_is_not_shown_and_a_load_mends_it(store, tmp_path):
    feed = tmp_path / "feed"
    feed.mkdir()
    for table, text in {
        "branch": "branch_id,name\n1,Harbour\n",
        "customer": "customer_id,branch_id\nk,1\n",
        "product": "product_id,name,line\np,Savings,deposit\n",
        "sale": "sale_id,customer_id,branch_id,product_id,sold_at,amount\na,k,1,p,2024-06-28,4.00\n",
        "season": "season_id,name,starts_on,ends_on\ns,Spring,2024-01-01,2024-02-01\n",
    }.items():
        (feed / f"{table}.csv").write_text(text, "utf-8")
    older = load_feed(store, feed).version
    age(store)
    assert store.lacks(older) == ("season", "sale.amount", "complaint.upheld")
    warehouse = Warehouse(store, Settings(warehouse=store.url))
    for _ in range(2):
        with pytest.raises(OutdatedError) as told:
            campaigns.catalogue(Reader(viewer(), warehouse))
        assert f"Version {older.id}" in str(told.value)
        assert "lacks season, sale.amount, complaint.upheld. Nothing was read" in str(told.value)
        assert "python -m data_access load FOLDER" in str(told.value)
    described = describe_current(store)
    assert (described.version["source"], described.lacks) == ("feed", store.lacks(older))
    assert load_feed(store, feed).version is not None  # though no file is new
    reader = Reader(viewer(), warehouse)
    assert campaigns.attributed_sales(reader, reader.as_of, reader.as_of)["amount"].item() == 400
    assert reader.has("season")
    assert load_feed(store, feed).version is None
    warehouse.close()


def test_a_demo_bank_of_an_older_program_is_built_anew_and_a_feed_is_left_alone(tmp_path, monkeypatch):
    built = []
    monkeypatch.setattr("data_access.demo.build", lambda store, **_: built.append(store.url) or store.current())
    store = open_store(str(tmp_path / "warehouse"))
    arguments = ["demo", "--if-missing", "--warehouse", store.url]
    publish(BANK, store)
    assert CliRunner().invoke(command_line.app, arguments).exit_code == 0
    assert built == []
    age(store)
    shown = CliRunner().invoke(command_line.app, ["status", "--warehouse", store.url]).output
    assert (
        "An older program published it: it lacks season, sale.amount, complaint.upheld. Load the data again."
        in " ".join(shown.split())
    )
    assert CliRunner().invoke(command_line.app, arguments).exit_code == 0
    assert built == [store.url]
    bank = dict(BANK)
    bank["warehouse_version"] = BANK["warehouse_version"].assign(source="feed")
    publish(bank, store)
    age(store)
    assert CliRunner().invoke(command_line.app, arguments).exit_code == 0
    assert built == [store.url]
