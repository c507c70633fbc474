"""The reader's doors, its cache under many threads, and what it says when it will not read."""

from __future__ import annotations

import datetime
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from threading import Event
from time import sleep

import duckdb
import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from data_access import schema
from data_access.cache import FrameCache, Key
from data_access.engines import Warehouse
from data_access.errors import AccessError, NoVersionError, QueueError, ScopeError, StoreError, TooManyRowsError
from data_access.queries import campaigns
from data_access.reading import benchmark
from data_access.reading.frames import to_frame
from data_access.reading.reader import Reader
from data_access.reading.scope import WHOLE_BANK, Scope
from data_access.settings import Settings
from data_access.versions import open_store
from tests.data_access.small_bank import BRANCHES, publish, viewer, warehouse_of


def customers_by_branch(reader):
    customer = reader.table("customer")
    return sa.select(customer.c.branch_id, sa.func.count().label("n")).group_by(customer.c.branch_id)


@pytest.fixture
def opened(warehouses) -> Iterator[Callable[..., Warehouse]]:
    """Opens the folder of the small bank once more, with settings and a cache of its own."""
    with ExitStack() as stack:

        def again(**overrides) -> Warehouse:
            warehouse = warehouse_of(warehouses["duckdb"].settings.warehouse, **overrides)
            stack.callback(warehouse.close)
            return warehouse

        yield again


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


def test_a_page_does_not_read_a_whole_table(opened):
    reader = Reader(viewer(), opened(frame_rows=10))
    customer = reader.table("customer")
    with pytest.raises(TooManyRowsError, match="at most 10 rows"):
        reader.frame(sa.select(customer.c.customer_id))
    with pytest.raises(TooManyRowsError):
        reader.frame(sa.select(customer.c.customer_id).limit(11))
    assert len(reader.frame(sa.select(customer.c.customer_id).limit(10))) == 10


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


AMOUNTS = ("sales_amount", "net_new_amount")


def test_a_benchmark_shows_the_bank_and_is_written_down_with_its_statement(bank, reader_of, caplog):
    caplog.set_level("INFO", logger="branchlight.audit")
    got = reader_of("B1").benchmark("campaign_member", AMOUNTS).set_index(["campaign_id", "arm"])
    deed = caplog.records[-1].deed
    assert (deed["event"], deed["of"], deed["person"]) == ("benchmark", "campaign_member", "head@bank.example")
    assert deed["version"] == reader_of("B1").version
    assert "GROUP BY campaign_member.campaign_id, campaign_member.arm" in deed["statement"]
    groups = dict(iter(bank["campaign_member"].groupby(["campaign_id", "arm"])))
    told = {key for key, rows in groups.items() if (rows["branch_id"] != "B1").sum() >= 50}
    told = {key for key in told if groups[key]["branch_id"][groups[key]["branch_id"] != "B1"].nunique() >= 5}
    assert set(got.index) == told
    assert told
    assert told != set(groups)
    for key in told:
        row, sales = got.loc[key], groups[key]["sales_amount"].astype("float64")
        assert abs(row["n"] - len(sales)) <= 2
        assert row["n"] % 5 == 0
        assert row["branches"] == groups[key]["branch_id"].nunique()
        # Off by no more than half a step, and a step is below 2.5 times the root of the squares.
        assert abs(row["sum_sales_amount"] - sales.sum()) <= 1.25 * np.sqrt((sales**2).sum())
        assert row["squares_sales_amount"] == pytest.approx(((sales - sales.mean()) ** 2).sum(), rel=0.5)


@pytest.mark.parametrize("limits", [{"benchmark_branches": 6}, {"benchmark_customers": 400}])
def test_a_benchmark_needs_enough_branches_and_customers_beside_the_viewers_own(limits, opened):
    small = opened(**limits)
    assert Reader(viewer("B1"), small).benchmark("campaign_member").empty
    assert Reader(viewer(), small).benchmark("campaign_member").empty == ("benchmark_customers" in limits)


def test_a_benchmark_has_no_group_and_no_sum_of_the_callers_choice(reader_of):
    reader = reader_of("B1")
    for table, amounts in (("customer", ()), ("sale", ("amount",)), ("campaign_member", ("converted_at",))):
        with pytest.raises(ScopeError, match="Nothing was read"):
            reader.benchmark(table, amounts)
    with pytest.raises(ScopeError, match="'campaign_member'"):
        reader.frame(sa.select(WHOLE_BANK.visible(schema.campaign_member).c.arm))


