"""What stands on the page of all campaigns against numbers from SQL by hand: cards, every cell, every mark, files.

For the whole bank, for a branch head, and for a planner who chose one branch; on both engines.
"""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import numpy as np
import openpyxl
import pytest
from numpy.testing import assert_allclose

from answers.campaigns import overview as campaigns
from answers.campaigns.overview import Choice
from data_access.reading.reader import Reader
from metrics.estimate import Intervals
from story import figures, spreadsheet, words
from story.campaigns import overview as campaigns_story
from story.columns import Column
from story.parts import Story
from tests.pages.by_hand import Bank
from tests.pages.limits_by_hand import NOTHING, wilson
from tests.pages.shown import (
    CURRENCY,
    KINDS,
    agree,
    agree_with_currency,
    called,
    card,
    chart,
    marks,
    numbers,
    table,
    unit_of,
    view,
)

SALES = """
    SELECT sum(m.amount) AS sold, sum(m.amount) FILTER (m.campaign_id IS NOT NULL) AS credited
    FROM sale m WHERE m.reversed_at IS NULL AND {where}
"""
TREATED = """
    SELECT count(*) AS n FROM campaign_member m JOIN campaign_arm a USING (campaign_id, arm) WHERE NOT a.is_control
"""
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
    ("satisfaction", "Net promoter score", "net_promoter_score"),
    ("satisfaction", "Complaints", "complaint_rate"),
]
VERDICTS = {
    "up": "{up}",
    "down": "{down}",
    "hint up": "a hint: {up}",
    "hint down": "a hint: {down}",
    "none": "no difference shown",
}
JUDGES = {"conversion": "Conversion", "net_new": "Net new money", "contribution": "Contribution"}
UP, DOWN = {"raised": "up", "lowered": "down"}, {"paid": "up", "lost money": "down"}


def exact(column: Column, row: int) -> list[float]:
    assert isinstance(column.values, Intervals)
    if not column.values.known[row]:
        return list(NOTHING)
    return [float(each[row]) for each in (column.values.estimate, column.values.low, column.values.high)]


@pytest.mark.parametrize(("which", "name", "key"), CELLS, ids=[f"{view}: {name}" for view, name, _ in CELLS])
def test_every_cell_of_the_table_says_what_sql_counts(shown: Story, ids, scores, which: str, name: str, key: str):
    column = called(view(shown, which), name)
    texts, unit = column.texts(CURRENCY), unit_of(column)
    for place, (campaign_id, text) in enumerate(zip(ids, texts, strict=True)):
        expected = scores[campaign_id][key]
        agree(text, expected, unit)
        if isinstance(column.values, Intervals) and isinstance(expected, tuple):
            assert_allclose(exact(column, place), expected, rtol=1e-6, atol=1e-9, err_msg=campaign_id)
        else:
            assert_allclose(column.numbers()[place], expected, rtol=1e-9, err_msg=campaign_id)


def test_every_column_of_the_table_is_compared(shown: Story):
    """A column that nobody counted by hand is a gap in this test."""
    text = {"Campaign", "By its objective: verdict", "Conversion: verdict", "Return: verdict"}
    for which in ("response", "money", "cost", "satisfaction"):
        compared = {name for of, name, _ in CELLS if of == which} | text | (set(KINDS) if which == "cost" else set())
        assert {column.name for column in view(shown, which).columns} <= compared


def test_every_kind_of_cost_says_what_was_booked(shown: Story, ids, by_hand: Bank):
    costs = view(shown, "cost")
    assert {column.name for column in costs.columns[2:]} == set(KINDS)
    booked = {each: by_hand.costs(each) for each in ids}
    for column in costs.columns[2:]:
        amounts = [booked[each].get(KINDS[column.name], NOTHING[:2])[0] for each in ids]
        assert_allclose(column.numbers(), amounts, rtol=1e-9)
        for text, amount in zip(column.texts(CURRENCY), amounts, strict=True):
            agree(text, amount, unit_of(column))


