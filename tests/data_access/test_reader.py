"""The reader's doors, its cache under many threads, and what it says when it will not read."""

from __future__ import annotations

import datetime
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import duckdb
import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from data_access.cache import FrameCache, Key
from data_access.engines import Warehouse
from data_access.errors import AccessError, NoVersionError, QueueError, ScopeError, StoreError, TooManyRowsError
from data_access.frames import to_frame
from data_access.reader import Reader
from data_access.scope import Scope
from data_access.settings import Settings
from data_access.versions import open_store
from tests.data_access.small_bank import BRANCHES, publish, random_bank, viewer, warehouse_of


def customers_by_branch(reader):
    customer = reader.table("customer")
    return sa.select(customer.c.branch_id, sa.func.count().label("n")).group_by(customer.c.branch_id)


def test_the_reader_says_which_data_it_reads(reader):
    assert reader.as_of == datetime.date(2024, 6, 30)
    assert (reader.currency, reader.source) == ("CNY", "demo")
    assert len(reader.version) > 8


def test_has_knows_tables_and_columns_with_values(reader):
    assert reader.has("sale", "amount", "reversed_at")
    assert reader.has("branch")
    assert not reader.has("staff", "left_on")  # nobody left
    assert not reader.has("rejection")  # not a table that a feed fills
    with pytest.raises(ScopeError, match="no table 'sales'"):
        reader.has("sales")
    with pytest.raises(ScopeError, match="no column price"):
        reader.has("sale", "price")


def test_a_table_is_handed_out_once(reader):
    assert reader.table("sale") is reader.table("sale")
    assert reader.table("sale").name == "sale"
    with pytest.raises(ScopeError, match="no table"):
        reader.table("pg_user")


def test_a_viewer_without_branches_sees_no_row_that_belongs_to_one(warehouse):
    nobody = Reader(replace(viewer("B1"), scope=Scope(frozenset())), warehouse)
    assert nobody.frame(customers_by_branch(nobody)).empty
    assert len(nobody.frame(sa.select(nobody.table("campaign").c.campaign_id))) == 5


def test_a_branch_named_like_sql_is_only_a_name(warehouse):
    sly = Reader(replace(viewer("B1"), scope=Scope(frozenset({"B1') OR ('1'='1", 'x" --'}))), warehouse)
    assert sly.frame(customers_by_branch(sly)).empty


def test_types_do_not_depend_on_the_engine(reader):
    sale, member = reader.table("sale"), reader.table("campaign_member")
    frame = reader.frame(
        sa.select(
            sa.func.sum(sale.c.amount).label("whole"),
            sa.func.var_pop(sa.cast(sale.c.amount, sa.Double)).label("real"),
            sa.func.max(sale.c.sold_at).label("moment"),
            sa.cast(sa.func.max(sale.c.sold_at), sa.Date).label("day"),
            sa.func.max(sale.c.channel).label("text"),
            sa.func.bool_or(sale.c.reversed_at.is_not(None)).label("truth"),
            sa.func.sum(sa.literal(9_007_199_254_740_993, sa.BigInteger)).filter(sale.c.sale_id == "A1").label("exact"),
            sa.func.sum(sale.c.amount).filter(sale.c.sale_id == "none").label("missing"),
        )
    )
    kinds = ["int64", "float64", "datetime64[us]", "datetime64[us]", "str", "bool", "int64", "float64"]
    assert [str(kind) for kind in frame.dtypes] == kinds
    assert frame["exact"].item() == 9_007_199_254_740_993  # a float would end in 2
    assert np.isnan(frame["missing"].item())
    empty = reader.frame(sa.select(member.c.arm, member.c.sales_amount, member.c.assigned_at).where(sa.false()))
    assert [str(kind) for kind in empty.dtypes] == ["str", "int64", "datetime64[us]"]


def test_whole_numbers_stay_exact_beside_missing_ones():
    rows = [(2**53 + 1, 1, 2**70), (None, None, 1)]
    frame = to_frame(rows, [sa.column(name, sa.BigInteger) for name in ("large", "small", "huge")])
    assert [str(kind) for kind in frame.dtypes] == ["Int64", "float64", "float64"]
    assert frame["large"][0] == 2**53 + 1


def test_a_frame_belongs_to_its_caller(reader):
    frame = reader.frame(customers_by_branch(reader))
    frame["n"] = -1
    assert (reader.frame(customers_by_branch(reader))["n"] > 0).all()


def test_a_page_does_not_read_a_whole_table(bank, tmp_path):
    small = warehouse_of(str(tmp_path), frame_rows=10)
    publish(bank, small.store)
    reader = Reader(viewer(), small)
    customer = reader.table("customer")
    with pytest.raises(TooManyRowsError, match="at most 10 rows"):
        reader.frame(sa.select(customer.c.customer_id))
    with pytest.raises(TooManyRowsError):
        reader.frame(sa.select(customer.c.customer_id).limit(11))
    assert len(reader.frame(sa.select(customer.c.customer_id).limit(10))) == 10
    small.close()


