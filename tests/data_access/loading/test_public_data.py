"""The two public data sets, against facts that their publishers and their README state."""

import gzip
import itertools
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_access.errors import FeedError
from data_access.loading.notes import told
from data_access.loading.public.berka import ROUNDING, closing_balances, load_berka
from data_access.loading.public.uci_bank_marketing import load_uci_bank_marketing
from data_access.versions import open_store
from tests.data_access.loading.conftest import rows_of

DATA = Path(__file__).parents[4] / "shared" / "data"
UCI = DATA / "uci_bank_marketing" / "bank-full.csv.gz"
BERKA = DATA / "berka"

shared = [
    pytest.mark.shared,
    pytest.mark.skipif(not DATA.is_dir(), reason="the public data sets are not beside the project"),
]


@pytest.fixture(scope="module", params=["duckdb", "postgresql"])
def uci(request, tmp_path_factory):
    store = new_store(request, tmp_path_factory, "uci")
    load_uci_bank_marketing(store, UCI)
    yield store
    store.close()


@pytest.fixture(scope="module", params=["duckdb", "postgresql"])
def berka(request, tmp_path_factory):
    store = new_store(request, tmp_path_factory, "berka")
    load_berka(store, BERKA)
    yield store
    store.close()


def new_store(request, tmp_path_factory, name):
    if request.param == "postgresql":
        return open_store(request.getfixturevalue("postgresql_server")(f"public_{name}"))
    return open_store(str(tmp_path_factory.mktemp(name)))


class TestUciBankMarketing:
    pytestmark = shared

    def test_holds_what_its_publishers_counted(self, uci):
        counted = "SELECT count(*), count(converted_at), count(contacted_at), count(matures_on) FROM campaign_member"
        assert rows_of(uci, counted) == [(45211, 5289, 45211, 45211)]
        channels = "SELECT channel, count(*) FROM campaign_member GROUP BY channel ORDER BY count(*)"
        assert rows_of(uci, channels) == [("telephone", 2906), (None, 13020), ("cellular", 29285)]
        first, last = rows_of(uci, "SELECT min(assigned_at), max(assigned_at) FROM campaign_member")[0]
        assert (first.year, first.month, first.day) == (2008, 5, 5)
        assert (last.year, last.month) == (2010, 11)
        assert rows_of(uci, "SELECT currency, source FROM warehouse_version") == [("EUR", "uci-bank-marketing")]

    def test_waves_are_the_months_of_the_calls(self, uci):
        query = (
            "SELECT campaign.campaign_id, count(*) FROM campaign JOIN campaign_member USING (campaign_id) "
            "WHERE CAST(assigned_at AS DATE) BETWEEN starts_on AND ends_on GROUP BY 1 ORDER BY 1"
        )
        waves = dict(rows_of(uci, query))
        assert sum(waves.values()) == 45211
        assert len(waves) == rows_of(uci, "SELECT count(*) FROM campaign")[0][0]
        assert (min(waves), max(waves)) == ("2008-05", "2010-11")
        # the file has 13,766 rows of May, in three years
        assert sum(n for wave, n in waves.items() if wave.endswith("-05")) == 13766

    def test_does_not_record_what_the_file_does_not_hold(self, uci):
        query = "SELECT column_name FROM version_column WHERE table_name = 'campaign_member'"
        recorded = {name for (name,) in rows_of(uci, query)}
        assert not recorded & {"participated_at", "sales_amount", "contribution_amount", "baseline_amount", "staff_id"}
        assert rows_of(uci, "SELECT count(*) FROM campaign_cost") == [(0,)]
        assert rows_of(uci, "SELECT count(*) FROM satisfaction") == [(0,)]
        assert rows_of(uci, "SELECT count(*) FROM customer_tag WHERE tag = 'duration'") == [(0,)]
        assert rows_of(uci, "SELECT count(*) FROM customer_tag WHERE tag = 'marital'") == [(45211,)]

    def test_the_same_file_twice_changes_nothing(self, uci):
        first = uci.current()
        assert load_uci_bank_marketing(uci, UCI) is None
        assert uci.current() == first

    def test_the_other_file_of_the_archive_is_refused(self, feed):
        with pytest.raises(FeedError, match="has not the columns"):
            load_uci_bank_marketing(feed.store, UCI.with_name("bank-additional-full.csv.gz"))

    def test_rows_that_were_sorted_cannot_be_dated(self, feed):
        lines = gzip.decompress(UCI.read_bytes()).splitlines(keepends=True)
        path = feed.folder / "bank-full.csv"
        path.write_bytes(b"".join(lines[:1] + sorted(lines[1:])))
        with pytest.raises(FeedError, match="date order"):
            load_uci_bank_marketing(feed.store, path)


