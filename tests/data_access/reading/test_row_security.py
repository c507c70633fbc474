"""The last lock: whoever goes around the reader, with the application's own role, is shown nothing of any branch."""

from __future__ import annotations

import psycopg
import pytest
import sqlalchemy as sa

from data_access import schema
from data_access.errors import ScopeError
from data_access.queries import campaigns
from data_access.reading import row_security
from data_access.reading.reader import Reader
from data_access.reading.scope import Scope
from tests.data_access.small_bank import of_branches, publish, viewer, warehouse_of

OF_BRANCHES = [name for name, table in schema.metadata.tables.items() if table.info["scope"] != schema.PUBLIC]


@pytest.fixture(scope="module")
def application(bank, postgresql_server):
    """The bank in a database of the application, whose role is no superuser; and a plain connection of that role."""
    url = sa.make_url(postgresql_server("guarded"))
    with psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False)) as chief:
        chief.execute("CREATE ROLE application LOGIN NOSUPERUSER NOBYPASSRLS")
        chief.execute("ALTER DATABASE guarded OWNER TO application")
    own = url.set(username="application", drivername="postgresql").render_as_string(hide_password=False)
    warehouse = warehouse_of(own)
    publish(bank, warehouse.store)
    with psycopg.connect(own, autocommit=True) as connection:
        connection.execute(f"SET search_path = v_{warehouse.current().id}".encode())
        yield warehouse, connection
    warehouse.close()


def counted(connection, name: str) -> int:
    return connection.execute(f'SELECT count(*) FROM "{name}"'.encode()).fetchone()[0]  # noqa: S608


@pytest.mark.parametrize("name", OF_BRANCHES)
def test_going_around_the_reader_shows_nothing(name, application, bank):
    assert len(bank[name]) > 0
    assert counted(application[1], name) == 0


def test_nor_do_the_tables_below_the_views(application):
    _, connection = application
    found = connection.execute(
        "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace "
        "WHERE nspname = 'branchlight_tables' AND relkind = 'r'"
    ).fetchall()
    connection.execute("SET search_path = branchlight_tables")
    shown = {name.rpartition("_")[0] for (name,) in found if counted(connection, name)}
    connection.execute(f"SET search_path = v_{application[0].current().id}".encode())
    assert len(found) == len(schema.metadata.tables)
    assert not shown & set(OF_BRANCHES)


@pytest.mark.parametrize("branches", [(), ("B2", "B5"), ("B1",), ("*",), ("",)], ids="+".join)
@pytest.mark.parametrize("name", OF_BRANCHES)
def test_a_transaction_is_shown_the_rows_of_the_branches_it_was_opened_for(name, branches, application, bank):
    _, connection = application
    with connection.transaction():
        written = row_security._written(Scope(frozenset(branches)))
        connection.execute("SELECT set_config(%s, %s, true)", (row_security.SETTING, written))
        assert counted(connection, name) == len(of_branches(bank, set(branches))[name])
    assert counted(connection, name) == 0  # it ends with the transaction


def test_the_reader_opens_its_transactions_and_the_loader_sees_all(application, bank, warehouses):
    warehouse, _ = application
    for scope in ((), ("B1",), ("B2", "B5")):
        guarded, plain = Reader(viewer(*scope), warehouse), Reader(viewer(*scope), warehouses["duckdb"])
        assert campaigns.arms(guarded)["n"].sum() == campaigns.arms(plain)["n"].sum() > 0
        assert campaigns.members_of_bank(guarded).equals(campaigns.members_of_bank(plain))
    store = warehouse.store
    with store.loading(wait_seconds=10), store.draft() as draft:
        store.copy_current(draft)
        with sa.create_engine(sa.URL.create("duckdb", database=str(draft.path))).connect() as copied:
            for name in OF_BRANCHES:
                rows = copied.execute(sa.select(sa.func.count()).select_from(schema.metadata.tables[name])).scalar()
                assert rows == len(bank[name])


def test_a_transaction_of_the_reader_is_opened_for_its_viewer_and_for_no_longer(application, bank):
    warehouse, _ = application
    raw = sa.select(sa.func.count().label("n")).select_from(schema.metadata.tables["sale"])
    for branches in (("B1",), ("B2", "B5"), ()):
        seen = Reader(viewer(*branches), warehouse)._read(raw)["n"].item()
        assert seen == len(of_branches(bank, set(branches))["sale"] if branches else bank["sale"])
        with warehouse.connect(warehouse.current()) as connection:  # the same one, from the pool
            assert connection.execute(raw).scalar() == 0


def test_a_branch_that_could_pass_for_two_is_refused():
    with pytest.raises(ScopeError, match="Grant it anew"):
        row_security._written(Scope(frozenset({"B1\x1fB2"})))
