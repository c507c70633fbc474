"""Tiers follow the bank's rule, and a powered monthly matrix misstates a year."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

THRESHOLD = {"basic": 0, "potential": 5_000_000, "wealth": 50_000_000, "private": 600_000_000}
GRACE = {"potential": 3, "wealth": 3, "private": 6}
ORDER = list(THRESHOLD)


def by_assets(average: int) -> str:
    return [tier for tier in ORDER if average >= THRESHOLD[tier]][-1]


def test_each_customer_follows_the_rule_month_by_month(bank):
    histories: dict[str, list[tuple[int, str, str, int, int]]] = {}
    for customer, *month in bank.sql("""SELECT customer_id, month_no, tier, asset_tier, months_below, aum
            FROM tier_snapshot WHERE customer_id < 'C0001500' OR customer_id IN
            (SELECT customer_id FROM tier_snapshot WHERE aum > 300000000)
            ORDER BY customer_id, month_no""").fetchall():
        histories.setdefault(customer, []).append(tuple(month))
    falls = rises = 0
    for months in histories.values():
        for (m0, tier, assets, below, aum), (m1, next_tier, *_rest) in pairwise(months):
            assert m1 == m0 + 1
            assert assets == by_assets(aum)
            if ORDER.index(assets) > ORDER.index(tier):
                expected, rises = assets, rises + 1
            elif tier != "basic" and below >= GRACE[tier]:
                expected, falls = assets, falls + 1
            else:
                expected = tier
            assert next_tier == expected
        clock = 0
        for (_, tier, _, below, aum), before in zip(months[1:], months[:-1], strict=True):
            start = before[3] if tier == before[1] else 0
            clock = start + 1 if aum < THRESHOLD[tier] else 0
            assert below == clock
    assert rises > 100
    assert falls > 100


def test_newcomers_start_at_the_bottom(bank):
    firsts = bank.sql("""SELECT DISTINCT s.tier FROM tier_snapshot s JOIN customer c USING (customer_id)
        WHERE opened_on >= DATE '2024-06-01' AND month_no = year(opened_on) * 12 + month(opened_on) - 1""")
    assert firsts.fetchall() == [("basic",)]


def matrix(bank, months: int) -> np.ndarray:
    counts = np.zeros((4, 4))
    for start, end, n in bank.sql(f"""SELECT a.tier, b.tier, count(*) FROM tier_snapshot a JOIN tier_snapshot b
            ON b.customer_id = a.customer_id AND b.month_no = a.month_no + {months}
            GROUP BY ALL""").fetchall():  # noqa: S608
        counts[ORDER.index(start), ORDER.index(end)] += n
    return counts / counts.sum(axis=1, keepdims=True)


def test_a_monthly_matrix_powered_understates_who_stays_a_year(bank):
    direct, powered = matrix(bank, 12), np.linalg.matrix_power(matrix(bank, 1), 12)
    stays = np.diag(direct) - np.diag(powered)
    assert stays[1] > 0.10  # potential
    assert stays[2] > 0.10  # wealth
    assert powered[0, 1:].sum() > 1.4 * direct[0, 1:].sum()  # and overstates who rises


def test_a_fiftieth_of_customers_holds_the_bulk_of_assets(bank):
    share = bank.sql("""SELECT sum(aum) FILTER (rank <= 0.02) / sum(aum) FROM
        (SELECT aum, percent_rank() OVER (ORDER BY aum DESC) AS rank FROM tier_snapshot WHERE month_no = 24321)""")
    assert 0.5 < share.fetchone()[0] < 0.9


@pytest.mark.parametrize(
    ("tier", "low", "high"), [("potential", 0.12, 0.30), ("wealth", 0.02, 0.07), ("private", 0.0005, 0.006)]
)
def test_tiers_thin_out_upwards_as_in_a_real_bank(bank, tier, low, high):
    share = bank.execute("SELECT avg((tier = ?)::INT) FROM tier_snapshot WHERE month_no = 24321", [tier]).fetchone()[0]
    assert low < share < high
