"""From any number to its evidence: every card of every page opens what it rests on, counted by hand in SQL."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from data_access import demo
from story import words
from tests.pages.conftest import texts
from tests.pages.test_pages import RAW

App = Callable[..., AppTest]
PEOPLE = [person.email.partition("@")[0] for person in demo.people.PEOPLE]
PAGES = ("week", "tiers", "campaigns", "campaign", "summary")


def opened(page: AppTest, card: str) -> AppTest:
    page.button(key=f"evidence_{card}").click().run()
    assert not page.exception
    assert not page.error
    return page


def cards(page: AppTest) -> list[str]:
    return [str(button.key).removeprefix("evidence_") for button in page.button if "evidence_" in str(button.key)]


@pytest.mark.sampled(2)
@pytest.mark.parametrize("person", [PEOPLE[0], PEOPLE[2]])
@pytest.mark.parametrize("name", PAGES)
def test_every_card_opens_its_definition_rule_version_and_rows(app: App, name: str, person: str):
    page = app(name, person, campaign="K051")
    offered = cards(page)
    assert len(offered) == len(page.metric) == 6
    for card in offered[:: 2 if person == PEOPLE[0] else 5]:
        said = texts(opened(page, card))
        lacks = [
            word for word in ("Definition", "Source", "Rule", "Data version", "Counted") if f"**{word}**" not in said
        ]
        assert not lacks, (card, said)
        assert RAW.search(said) is None


def test_a_sentence_of_the_summary_opens_the_evidence_of_its_number(app: App):
    page = app("summary", PEOPLE[0])
    page.button(key="claim_Money.").click().run()
    assert not page.exception
    said = texts(page)
    assert "**Data version**" in said
    assert "**Source** asset_flow" in said


@pytest.fixture(scope="module")
def sql(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], int]:
    copied = shutil.copy(next(demo_warehouse.glob("*.duckdb")), tmp_path_factory.mktemp("evidence") / "bank.duckdb")

    def count(statement: str) -> int:
        with duckdb.connect(copied, read_only=True) as connection:
            return int(connection.execute(f"SELECT count(*) FROM {statement}").fetchone()[0])  # noqa: S608

    return count


WEEK = "BETWEEN '2026-11-09' AND '2026-11-15'"
IN_2026 = "(SELECT campaign_id FROM campaign WHERE ends_on >= '2026-01-01' AND starts_on <= '2026-12-31')"


def test_a_week_s_rows_are_chosen_by_the_column_of_the_week(app: App):
    page = opened(app("week", PEOPLE[2]), "New money")
    assert page.table[-1].value.iloc[0, 0].replace("\\", "") == "sale · week_start · to 15 Nov 2026"


@pytest.mark.parametrize(
    ("name", "person", "card", "table", "counted", "visible"),
    [
        ("week", 2, "New money", "sale", f"branch_id = 'B001' AND week_start {WEEK}", "branch_id = 'B001'"),
        ("week", 0, "Won and funded", "customer", f"opened_on {WEEK}", "true"),
        ("week", 0, "Participation", "campaign_member", "contacted_week = '2026-11-02'", "true"),
        ("campaign", 2, "Conversion", "campaign_member", "campaign_id = 'K051' AND branch_id = 'B001'",
         "branch_id = 'B001'"),
        ("campaigns", 0, "Conversion", "campaign_member", f"campaign_id IN {IN_2026}", "true"),
        ("campaigns", 0, "Satisfied", "satisfaction", f"campaign_id IN {IN_2026}", "true"),
        ("summary", 2, "Net new money", "asset_flow", "branch_id = 'B001' AND month_no BETWEEN 24318 AND 24320",
         "branch_id = 'B001'"),
        ("summary", 0, "Satisfied", "satisfaction", "invited_at >= '2026-07-01' AND invited_at < '2026-10-01'", "true"),
    ],
)  # fmt: skip
def test_the_rows_behind_a_number_are_those_that_sql_counts(app, sql, name, person, card, table, counted, visible):
    page = opened(app(name, PEOPLE[person], campaign="K051"), card)
    rows = page.table[-1].value
    said = rows[rows.iloc[:, 0].str.replace("\\", "").str.replace("\u200b", "").str.startswith(f"{table} ·")].iloc[0]
    assert int(str(said["Rows counted"]).replace(",", "")) == sql(f"{table} WHERE {counted}") > 0
    assert int(str(said["Rows that you may see"]).replace(",", "")) == sql(f"{table} WHERE {visible}")


def test_the_chart_that_shows_the_number_stands_in_its_evidence(app: App):
    page = app("week", PEOPLE[2], lang="zh")
    before = len(page.get("vega_lite_chart"))
    opened(page, "新增资金")
    assert before > 0
    assert len(page.get("vega_lite_chart")) == before + 1
    assert "依据" in [button.label for button in page.button]


def test_a_chosen_branch_is_the_branch_of_the_rows(app: App, sql: Callable[[str], int]):
    page = opened(app("week", PEOPLE[0], branch="B003"), "New money")
    assert int(str(page.table[-1].value["Rows counted"].iloc[0]).replace(",", "")) == sql(
        f"sale WHERE branch_id = 'B003' AND week_start {WEEK}"
    )
    words.speak("en")
