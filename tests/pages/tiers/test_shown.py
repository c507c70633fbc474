"""The tiers' cells, margins, cards, charts and lists against SQL by hand, for the whole bank and for a branch head."""

# ruff: noqa: S608
# The statements are written here, from constants of this file.

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar

from answers.tiers import customers, tiers, uplift
from answers.tiers.choice import Choice
from answers.tiers.tiers import Tiers
from data_access.engines import Warehouse
from data_access.reading.reader import Reader
from data_access.tier_pairs import Audience
from story import words
from story.parts import Story
from story.tiers import customers as list_story
from story.tiers import tiers as story
from story.tiers import uplift as uplifted
from tests.data_access.small_bank import viewer, warehouse_of
from tests.oracles.multiplicity import multipletests
from tests.pages.limits_by_hand import wilson
from tests.pages.shown import card, chart, marks, numbers, table

END = 2026 * 12 + 9
BEFORE = END - 3
"""October 2026, the last whole month of the demo bank."""

ORDER = ("basic", "potential", "wealth", "private")
NAMES = ("Basic", "Potential", "Wealth", "Private")
RULES = {"tier": "tier", "asset_tier": "asset_tier"}


@pytest.fixture(scope="module")
def warehouse(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    folder = shutil.copytree(demo_warehouse, tmp_path_factory.mktemp("tiers") / "warehouse")
    opened = warehouse_of(str(folder))
    yield opened
    opened.close()


@pytest.fixture(scope="module", params=(12, 3, 1))
def months(request: pytest.FixtureRequest) -> int:
    return request.param


@pytest.fixture(scope="module", params=RULES)
def rule(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def reader(own: tuple[str, ...], warehouse: Warehouse) -> Reader:
    return Reader(viewer(*own), warehouse)


@pytest.fixture(scope="module")
def answer(reader: Reader, months: int, rule: str) -> Tiers:
    found = tiers.ask(reader, Choice(months, rule))
    assert isinstance(found, Tiers)
    return found


@pytest.fixture(scope="module")
def shown(answer: Tiers) -> Story:
    words.speak("en")
    return story.tell(answer)


@pytest.fixture
def sql(file: duckdb.DuckDBPyConnection, own: tuple[str, ...], months: int, rule: str) -> Any:
    """Rows of a statement: ``mine`` are the snapshots of who looks, ``s`` and ``e`` those of both ends."""
    mine = "branch_id = 'B001'" if own else "true"
    common = f"""WITH mine AS (SELECT *, {rule} AS held, list_position({list(ORDER)}, {rule}) AS rank
            FROM tier_snapshot WHERE {mine} AND month_no <= {END}),
        seen AS (SELECT customer_id, min(month_no) AS first, max(month_no) AS last FROM mine GROUP BY 1),
        s AS (SELECT * FROM mine WHERE month_no = {END - months}), e AS (SELECT * FROM mine WHERE month_no = {END})
        """
    return lambda statement: file.execute(common + statement).fetchall()


MOVES = """SELECT s.held, e.held, count(*) FROM s JOIN e USING (customer_id) GROUP BY ALL"""
LEFT = """SELECT s.held, count(*) FROM s JOIN seen USING (customer_id) WHERE seen.last < (SELECT max(month_no) FROM e)
    GROUP BY 1"""
CAME = """SELECT e.held, count(*) FROM e JOIN seen USING (customer_id)
    WHERE seen.first > (SELECT max(month_no) FROM s) GROUP BY 1"""


def cells(shown: Story) -> dict[tuple[str, str], dict[str, Any]]:
    rows = marks(chart(shown, "matrix"), "above")
    return {(cell["row"].rpartition(", ")[0], cell["column"]): cell for cell in rows}


def test_every_cell_says_what_sql_counts_with_wilsons_limits(sql, shown: Story):
    moved = {(start, end): n for start, end, n in sql(MOVES)} | {(start, "left"): n for start, n in sql(LEFT)}
    base = {start: sum(n for (of, _), n in moved.items() if of == start) for start in ORDER}
    drawn = cells(shown)
    columns = (*NAMES, "Left")
    for start, name in zip(ORDER, NAMES, strict=True):
        for end, column in zip((*ORDER, "left"), columns, strict=True):
            n = moved.get((start, end), 0)
            cell = drawn.get((name, column))
            if not n:
                assert cell is None
                continue
            share, low, high = wilson(n, base[start])
            said = numbers(cell["hover"].partition(": ")[2])
            assert [round(value) for value, _ in said[:2]] == [n, base[start]]
            for (value, half), expected in zip(said[2:], (share, low, high), strict=True):
                assert abs(value / 100 - expected) <= half / 100 + 1e-12
            assert cell["filled"] == (start != end)
            if start != end:
                assert cell["shade"] == [0, 1, 2, 4][sum(low >= step for step in (0.02, 0.10, 0.25))]
    assert len([key for key in drawn if key[0] in NAMES]) == len([n for n in moved.values() if n])


def test_margins_add_up_to_the_customers_of_both_months(sql, shown: Story, answer: Tiers):
    came = dict(sql(CAME))
    rows = {cell["row"] for cell in marks(chart(shown, "matrix"), "above")}
    (((then,),), ((now,),)) = sql("SELECT count(*) FROM s"), sql("SELECT count(*) FROM e")
    assert answer.moves.missing.sum() == 0  # the demo bank has no gap
    assert f"Now, {now:,}" in rows
    assert sum(numbers(row)[0][0] for row in rows if row.split(",")[0] in NAMES) == then
    by_tier = dict(sql("SELECT held, count(*) FROM e GROUP BY 1"))
    drawn = cells(shown)
    for key, name in zip(ORDER, NAMES, strict=True):
        assert drawn["Now", name]["above"] == f"{by_tier.get(key, 0):,}"
        if key in came:
            assert drawn["New customers", name]["above"] == f"+{came[key]:,}"
    assert drawn["Now", "Left"]["above"] == f"{sum(n for _, n in sql(LEFT)):,}"


def test_cards_count_who_rose_slipped_stayed_and_left(sql, shown: Story):
    ((up, same, down),) = sql(
        """SELECT count(*) FILTER (e.rank > s.rank), count(*) FILTER (e.rank = s.rank),
            count(*) FILTER (e.rank < s.rank) FROM s JOIN e USING (customer_id)"""
    )
    left = sum(n for _, n in sql(LEFT))
    base = up + same + down + left
    for name, n in (("Rose", up), ("Slipped", down), ("Stayed", same), ("Left", left)):
        said = card(shown, name)
        share, low, high = wilson(n, base)
        value, half = numbers(said.value, 0.01)[0]
        assert abs(value - share) <= half
        told = numbers(said.rests_on)
        assert [round(each) for each, _ in told[:2]] == [n, base]
        for (limit, digits), expected in zip(told[2:], (low, high), strict=True):
            assert abs(limit / 100 - expected) <= digits / 100
    assert numbers(card(shown, "Net moves").value)[0][0] == up - down
    badge = card(shown, "Net moves").badge
    shown_by_mcnemar = mcnemar([[0, up], [down, 0]], exact=False, correction=False).pvalue < 0.05
    assert (badge[0] != "no change shown") == shown_by_mcnemar


def test_the_bridge_runs_from_balance_to_balance_to_the_last_fen(sql, answer: Tiers, shown: Story):
    ((before,),), ((after,),) = sql("SELECT sum(aum) FROM s"), sql("SELECT sum(aum) FROM e")
    assert int(answer.bridge.before[0]) == before
    assert int(answer.bridge.after[0]) == after
    steps = marks(chart(shown, "bridge"), "total")
    assert steps[0]["to"] == before
    assert steps[-1]["to"] == pytest.approx(after, abs=1)
    assert all(step["from"] == earlier["to"] for earlier, step in pairwise(steps[1:]))
    ((came, went),) = sql(
        f"""SELECT (SELECT coalesce(sum(aum), 0) FROM e JOIN seen USING (customer_id)
                WHERE seen.first > (SELECT max(month_no) FROM s)),
            (SELECT coalesce(sum(aum), 0) FROM s JOIN seen USING (customer_id) WHERE seen.last < {END})"""
    )
    assert (int(answer.bridge.entries[0]), int(answer.bridge.exits[0])) == (came, -went)


def test_each_line_counts_who_crossed_it(sql, shown: Story):
    drawn = {row["line"].partition(",")[0]: row for row in marks(chart(shown, "lines"), "net")}
    for place, name in enumerate(NAMES[1:], start=2):
        ((up, down),) = sql(
            f"""SELECT count(*) FILTER (s.rank < {place} AND e.rank >= {place}),
                count(*) FILTER (s.rank >= {place} AND e.rank < {place}) FROM s JOIN e USING (customer_id)"""
        )
        row = drawn[name]
        assert (row["up"], row["down"]) == (up, -down)
        assert (row["written_up"], row["written_down"]) == (f"{up:,}", f"{down:,}")
        net, low, high = (value for value, _ in numbers(row["net"]))
        assert net == up - down
        assert low <= net <= high
        # McNemar's test at 5 % over three lines is what Tango's interval inverts.
        shown_by_mcnemar = up + down > 0 and mcnemar([[0, up], [down, 0]], exact=False, correction=False).pvalue < (
            0.05 / 3
        )
        assert (row["role"] != "none") == shown_by_mcnemar
        assert row["role"] == ("none" if not shown_by_mcnemar else "better" if up > down else "worse")


def test_the_clock_counts_the_last_month_and_what_became_of_such_customers(sql, answer: Tiers, shown: Story, rule: str):
    if rule == "asset_tier":
        assert answer.grace is None
        return
    waiting = {
        (t, m): n for t, m, n in sql("SELECT tier, months_below, count(*) FROM e WHERE months_below > 0 GROUP BY ALL")
    }
    bars = {bar["name"]: bar for bar in marks(chart(shown, "clock"), "became")}
    assert len(bars) == 3 + 3 + 6
    grace = {"potential": 3, "wealth": 3, "private": 6}
    for tier, name in zip(ORDER[1:], NAMES[1:], strict=True):
        for used in range(1, grace[tier] + 1):
            bar = next(bar for label, bar in bars.items() if re.match(f"{name}, month {used}\\b", label))
            assert bar["n"] == waiting.get((tier, used), 0)
            assert (", the last" in bar["name"]) == (used == grace[tier] - 1)
            assert (bar["role"] == "worse") == (used == grace[tier] - 1 and bar["n"] > 0)
            ((n, fell),) = sql(
                f"""SELECT count(*), count(*) FILTER (b.rank < a.rank) FROM mine a JOIN mine b USING (customer_id)
                WHERE a.tier = '{tier}' AND a.months_below = {used}
                AND b.month_no = a.month_no + {grace[tier] - used + 1} AND b.month_no > {END - 12}"""
            )
            assert bar["became"] == (f"{fell:,} of {n:,}" if n else "none")
    ((last,),) = sql(
        """SELECT count(*) FROM e WHERE (tier IN ('potential', 'wealth') AND months_below = 2)
            OR (tier = 'private' AND months_below = 5)"""
    )
    assert sum(answer.grace.about_to_fall.values()) == last


def test_the_trend_counts_each_month_directly(sql, answer: Tiers, shown: Story, months: int):
    rows = sql(
        f"""SELECT a.month_no + {months}, count(*) FILTER (b.rank > a.rank), count(*) FILTER (b.rank < a.rank),
            count(b.customer_id) + count(*) FILTER (seen.last < a.month_no + {months})
        FROM mine a JOIN seen USING (customer_id)
        LEFT JOIN mine b ON b.customer_id = a.customer_id AND b.month_no = a.month_no + {months}
        WHERE a.month_no + {months} <= {END} GROUP BY 1 ORDER BY 1"""
    )[-24:]
    assert [day.year * 12 + day.month - 1 for day in answer.trend.ends] == [month for month, *_ in rows]
    assert answer.trend.up.estimate == pytest.approx([up / n for _, up, _, n in rows])
    assert answer.trend.down.estimate == pytest.approx([down / n for _, _, down, n in rows])
    assert card(shown, "Rose").history == pytest.approx([up / n for _, up, _, n in rows][-16:])


def test_the_funnel_stands_each_branch_among_all(
    file, own: tuple[str, ...], answer: Tiers, months: int, rule: str, shown: Story
):
    rows = file.execute(
        f"""WITH mine AS (SELECT *, list_position({list(ORDER)}, {rule}) AS rank FROM tier_snapshot
                WHERE month_no <= {END}),
            seen AS (SELECT customer_id, branch_id, max(month_no) AS last FROM mine GROUP BY ALL)
        SELECT a.branch_id, count(*), count(*) FILTER (b.rank < a.rank)
        FROM mine a JOIN seen USING (customer_id, branch_id)
        LEFT JOIN mine b ON b.customer_id = a.customer_id AND b.branch_id = a.branch_id AND b.month_no = {END}
        WHERE a.month_no = {END - months} AND a.rank > 1 AND (b.customer_id IS NOT NULL OR seen.last < {END})
        GROUP BY 1 ORDER BY 1"""
    ).fetchall()
    if not own:
        assert (
            list(zip(answer.branches.identifiers, answer.branches.fell.n, answer.branches.fell.successes, strict=True))
            == rows
        )
        return
    mine = next(row for row in rows if row[0] == "B001")
    assert answer.branches.identifiers[0] == "B001"
    assert not any(answer.branches.identifiers[1:])
    assert (answer.branches.fell.n[0], answer.branches.fell.successes[0]) == mine[1:]
    others = [row for row in rows if row[0] != "B001" and row[1] >= 50]
    told = answer.branches.fell.n[1:]
    assert len(told) == (len(others) if len(others) >= 5 else 0)
    assert (told % 5 == 0).all()
    assert (answer.branches.fell.successes[1:] % 5 == 0).all()
    assert sorted(told) == pytest.approx(sorted(row[1] for row in others)[-len(told) or None :], abs=2.5)


def test_the_forecast_is_last_time_once_more(sql, answer: Tiers, shown: Story):
    moved = {(start, end): n for start, end, n in sql(MOVES)} | {(start, "left"): n for start, n in sql(LEFT)}
    base = {start: sum(n for (of, _), n in moved.items() if of == start) for start in ORDER}
    now, came = dict(sql("SELECT held, count(*) FROM e GROUP BY 1")), dict(sql(CAME))
    if any(now.get(start) and not base[start] for start in ORDER):
        return  # nobody to learn from
    for place, tier in enumerate(ORDER):
        flow = sum(now.get(start, 0) * moved.get((start, tier), 0) / base[start] for start in ORDER if base[start])
        assert answer.forecast.sizes.estimate[place] == pytest.approx(flow + came.get(tier, 0))
    columns = table(shown, "numbers").columns
    assert list(columns[1].numbers()) == [now.get(tier, 0) for tier in ORDER]


def test_the_fan_stands_on_what_is_counted_and_prints_by_how_much_it_missed(
    sql, answer: Tiers, shown: Story, months: int
):
    counted = {(no, tier): n for no, tier, n in sql("SELECT month_no, held, count(*) FROM mine GROUP BY ALL")}
    first = END - 2 * months if (END - 2 * months, "basic") in counted else END - months
    of = answer.forecast
    assert [day.year * 12 + day.month - 1 for day in (*of.months, of.ahead)] == [*range(first, END + 1), END + months]
    for place, tier in enumerate(ORDER):
        assert of.counted[place].tolist() == [counted.get((no, tier), 0) for no in range(first, END + 1)]
    drawn = chart(shown, "forecast").spec["datasets"]
    said = [row["text"] for row in drawn["texts"]]
    for place, name in enumerate(NAMES):
        now = of.counted[place, -1]
        assert said[2 * place].startswith(f"{name}: ")
        assert of.tested is None or not of.tested.predicted.known[place] or f"now {now:,.0f}, " in said[2 * place + 1]
    if of.tested is None:
        assert not drawn["rings"]
        return
    known = np.flatnonzero(of.tested.predicted.known)
    for place in known:
        expected, miss = float(of.tested.predicted.estimate[place]), float(of.tested.miss[place])
        told, line = [value for value, _ in numbers(said[2 * place + 1])], said[2 * place + 1]
        if line.endswith("as expected"):
            assert abs(miss) <= 0.5
            continue
        assert told[1:] == [pytest.approx(abs(miss), abs=0.5), pytest.approx(expected, abs=0.5)]
        assert ("fewer" in line) == (miss > 0)
    assert [ring["role"] == "worse" for ring in drawn["rings"]] == [not of.tested.covered[place] for place in known]
    assert {mark["month"][:7] for mark in drawn["marks"]} <= {f"{of.ahead:%Y-%m}"}
    assert len(drawn["marks"]) == int(of.sizes.known.sum())


def test_if_more_rose_the_difference_is_that_part_of_last_times_risers(sql, reader: Reader, answer: Tiers):
    """A quarter more than rose last time, out of each tier's customers of today; worth what risers gained beyond."""
    risen = uplift.ask(reader, answer.choice, 25)
    assert risen is not None
    moved = {(start, end): n for start, end, n in sql(MOVES)} | {(start, "left"): n for start, n in sql(LEFT)}
    base = {start: sum(n for (of, _), n in moved.items() if of == start) for start in ORDER}
    now = dict(sql("SELECT held, count(*) FROM e GROUP BY 1"))
    more, gained = dict.fromkeys(ORDER, 0.0), 0.0
    for place, start in enumerate(ORDER):
        for end in ORDER[place + 1 :]:
            extra = 0.25 * now.get(start, 0) * moved.get((start, end), 0) / base[start] if base[start] else 0.0
            more[start] -= extra
            more[end] += extra
            gained += extra
    assert risen.told.more.estimate.tolist() == pytest.approx(list(more.values()))
    assert risen.told.risen.estimate.item() == pytest.approx(gained)
    told = table(uplifted.beside(answer, story.tell(answer), risen), "uplift")
    assert [column.name for column in told.columns] == ["Tier", "As the rates were", "With more rising", "Difference"]


@pytest.mark.sampled(3)
def test_a_list_holds_whom_its_cell_counts(sql, reader: Reader, answer: Tiers):
    listed: dict[str, set[str]] = {}
    for key, ends in list_story.spelled(answer).items():
        if not ends[0]:
            continue
        found = customers.ask(reader, answer.choice, *ends)
        rows = customers.every(reader, found)
        assert len(rows) == found.n
        assert len(found.rows) == min(found.n, customers.PAGE)
        listed[key] = set(rows["customer_id"])
    moved = sql("SELECT s.held || '..' || e.held, s.customer_id FROM s JOIN e USING (customer_id)")
    moved += sql(
        f"""SELECT s.held || '..left', customer_id FROM s JOIN seen USING (customer_id) WHERE seen.last < {END}
        UNION ALL SELECT 'entered..' || e.held, customer_id FROM e JOIN seen USING (customer_id)
        WHERE seen.first > (SELECT max(month_no) FROM s)"""
    )
    expected: dict[str, set[str]] = {}
    for key, customer in moved:
        expected.setdefault(key, set()).add(customer)
    assert listed == expected


def test_a_row_says_what_the_customer_had_and_moved(file, reader: Reader, months: int):
    found = customers.ask(reader, Choice(months), "basic", "potential")
    if not found.n:
        return
    row = found.rows.iloc[0]
    ((before, after, flow, prices),) = file.execute(
        f"""SELECT (SELECT aum FROM tier_snapshot WHERE customer_id = ? AND month_no = {END - months}),
            (SELECT aum FROM tier_snapshot WHERE customer_id = ? AND month_no = {END}),
            sum(inflow - outflow), sum(valuation) FROM asset_flow
        WHERE customer_id = ? AND month_no > {END - months} AND month_no <= {END}""",
        [row["customer_id"]] * 3,
    ).fetchall()
    assert (row["before"], row["after"]) == (before, after)
    assert [None if np.isnan(value) else value for value in (row["flow"], row["valuation"])] == [flow, prices]
    changes = (found.rows["after"] - found.rows["before"]).abs()
    assert changes.is_monotonic_decreasing
    told = list_story.tell(found)
    assert row["customer_id"] not in str(told)
    assert f"•••{row['customer_id'][-3:]}" in table(told, "customers").columns[0].texts("CNY")


def test_those_in_their_last_month_are_listed_with_the_gap(file, reader: Reader, own: tuple[str, ...]):
    found = customers.ask(reader, Choice(), "", "")
    mine = "branch_id = 'B001'" if own else "true"
    rows = file.execute(
        f"""SELECT customer_id, aum FROM tier_snapshot WHERE {mine} AND month_no = {END}
        AND ((tier IN ('potential', 'wealth') AND months_below = 2) OR (tier = 'private' AND months_below = 5))"""
    ).fetchall()
    assert {tuple(row) for row in customers.every(reader, found)[["customer_id", "after"]].to_numpy()} == set(rows)
    thresholds = {"potential": 5_000_000, "wealth": 50_000_000, "private": 600_000_000}
    assert (found.rows["before"] == found.rows["tier"].map(thresholds)).all()


AUDIENCES = {
    "class": (
        Audience(segment="family"),
        "customer_id IN (SELECT customer_id FROM customer WHERE segment = 'family' AND {mine})",
    ),
    "channel": (
        Audience(channel="payroll"),
        "customer_id IN (SELECT customer_id FROM customer WHERE acquired_channel = 'payroll' AND {mine})",
    ),
    "life stage": (
        Audience(life_stage="retired"),
        f"""customer_id IN (SELECT customer_id FROM tier_snapshot WHERE month_no = {BEFORE} AND life_stage = 'retired')
        OR (customer_id NOT IN (SELECT customer_id FROM tier_snapshot WHERE month_no = {BEFORE}) AND customer_id IN
            (SELECT customer_id FROM tier_snapshot WHERE month_no = {END} AND life_stage = 'retired'))""",
    ),
    "campaign": (
        Audience(campaign="K062"),
        """customer_id IN (SELECT customer_id FROM campaign_member m JOIN campaign_arm a USING (campaign_id, arm)
        WHERE campaign_id = 'K062' AND NOT a.is_control AND assigned_at >= DATE '2026-08-01'
        AND assigned_at < DATE '2026-11-01')""",
    ),
    "no campaign": (
        Audience(campaign="none"),
        """customer_id NOT IN (SELECT customer_id FROM campaign_member m JOIN campaign_arm a USING (campaign_id, arm)
        WHERE NOT a.is_control AND assigned_at >= DATE '2026-08-01' AND assigned_at < DATE '2026-11-01')""",
    ),
}


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", AUDIENCES)
def test_every_part_of_the_page_looks_at_the_customers_chosen(file, reader: Reader, own: tuple[str, ...], name: str):
    audience, condition = AUDIENCES[name]
    mine = "branch_id = 'B001'" if own else "true"
    answer = tiers.ask(reader, Choice(3, audience=audience))
    held = f"""SELECT s.tier, e.tier, count(*), sum(e.aum) FROM tier_snapshot s JOIN tier_snapshot e USING (customer_id)
        WHERE s.month_no = {BEFORE} AND e.month_no = {END} AND s.{mine} AND e.{mine}
        AND ({condition.format(mine=mine)}) GROUP BY ALL"""
    rows = file.execute(held.replace("s.true", "true").replace("e.true", "true")).fetchall()
    counted = np.zeros((4, 4))
    for start, end, n, _ in rows:
        counted[ORDER.index(start), ORDER.index(end)] = n
    assert (answer.moves.continuing[0] == counted).all()
    kept = sum(int(amount) for *_, amount in rows)
    assert int(answer.bridge.after[0]) - int(answer.bridge.entries[0]) == kept
    assert answer.branches.hidden == bool(own)
    told = story.tell(answer)
    assert told.headline
    ends = ("basic", "basic")
    assert customers.ask(reader, answer.choice, *ends).n == counted[0, 0]
    assert len(customers.every(reader, customers.ask(reader, answer.choice, *ends))) == counted[0, 0]


def test_campaigns_are_compared_over_the_horizon_from_before_the_assignment(file, reader: Reader, own: tuple[str, ...]):
    answer = tiers.ask(reader, Choice(3))
    mine = "branch_id = 'B001'" if own else "true"
    assert answer.effects is not None
    p_values: list[float] = []
    for place, campaign in enumerate(answer.effects.campaign_id):
        rows = file.execute(
            f"""WITH mine AS (SELECT *, list_position({list(ORDER)}, tier) AS rank FROM tier_snapshot
                WHERE {mine} AND month_no <= {END}),
            seen AS (SELECT customer_id, max(month_no) AS last FROM mine GROUP BY 1),
            m AS (SELECT customer_id, is_control, year(assigned_at) * 12 + month(assigned_at) - 2 AS start
                FROM campaign_member JOIN campaign_arm USING (campaign_id, arm) WHERE {mine} AND campaign_id = ?)
            SELECT is_control, count(*) FILTER (e.tier IS NOT NULL OR seen.last < m.start + 3),
                count(*) FILTER (e.rank > s.rank),
                list(coalesce(e.rank - s.rank, -9)) FILTER (e.tier IS NOT NULL OR seen.last < m.start + 3)
            FROM m JOIN mine s ON s.customer_id = m.customer_id AND s.month_no = m.start
            JOIN seen ON seen.customer_id = m.customer_id
            LEFT JOIN mine e ON e.customer_id = m.customer_id AND e.month_no = m.start + 3
            WHERE m.start + 3 <= {END} GROUP BY 1 ORDER BY 1""",
            [campaign],
        ).fetchall()
        counted = {bool(control): (n, rose) for control, n, rose, _ in rows}
        for control, side in ((True, answer.effects.control), (False, answer.effects.treated)):
            assert (side.n[place], side.successes[place]) == counted.get(control, (0, 0))
        steps = {bool(control): moved for control, *_, moved in rows}
        known = answer.effects.randomised[place] and answer.effects.difference.known[place]
        p_values.append(np.nan)
        if known and len(steps) == 2 and min(map(len, steps.values())) > 1:
            ranked = stats.mannwhitneyu(steps[False], steps[True], use_continuity=False, method="asymptotic")
            p_values[-1] = ranked.pvalue
            chance = ranked.statistic / (len(steps[False]) * len(steps[True]))
            assert answer.effects.further.estimate[place] == pytest.approx(chance)
    made = ~np.isnan(p_values)
    assert made.any()
    allowed = multipletests(np.array(p_values)[made], method="holm")[1]
    assert_allclose(answer.effects.ordinal[made], allowed, rtol=1e-6)
    assert np.isnan(answer.effects.ordinal[~made]).all()


def test_months_are_the_last_whole_ones(reader: Reader):
    answer = tiers.ask(reader, Choice())
    assert (answer.start, answer.end) == (date(2025, 10, 1), date(2026, 10, 1))


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_no_text_has_a_broken_number(reader: Reader, answer: Tiers, language: str):
    words.speak(language)
    told = story.tell(answer)
    said = [told.headline, *told.facts, *(text for one in told.cards for text in (one.value, one.rests_on))]
    said += [text for row in told.rows for block in row for text in (block.heading, block.caption, block.after)]
    assert not [text for text in said if re.search(r"\bnan\b|None|\{", text)]
