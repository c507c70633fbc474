"""When and where, chosen once for all pages: regions, periods of each page, and links of somebody else."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from answers import places
from answers.campaigns import campaign
from answers.campaigns import overview as campaigns
from answers.summary import summary
from answers.week import to_do, week
from data_access.door import access
from data_access.reading.reader import Reader
from tests.pages.conftest import read, texts

App = Callable[..., AppTest]
EAST = "江东 East"


@pytest.fixture(scope="module")
def sql(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], float]:
    copied = shutil.copy(next(demo_warehouse.glob("*.duckdb")), tmp_path_factory.mktemp("where") / "bank.duckdb")

    def ask(statement: str) -> float:
        east = f"branch_id IN (SELECT branch_id FROM branch WHERE region = '{EAST}')"  # noqa: S608
        with duckdb.connect(copied, read_only=True) as connection:
            return float(connection.execute(statement.format(east=east)).fetchone()[0])

    return ask


@pytest.fixture
def reader(bank: Callable[..., None], demo_warehouse: Path) -> Callable[[int], Reader]:
    bank(demo_warehouse)
    return lambda person: access.open_reader(access.offered(access.current())[person])


def test_a_region_counts_the_customers_of_its_branches_on_every_page(reader, sql):
    whole, east = reader(1), f"{places.REGION}{EAST}"
    of_week = week.ask(whole, week.Choice(branch=east))
    money = sql(
        """SELECT sum(amount - internally_funded_amount) FROM sale
        WHERE {east} AND reversed_at IS NULL AND week_start = '2026-11-09'"""
    )
    assert of_week.measures[0].review.chart.value[-1] == money
    one = campaign.ask(whole, "K051", east)
    members = sql(
        """SELECT count(*) FROM campaign_member JOIN campaign_arm USING (campaign_id, arm)
        WHERE {east} AND campaign_id = 'K051' AND NOT is_control"""
    )
    assert one.scores["members"].n[0] == members > 0
    assert one.branches == of_week.branches == (EAST,)
    flows = sql("SELECT sum(inflow) - sum(outflow) FROM asset_flow WHERE {east} AND month_no BETWEEN 24318 AND 24320")
    assert summary.ask(whole, summary.Choice("2026-Q3", branch=east)).money.total == flows
    parts = [campaigns.ask(whole, campaigns.Choice("2026", branch=key)) for key in places.offered(whole) if "-" in key]
    every = campaigns.ask(whole, campaigns.Choice("2026"))
    assert sum(part.together["participation_rate"].n[0] for part in parts) == every.together["participation_rate"].n[0]
    assert to_do.ask(whole, of_week.listed_on, east).branch == ""


def test_a_region_that_there_is_not_counts_nobody(reader):
    assert places.branches(reader(1), "region-Nowhere") == ("region-Nowhere",)
    assert places.branches(reader(1), EAST) == (EAST,)  # without its mark it names a branch, which there is not
    assert list(places.offered(reader(2))) == ["B001"]  # one branch lies in one region: there is nothing to choose


@pytest.mark.parametrize(
    ("page", "asked", "shown", "said"),
    [
        ("campaigns", "2026-W46", "Nov 2026", "Week 46 of 2026, 9 Nov to 15 Nov is looked at here as Nov 2026."),
        ("summary", "2026-W33", "Aug 2026", "Week 33 of 2026, 10 Aug to 16 Aug is looked at here as Aug 2026."),
        ("week", "2026-Q3", "week 39", "2026, 3rd quarter is looked at here as week 39: 21 Sep to 27 Sep."),
        ("week", "2026-11", "week 46", "Nov 2026 is looked at here as week 46: 9 Nov to 15 Nov."),
    ],
)
def test_a_period_of_another_page_is_looked_at_as_the_nearest_of_this_one(app: App, page, asked, shown, said):
    test = app(page, period=asked)
    assert not test.exception
    assert shown in texts(test)
    assert said.casefold() in texts(test).casefold()
    assert test.query_params["period"] in (asked, [asked])


def test_campaigns_are_offered_by_month_and_season(app: App, reader):
    seasons = [key for key in campaigns.offered(reader(1)).periods if key.startswith("season-")]
    assert seasons
    assert "2026-03" in campaigns.offered(reader(1)).periods
    for key in (seasons[0], "2026-03"):
        page = app("campaigns", period=key)
        assert not page.exception
        assert "The link asks for" not in texts(page)


def test_an_old_link_of_a_week_still_opens_it(app: App):
    page = app("week", "gu.ruolan", week="2026-W45")
    assert "week 45" in texts(page)
    assert "week" not in page.query_params
    assert page.query_params["period"] in ("2026-W45", ["2026-W45"])


def test_when_and_where_come_along_to_the_next_page_and_other_filters_do_not(app: App):
    page = app("campaigns", period="2026-Q2", branch="B003", objective="grow")
    page.query_params.clear()
    page.switch_page("pages/summary.py").run()
    carried = {key: page.query_params[key] for key in ("period", "branch") if key in page.query_params}
    assert {key: value if isinstance(value, str) else value[0] for key, value in carried.items()} == {
        "period": "2026-Q2",
        "branch": "B003",
    }
    assert "objective" not in page.query_params
    page.query_params.clear()
    page.switch_page("pages/campaigns.py").run()
    assert "objective" in page.query_params


def test_a_link_to_a_branch_that_one_may_not_see_says_so(app: App):
    for name in ("week", "campaigns", "summary"):
        said = texts(app(name, "gu.ruolan", branch="B003"))
        assert "The link asks for Branch “B003”, which this data or your rights do not hold: Lakeside." in said
    assert "The link asks for" not in texts(app("week", "gu.ruolan", branch="B001"))


def test_a_link_says_whether_its_sender_sees_other_branches(app: App):
    sent = app("campaigns", "lu.zhixing")
    address = next(one.value for one in sent.code if "sees=" in one.value)
    assert address.endswith("sees=bank")
    said = "This link was sent by somebody who sees other branches"
    assert said in texts(app("campaigns", "gu.ruolan", sees="bank"))
    assert said not in texts(app("campaigns", "shen.qinghe", sees="bank"))
    own = next(one.value for one in app("campaigns", "gu.ruolan").code if "sees=" in one.value).rpartition("sees=")[2]
    assert "B001" not in own
    assert said not in texts(app("campaigns", "gu.ruolan", sees=own))
    assert said in texts(app("campaigns", "ji.mingchuan", sees=own))


def test_a_region_is_named_as_one_in_both_languages(app: App):
    page = app("campaigns", branch=f"region-{EAST}")
    assert "East" in read(page.caption[1].value)
    assert "江东区域" in app("campaigns", lang="zh").selectbox(key="filter_branch").options