@pytest.mark.parametrize(
    ("which", "name", "key", "up", "down"),
    [
        ("response", "Conversion: verdict", "conversion", "raised", "lowered"),
        ("money", "Return: verdict", "return", "paid", "lost money"),
    ],
)
def test_a_verdict_is_that_of_benjamini_and_hochberg_in_its_year(
    shown: Story, ids, verdicts, which: str, name: str, key: str, up: str, down: str
):
    column, effect = called(view(shown, which), name), called(view(shown, which), EFFECT_OF[key])
    for campaign_id, text, reason in zip(ids, column.texts(""), effect.texts(CURRENCY), strict=True):
        grade = verdicts[campaign_id][key]
        assert text == (VERDICTS[grade].format(up=up, down=down) if grade else reason), campaign_id


EFFECT_OF = {"conversion": "Effect", "return": "ROI incremental"}


def test_a_campaign_is_judged_by_the_metric_of_its_objective(shown: Story, ids, verdicts):
    column, effect = (called(view(shown, "response"), name) for name in ("By its objective: verdict", "Effect"))
    judged = set()
    for campaign_id, text, reason in zip(ids, column.texts(""), effect.texts(CURRENCY), strict=True):
        judge = verdicts[campaign_id]["judge"]
        if not judge:
            assert text == reason
            continue
        judged.add(judge)
        verdict = VERDICTS[verdicts[campaign_id][judge]].format(up="raised", down="lowered")
        assert text == f"{JUDGES[judge]} · {verdict}", campaign_id
    assert {"conversion", "net_new"} <= judged


def test_the_headline_counts_the_verdicts_by_objective(shown: Story, ids, verdicts):
    judged = {each: found for each, found in verdicts.items() if found["judge"]}
    graded = [found[found["judge"]] for found in judged.values()]
    counts = [graded.count(grade) for grade in ("up", "down")]
    counts += [sum(grade.startswith("hint") for grade in graded), graded.count("none")]
    named = (
        ("{word} better than control",) * 2,
        ("{word} worse than control",) * 2,
        ("{word} is a hint only", "{word} are hints only"),
        ("{word} shows no difference", "{word} show no difference"),
    )
    said = [
        one[count > 1].format(word=words.number_word(count)) for count, one in zip(counts, named, strict=True) if count
    ]
    clauses = ", ".join(said) if any(counts[:3]) else "none shows a difference from control"
    start = f"{words.number_word(len(judged))} of {words.number_word(len(ids))} campaigns can be judged"
    first, _, but = shown.headline.partition("; but ")
    assert first == words.opened(f"{start}, each by its objective: {clauses}")
    against = {
        key: sum(
            found[found["judge"]] in ("up", "hint up") and found[key] in ("down", "hint down")
            for found in judged.values()
        )
        for key in ("return", "net_new", "conversion")
    }
    said = "\n".join([but, *shown.findings])
    for key, named in (
        ("return", "like a loss"),
        ("net_new", "worse by net new money"),
        ("conversion", "worse by conv"),
    ):
        assert (named in said) == (against[key] > 0)
        if against[key] and sum(grade in ("up", "hint up") for grade in graded) > 1:
            assert re.search(rf"\b{words.number_word(against[key])} of the [^;\n]*{named}", said, re.IGNORECASE)
    for judge, name in (("conversion", "conversion"), ("net_new", "net new money per customer assigned")):
        of = [found[judge] for found in judged.values() if found["judge"] == judge]
        (sentence,) = [each for each in shown.findings if f"judged by {name}:" in each]
        assert sentence.startswith(words.opened(words.number_word(len(of))))
        assert (f"{words.number_word(of.count('up'))} raised it" in sentence) == ("up" in of)


def test_the_best_return_stands_first_and_a_row_opens_its_own_campaign(shown: Story, ids, by_hand: Bank):
    names = dict(zip(*by_hand.campaigns()[["campaign_id", "name"]].to_numpy().T, strict=True))
    for which in ("response", "money", "cost", "satisfaction"):
        of = view(shown, which)
        assert of.opens is not None
        assert list(of.opens.values) == ids
        for campaign_id, name in zip(ids, called(of, "Campaign").texts(""), strict=True):
            assert names[campaign_id].endswith(name) or names[campaign_id] == name
    returns = called(view(shown, "money"), "ROI incremental").numbers()
    known = returns[~np.isnan(returns)]
    assert (np.diff(known) <= 0).all()
    assert np.isnan(returns[len(known) :]).all()