@given(
    amounts=st.lists(st.integers(0, 10**9), min_size=50, max_size=120),
    more=st.integers(0, 10**10),
)
def test_two_benchmarks_that_differ_by_a_customer_do_not_tell_the_customers_amount(amounts, more):
    """What is told moves by one step of a round number or not at all, and the step is above the amount."""

    def told(values):
        x = np.array(values, dtype="float64")
        frame = pd.DataFrame({"n": [len(x)], "known_a": [len(x)], "sum_a": [x.sum()]})
        return benchmark.rounded(frame.assign(squares_a=((x - x.mean()) ** 2).sum()), ["a"]).iloc[0]

    one, two = told(amounts), told([*amounts, more])
    assert one["n"] % 5 == two["n"] % 5 == 0
    step = abs(two["sum_a"] - one["sum_a"])
    assert step == 0 or step >= max(more, 1) * 0.4
    root = np.sqrt(float(sum(a * a for a in [*amounts, more])))
    digits = two["sum_a"] / 10.0 ** np.floor(np.log10(max(root, 1.0)))
    assert abs(digits - round(digits)) < 1e-6  # a whole number of the root's own power of ten


def test_the_size_of_a_campaign_is_told_to_all_and_written_down(bank, reader_of, caplog):
    caplog.set_level("INFO", logger="branchlight.audit")
    control = bank["campaign_arm"].query("is_control")[["campaign_id", "arm"]]
    treated = bank["campaign_member"].merge(control, how="left", indicator=True).query("_merge == 'left_only'")
    got = reader_of("B1").campaign_sizes()
    assert dict(zip(got["campaign_id"], got["n_bank"], strict=True)) == treated.groupby("campaign_id").size().to_dict()
    deed = caplog.records[-1].deed
    assert (deed["event"], deed["of"], deed["person"]) == ("benchmark", "size of campaigns", "head@bank.example")
    assert "GROUP BY" in deed["statement"]


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


def test_the_same_question_is_asked_once(opened, monkeypatch):
    warehouse = opened()
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


def test_the_cache_keeps_within_its_bytes_and_forgets_the_oldest():
    frame = pd.DataFrame({"x": np.zeros(100)})
    keys = [Key("v", (), (i,), "") for i in range(4)]
    trial = FrameCache(limit=10**9)
    trial.put(keys[0], frame)
    size = trial.held
    cache = FrameCache(limit=3 * size)
    for key in keys[:3]:
        cache.put(key, frame)
    assert cache.get(keys[0]) is not None  # used again, so the second is now the oldest
    cache.put(keys[3], frame)
    assert [cache.get(key) is not None for key in keys] == [True, False, True, True]
    assert cache.held <= 3 * size
    cache.put(keys[3], frame)
    assert cache.held <= 3 * size
    large = Key("v", (), ("large",), "")
    cache.put(large, pd.DataFrame({"x": np.zeros(10_000)}))
    assert cache.get(large) is None


def test_the_cache_counts_what_it_holds(reader):
    """The oracle is Python's own count of what is allocated; text lies in Arrow's memory, which it does not see."""
    frames = [campaigns.arms(reader), campaigns.costs(reader), campaigns.catalogue(reader)]
    for frame in frames:
        numbers = frame.select_dtypes("number")
        cache = FrameCache(limit=10**9)
        keys = [Key("v", ("x" * 100,), (str(i) * 50,), "y" * 200) for i in range(100)]
        tracemalloc.start()
        for key in keys:
            cache.put(key, numbers + 1)
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert 0.8 * held < cache.held < 2.5 * held


def test_one_question_is_read_once_however_many_ask_at_the_same_time():
    cache, started, read = FrameCache(limit=10**6), Event(), []

    def slowly():
        read.append(1)
        started.wait(5)
        return pd.DataFrame({"x": [1.0]})

    key = Key("v", (), ("slow",), "")
    with ThreadPoolExecutor(8) as threads:
        answers = [threads.submit(cache.answer, key, slowly) for _ in range(8)]
        while not read:
            sleep(0.001)
        started.set()
        frames = [answer.result() for answer in answers]
    assert len(read) == 1
    frames[0].loc[0, "x"] = 9.0  # each caller's own
    assert [frame["x"].item() for frame in frames[1:]] == [1.0] * 7
    assert cache.answer(key, slowly)["x"].item() == 1.0