def test_a_list_of_customers_is_read_page_by_page(bank, reader):
    customer = reader.table("customer")
    listed = sa.select(customer.c.customer_id).order_by(customer.c.customer_id)
    pages = [reader.rows(listed, page=page, size=100) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [100, 100, 40, 0]
    assert list(pd.concat(pages)["customer_id"]) == sorted(bank["customer"]["customer_id"])
    with pytest.raises(ValueError, match="order_by"):
        reader.rows(sa.select(customer.c.customer_id))
    with pytest.raises(ValueError, match="pages start at 1"):
        reader.rows(listed, page=0)
    with pytest.raises(ScopeError):
        reader.rows(sa.select(sa.column("customer_id")).order_by("customer_id"))


def test_who_may_not_see_customers_gets_no_list(warehouse):
    reader = Reader(viewer("B1", may_see_customers=False), warehouse)
    customer = reader.table("customer")
    with pytest.raises(AccessError, match="may not see them"):
        reader.rows(sa.select(customer.c.customer_id).order_by(customer.c.customer_id))


def by_tier(member):
    return sa.select(member.c.tier, sa.func.sum(member.c.sales_amount).label("sum_sales")).group_by(member.c.tier)


def test_a_benchmark_shows_the_bank_and_is_written_down(bank, reader_of, caplog):
    caplog.set_level("INFO", logger="branchlight.audit")
    frame = reader_of("B1").benchmark("campaign_member", by_tier)
    members = bank["campaign_member"].groupby("tier")
    assert dict(zip(frame["tier"], frame["sum_sales"], strict=True)) == members["sales_amount"].sum().to_dict()
    assert dict(zip(frame["tier"], frame["customers"], strict=True)) == members["customer_id"].nunique().to_dict()
    assert (frame["branches"] == len(BRANCHES)).all()
    assert "benchmark of campaign_member by head@bank.example" in caplog.text


def test_a_benchmark_leaves_out_small_groups(reader_of):
    def by_branch(member):
        return sa.select(member.c.branch_id, sa.func.count().label("n")).group_by(member.c.branch_id)

    def by_customer(member):
        return sa.select(member.c.customer_id, sa.func.count().label("n")).group_by(member.c.customer_id)

    assert reader_of("B1").benchmark("campaign_member", by_branch).empty
    assert reader_of("B1").benchmark("campaign_member", by_customer).empty


@pytest.mark.parametrize(
    "build",
    [
        lambda member: sa.select(sa.func.max(member.c.sales_amount)),
        lambda member: sa.select(sa.func.sum(member.c.sales_amount).over(partition_by=member.c.customer_id)),
        lambda member: sa.select(
            sa.func.count(), sa.select(member.c.sales_amount).limit(1).correlate(None).scalar_subquery()
        ),
    ],
    ids=["largest value", "window", "nested select"],
)
def test_a_benchmark_shows_no_single_customer(build, reader_of):
    with pytest.raises(ScopeError, match="benchmark"):
        reader_of("B1").benchmark("campaign_member", build)


def test_the_table_of_a_benchmark_opens_no_other_door(reader_of):
    reader, kept = reader_of("B1"), []
    reader.benchmark("campaign_member", lambda member: kept.append(member) or by_tier(member))
    with pytest.raises(ScopeError, match="reads 'campaign_member' directly"):
        reader.frame(by_tier(kept[0]))


def test_a_cached_frame_never_crosses_scopes(bank, warehouse):
    for scope in (("B1",), ("B2",), (), ("B1", "B2"), ("B2",), ("B1",)):
        reader = Reader(viewer(*scope), warehouse)
        frame = reader.frame(customers_by_branch(reader))
        expected = bank["customer"]["branch_id"].value_counts()
        expected = expected[list(scope)] if scope else expected
        assert dict(zip(frame["branch_id"], frame["n"], strict=True)) == expected.to_dict()


def test_many_threads_get_their_own_rows(bank, warehouse):
    expected = bank["customer"]["branch_id"].value_counts().to_dict()

    def look(number):
        branch = BRANCHES[number % len(BRANCHES)]
        reader = Reader(viewer(branch), warehouse)
        customer = reader.table("customer")
        # A third of the questions were asked before, the others are new.
        statement = customers_by_branch(reader).where(customer.c.birth_year.is_(None) | (sa.literal(number // 3) >= 0))
        return branch, reader.frame(statement)

    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(look, range(240)))
    assert all(dict(zip(got["branch_id"], got["n"], strict=True)) == {b: expected[b]} for b, got in answers)


def test_the_same_question_is_asked_once(bank, tmp_path, monkeypatch):
    warehouse = warehouse_of(str(tmp_path))
    publish(bank, warehouse.store)
    connected = []
    connect = Warehouse.connect
    monkeypatch.setattr(Warehouse, "connect", lambda self, version: connected.append(1) or connect(self, version))
    for _ in range(3):
        reader = Reader(viewer("B1"), warehouse)
        reader.frame(customers_by_branch(reader))
    assert len(connected) == 1
    reader.frame(customers_by_branch(reader).where(reader.table("customer").c.birth_year == 1970))
    reader.frame(customers_by_branch(reader).where(reader.table("customer").c.birth_year == 1971))
    assert len(connected) == 3
    warehouse.close()


def test_the_cache_keeps_within_its_bytes_and_forgets_the_oldest():
    frame = pd.DataFrame({"x": np.zeros(100)})
    size = int(frame.memory_usage(deep=True).sum()) + 2
    cache = FrameCache(limit=3 * size)
    keys = [Key("v", str(i), "") for i in range(4)]
    for key in keys[:3]:
        cache.put(key, frame)
    assert cache.get(keys[0]) is not None  # used again, so the second is now the oldest
    cache.put(keys[3], frame)
    assert [cache.get(key) is not None for key in keys] == [True, False, True, True]
    assert cache.held <= 3 * size
    cache.put(keys[3], frame)
    assert cache.held <= 3 * size
    cache.put(Key("v", "large", ""), pd.DataFrame({"x": np.zeros(1000)}))
    assert cache.get(Key("v", "large", "")) is None


def test_values_that_are_equal_but_of_another_kind_are_other_questions(reader):
    one, true = (reader.frame(sa.select(sa.literal(value).label("x"))) for value in (1, True))
    assert (str(one["x"].dtype), str(true["x"].dtype)) == ("int64", "bool")


@pytest.mark.parametrize("engine", ["duckdb", "postgresql"])
def test_a_reader_keeps_its_version_and_the_next_one_sees_the_new(engine, tmp_path, postgresql_server):
    warehouse = warehouse_of(str(tmp_path) if engine == "duckdb" else postgresql_server("publishes"))
    readers = []
    for customers in (5, 10, 15, 20):
        publish(random_bank(seed=8, customers=customers), warehouse.store)
        readers.append(Reader(viewer(), warehouse))
        readers[-1].frame(customers_by_branch(readers[-1]))
    first, second, third, fourth = readers
    totals = [int(reader.frame(customers_by_branch(reader))["n"].sum()) for reader in (fourth, third, second)]
    assert totals == [20, 15, 10]
    with pytest.raises(StoreError, match="reload the page"):  # the last two are kept
        first.frame(sa.select(sa.func.count()).select_from(first.table("sale")))
    warehouse.close()


def test_nothing_loaded_says_what_to_do(tmp_path):
    with pytest.raises(NoVersionError, match="python -m data_access demo"):
        Reader(viewer(), warehouse_of(str(tmp_path / "none")))


def test_a_query_that_finds_no_turn_says_so(bank, tmp_path):
    busy = warehouse_of(str(tmp_path), concurrent_queries=1, wait_seconds=0.05)
    publish(bank, busy.store)
    reader = Reader(viewer(), busy)
    with busy.connect(busy.current()), pytest.raises(QueueError, match="concurrent_queries"):
        reader.frame(customers_by_branch(reader))
    assert len(reader.frame(customers_by_branch(reader))) == len(BRANCHES)  # the turn was given back
    busy.close()


@pytest.mark.parametrize(
    "attempt",
    [
        "SELECT * FROM read_csv('/etc/hostname')",
        "SET memory_limit = '9GB'",
        "CREATE TABLE intruder (x INTEGER)",
        "DELETE FROM sale",
        "ATTACH ':memory:' AS other",
        "COPY sale TO 'stolen.csv'",
        "INSTALL httpfs",
    ],
)
def test_even_raw_sql_on_duckdb_can_only_read_the_warehouse(attempt, warehouses):
    duck = warehouses["duckdb"]
    with duck.connect(duck.current()) as connection, pytest.raises(sa.exc.DBAPIError) as refused:
        connection.exec_driver_sql(attempt)
    assert isinstance(refused.value.orig, duckdb.Error)


@pytest.mark.parametrize("attempt", ["DELETE FROM {schema}.sale", "CREATE TABLE {schema}.intruder (x integer)"])
def test_even_raw_sql_on_postgresql_can_only_read(attempt, warehouses):
    postgres = warehouses["postgresql"]
    version = postgres.current()
    with postgres.connect(version) as connection, pytest.raises(sa.exc.InternalError, match="read-only"):
        connection.exec_driver_sql(attempt.format(schema=version.place))


def test_a_wrong_address_names_the_setting():
    with pytest.raises(StoreError, match="warehouse"):
        Warehouse(open_store("mysql://host/db"), Settings())