def widened(by_hand: Bank, campaigns: list[str]) -> tuple[float, float]:
    """Share of customers in several of the campaigns, and how many times they widen the sum of the effects."""
    rows = by_hand.sql("""
        SELECT m.customer_id, m.campaign_id, a.is_control, CAST(m.contribution_amount AS DOUBLE) AS amount
        FROM campaign_member m JOIN campaign_arm a USING (campaign_id, arm), warehouse_version v
        WHERE {where} AND m.matures_on <= v.as_of AND m.contribution_amount IS NOT NULL""")
    rows = rows[rows["campaign_id"].isin(campaigns)]
    of_arm = rows.groupby(["campaign_id", "is_control"])["amount"]
    away = rows["amount"] - of_arm.transform("mean")
    sizes = of_arm.size().unstack()
    stands_for = rows["campaign_id"].map(sizes[False] / sizes[True])
    pull = away.where(~rows["is_control"], -away * stands_for)
    whole = pull.groupby(rows["customer_id"]).sum()
    several = (rows.groupby("customer_id").size() > 1).mean()
    return several, max(1.0, np.sqrt((whole**2).sum() / (pull**2).sum()))


def test_the_cards_add_up_what_sql_counts(shown: Story, ids, scores, by_hand: Bank):
    every = [scores[each] for each in ids]

    def summed(*names: str) -> list[float]:
        return [sum(each["counts"][name] for each in every) for name in names]

    participated, contacted, bought, closed = summed("participated", "contacted", "bought", "closed")
    counted = "whose window has closed" if any(summed("waiting")) else "assigned"
    satisfied, answers = (sum(each["asked"][name] for each in every) for name in ("satisfied", "five"))
    for name, part, whole, unit in (
        ("Participation", participated, contacted, "contacted"),
        ("Conversion", bought, closed, counted),
        ("Satisfied", satisfied, answers, "answers"),
    ):
        of = card(shown, name)
        agree(of.value, wilson(part, whole)[:1], 0.01)
        assert f"{int(whole):,} {unit}" in of.rests_on
        between = of.rests_on.rpartition(" · ")[2]
        for (said, half), want in zip(numbers(between, 0.01), wilson(part, whole)[1:], strict=True):
            assert abs(said - want) <= half

    returns, cost = np.array([each["roi_incremental"] for each in every]), np.array([e["closed_cost"] for e in every])
    known = ~np.isnan(returns[:, 1])
    added, spent = ((returns[:, 0] + 1) * cost)[known].sum(), cost[known].sum()
    half = np.sqrt((((returns[:, 2] - returns[:, 1]) / 2 * cost)[known] ** 2).sum())
    half *= widened(by_hand, [each for each, told in zip(ids, known, strict=True) if told])[1]
    for name, expected in (("Contribution", added), ("Cost of these", spent)):
        agree_with_currency(card(shown, name).value, expected)
        assert f"{known.sum()} judged" in card(shown, name).rests_on
    agree(card(shown, "Incremental ROI").value, added / spent - 1, 1)
    between = numbers(card(shown, "Incremental ROI").rests_on.rpartition(" · ")[2])
    for (said, digit), want in zip(between, ((added - half) / spent - 1, (added + half) / spent - 1), strict=True):
        assert abs(said - want) <= digit
    paid = np.nansum([each["campaign_cost"] for each in every])
    written = re.search(r"(¥[\d.,]+\s?\w*) of all (\d+)", card(shown, "Cost of these").rests_on)
    assert written is not None
    agree_with_currency(written[1], paid)
    assert int(written[2]) == len(ids)


@pytest.mark.parametrize(("key", "column"), [("returns", "roi_incremental"), ("conversion", "conversion_rate")])
def test_a_mark_of_a_forest_plot_is_its_campaigns_number_and_opens_it(
    shown: Story, scores, verdicts, by_hand: Bank, key: str, column: str
):
    plot, names = chart(shown, key), dict(by_hand.campaigns()[["campaign_id", "name"]].to_numpy())
    rows = marks(plot, "estimate")
    known = [each for each, score in scores.items() if not np.isnan(score[column][1])]
    assert 5 < len(rows) == min(len(known), 40)
    assert plot is not None
    assert plot.opens is not None
    assert plot.opens.page == "campaign"
    highest = np.inf
    for row in rows:
        campaign_id = plot.opens.values[row["place"]]
        assert names[campaign_id].endswith(row["name"])
        assert row["estimate"] <= highest
        highest = row["estimate"]
        assert_allclose([row["estimate"], row["low"], row["high"]], scores[campaign_id][column], rtol=1e-6, atol=1e-9)
        agree(row["hover"], scores[campaign_id][column], 0.01 if column == "conversion_rate" else 1.0)
        role = {"up": "better", "down": "worse"}.get(verdicts[campaign_id]["return"], "none")
        assert row["role"] == (role if key == "returns" else "none")