def test_who_waits_for_a_reading_that_fails_reads_for_itself():
    cache, started, calls = FrameCache(limit=10**6), Event(), []

    def once_in_vain():
        calls.append(1)
        if len(calls) == 1:
            started.wait(5)
            raise QueueError("no turn")
        return pd.DataFrame({"x": [1.0]})

    key = Key("v", (), ("q",), "")
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(cache.answer, key, once_in_vain)
        while not calls:
            sleep(0.001)
        second = threads.submit(cache.answer, key, once_in_vain)
        sleep(0.05)
        started.set()
        assert second.result()["x"].item() == 1.0
        with pytest.raises(QueueError):
            first.result()
    assert len(calls) == 2


def test_a_question_asked_before_is_answered_without_writing_sql(warehouse, monkeypatch):
    reader = Reader(viewer("B1"), warehouse)
    first = campaigns.arms(reader)
    monkeypatch.setattr(sa.Select, "compile", lambda *_, **__: pytest.fail("compiled"))
    assert_frame_equal(campaigns.arms(Reader(viewer("B1"), warehouse)), first)


@pytest.mark.parametrize(
    ("tables", "said", "expected"),
    [
        ({"campaign_member": 20, "sale": 25, "tier_snapshot": 30}, 30, 25),  # a snapshot of month end is not an event
        ({"campaign_member": 20, "sale": 25}, 25, 25),
        ({"campaign_member": 20}, 28, 28),  # the version says that it covers more than any table shows
        ({"campaign_member": 20, "sale": 25}, 22, 22),  # and it may say less
        ({"tier_snapshot": 30}, 30, 30),
        ({}, 17, 17),
    ],
)
def test_events_move_the_clock_and_snapshots_do_not(tables, said, expected, bank, tmp_path):
    described = {name: bank[name] for name in schema.SYSTEM}
    dates = {name: pd.Timestamp(2024, 6, day) for name, day in tables.items()}
    described["version_table"] = bank["version_table"].assign(
        as_of=pd.to_datetime(bank["version_table"]["table_name"].map(dates))
    )
    described["warehouse_version"] = bank["warehouse_version"].assign(as_of=pd.Timestamp(2024, 6, said))
    clock = warehouse_of(str(tmp_path))
    publish(described, clock.store)
    reader = Reader(viewer(), clock)
    assert reader.as_of == datetime.date(2024, 6, expected)
    least = min(expected, tables.get("campaign_member", expected), tables.get("sale", expected))
    assert reader.as_of_tables("campaign_member", "sale", "branch") == datetime.date(2024, 6, least)
    with pytest.raises(ScopeError, match="no table"):
        reader.as_of_tables("sales")
    clock.close()


def test_each_version_says_of_itself_what_it_says(bank, tmp_path):
    warehouse = warehouse_of(str(tmp_path))
    readers = []
    for currency, day, without in (("CNY", 20, "sale"), ("EUR", 28, "complaint")):
        recorded = bank["version_column"]
        publish(
            {
                **{name: bank[name] for name in schema.SYSTEM},
                "version_table": bank["version_table"].assign(as_of=pd.NaT),
                "warehouse_version": bank["warehouse_version"].assign(
                    currency=currency, as_of=pd.Timestamp(2024, 6, day)
                ),
                "version_column": recorded[recorded["table_name"] != without],
            },
            warehouse.store,
        )
        readers.append(Reader(viewer(), warehouse))
    for _ in range(2):
        said = [(one.currency, one.as_of.day, one.has("sale"), one.has("complaint")) for one in readers]
        assert said == [("CNY", 20, False, True), ("EUR", 28, True, False)]
    warehouse.close()


def test_values_that_are_equal_but_of_another_kind_are_other_questions(reader):
    one, true = (reader.frame(sa.select(sa.literal(value).label("x"))) for value in (1, True))
    assert (str(one["x"].dtype), str(true["x"].dtype)) == ("int64", "bool")


@pytest.mark.parametrize("engine", ["duckdb", "postgresql"])
def test_a_reader_keeps_its_version_and_the_next_one_sees_the_new(engine, bank, tmp_path, postgresql_server):
    warehouse = warehouse_of(str(tmp_path) if engine == "duckdb" else postgresql_server("publishes"))
    readers = []
    for customers in (5, 10, 15, 20):
        described = {name: bank[name] for name in schema.SYSTEM}
        publish({**described, "customer": bank["customer"].head(customers)}, warehouse.store)
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


def test_a_query_that_finds_no_turn_says_so(opened):
    busy = opened(concurrent_queries=1, wait_seconds=0.05)
    reader = Reader(viewer(), busy)
    with busy.connect(busy.current()), pytest.raises(QueueError, match="concurrent_queries"):
        reader.frame(customers_by_branch(reader))
    assert len(reader.frame(customers_by_branch(reader))) == len(BRANCHES)  # the turn was given back


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
