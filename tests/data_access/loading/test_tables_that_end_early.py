"""Tables of one feed that end on different days: nothing counts as "no" on a day that its table does not cover.

Contacts reach Sunday 30 June 2024, members 20 June, and answers 10 June: ten days before the members.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest

from answers import period
from answers.summary import held
from data_access.engines import Warehouse
from data_access.queries import campaigns, experiments, history, staff, tiers, week
from data_access.reading.reader import Reader
from data_access.settings import Settings
from data_access.versions import open_store
from tests.data_access.loading.conftest import Feed
from tests.data_access.small_bank import viewer

MARCH = 2024 * 12 + 2
FEED = {
    "branch": "branch_id,name\n1,Harbour\n",
    "customer": "customer_id,branch_id\nk1,1\nk2,1\nk3,1\nk4,1\n",
    "staff": "staff_id,name\ns,Sun\n",
    "product": "product_id,name,line\np,Savings,deposit\n",
    "campaign": "campaign_id,name,objective,starts_on,ends_on,attribution_days,assignment\n"
    "c,Spring,grow,2024-05-01,2024-05-31,30,randomised\n",
    "campaign_arm": "campaign_id,arm,is_control\nc,call,false\nc,hold,true\n",
    # Windows close on 19, 20 and 21 June, and the one of the control on 10 June.
    "campaign_member": "campaign_id,customer_id,arm,branch_id,staff_id,assigned_at,contacted_at,converted_at\n"
    "c,k1,call,1,s,2024-05-20,2024-06-13 12:00:00,\n"
    "c,k2,call,1,s,2024-05-21,2024-06-17 12:00:00,2024-06-20 23:59:59\n"
    "c,k3,call,1,s,2024-05-22,2024-06-14 00:00:00,\n"
    "c,k4,hold,1,s,2024-05-11,,\n",
    "contact": "contact_id,customer_id,branch_id,channel,contacted_at\n1,k1,1,phone,2024-06-30 09:00:00\n",
    "satisfaction": "response_id,customer_id,branch_id,scale,invited_at,score,responded_at\n"
    "1,k1,1,csat5,2024-06-03,,\n"
    "2,k1,1,csat5,2024-06-05,5,2024-06-05\n"
    "3,k4,1,csat5,2024-06-10,4,2024-06-10\n",
    "complaint": "complaint_id,customer_id,branch_id,opened_at\n1,k4,1,2024-06-10\n2,k1,1,2024-06-27\n",
    "sale": "sale_id,customer_id,branch_id,staff_id,product_id,sold_at,amount\n"
    "1,k1,1,s,p,2024-03-27 23:59:59,1.00\n"
    "2,k2,1,s,p,2024-03-28 00:00:00,2.00\n"
    "3,k3,1,s,p,2024-06-28 10:00:00,4.00\n",
    "holding": "customer_id,product_id,opened_on,branch_id,closed_on\n"
    "k1,p,2024-03-27,1,\nk2,p,2024-01-01,1,2024-06-25\n",
    # A slip of the pen: nobody has left since, and no month is missing.
    "tier_snapshot": "customer_id,month_no,branch_id,tier,aum\n"
    "k1,2024-03,1,basic,1\nk1,2024-04,1,basic,1\nk1,2024-05,1,wealth,1\n"
    "k2,2024-03,1,wealth,1\nk2,2024-04,1,wealth,1\nk2,2024-05,1,wealth,1\nk1,2150-01,1,basic,1\n",
    "asset_flow": "customer_id,month_no,branch_id,valuation\nk1,2024-04,1,0.07\n",
}


@pytest.fixture(scope="module", params=["duckdb", "postgresql"])
def reader(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """The feed as published in a store of each engine in turn."""
    folder = tmp_path_factory.mktemp("early")
    url = str(folder / "warehouse")
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_server")(f"early_{next(_databases)}")
    (folder / "feed").mkdir()
    feed = Feed(folder / "feed", open_store(url), folder / "rejects")
    warehouse = Warehouse(feed.store, Settings())
    yield published(feed, warehouse)
    warehouse.close()


_databases = itertools.count()


def published(feed: Feed, warehouse: Warehouse, mapping: str = "") -> Reader:
    """Loads the feed, with a mapping if one is given, and reads what was published."""
    for table, text in FEED.items():
        feed.write(table, text)
    if mapping:
        (feed.folder / "mapping.toml").write_text(mapping, "utf-8")
    feed.load()
    return Reader(viewer(), warehouse)


def told(frame: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    kept = frame[list(columns)].astype(object).where(frame[list(columns)].notna(), None)
    return [
        tuple(f"{value:%m-%d}" if isinstance(value, datetime) else value for value in row)
        for row in kept.itertuples(index=False, name=None)
    ]


def test_nothing_counts_as_no_on_a_day_that_its_table_does_not_cover(reader):
    assert reader.as_of == date(2024, 6, 30)
    sizes = ("arm", "n", "matured", "matured_converted")
    expected = [("call", 3, 2, 1), ("hold", 1, 1, 0)]
    assert told(campaigns.arms(reader), *sizes) == expected
    assert told(experiments.arms(reader, "c"), *sizes) == expected
    watched = campaigns.days_to_conversion(reader, ["c"], since="assignment").query("not is_control")
    assert told(watched, "day", "converted", "censored") == [(29, 0, 1), (30, 1, 1)]  # the third until 20 June
    assert told(staff.results_by_mix(reader, strata=[]), "staff_id", "n", "converted") == [("s", 2, 1)]
    for past in (history.campaigns(reader), history.pace(reader), history.cells(reader)):
        assert past.empty  # a window is open until 21 June


def test_a_week_counts_once_its_table_covers_it(reader):
    first, last = date(2024, 3, 1), date(2024, 6, 30)
    assert reader.last_week() == date(2024, 6, 24)
    assert reader.last_week("sale") == date(2024, 6, 24)  # the last sale was on Friday
    assert reader.last_week("complaint") == date(2024, 6, 17)  # on Thursday
    assert reader.last_week("sale", "complaint", "satisfaction") == date(2024, 6, 3)
    assert told(week.answers(reader, first, last), "week_start", "invited", "n") == [("06-03", 2, 1)]
    assert told(week.contacts(reader, first, last), "week_start", "n", "watched") == [("06-10", 2, 1)]
    assert told(week.sales(reader, first, last), "week_start", "n") == [("03-25", 2), ("06-24", 1)]


def test_a_sale_is_90_days_old_by_the_last_day_of_the_holdings(reader):
    got = staff.cross_selling(reader, first=date(2024, 1, 1), last=date(2024, 6, 30))
    assert told(got, "n", "lines", "sold") == [(1, 1, 1)]


def test_months_are_those_that_are_over_and_priced(reader):
    moved = tiers.transition_counts(reader, 1)
    assert told(moved, "from_tier", "to_tier", "fate", "n") == [
        ("basic", "basic", "kept", 1),
        ("basic", "wealth", "kept", 1),
        ("wealth", "wealth", "kept", 2),
    ]
    one, two = (tiers.asset_sums(reader, MARCH, horizon) for horizon in (1, 2))
    assert told(one, "from_tier", "to_tier", "sum_valuation") == [("basic", "basic", 7), ("wealth", "wealth", None)]
    assert told(two, "from_tier", "to_tier", "sum_valuation") == [("basic", "wealth", None), ("wealth", "wealth", None)]
    joined = tiers.campaign_transitions(reader, 2)
    assert told(joined, "is_control", "fate", "n") == [(False, "open", 3), (True, "open", 1)]  # from April to June


def test_the_summary_ends_with_the_last_month_that_is_over(reader):
    whole, year = (held.within(reader, period.named(key)) for key in ("all", "2024"))
    assert whole == year == (MARCH, MARCH + 2)


def test_a_declared_last_day_is_believed_of_all_that_the_feed_brings(any_feed):
    warehouse = Warehouse(any_feed.store, Settings())
    declared = published(any_feed, warehouse, "as_of = 2024-06-30\n")
    assert told(campaigns.arms(declared), "arm", "n", "matured") == [("call", 3, 3), ("hold", 1, 1)]
    assert told(history.campaigns(declared), "campaign_id", "n", "converted") == [("c", 3, 1)]
    answered = week.answers(declared, date(2024, 6, 1), date(2024, 6, 30))
    assert told(answered, "week_start", "invited", "n") == [("06-03", 2, 1), ("06-10", 1, 1)]
    assert declared.last_month("asset_flow") == MARCH + 1  # months are not declared

    (any_feed.folder / "mapping.toml").unlink()
    any_feed.write("contact", f"{FEED['contact']}2,k1,1,phone,2024-07-05\n")
    any_feed.write("sale", f"{FEED['sale']}4,k1,1,s,p,2024-07-02,8.00\n")
    any_feed.load()
    later = Reader(viewer(), warehouse)
    tables = {"contact": date(2024, 7, 5), "sale": date(2024, 7, 2), "campaign_member": date(2024, 6, 30)}
    assert {name: later.as_of_tables(name) for name in tables} == tables
    assert later.as_of == date(2024, 7, 5)
    warehouse.close()
