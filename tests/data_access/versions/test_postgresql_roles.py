"""The roles of docs/postgresql.md, made by the SQL that stands there: one loads, one reads, the server binds both."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from pandas.testing import assert_frame_equal

from data_access.queries import campaigns
from data_access.reading.reader import Reader
from tests.data_access.small_bank import publish, random_bank, viewer, warehouse_of

DOCUMENT = Path(__file__).parents[3] / "docs" / "postgresql.md"


def address(url: sa.URL, role: str = "", database: str = "marketing") -> str:
    parts = {"username": role} if role else {}
    return url.set(drivername="postgresql", database=database, **parts).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def server(postgresql_server) -> sa.URL:
    """A server on which everything was done that the document says: once, because roles are those of a whole server."""
    url = sa.make_url(postgresql_server("before_the_roles"))
    as_superuser, in_database = re.findall(r"```sql\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    for database, block in (("before_the_roles", as_superuser), ("marketing", in_database)):
        with psycopg.connect(address(url, database=database), autocommit=True) as connection:
            for statement in filter(str.strip, block.split(";")):
                connection.execute(statement.encode())
    return url


def test_one_role_loads_and_the_other_reads_what_its_viewer_may(server, warehouses, caplog):
    loader = warehouse_of(address(server, "branchlight_loader"))
    app = warehouse_of(address(server, "branchlight_app"))
    for bank in (random_bank(seed=8, customers=20), random_bank()):  # the rights reach the tables of a later load
        publish(bank, loader.store)
        assert campaigns.arms(Reader(viewer(), app))["n"].sum() == len(bank["campaign_member"])
    for branches in ((), ("B1",), ("B2", "B5")):
        got, expected = (campaigns.arms(Reader(viewer(*branches), one)) for one in (app, warehouses["duckdb"]))
        assert_frame_equal(got, expected, rtol=1e-9)
    with psycopg.connect(address(server, "branchlight_app"), autocommit=True) as around:
        around.execute(f"SET search_path = v_{app.current().id}".encode())
        for table in ("campaign_member", "customer", "staff", "sale", "rejection"):
            assert around.execute(f"SELECT count(*) FROM {table}".encode()).fetchone() == (0,)  # noqa: S608
        for statement in ("DELETE FROM branchlight.version", "CREATE SCHEMA mine", "CREATE TABLE public.mine ()"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                around.execute(statement.encode())
    assert "superuser" not in caplog.text
    loader.close()
    app.close()


def test_an_app_that_the_server_does_not_bind_says_so_once(server, caplog):
    loader, chief = warehouse_of(address(server, "branchlight_loader")), warehouse_of(address(server))
    publish(random_bank(seed=8, customers=20), loader.store)
    loader.close()
    for _ in range(2):
        campaigns.catalogue(Reader(viewer(), chief))
    warned = [record.getMessage() for record in caplog.records if record.name == "branchlight.store"]
    assert len(warned) == 1
    assert "superuser" in warned[0]
    assert "docs/postgresql.md" in warned[0]
    chief.close()
