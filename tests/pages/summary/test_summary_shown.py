"""The summary's cards, bridge and regions against SQL by hand, for the whole bank and for a branch head."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import duckdb
import numpy as np
import pytest
from scipy import stats

from answers import period
from answers.summary import summary
from answers.summary.summary import Summary
from data_access.engines import Warehouse
from data_access.reading.reader import Reader
from metrics.tiers.assets_moved import PARTS
from story import words
from story.parts import Claims, Story
from story.summary import summary as story
from tests.data_access.small_bank import viewer
from tests.pages.limits_by_hand import wilson
from tests.pages.shown import SCALES, card, chart, marks, numbers

KEY = "2026-Q3"
FIRST, LAST = 2026 * 12 + 6, 2026 * 12 + 8  # July to September


@pytest.fixture(scope="module")
def reader(own: tuple[str, ...], warehouse: Warehouse) -> Reader:
    return Reader(viewer(*own), warehouse)


@pytest.fixture(scope="module")
def answer(reader: Reader) -> Summary:
    return summary.ask(reader, summary.Choice(KEY))


@pytest.fixture(scope="module")
def shown(answer: Summary) -> Story:
    words.speak("en")
    return story.tell(answer)


@pytest.fixture
def sql(file: duckdb.DuckDBPyConnection, own: tuple[str, ...]) -> Any:
    """Rows of a statement in which ``{mine}`` is the condition of who is looking."""
    places = {"mine": "branch_id = 'B001'" if own else "true", "start": FIRST - 1, "end": LAST}
    return lambda statement: file.execute(statement.format(**places)).fetchall()


def amount(text: str) -> tuple[float, float]:
    """An amount as it is read, in minor units, and half of its last digit."""
    unit = next((SCALES[word] for word in ("bn", "k", "m") if text.rstrip().endswith(word)), 1)
    return numbers(text.replace("¥", ""), 100 * unit)[0]


def close(text: str, expected: float) -> None:
    value, half = amount(text)
    assert abs(value - expected) <= half, (text, expected)


def test_the_period_offered_first_is_the_last_complete_quarter(reader: Reader):
    first = summary.offered(reader)[0]
    assert first == KEY
    assert period.span(first)[1] <= reader.as_of < date(2026, 12, 31)


def test_net_new_money_is_what_came_less_what_went(sql, shown: Story):
    money = dict(sql("SELECT month_no, sum(inflow) - sum(outflow) FROM asset_flow WHERE {mine} GROUP BY 1"))
    close(card(shown, "Net new money").value, sum(money[month] for month in range(FIRST, LAST + 1)))
    close(
        card(shown, "Net new money").rests_on.removeprefix("then "),
        sum(money[month] for month in range(FIRST - 3, FIRST)),
    )
    assert list(card(shown, "Net new money").history or ()) == [money[month] for month in range(LAST - 15, LAST + 1)]


def test_the_year_is_told_up_to_the_end_of_the_period(sql, shown: Story):
    money = dict(sql("SELECT month_no, sum(inflow) - sum(outflow) FROM asset_flow WHERE {mine} GROUP BY 1"))
    booked = sum(money[month] for month in range(2026 * 12, LAST + 1))
    learned = np.array([float(money[month]) for month in range(LAST - 11, LAST + 1)])
    margin = stats.t.ppf(0.9, 11) * learned.std(ddof=1) * np.sqrt(3 + 3**2 / 12)
    (row,) = (row for rows in chart(shown, "year").spec["datasets"].values() for row in rows)
    expected = booked + 3 * learned.mean()
    assert [row["booked"], row["estimate"], row["low"], row["high"]] == pytest.approx(
        [booked, expected, expected - margin, expected + margin]
    )


def test_each_sentence_leads_to_its_evidence(answer: Summary, shown: Story):
    claims = next(block.shown.claims for row in shown.rows for block in row if isinstance(block.shown, Claims))
    assert [claim.topic for claim in claims] == ["Money.", "Programme.", "Satisfaction."]
    assert all(card(shown, claim.card).key for claim in claims)
    money, programme, satisfaction = (claim.links for claim in claims)
    assert not money
    assert (satisfaction[0].page, satisfaction[0].changed) == ("campaigns", {"view": "satisfaction"})
    returned, ids = answer.programme.scores["roi_incremental"], list(answer.programme.listed["campaign_id"])
    known = [(value, one) for value, one in zip(returned.estimate, ids, strict=True) if not np.isnan(value)]
    assert [link.changed.get("campaign") for link in programme] == [None, max(known)[1], min(known)[1]]
    assert all(link.page == "campaign" for link in programme[1:])


def test_upper_tiers_are_wealth_and_private_at_the_end_of_the_period(sql, shown: Story):
    ((customers,),) = sql(
        "SELECT count(*) FROM tier_snapshot WHERE {mine} AND month_no = {end} AND tier IN ('wealth', 'private')"
    )
    assert card(shown, "Wealth and up").value == f"{customers:,}"


def test_net_upgrades_are_of_customers_seen_at_both_ends(sql, answer: Summary):
    ((up, down),) = sql(
        """WITH ranked AS (SELECT *, list_position(['basic', 'potential', 'wealth', 'private'], tier) AS rank
            FROM tier_snapshot WHERE {mine})
        SELECT count(*) FILTER (b.rank > a.rank), count(*) FILTER (b.rank < a.rank)
        FROM ranked a JOIN ranked b USING (customer_id) WHERE a.month_no = {start} AND b.month_no = {end}"""
    )
    net = answer.movement.net
    assert net.estimate[0] * net.n[0] == pytest.approx(up - down)


def test_satisfaction_is_of_those_who_were_asked_in_the_period(sql, answer: Summary, shown: Story):
    ((n, top, n_before, top_before),) = sql(
        """SELECT count(score) FILTER (invited_at >= DATE '2026-07-01'),
            count(*) FILTER (score >= 4 AND invited_at >= DATE '2026-07-01'),
            count(score) FILTER (invited_at < DATE '2026-07-01'),
            count(*) FILTER (score >= 4 AND invited_at < DATE '2026-07-01')
        FROM satisfaction WHERE {mine} AND scale = 'csat5'
            AND invited_at >= DATE '2026-04-01' AND invited_at < DATE '2026-10-01'"""
    )
    share = wilson(top, n)
    said = card(shown, "Satisfied")
    (value, half) = numbers(said.value, 0.01)[0]
    assert abs(value - share[0]) <= half
    limits = numbers(said.rests_on.partition("answers")[2], 0.01)
    assert all(abs(told - limit) <= half for (told, half), limit in zip(limits, share[1:], strict=True))
    assert numbers(said.rests_on)[0][0] == n
    change = answer.satisfaction.change
    assert change.estimate[0] == pytest.approx(top / n - top_before / n_before)
    assert (said.badge[0] == "no change shown") == (change.low[0] <= 0 <= change.high[0])


def test_the_bridge_runs_from_balance_to_balance_to_the_last_fen(sql, answer: Summary, shown: Story):
    balance = dict(sql("SELECT month_no, sum(aum) FROM tier_snapshot WHERE {mine} GROUP BY 1"))
    bridge = answer.movement.bridge
    assert int(bridge.before[0]) == balance[FIRST - 1]
    assert int(bridge.after[0]) == balance[LAST]
    drawn = marks(chart(shown, "bridge"), "total")
    assert drawn[0]["from"] == balance[FIRST - 1]
    assert drawn[-1]["to"] == pytest.approx(balance[LAST], abs=1)
    assert all(
        step["role"] == ("better" if step["to"] > step["from"] else "worse")
        for step in drawn[1:-1]
        if step["name"] not in ("Prices", "Month missing") and step["to"] != step["from"]
    )
    assert all(step["from"] == before["to"] for before, step in pairwise(drawn[1:]))
    ((came, went),) = sql(
        """WITH seen AS (SELECT customer_id, min(month_no) AS first, max(month_no) AS last FROM tier_snapshot
            WHERE {mine} GROUP BY 1)
        SELECT sum(aum) FILTER (month_no = {end} AND first > {start}),
            -sum(aum) FILTER (month_no = {start} AND last < {end})
        FROM tier_snapshot JOIN seen USING (customer_id) WHERE {mine}"""
    )
    assert (int(bridge.entries[0]), int(bridge.exits[0])) == (came, went)
    assert set(bridge.parts) == set(PARTS)


def test_budget_is_what_was_booked_of_what_was_planned(sql, answer: Summary, shown: Story, own: tuple[str, ...]):
    if own:
        pytest.skip("a branch bears a share of the bank's costs, which the costs' own tests count")
    ((actual, planned),) = sql(
        """SELECT sum(actual_amount), sum(planned_amount) FROM campaign_cost JOIN campaign USING (campaign_id)
        WHERE ends_on >= DATE '2026-07-01' AND starts_on <= DATE '2026-09-30' AND actual_amount IS NOT NULL"""
    )
    said = card(shown, "Budget used")
    value, half = numbers(said.value, 0.01)[0]
    assert abs(value - actual / planned) <= half
    close(said.rests_on.removeprefix("of ").removesuffix(" planned"), planned)


def test_regions_are_standardised_to_everybodys_mix(sql, answer: Summary, own: tuple[str, ...]):
    rows = sql(
        """SELECT b.region, m.campaign_id, m.tier, count(*),
            count(*) FILTER (CAST(m.converted_at AS DATE) <= m.matures_on)
        FROM campaign_member m JOIN branch b USING (branch_id) JOIN campaign_arm a USING (campaign_id, arm)
        JOIN campaign c USING (campaign_id), warehouse_version v
        WHERE NOT a.is_control AND m.matures_on <= v.as_of
        AND c.ends_on >= DATE '2026-07-01' AND c.starts_on <= DATE '2026-09-30' GROUP BY ALL"""
    )
    if own:
        assert answer.regions is None  # one branch lies in one region
        return
    strata: dict[tuple[str, str], list[float]] = {}
    for _, campaign, tier, n, converted in rows:
        total = strata.setdefault((campaign, tier), [0.0, 0.0])
        total[0] += n
        total[1] += converted
    overall = sum(c for _, c in strata.values()) / sum(n for n, _ in strata.values())
    for region, share in zip(
        answer.regions.names, answer.regions.performance.ratio.scaled(answer.regions.overall).estimate, strict=True
    ):
        mine = [row for row in rows if row[0] == region]
        expected = sum(n * strata[campaign, tier][1] / strata[campaign, tier][0] for _, campaign, tier, n, _ in mine)
        assert share == pytest.approx(sum(row[4] for row in mine) / expected * overall)
    assert answer.regions.overall == pytest.approx(overall)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("key", ["2025-Q4", "2026", "2026-Q4", "2026-10", "2023"])
def test_every_period_has_a_title_and_no_broken_number(reader: Reader, key: str):
    told = story.tell(summary.ask(reader, summary.Choice(key)))
    assert told.headline
    assert not any("nan" in text for one in told.cards for text in (one.value, one.rests_on))
    assert np.isfinite([value for one in told.cards for value in one.history or ()]).all()


def test_a_period_under_way_is_held_against_as_many_days(sql, reader: Reader):
    """The data end on 15 November: 46 days of the quarter, and as many from the first of July."""
    held = summary.ask(reader, summary.Choice("2026-Q4"))
    ((n,),) = sql(
        """SELECT count(score) FROM satisfaction WHERE {mine} AND scale = 'csat5'
        AND invited_at >= DATE '2026-07-01' AND invited_at < DATE '2026-08-16'"""
    )
    assert held.satisfaction.then.n[0] == n
