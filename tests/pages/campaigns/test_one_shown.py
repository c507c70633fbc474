"""What stands on the page of one campaign against numbers from SQL by hand: cards, tables, every chart.

Campaigns of every design, for the whole bank, a branch head, and a planner who chose one branch; on both engines.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from numpy.testing import assert_allclose

from metrics.estimate import Intervals
from tests.pages.by_hand import Bank
from tests.pages.limits_by_hand import NO_EFFECT, NOTHING, curve, mean, wilson
from tests.pages.shown import (
    CURRENCY,
    KINDS,
    agree,
    agree_with_currency,
    agree_with_unit,
    card,
    chart,
    marks,
    numbers,
    table,
)

BADGES = {
    "up": ("↑ better", "blue"),
    "down": ("↓ worse", "orange"),
    "hint up": ("a hint: ↑", "gray"),
    "hint down": ("a hint: ↓", "gray"),
    "none": ("no difference shown", "gray"),
    "": None,
}
EFFECTS = {
    "conversion": ("Effect, points", "incremental_conversion", 0.01),
    "net_new": ("Net new money", "incremental_net_new_money_per_customer", 100.0),
    "contribution": ("Contribution", "incremental_contribution_per_customer", 100.0),
}


@pytest.mark.sampled(2)
def test_the_cards_of_a_campaign_say_what_sql_counts(one, by_hand: Bank, verdicts):
    campaign_id, story = one
    score, graded = by_hand.scores(campaign_id), verdicts[campaign_id]
    effect, key, unit = EFFECTS[graded["judge"] or "conversion"]
    assert [each.name for each in story.cards] == [
        "Participation", "Conversion", effect, "Incremental ROI", "Cost, all kinds", "Satisfied"
    ]  # fmt: skip
    counted = "whose window has closed" if score["counts"]["waiting"] else "assigned"
    for name, of, unit_of, rests_on, badge in (
        ("Participation", "participation_rate", 0.01, f"{int(score['counts']['contacted']):,} contacted", ""),
        ("Conversion", "conversion_rate", 0.01, f"{int(score['counts']['closed']):,} {counted}", ""),
        (effect, key, unit, "compared", graded[graded["judge"] or "conversion"]),
        ("Incremental ROI", "roi_incremental", 1.0, "compared", graded["return"]),
        ("Satisfied", "top_two_box", 0.01, f"{int(score['answers']):,} answers", ""),
    ):
        shown, expected = card(story, name), score[of]
        assert shown.badge == BADGES[badge]
        if np.isnan(expected[1]):
            assert shown.value == "\N{EM DASH}"
            continue
        assert rests_on in shown.rests_on
        between = shown.rests_on.rpartition(" · ")[2]
        if unit_of == 100.0:
            agree_with_currency(shown.value, expected[0])
            for text, want in zip(between.split(" to "), expected[1:], strict=True):
                agree_with_currency(text, want)
            continue
        agree(shown.value, expected[0], unit_of)
        for (said, half), want in zip(numbers(between, unit_of), expected[1:], strict=True):
            assert abs(said - want) <= half + 1e-9
    compared = f"{int(score['counts']['closed'] + score['counts']['closed_control']):,} compared"
    assert not score["compared"] or compared in card(story, effect).rests_on
    waiting = int(score["open_members"])
    if waiting and not np.isnan(score["conversion_rate"][0]):
        assert f"{waiting:,} waiting" in card(story, "Conversion").rests_on
    agree_with_currency(card(story, "Cost, all kinds").value, score["campaign_cost"])
    agree(card(story, "Cost, all kinds").rests_on, planned(by_hand, campaign_id), 0.01)


def planned(by_hand: Bank, campaign_id: str) -> float:
    """The part of the plan that was spent."""
    kinds = by_hand.costs(campaign_id).values()
    return sum(actual for actual, _ in kinds) / sum(plan for _, plan in kinds)


@pytest.mark.sampled(2)
def test_the_arms_of_a_campaign_say_what_sql_counts(one, by_hand: Bank):
    campaign_id, story = one
    arms = by_hand.arms(campaign_id)
    shown = table(story, "arms_table")
    names = [name.split(" of those")[0].split(" per customer")[0] for name in shown.columns[0].texts("")]
    assert names == ["Assigned", "Still counting", "Participation", "Conversion", "Sales", "Contribution"]
    assert len(shown.columns) == 1 + len(arms)
    for column, arm in zip(shown.columns[1:], arms.to_dict("records"), strict=True):
        assert ("control" in column.name) == arm["is_control"]
        expected = [
            arm["n"],
            arm["waiting"],
            wilson(arm["participated"], arm["contacted"]),
            wilson(arm["bought"], arm["closed"]),
            *(
                mean(np.array(arm[name], dtype=float)) if arm["closed"] else NOTHING
                for name in ("sales", "contribution")
            ),
        ]
        assert isinstance(column.values, Intervals)
        for row, (text, want) in enumerate(zip(column.texts(CURRENCY), expected, strict=True)):
            agree_with_unit(text, want, 0.01 if isinstance(want, tuple) else 1.0)
            exact = want if isinstance(want, tuple) else (want,) * 3
            if not np.isnan(exact[1]):
                said = [each[row] for each in (column.values.estimate, column.values.low, column.values.high)]
                assert_allclose(said, exact, rtol=1e-6, atol=1e-9)
    closed = arms[arms["closed"] > 0]
    if closed.empty:
        assert chart(story, "arms") is None
        return
    drawn = {row["place"]: row for row in marks(chart(story, "arms"), "estimate")}
    assert len(drawn) == len(closed)
    for place, arm in closed.iterrows():
        exact = [drawn[place][name] for name in ("estimate", "low", "high")]
        assert_allclose(exact, wilson(arm["bought"], arm["closed"]), rtol=1e-6, atol=1e-9)


@pytest.mark.sampled(2)
def test_the_money_of_a_campaign_is_that_of_sql(one, by_hand: Bank):
    campaign_id, story = one
    score, plain = by_hand.scores(campaign_id), by_hand.effects(campaign_id, plain=True)
    counts, (top, moved) = score["counts"], by_hand.origin(campaign_id)
    reached, share = wilson(counts["contacted"], counts["n"]), score["conversion_rate"]
    cost, closed_cost = score["campaign_cost"], score["closed_cost"]
    worth = score["contribution"][0] / counts["bought"] if counts["bought"] and counts["closed"] else np.nan
    expected = {
        "Product sales": score["sales"],
        "Sales per customer assigned, largest amounts capped": score["sales_per_customer_winsorised"],
        "Share of sales of the top 1\N{NARROW NO-BREAK SPACE}%": top,
        "Sales funded from inside the bank": moved,
        "Net new money": score["net_new_money"],
        "Contribution": score["contribution"],
        "Campaign cost": cost,
        "Cost per customer contacted": image(cost / counts["n"] if counts["n"] else np.nan, reached),
        "Cost per conversion": image(closed_cost / counts["closed"] if counts["closed"] else np.nan, share),
        "Attributed return on investment": score["roi_attributed"],
        "Incremental return on investment": score["roi_incremental"],
        "Incremental return on investment, plain difference": plain.get("return", NO_EFFECT).limits,
        "Conversions to break even": cost / worth if worth > 0 else np.nan,
        "Lift to break even": closed_cost / counts["closed"] / worth if worth > 0 else np.nan,
        "Incremental conversion": score["incremental_conversion"],
        "Incremental contribution per customer": score["incremental_contribution_per_customer"],
        "Incremental contribution per customer, plain difference": plain.get("contribution", NO_EFFECT).limits,
        "Incremental net new money per customer": score["incremental_net_new_money_per_customer"],
        "Incremental net new money per customer, plain difference": plain.get("net_new", NO_EFFECT).limits,
    }
    shown = table(story, "money")
    names, value = (column.texts(CURRENCY) for column in shown.columns[:2])
    exact = shown.columns[1].values
    assert isinstance(exact, Intervals)
    for row, (name, text) in enumerate(zip(names, value, strict=True)):
        want = expected.pop(name.replace("1 %", "1\N{NARROW NO-BREAK SPACE}%"))
        unit = 0.01 if "hare of" in name or "funded" in name or "conversion" in name.lower().split()[-1:] else 1.0
        unit = 0.01 if name == "Lift to break even" else unit
        agree_with_unit(text, want, unit)
        if isinstance(want, tuple) and not np.isnan(want[1]):
            assert_allclose([exact.estimate[row], exact.low[row], exact.high[row]], want, rtol=1e-6, atol=1e-9)
    # Beside every effect of customers that is known stands the plain difference.
    for name, want in expected.items():
        assert name.endswith("plain difference")
        assert score["by_branch"] or np.isnan(want[1])


def image(cost: float, share: tuple[float, float, float]) -> tuple[float, float, float]:
    """Cost a head of those who did, of the cost of everybody and the share who did."""
    if not share[0] > 0:
        return (np.nan,) * 3
    return cost / share[0], cost / share[2], cost / share[1]


@pytest.mark.sampled(2)
def test_the_satisfaction_of_a_campaign_is_that_of_sql(one, by_hand: Bank):
    campaign_id, story = one
    score = by_hand.scores(campaign_id)
    shown = table(story, "satisfaction")
    texts = dict(zip(shown.columns[0].texts(""), shown.columns[1].texts(CURRENCY), strict=True))
    for name, key, unit in (
        ("Satisfied customers", "top_two_box", 0.01),
        ("Net promoter score", "net_promoter_score", 1.0),
        ("Response rate", "response_rate", 0.01),
        ("Complaints per 1,000 contacted", "complaint_rate", 1.0),
    ):
        agree_with_unit(texts[name], score[key], unit)


@pytest.mark.sampled(2)
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
        assert chart(story, "weeks") is None
        return
    shown = marks(chart(story, "weeks"), "week")
    assert {(date.fromisoformat(row["week"][:10]), row["name"]): row["count"] for row in shown if row["count"]} == weeks
    costs = by_hand.costs(campaign_id)
    drawn = {KINDS[row["kind"][:1].lower() + row["kind"][1:]]: row for row in marks(chart(story, "costs"), "actual")}
    assert drawn.keys() == costs.keys()
    for kind, (actual, plan) in costs.items():
        scale = actual / drawn[kind]["actual"]
        assert scale in (pytest.approx(100), pytest.approx(1e5), pytest.approx(1e8))
        assert_allclose(drawn[kind]["planned"] * scale, plan, rtol=1e-9)
        (said, half), *_ = numbers(drawn[kind]["text"], scale)
        assert abs(said - actual) <= half


@pytest.mark.sampled(2)
def test_the_curves_at_equal_age_are_those_of_kaplan_and_meier(one, by_hand: Bank):
    campaign_id, story = one
    waits = by_hand.waits(campaign_id)
    if not waits["bought"].any():
        assert chart(story, "equal_age") is None
        return
    rows = marks(chart(story, "equal_age"), "share")
    watched: list[int] = []
    for control, name in ((False, "treated"), (True, "control")):
        of = waits[waits["is_control"] == control]
        drawn = {row["day"]: row for row in rows if row["name"] == name}
        assert bool(drawn) == (len(of) > 0)
        if of.empty:
            continue
        watched.append(max(day for day in range(of["days"].max() + 1) if (of["days"] >= day).sum() * 2 >= len(of)))
        expected = curve(of["days"].to_numpy(int), of["bought"].to_numpy(int))
        share = (0.0, np.nan, np.nan)
        for day in range(of["days"].max() + 1):
            share = expected.get(day, share)
            said = [
                drawn[day][field] if drawn[day][field] is not None else np.nan for field in ("share", "low", "high")
            ]
            assert_allclose(said, share, rtol=1e-6, atol=1e-9, err_msg=f"{name}, day {day}")
    heading = next(block.heading for row in story.rows for block in row if block.shown is chart(story, "equal_age"))
    assert heading.startswith(f"By day {min(watched)}: ")