class TestBerka:
    pytestmark = shared

    def test_holds_what_its_readme_states(self, berka):
        for table, rows in {"customer": 4500, "branch": 77, "sale": 682 + 892, "product": 4}.items():
            assert rows_of(berka, f"SELECT count(*) FROM {table}") == [(rows,)]  # noqa: S608
        by_line = (
            "SELECT line, count(*), count(amount) FROM sale JOIN product USING (product_id) GROUP BY line ORDER BY 1"
        )
        assert rows_of(berka, by_line) == [("credit_card", 892, 0), ("personal_loan", 682, 682)]
        assert rows_of(berka, "SELECT amount FROM sale WHERE sale_id = 'loan-5314'") == [(9639600,)]
        assert rows_of(berka, "SELECT currency FROM warehouse_version") == [("CZK",)]

    def test_snapshots_end_with_the_last_whole_month_and_say_so(self, berka):
        last = "SELECT max(month_no), min(month_no), count(DISTINCT customer_id) FROM tier_snapshot"
        assert rows_of(berka, last) == [(1994 * 12 + 1, 1993 * 12, 1197)]
        (note,) = rows_of(berka, "SELECT note FROM warehouse_version")[0]
        note = told(note)
        assert "end with 1994-02." in note
        assert "1994-03-31: the file is cut there" in note

    def test_a_closing_balance_is_the_one_that_ends_the_chain_of_the_day(self, berka):
        # account 10227 on 28 February 1994, in the order of the file: +151.20 -> 32,016.60, -100.00 -> 31,916.60,
        # +146.50 -> 31,865.30. By hand: 31,718.80 before, then 31,865.30, 32,016.60, and the fee to 31,916.60.
        query = "SELECT aum_end FROM tier_snapshot WHERE customer_id = '10227' AND month_no = 1994 * 12 + 1"
        assert rows_of(berka, query) == [(3191660,)]

    def test_owners_are_people_with_an_age_and_a_gender(self, berka):
        # client 1 (706213: a woman born on 13 December 1970) owns account 1
        query = "SELECT birth_year, gender, branch_id FROM customer WHERE customer_id = '1'"
        assert rows_of(berka, query) == [(1970, "female", "18")]

    def test_a_cut_last_row_is_left_out_and_said(self, feed):
        for path in BERKA.glob("*.asc*"):
            (feed.folder / path.name).write_bytes(path.read_bytes())
        loan = feed.folder / "loan.asc"
        loan.write_bytes(loan.read_bytes()[:-30])
        load_berka(feed.store, feed.folder)
        assert feed.rows("SELECT count(*) FROM sale WHERE product_id = 'loan'") == [(681,)]
        (note,) = feed.rows("SELECT note FROM warehouse_version")[0]
        assert "The last row of loan.asc is cut; it was left out." in told(note)


def arrangements_end(before: int, rows: list[tuple[int, int]]) -> set[int]:
    """Closing balances of all orders of a day's rows in which each balance follows, by trying every order."""
    ends: set[int] = set()
    for order in itertools.permutations(rows):
        balance = before
        for amount, after in order:
            if abs(after - (balance + amount)) > ROUNDING:
                break
            balance = after
        else:
            ends.add(balance)
    return ends


@given(
    st.integers(-10_000_000, 10_000_000),
    st.lists(st.tuples(st.integers(-1_000_000, 1_000_000), st.integers(-ROUNDING, ROUNDING)), min_size=1, max_size=5),
    st.randoms(),
)
def test_the_closing_balance_is_that_of_an_arrangement_that_chains(before, steps, random):
    day, rows, balance = date(1993, 12, 31), [], before
    for amount, rounding in steps:
        balance += amount + rounding
        rows.append((amount, balance))
    random.shuffle(rows)
    booked = [("1", date(1993, 12, 30), before, before), *(("1", day, amount, after) for amount, after in rows)]
    closing = list(closing_balances(booked))[-1]
    assert closing.chains
    ends = arrangements_end(before, rows)
    assert min(abs(closing.balance - end) for end in ends) <= 2 * ROUNDING * len(rows)


def test_a_day_whose_rows_are_cut_does_not_chain():
    day = date(1994, 3, 31)
    booked = [("1", date(1994, 3, 30), 5000, 5000), ("1", day, 20000, 95000)]
    assert [closing.chains for closing in closing_balances(booked)] == [True, False]
