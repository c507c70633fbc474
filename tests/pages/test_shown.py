"""What stands on the pages against numbers from SQL by hand: cards, every cell, every mark of a chart, files.

For the whole bank, for a branch head, and for a planner who chose one branch.
"""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from numpy.testing import assert_allclose

from answers import campaign, campaigns
from answers.campaigns import Choice
from data_access.engines import Warehouse
from data_access.reading.reader import Reader
from metrics.estimate import Intervals
from story import campaign as campaign_story
from story import campaigns as campaigns_story
from story import figures, spreadsheet, words
from story.columns import Column
from story.parts import Card, Chart, Story, Table, Views
from tests.data_access.small_bank import viewer, warehouse_of
from tests.pages.by_hand import NOTHING, Bank, wilson

SCOPES = {"bank": ((), ""), "head": (("B001",), ""), "filter": ((), "B003")}
CURRENCY = "CNY"
SCALES = {"": 1, "k": 1e3, "m": 1e6, "bn": 1e9}
NUMBER = re.compile(r"[−+]?\d[\d,]*(?:\.\d+)?")
ONE = {
    "two arms": "K051",
    "three arms": "K043",
    "by branch": "K041",
    "targeted": "K049",
    "one arm counts": "K062",
    "none counted": "K066",
}


@pytest.fixture(scope="module")
def warehouse(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    # A copy of its own: in one process DuckDB opens a file with one set of settings only, and the app has others.
    folder = shutil.copytree(demo_warehouse, tmp_path_factory.mktemp("shown") / "warehouse")
    opened = warehouse_of(str(folder))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def copied(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copy(next(demo_warehouse.glob("*.duckdb")), tmp_path_factory.mktemp("by_hand") / "bank.duckdb")


@pytest.fixture(scope="module", params=SCOPES)
def scope(request: pytest.FixtureRequest) -> tuple[tuple[str, ...], str]:
    return SCOPES[request.param]


@pytest.fixture(scope="module")
def by_hand(scope, copied: Path) -> Bank:
    own, chosen = scope
    return Bank(copied, (chosen,) if chosen else own)


@pytest.fixture(scope="module")
def reader(scope, warehouse: Warehouse) -> Reader:
    return Reader(viewer(*scope[0]), warehouse)


@pytest.fixture(scope="module")
def shown(scope, reader: Reader) -> Story:
    """The page of all campaigns."""
    words.speak("en")
    return campaigns_story.tell(campaigns.ask(reader, Choice(branch=scope[1])))


@pytest.fixture(scope="module")
def ids(shown: Story) -> list[str]:
    """The campaign of each row of the table."""
    return list(view(shown, "money").opens.values)


@pytest.fixture(scope="module")
def scores(by_hand: Bank, ids: list[str]) -> dict[str, dict[str, Any]]:
    return {each: by_hand.scores(each) for each in ids}


def blocks(story: Story) -> list[Any]:
    return [block.shown for row in story.rows for block in row]


def view(story: Story, name: str) -> Table:
    views = next(block for block in blocks(story) if isinstance(block, Views))
    return views.tables[name]


def called(table: Table, name: str) -> Column:
    return next(column for column in table.columns if column.name == name)


def chart(story: Story, key: str) -> Chart:
    return next(block for block in blocks(story) if isinstance(block, Chart) and block.key == key)


def marks(shown: Chart, field: str) -> list[dict[str, Any]]:
    """The data of a chart that have a field."""
    return next(rows for rows in shown.spec["datasets"].values() if field in rows[0])


def card(story: Story, name: str) -> Card:
    return next(card for card in story.cards if card.name == name)


def numbers(text: str, unit: float = 1.0) -> list[tuple[float, float]]:
    """The numbers in a text as it is read, each with the half of its last digit."""
    found = []
    for part in NUMBER.findall(text):
        digits = len(part.partition(".")[2])
        value = float(part.replace(",", "").replace("−", "-").replace("+", ""))
        found.append((value * unit, 0.5000001 * 10.0**-digits * unit))
    return found


def unit_of(column: Column) -> float:
    """What one of the numbers in a column is, by its header alone."""
    header = column.header(CURRENCY)
    if amount := re.search(r", ¥ ?(k|m|bn)?$", header):
        return 100 * SCALES[amount[1] or ""]
    return 0.01 if header.partition(", ")[2].startswith(("%", "points")) else 1.0


def agree(text: str, expected: tuple[float, ...] | float, unit: float) -> None:
    """A cell's text says the expected number and, where there is one, its interval; or no number at all."""
    wanted = expected if isinstance(expected, tuple) else (expected,)
    if np.isnan(wanted[0]):
        assert NUMBER.search(text) is None, (text, wanted)
        return
    said = numbers(text, unit)
    assert len(said) == np.isfinite(wanted).sum() or not np.ptp(wanted) or len(said) == 1, (text, wanted)
    for (value, half), want in zip(said, wanted, strict=False):
        assert abs(value - want) <= half + 1e-9, (text, wanted)


CELLS = [
    ("response", "Assigned", "members"),
    ("response", "Still counting", "open_members"),
    ("response", "Participation", "participation_rate"),
    ("response", "Conversion", "conversion_rate"),
    ("response", "Effect", "incremental_conversion"),
    ("money", "Sales", "sales"),
    ("money", "Net new money", "net_new_money"),
    ("money", "Contribution", "contribution"),
    ("money", "Cost", "campaign_cost"),
    ("money", "ROI attributed", "roi_attributed"),
    ("money", "ROI incremental", "roi_incremental"),
    ("cost", "All kinds", "campaign_cost"),
    ("satisfaction", "Satisfied", "top_two_box"),
    ("satisfaction", "Answers", "answers"),
    ("satisfaction", "Response rate", "response_rate"),
    ("satisfaction", "Complaints", "complaint_rate"),
]
KINDS = {
    "gifts and points": "gift",
    "venue and catering": "venue",
    "media and messages": "media",
    "print": "print",
    "outside vendors": "vendor",
    "rate concessions": "rate_concession",
    "staff time": "staff_time",
    "incentive pay": "incentive",
}
EFFECTS = ("incremental_conversion", "roi_incremental")


@pytest.mark.parametrize(("which", "name", "key"), CELLS, ids=[f"{view}: {name}" for view, name, _ in CELLS])
def test_every_cell_of_the_table_says_what_sql_counts(shown: Story, ids, scores, which: str, name: str, key: str):
    column = called(view(shown, which), name)
    texts, unit = column.texts(CURRENCY), unit_of(column)
    for place, (campaign_id, text) in enumerate(zip(ids, texts, strict=True)):
        expected = scores[campaign_id][key]
        if key in EFFECTS and scores[campaign_id]["by_branch"]:
            continue  # branches are compared there, see below
        agree(text, expected, unit)
        if isinstance(column.values, Intervals):
            exact = [float(each[place]) for each in (column.values.estimate, column.values.low, column.values.high)]
            assert_allclose(exact, expected, rtol=1e-6, atol=1e-9, err_msg=campaign_id)
        elif not isinstance(expected, tuple):
            assert_allclose(column.numbers()[place], expected, rtol=1e-9, err_msg=campaign_id)


def test_a_promoter_score_is_promoters_less_detractors(shown: Story, ids, scores):
    column = called(view(shown, "satisfaction"), "Net promoter score")
    assert_allclose(column.numbers(), [scores[each]["net_promoter_score"] for each in ids], atol=1e-9)


def test_every_kind_of_cost_says_what_was_booked(shown: Story, ids, by_hand: Bank):
    table = view(shown, "cost")
    assert {column.name for column in table.columns[2:]} == set(KINDS)
    for column in table.columns[2:]:
        key = KINDS[column.name]
        booked = [by_hand.costs(each).get(key, NOTHING[:2])[0] for each in ids]
        assert_allclose(column.numbers(), booked, rtol=1e-9)
        for text, amount in zip(column.texts(CURRENCY), booked, strict=True):
            agree(text, amount, unit_of(column))


@pytest.mark.parametrize(
    ("which", "name", "effect", "up", "down"),
    [
        ("response", "Conversion: verdict", "Effect", "raised", "lowered"),
        ("money", "Return: verdict", "ROI incremental", "paid", "lost money"),
    ],
)
def test_a_verdict_points_where_its_interval_lies(shown: Story, which, name, effect, up, down):
    table = view(shown, which)
    verdicts, of = called(table, name).texts(""), called(table, effect).values
    assert isinstance(of, Intervals)
    for verdict, low, high, text in zip(verdicts, of.low, of.high, called(table, effect).texts(""), strict=True):
        if np.isnan(low):
            assert verdict == text or (verdict in ("no variation", "too few") and NUMBER.fullmatch(text))
        elif low > 0:
            assert verdict in (up, f"a hint: {up}")
        elif high < 0:
            assert verdict in (down, f"a hint: {down}")
        else:
            assert verdict == "no difference shown"


def test_the_best_return_stands_first_and_a_row_opens_its_own_campaign(shown: Story, ids, by_hand: Bank):
    names = dict(zip(*by_hand.campaigns()[["campaign_id", "name"]].to_numpy().T, strict=True))
    for which in ("response", "money", "cost", "satisfaction"):
        table = view(shown, which)
        assert table.opens is not None
        assert list(table.opens.values) == ids
        for campaign_id, name in zip(ids, called(table, "Campaign").texts(""), strict=True):
            assert names[campaign_id].endswith(name) or names[campaign_id] == name
    returns = called(view(shown, "money"), "ROI incremental").numbers()
    known = returns[~np.isnan(returns)]
    assert (np.diff(known) <= 0).all()
    assert np.isnan(returns[len(known) :]).all()


def test_the_cards_add_up_what_sql_counts(shown: Story, ids, scores, by_hand: Bank):
    every = [scores[each] for each in ids]

    def summed(*names: str) -> list[float]:
        return [sum(each["counts"][name] for each in every) for name in names]

    participated, contacted, bought, closed = summed("participated", "contacted", "bought", "closed")
    satisfied, answers = (sum(each["asked"][name] for each in every) for name in ("satisfied", "five"))
    for name, part, whole, unit in (
        ("Participation", participated, contacted, "contacted"),
        ("Conversion", bought, closed, "assigned"),
        ("Satisfied", satisfied, answers, "answers"),
    ):
        of = card(shown, name)
        agree(of.value, wilson(part, whole)[:1], 0.01)
        assert f"{int(whole):,} {unit}" in of.rests_on
        between = of.rests_on.rpartition(" · ")[2]
        for (said, half), want in zip(numbers(between, 0.01), wilson(part, whole)[1:], strict=True):
            assert abs(said - want) <= half

    returns = called(view(shown, "money"), "ROI incremental").values
    assert isinstance(returns, Intervals)
    cost = np.array([each["closed_cost"] for each in every])
    known = returns.known
    added = ((returns.estimate + 1) * cost)[known].sum()
    for name, expected in (("Contribution", added), ("Cost of these", cost[known].sum())):
        agree_with_currency(card(shown, name).value, expected)
        assert f"{known.sum()} judged" in card(shown, name).rests_on
    agree(card(shown, "Incremental ROI").value, added / cost[known].sum() - 1, 1)
    paid = np.nansum([each["campaign_cost"] for each in every])
    written = re.search(r"(¥[\d.,]+\s?\w*) of all (\d+)", card(shown, "Cost of these").rests_on)
    assert written is not None
    agree_with_currency(written[1], paid)
    assert int(written[2]) == len(ids)


def agree_with_currency(text: str, minor: float) -> None:
    scale = SCALES[re.sub(r"[^a-z]", "", text)]
    assert "¥" in text
    agree(text, minor, 100 * scale)


@pytest.mark.parametrize(
    ("key", "column", "which"), [("returns", "roi_incremental", "money"), ("conversion", "conversion_rate", "response")]
)
def test_a_mark_of_a_forest_plot_is_its_campaigns_number_and_opens_it(
    shown: Story, scores, by_hand: Bank, key: str, column: str, which: str
):
    plot, names = chart(shown, key), dict(by_hand.campaigns()[["campaign_id", "name"]].to_numpy())
    verdicts = dict(
        zip(view(shown, "money").opens.values, called(view(shown, "money"), "Return: verdict").texts(""), strict=True)
    )
    rows = marks(plot, "estimate")
    known = [each for each, score in scores.items() if not np.isnan(score[column][0]) or score["by_branch"]]
    assert 5 < len(rows) <= min(len(known), 40)
    assert plot.opens is not None
    assert plot.opens.page == "campaign"
    highest = np.inf
    for row in rows:
        campaign_id = plot.opens.values[row["place"]]
        assert names[campaign_id].endswith(row["name"])
        assert row["estimate"] <= highest
        highest = row["estimate"]
        if column == "conversion_rate" or not scores[campaign_id]["by_branch"]:
            assert_allclose(
                [row["estimate"], row["low"], row["high"]], scores[campaign_id][column], rtol=1e-6, atol=1e-9
            )
            agree(row["hover"], scores[campaign_id][column], 0.01 if column == "conversion_rate" else 1.0)
        if key == "returns":
            role = {"paid": "better", "lost money": "worse"}.get(verdicts[campaign_id], "none")
            assert row["role"] == role


def test_who_is_not_judged_stands_with_the_reason_the_soonest_first(shown: Story, scores, by_hand: Bank):
    table = next(block for block in blocks(shown) if isinstance(block, Table) and block.key == "waiting")
    assert table.opens is not None
    soonest = date.min
    reasons = dict(zip(table.opens.values, called(table, "Why").texts(""), strict=True))
    returns = called(view(shown, "money"), "ROI incremental").values
    assert isinstance(returns, Intervals)
    judged = {
        each for each, low in zip(view(shown, "money").opens.values, returns.low, strict=True) if not np.isnan(low)
    }
    assert set(reasons) == set(scores) - judged
    for campaign_id, reason in reasons.items():
        score = scores[campaign_id]
        if reason.startswith("counting until "):
            assert reason == f"counting until {figures.day(score['judged_on'])}"
            assert score["judged_on"] > by_hand.as_of
            assert score["judged_on"] >= soonest
            soonest = score["judged_on"]
        elif score["counts"]["n_control"] == 0 or not score["compared"]:
            assert reason in (
                "no control group",
                "assigned by branch",
                "too few",
                "a branch in both arms",
                "not recorded",
                "none",
            )
        else:
            assert reason in ("too few", "no cost recorded", "not recorded", "no variation")
    heading = next(block.heading for row in shown.rows for block in row if block.shown is table)
    counting = sum(reason.startswith("still") for reason in reasons.values())
    assert heading.split()[0] == str(counting or len(reasons))


def test_a_choice_lists_the_campaigns_that_sql_finds(reader: Reader, by_hand: Bank, scope):
    words.speak("en")
    within = (
        ""
        if not scope[1]
        else (
            " AND EXISTS (SELECT 1 FROM campaign_member m WHERE m.campaign_id = c.campaign_id "
            f"AND m.branch_id = '{scope[1]}')"
        )
    )
    chosen = campaigns_story.tell(
        campaigns.ask(reader, Choice("2026-q2", objective="grow", theme="", line="wealth", branch=scope[1]))
    )
    found = by_hand.campaigns(
        "ends_on >= '2026-04-01' AND starts_on <= '2026-06-30' AND objective = 'grow' AND "
        f"product_id IN (SELECT product_id FROM product WHERE line = 'wealth'){within}"
    )
    assert set(view(chosen, "money").opens.values) == set(found["campaign_id"])
    won = campaigns_story.tell(campaigns.ask(reader, Choice(objective="acquire", branch=scope[1])))
    found = by_hand.campaigns(f"objective = 'acquire'{within}")
    assert set(view(won, "money").opens.values) == set(found["campaign_id"])
    themed = campaigns_story.tell(campaigns.ask(reader, Choice(theme="spring_festival", branch=scope[1])))
    found = by_hand.campaigns(f"theme = 'spring_festival'{within}")
    assert set(view(themed, "money").opens.values) == set(found["campaign_id"])


def test_a_workbook_holds_the_tables_numbers_in_their_formats(shown: Story, ids, scores):
    book = openpyxl.load_workbook(
        io.BytesIO(spreadsheet.xlsx([view(shown, "response"), view(shown, "money")], CURRENCY, {"Filter": "x"}))
    )
    response, money = book.worksheets[:2]
    heads = [{cell.value: cell.column for cell in sheet[1]} for sheet in (response, money)]
    for row, campaign_id in enumerate(ids, 2):
        score = scores[campaign_id]
        cells = [
            (response, heads[0]["Assigned"], score["members"], "#,##0"),
            (response, heads[0]["Conversion"], score["conversion_rate"][0], "0.00%"),
            (response, heads[0]["Conversion, low"], score["conversion_rate"][1], "0.00%"),
            (response, heads[0]["Conversion, high"], score["conversion_rate"][2], "0.00%"),
            (response, heads[0]["Conversion, n"], score["counts"]["closed"], "#,##0"),
            (money, heads[1]["Sales, CNY"], score["sales"][0] / 100, "#,##0.00"),
            (money, heads[1]["Cost, CNY"], score["campaign_cost"] / 100, "#,##0.00"),
            (money, heads[1]["ROI attributed, high"], score["roi_attributed"][2], "0.00"),
        ]
        for sheet, place, expected, form in cells:
            cell = sheet.cell(row, place)
            if np.isnan(expected):
                assert cell.value is None
            else:
                assert_allclose(cell.value, expected, rtol=1e-6, atol=1e-9)
                assert cell.number_format == form


@pytest.fixture(scope="module", params=ONE, ids=ONE)
def one(request: pytest.FixtureRequest, scope, reader: Reader) -> tuple[str, Story]:
    words.speak("en")
    campaign_id = ONE[request.param]
    return campaign_id, campaign_story.tell(campaign.ask(reader, campaign_id, scope[1]))


def test_the_cards_of_a_campaign_say_what_sql_counts(one, by_hand: Bank):
    campaign_id, story = one
    score = by_hand.scores(campaign_id)
    for name, key, unit, of in (
        ("Participation", "participation_rate", 0.01, f"{int(score['counts']['contacted']):,} contacted"),
        ("Conversion", "conversion_rate", 0.01, f"{int(score['counts']['closed']):,} assigned"),
        ("Effect, points", "incremental_conversion", 0.01, ""),
        ("Incremental ROI", "roi_incremental", 1.0, ""),
        ("Satisfied", "top_two_box", 0.01, f"{int(score['answers']):,} answers"),
    ):
        if key in EFFECTS and score["by_branch"]:
            continue
        shown, expected = card(story, name), score[key]
        if np.isnan(expected[0]):
            assert shown.value == "\N{EM DASH}"
            assert shown.badge is None
            continue
        agree(shown.value, expected[0], unit)
        assert of in shown.rests_on
        for (said, half), want in zip(numbers(shown.rests_on.rpartition(" · ")[2], unit), expected[1:], strict=True):
            assert abs(said - want) <= half + 1e-9
        if key in EFFECTS:
            _, low, high = expected
            allowed = (
                {("↑ better", "blue"), ("a hint: ↑", "gray")}
                if low > 0
                else {("↓ worse", "orange"), ("a hint: ↓", "gray")}
                if high < 0
                else {("no difference shown", "gray")}
            )
            assert shown.badge in allowed
    waiting = int(score["open_members"])
    if waiting and not np.isnan(score["conversion_rate"][0]):
        assert f"{waiting:,} waiting" in card(story, "Conversion").rests_on
    agree_with_currency(card(story, "Cost, all kinds").value, score["campaign_cost"])
    kinds = by_hand.costs(campaign_id).values()
    share = sum(actual for actual, _ in kinds) / sum(plan for _, plan in kinds)
    agree(card(story, "Cost, all kinds").rests_on, share, 0.01)


def test_the_arms_of_a_campaign_say_what_sql_counts(one, by_hand: Bank):
    campaign_id, story = one
    arms = by_hand.arms(campaign_id)
    table = next(block for block in blocks(story) if isinstance(block, Table) and block.key == "arms_table")
    assert len(table.columns[0]) == len(arms)
    for row, arm in enumerate(arms.to_dict("records")):
        assert ("control" in table.columns[0].texts("")[row]) == arm["is_control"]
        for name, expected in (
            ("Assigned", arm["n"]),
            ("Still counting", arm["waiting"]),
            ("Participation", wilson(arm["participated"], arm["contacted"])),
            ("Conversion", wilson(arm["bought"], arm["closed"])),
        ):
            column = called(table, name)
            agree(column.texts(CURRENCY)[row], expected, unit_of(column))
        for name in ("sales", "contribution"):
            column = called(table, f"{name.capitalize()} per customer")
            assert_allclose(column.numbers()[row], arm[name] if arm["closed"] else np.nan, rtol=1e-9)
    closed = arms[arms["closed"] > 0]
    if closed.empty:
        return
    drawn = {row["place"]: row for row in marks(chart(story, "arms"), "estimate")}
    for place, arm in enumerate(arms.to_dict("records")):
        if arm["closed"]:
            exact = [drawn[place][name] for name in ("estimate", "low", "high")]
            assert_allclose(exact, wilson(arm["bought"], arm["closed"]), rtol=1e-6, atol=1e-9)


def test_the_funnel_the_weeks_and_the_costs_of_a_campaign_are_those_of_sql(one, by_hand: Bank):
    campaign_id, story = one
    treated = by_hand.arms(campaign_id).query("not is_control")
    steps = ["closed", "closed_contacted", "closed_participated", "took_part_and_bought"]
    counts = [float(treated[step].sum()) for step in steps]
    if counts[0]:
        drawn = marks(chart(story, "funnel"), "count")
        assert [row["count"] for row in drawn] == counts
        for row, count in zip(drawn, counts, strict=True):
            (said, _), (share, half) = numbers(row["written"])
            assert said == count
            assert abs(share - 100 * count / counts[0]) <= half
    weeks = {(week.date(), step): n for week, step, n in by_hand.weeks(campaign_id).to_numpy()}
    if not weeks:
        assert not any(isinstance(block, Chart) and block.key == "weeks" for block in blocks(story))
        return
    shown = marks(chart(story, "weeks"), "week")
    assert {(date.fromisoformat(row["week"][:10]), row["name"]): row["count"] for row in shown if row["count"]} == weeks
    costs = by_hand.costs(campaign_id)
    drawn = {KINDS[row["kind"][:1].lower() + row["kind"][1:]]: row for row in marks(chart(story, "costs"), "actual")}
    assert drawn.keys() == costs.keys()
    for kind, (actual, planned) in costs.items():
        scale = actual / drawn[kind]["actual"]
        assert scale in (pytest.approx(100), pytest.approx(1e5), pytest.approx(1e8))
        assert_allclose(drawn[kind]["planned"] * scale, planned, rtol=1e-9)
        (said, half), *_ = numbers(drawn[kind]["text"], scale)
        assert abs(said - actual) <= half
