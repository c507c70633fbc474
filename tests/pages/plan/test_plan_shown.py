"""The page Plan: what stands on it against SQL by hand, and what becomes of a click."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from answers.plan import assignment, freeze
from answers.plan import plan as plans_answered
from answers.plan.learned import default
from answers.plan.offered import OBJECTIVES
from answers.plan.plan import PlanAnswer
from data_access import schema
from data_access.door import access
from data_access.engines import Warehouse
from data_access.loading.load import load_feed
from data_access.reading.reader import Reader
from data_access.reading.scope import WHOLE_BANK
from data_access.versions import open_store
from data_access.workspace.loop import frozen, plans
from story import words
from story.figures import THIN
from story.parts import Story, Table
from story.plan import plan as story
from tests.data_access.small_bank import viewer, warehouse_of
from tests.data_access.workspace.conftest import ADMINISTRATOR
from tests.pages.conftest import read, texts
from tests.pages.shown import blocks, chart, marks

App = Callable[..., AppTest]
PLANNER = "lu.zhixing"


@pytest.fixture(scope="module")
def warehouse(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    opened = warehouse_of(str(shutil.copytree(demo_warehouse, tmp_path_factory.mktemp("plan") / "warehouse")))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def reader(warehouse: Warehouse) -> Reader:
    return Reader(viewer(), warehouse)


@pytest.fixture(scope="module")
def answer(reader: Reader) -> PlanAnswer:
    return plans_answered.ask(reader, replace(default(reader), product="P08", channels=("phone",), target=10**9))


@pytest.fixture(scope="module")
def shown(answer: PlanAnswer) -> Story:
    words.speak("en")
    return story.tell(answer)


@pytest.fixture(scope="module")
def sql(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Any]]:
    copied = shutil.copy(next(demo_warehouse.glob("*.duckdb")), tmp_path_factory.mktemp("plan_sql") / "bank.duckdb")
    with duckdb.connect(copied, read_only=True) as connection:
        yield lambda statement: connection.execute(statement).fetchall()


def test_the_bars_of_the_exclusions_are_those_of_sql_by_hand(answer, shown, sql):
    """A mixed fund by phone: each customer by the first rule that applies, in this order."""
    level = sql("SELECT risk_level FROM product WHERE product_id = 'P08'")[0][0]
    scenario = answer.scenario
    counted = dict(
        sql(
            """
        WITH wish AS (SELECT customer_id FROM consent WHERE channel = 'phone' AND purpose = 'marketing'
                      AND do_not_contact AND given_at < DATE '2026-11-16'),
        agreed AS (SELECT customer_id FROM consent WHERE channel = 'phone' AND purpose = 'marketing'
                   AND given_at < DATE '2026-11-16' AND coalesce(withdrawn_at >= DATE '2026-11-16', true)
                   AND NOT coalesce(do_not_contact, false)),
        newest AS (SELECT customer_id, max_by(rating, assessed_at) AS rating, max_by(valid_until, assessed_at) AS until
                   FROM risk_assessment GROUP BY 1),
        running AS (SELECT DISTINCT customer_id FROM campaign_member JOIN campaign USING (campaign_id)
                    WHERE starts_on <= DATE '$ENDS' AND ends_on >= DATE '$STARTS'),
        often AS (SELECT customer_id FROM contact WHERE direction = 'outbound'
                  AND contacted_at >= (SELECT max(contacted_at)::DATE - 29 FROM contact)
                  GROUP BY 1 HAVING count(*) >= 3)
        SELECT CASE WHEN customer_id IN (FROM wish) THEN 'do_not_contact'
                    WHEN customer_id NOT IN (FROM agreed) THEN 'no_consent'
                    WHEN rating IS NULL OR until < DATE '$STARTS' THEN 'not_rated'
                    WHEN substr(rating, 2) < substr('$LEVEL', 2) THEN 'risk'
                    WHEN customer_id IN (FROM running) THEN 'overlap'
                    WHEN customer_id IN (FROM often) THEN 'pressure' ELSE '' END, count(*)
        FROM customer LEFT JOIN newest USING (customer_id) GROUP BY 1""".replace("$ENDS", str(scenario.ends_on))
            .replace("$STARTS", str(scenario.starts_on))
            .replace("$LEVEL", level)
        )
    )
    may = counted.pop("")
    assert dict(answer.audience.left_out) == counted
    assert answer.audience.may_be_contacted == may
    drawn = marks(chart(shown, "exclusions"), "total")
    assert drawn[0]["text"] == f"{may + sum(counted.values()):,}"
    assert drawn[-1]["text"] == f"{may:,}"
    assert answer.treated + answer.control == may
    assert answer.control == round(may * 0.2)


def test_the_title_says_the_chances_and_the_dots_count_them(answer, shown):
    for chance in (answer.chance_pays, answer.chance_target):
        whole = round(chance * 100)
        said = min(max(whole, 1), 99) if 0 < chance < 1 else whole  # one in 10,000 is not never
        assert f" {said}{THIN}%" in shown.headline
    dots = marks(chart(shown, "dots"), "column")
    assert len(dots) == 20
    assert sum(dot["role"] == "better" for dot in dots) == sum(answer.dots > 0)
    assert all((dot["x"] > 0) == (dot["role"] == "better") for dot in dots)


def test_each_outcome_stands_against_its_own_median(answer, shown):
    rows = marks(chart(shown, "fan"), "wide_from")
    assert [row["name"] for row in rows] == ["Participants", "Conversions", "Sales", "Cost", "ROI"][: len(rows)]
    sales = answer.fan.intervals["sales"]
    row = rows[2]
    assert row["from"] == pytest.approx(max(sales.low.item() / sales.estimate.item() - 1, -1.0))
    assert row["line"] == pytest.approx(10**9 / sales.estimate.item() - 1) or abs(row["line"]) == pytest.approx(1, 0.1)


def test_every_assumption_names_past_campaigns_that_are_in_the_data(answer, shown, sql):
    known = {campaign for (campaign,) in sql("SELECT campaign_id FROM campaign")}
    assert {source.campaign_id for source in answer.sources} <= known
    assert {source.assumption for source in answer.sources} >= {"participation", "conversion", "sales", "cost"}
    assert any(isinstance(block, Table) and block.key == "sources" for block in blocks(shown))


def test_what_is_offered_is_what_the_contract_knows():
    assert OBJECTIVES == schema.OBJECTIVES


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"ends_on": "2026-01-01"}, "it ends before it begins"),
        ({"control": "100"}, "at most 90 % can be held out"),
        ({"each": "-1"}, "this is below 0"),
        ({"fixed": "x"}, "this is no whole number"),
        ({"starts_on": "soon"}, "this is no day"),
        ({"channels": ""}, "nobody can be contacted without a channel"),
        ({"tiers": "diamond"}, "no customer is all of that"),
        ({"size": "999999"}, "may be contacted: choose no more"),
        ({"product": "P99"}, "this product is not in the data"),
        ({"cost_gift": "-5"}, "this is below 0"),
        ({"cost_media": "much"}, "this is no whole number"),
        ({"arms": "small|50~large|40"}, "the shares of the arms add up to 100"),
        ({"arms": "small"}, "each arm has a name and a share"),
        ({"arms": "control|50~large|50"}, "none is called control"),
        ({"arms": "a|25~b|25~c|25~d|25"}, "at most 3 arms"),
        ({"tiers": "wealth", "days": "9999"}, "this is more than can be meant"),
        ({"days": "0"}, "nobody can buy in no time"),
        ({"size": "1"}, "one customer is no campaign"),
        ({"target": "0"}, "0 is reached by doing nothing"),
        ({"budget": "0"}, "0 pays for nothing"),
        ({"hours": "0", "channels": "phone"}, "these channels take staff time"),
        ({"starts_on": "9999-12-31", "ends_on": "9999-12-31"}, "this is more than two years away"),
        ({"each": "9" * 40}, "this is more than can be meant"),
        ({"size": "9" * 5000}, "this is no whole number"),
    ],
)
def test_an_impossible_plan_says_why_at_its_field_and_in_the_title(app: App, query: dict[str, str], said: str):
    page = app("plan", PLANNER, **query)
    assert not page.exception
    assert not page.error
    assert "Not possible yet" in page.title[0].value
    assert said in page.title[0].value
    assert texts(page).lower().count(said.lower()) == 2
    assert page.button(key="freeze_plan").disabled


@pytest.mark.parametrize(("first", "late"), [("2026-11-15", True), ("2026-11-16", False)])
def test_a_first_day_that_is_over_is_said_before_anything_is_frozen(app: App, first: str, late: bool):
    page = app("plan", PLANNER, starts_on=first, ends_on="2026-12-20")
    said = read(texts(page))
    assert ("In the way: First day" in said) == late
    assert page.title[0].value.startswith("May pay or not")


def test_a_field_is_written_to_the_url_and_its_default_leaves_it(app: App):
    page = app("plan", PLANNER)
    page.text_input(key="plan_control").input("30").run()
    assert page.query_params["control"] == ["30"] or page.query_params["control"] == "30"
    page.text_input(key="plan_target").input("1,000").run()
    assert "100000" in str(page.query_params["target"])
    page.text_input(key="plan_control").input("20").run()
    assert "control" not in page.query_params


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"ends_on": "2026-01-01"}, "结束"),
        ({"control": "100"}, "90"),
        ({"each": "-1"}, "不能小于 0"),
        ({"tiers": "diamond"}, "客户"),
        ({"arms": "small|50~large|40"}, "各活动组占比之和须为 100"),
        ({"days": "0"}, "至少填 1 天"),
        ({"size": "1"}, "只有 1 户客户"),
        ({"target": "0"}, "目标为 0"),
        ({"budget": "0"}, "预算为 0"),
        ({"hours": "0", "channels": "phone"}, "这些渠道需要人员工时"),
        ({"starts_on": "9999-12-31", "ends_on": "9999-12-31"}, "两年"),
    ],
)
def test_an_impossible_plan_says_so_in_chinese_too(app: App, query: dict[str, str], said: str):
    page = app("plan", PLANNER, lang="zh", **query)
    assert not page.exception
    assert page.title[0].value.startswith("暂不可行")
    assert said in page.title[0].value


def test_costs_by_kind_add_up_and_are_what_was_set(app: App, reader: Reader):
    scenario = replace(default(reader), cost_gift=5_000, cost_media=200_000)
    answer = plans_answered.ask(reader, scenario)
    by_kind = {cost.kind: cost for cost in answer.costs}
    assert by_kind["gift"].amount == 5_000 * answer.treated
    assert by_kind["media"].amount == 200_000
    assert all(cost.like for cost in answer.costs if not cost.planned)
    assert sum(cost.amount for cost in answer.costs) == pytest.approx(answer.fan.intervals["cost"].estimate.item())
    kept = json.loads(json.dumps(freeze.content(reader, answer, "p", 1, 1).kept))
    assert freeze.reproduced(kept, scenario.seed) == kept["forecast"]
    assert sum(kept["planned_costs"].values()) == pytest.approx(kept["forecast"]["quantiles"]["cost"]["0.5"], abs=8)
    page = app("plan", PLANNER)
    page.text_input(key="plan_cost_gift").input("50").run()
    assert "5000" in str(page.query_params["cost_gift"])
    assert not page.exception


def test_arms_are_typed_shared_out_and_each_told_its_chance(app: App, reader: Reader):
    page = app("plan", PLANNER)
    page.text_input(key="plan_arms").input("small gift 60; large gift 40 %").run()
    assert "small gift|60~large gift|40" in str(page.query_params["arms"])
    assert not page.exception
    assert "Each arm against that control" in texts(page)
    scenario = replace(default(reader), arms=("small gift|60", "large gift|40"), control=30)
    drawn = assignment.ask(reader, scenario)
    counted = drawn.drawn["arm"].value_counts()
    assert counted["small gift"] / counted.drop("control").sum() == pytest.approx(0.6, abs=0.01)
    with zipfile.ZipFile(io.BytesIO(assignment.feed(drawn, scenario, "PLAN-1", "Gifts"))) as packed:
        listed = packed.read("campaign_arm.csv").decode().splitlines()
    assert [line.split(",")[1:3] for line in listed[1:]] == [
        ["small gift", "false"],
        ["large gift", "false"],
        ["control", "true"],
    ]


def taken(page: AppTest) -> list[str]:
    """Keys of what can be taken along."""
    return [str(button.key) for button in page.get("download_button")]


def test_the_whole_way_of_a_plan(app: App, tmp_path: Path, demo_warehouse: Path):
    """Change, save, a second scenario, undo; another person saves meanwhile; settle; freeze; audience; load."""
    page = app("plan", PLANNER, product="P02", channels="phone")
    page.text_input(key="plan_name").input("Spring").run()
    page.button(key="save_plan").click().run()
    (kept,) = plans.of(access.workspace(), WHOLE_BANK)
    assert (kept.draft.name, kept.version) == ("Spring", 1)
    page.text_input(key="plan_control").input("40").run()
    page.button(key="add_scenario").click().run()
    assert "Contacted + control" in str([table.value for table in page.table])
    page.button(key="undo_plan").click().run()
    assert len(plans.find(access.workspace(), WHOLE_BANK, kept.plan_id).draft.scenarios) == 1

    seen = plans.find(access.workspace(), WHOLE_BANK, kept.plan_id)
    theirs = plans.Scenario("A", {**seen.draft.scenarios[0].settings, "budget": "500000"})
    plans.save(access.workspace(), ADMINISTRATOR, seen, plans.Draft("Spring", (theirs,)))
    page.text_input(key="plan_control").input("30").run()
    page.button(key="save_plan").click().run()
    assert "Nothing was saved and nothing is lost" in texts(page)
    assert "500000" in str([table.value for table in page.table])
    page.button(key="settle_merge").click().run()
    both = plans.find(access.workspace(), WHOLE_BANK, kept.plan_id).draft.scenarios[0].settings
    assert (both["budget"], both["control"]) == ("500000", "30")

    page.button(key="freeze_plan").click().run()
    assert not page.exception
    assert not page.warning
    (made,) = frozen.of(access.workspace(), WHOLE_BANK, kept.plan_id)
    assert made.digest[:12] in texts(page)
    assert [key for key in taken(page) if "PLAN-" in key] == [], "customers leave with a purpose alone"
    page.text_input(key="purpose").input("for the bank's campaign system").run()
    assert len([key for key in taken(page) if "PLAN-" in key]) == 2
    assert (
        freeze.reproduced(json.loads(json.dumps(made.content.kept)), made.content.seed) == made.content.kept["forecast"]
    )


def test_the_audience_comes_back_through_the_loader_as_it_was_drawn(reader: Reader, tmp_path: Path, warehouse):
    scenario = replace(default(reader), product="", channels=("phone",), control=30)
    scenario = replace(scenario, starts_on=date(2026, 11, 16), ends_on=date(2026, 12, 6))
    drawn = assignment.ask(reader, scenario)
    answer = plans_answered.ask(reader, scenario)
    assert len(drawn.customers) == answer.audience.chosen
    assert (drawn.drawn["arm"] == "control").sum() == answer.control
    assert drawn.left_out["reason"].value_counts().to_dict() == {k: v for k, v in answer.audience.left_out.items() if v}
    feed = tmp_path / "feed"
    with zipfile.ZipFile(io.BytesIO(assignment.feed(drawn, scenario, "PLAN-1", "春 Spring"))) as packed:
        packed.extractall(feed)
    customers = drawn.customers[["customer_id", "branch_id"]]
    customers.to_csv(feed / "customer.csv", index=False)
    names = customers[["branch_id"]].drop_duplicates()
    names.assign(name=names["branch_id"]).to_csv(feed / "branch.csv", index=False)
    store = open_store(str(tmp_path / "loaded"))
    load_feed(store, feed, rejects_folder=tmp_path)
    loaded = Reader(viewer(), warehouse_of(str(tmp_path / "loaded")))
    member = loaded.table("campaign_member")
    counted = loaded.frame(sa.select(member.c["arm"], sa.func.count().label("n")).group_by(member.c["arm"]))
    assert dict(zip(counted["arm"], counted["n"], strict=True)) == drawn.drawn["arm"].value_counts().to_dict()


def test_who_may_not_plan_looks_on(app: App):
    page = app("plan", "shen.qinghe")
    assert not page.exception
    assert [button for button in page.button if button.key in ("save_plan", "freeze_plan")] == []
    assert "Planners and branch heads freeze plans" in texts(page)


def test_an_audience_kept_on_the_page_of_tiers_becomes_the_scenarios(app: App):
    kept = {"cell": "basic..potential", "class": "senior", "branch": "B003", "months": "3", "rule": "tier"}
    page = app("plan", PLANNER, **kept, stage="retired", won="referral", exposed="K053")
    assert not page.exception
    named = ("tiers", "segments", "branches", "tags")
    assert {name: str(page.query_params[name]).strip("[]'") for name in named} == {
        "tiers": "potential",
        "segments": "senior",
        "branches": "B003",
        "tags": "customer|life_stage|retired~customer|acquired_channel|referral~customer|campaign|K053",
    }
    assert not {"cell", "rule", "stage", "won", "exposed"} & set(page.query_params)
    said = read(texts(page))
    assert "Tiers, Classes, Branches, life stage, won through, contacted by. Not taken: the move itself." in said
    assert "life stage: " in str(page.multiselect(key="plan_tags").options)


def test_an_audience_that_no_campaign_contacted_says_that_this_is_not_taken(app: App):
    page = app("plan", PLANNER, cell="basic..potential", exposed="none", won="nowhere")
    said = read(texts(page))
    assert "Not taken: won through, contacted by no campaign, the move itself." in said
    assert "tags" not in page.query_params


def test_who_goes_to_the_plan_from_all_customers_is_told_of_nothing_left_behind(app: App):
    everybody = read(texts(app("plan", PLANNER, cell="..", objective="grow")))
    assert "audience that was kept" not in everybody
    some = read(texts(app("plan", PLANNER, **{"cell": "..", "class": "senior"})))
    assert "as it is today: Classes." in some
    assert "Not taken" not in some


def test_what_became_of_a_click_is_said_in_the_readers_language(app: App):
    page = app("plan", lang="zh")
    page.button(key="save_plan").click().run()
    page.button(key="copy_plan").click().run()
    said = [str(one.value) for one in page.caption]
    assert "已复制：这是您自己的方案。" in said
    words.speak("en")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"control": "100", "channels": "phone"}, "at most 90 % can be held out"),
        ({"fixed": "much", "channels": "phone"}, "this is no whole number"),
        ({"days": "0", "channels": "phone"}, "nobody can buy in no time"),
        ({"hours": "0", "channels": "phone"}, "these channels take staff time"),
    ],
)
def test_an_impossible_plan_that_was_saved_says_so_to_whoever_opens_its_link(
    app: App, settings: dict[str, str], said: str
):
    kept = plans.begin(access.workspace(), ADMINISTRATOR, plans.Draft("Odd", (plans.Scenario("A", settings),)))
    page = app("plan", PLANNER, plan=kept.plan_id)
    assert not page.exception
    assert said in page.title[0].value
    assert texts(page).lower().count(said.lower()) == 2
    (name,) = settings.keys() - {"channels"}
    page.text_input(key=f"plan_{name}").input("20").run()
    assert said not in page.title[0].value


def test_whoever_holds_nobody_out_is_told_at_the_field_what_that_costs_and_may_go_on(app: App):
    page = app("plan", PLANNER, control="0")
    assert texts(page).count("Nobody is held out, so nobody will know what the campaign added.") == 2
    assert not page.button(key="freeze_plan").disabled
    assert page.text_input(key="plan_size").value == ""