def test_who_is_not_judged_stands_with_the_reason_the_soonest_first(shown: Story, scores, verdicts, by_hand: Bank):
    waiting = table(shown, "waiting")
    assert waiting.opens is not None
    soonest = date.min
    reasons = dict(zip(waiting.opens.values, called(waiting, "Why").texts(""), strict=True))
    assert set(reasons) == {each for each in scores if not verdicts[each]["judge"]}
    for campaign_id, reason in reasons.items():
        score: dict[str, Any] = scores[campaign_id]
        counts = score["counts"]
        if reason.startswith("counting until "):
            assert reason == f"counting until {figures.day(score['judged_on'])}"
            assert score["judged_on"] > by_hand.as_of
            assert score["judged_on"] >= soonest
            soonest = score["judged_on"]
            assert not counts["closed"] or not counts["closed_control"]
        elif score["by_branch"] and counts["n_control"]:
            assert reason in ("assigned by branch", "a branch in both arms")
        elif not counts["n"]:
            assert reason == "none"
        else:
            assert reason == "no control group"
            assert not counts["n_control"] or not score["compared"]
    heading = next(block.heading for row in shown.rows for block in row if block.shown is waiting)
    counting = sum(reason.startswith("counting") for reason in reasons.values())
    assert heading.split()[0] == str(counting or len(reasons))


def test_a_choice_lists_the_campaigns_that_sql_finds(reader: Reader, by_hand: Bank, scope):
    words.speak("en")
    here = set(by_hand.sql("SELECT DISTINCT m.campaign_id FROM campaign_member m WHERE {where}")["campaign_id"])
    everybody = by_hand.sql(f"{TREATED} AND {{where}}")["n"].iloc[0]
    wealth = "product_id IN (SELECT product_id FROM product WHERE line = 'wealth')"
    in_spring = "ends_on >= '2026-04-01' AND starts_on <= '2026-06-30'"
    sold_in_spring = f"CAST(m.sold_at AS DATE) BETWEEN '2026-04-01' AND '2026-06-30' AND m.{wealth}"
    for choice, where, sold in (
        (
            Choice("2026-q2", objective="grow", line="wealth"),
            f"{in_spring} AND objective = 'grow' AND {wealth}",
            sold_in_spring,
        ),
        (Choice(objective="acquire"), "objective = 'acquire'", "true"),
        (Choice(theme="spring_festival"), "theme = 'spring_festival'", "true"),
    ):
        answer = campaigns.ask(reader, Choice(choice.period, choice.objective, choice.theme, choice.line, scope[1]))
        found = set(by_hand.campaigns(where)["campaign_id"])
        told = campaigns_story.tell(answer)
        assert set(view(told, "money").opens.values) == (found & here if scope[1] else found)
        assert any(f" customers assigned, of {everybody:,} in all campaigns" in fact for fact in told.facts)
        sales = by_hand.sql(f"{SALES} AND {sold}").iloc[0]
        assert (answer.sold, answer.attributed) == (sales["sold"], sales["credited"])
        assert 0 < answer.attributed < answer.sold


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
            (response, heads[0]["Effect, low"], score["incremental_conversion"][1], "0.00%"),
            (money, heads[1]["Sales, CNY"], score["sales"][0] / 100, "#,##0.00"),
            (money, heads[1]["Cost, CNY"], score["campaign_cost"] / 100, "#,##0.00"),
            (money, heads[1]["ROI attributed, high"], score["roi_attributed"][2], "0.00"),
            (money, heads[1]["ROI incremental"], score["roi_incremental"][0], "0.00"),
        ]
        for sheet, place, expected, form in cells:
            cell = sheet.cell(row, place)
            if np.isnan(expected):
                assert cell.value is None
            else:
                assert_allclose(cell.value, expected, rtol=1e-6, atol=1e-9)
                assert cell.number_format == form
