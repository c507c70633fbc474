import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from statsmodels.stats.contingency_tables import mcnemar

from metrics.finding import FindingCode
from metrics.tiers.lines import crossing_findings, crossings
from metrics.tiers.transition import Transitions

TIERS = ("basic", "potential", "wealth", "private")
TABLES = arrays(np.int64, (5, 5), elements=st.integers(0, 400))


def year(table):
    counts = np.array(table, dtype=float)
    counts[-1, -1] = 0
    return Transitions.of(counts[None], tiers=TIERS[: len(counts) - 1], months=12)


def test_a_move_over_two_lines_crosses_both_and_entries_and_exits_cross_none():
    lines = crossings(year([[50, 4, 3, 9], [2, 40, 1, 8], [5, 0, 30, 7], [11, 12, 13, 0]]))
    assert lines.tiers == ("potential", "wealth")
    assert lines.up.tolist() == [4 + 3, 3 + 1]
    assert lines.down.tolist() == [2 + 5, 5 + 0]
    assert lines.net.estimate.tolist() == [0, -1]
    assert lines.net.n.tolist() == [159, 159]


def test_one_tier_has_no_line():
    assert crossings(year([[7, 1], [2, 0]])).tiers == ()


@given(TABLES)
def test_limits_of_all_lines_together_leave_out_none_when_mcnemar_rejects_at_a_third(table):
    """Tango's limits invert McNemar's test; over three lines each is held to a third of 5 %."""
    lines = crossings(year(table))
    for up, down, low, high in zip(lines.up, lines.down, lines.net.low, lines.net.high, strict=True):
        if up + down == 0:
            assert np.isnan(low) or low <= 0 <= high
            continue
        p_value = mcnemar([[0, up], [down, 0]], exact=False, correction=False).pvalue
        if abs(p_value - 0.05 / 3) > 1e-6:
            assert (low > 0 or high < 0) == (p_value < 0.05 / 3)


@given(TABLES)
def test_turned_in_time_a_line_loses_what_it_gained(table):
    there, back = crossings(year(table)), crossings(year(table.T))
    assert there.up.tolist() == back.down.tolist()
    inner = np.array(table)[:-1, :-1]
    steps = sum(inner[i, j] * (j - i) for i in range(4) for j in range(4))
    assert there.net.estimate[~np.isnan(there.net.estimate)].sum() == pytest.approx(
        steps if inner.sum() + np.array(table)[:-1, -1].sum() else 0
    )


def test_what_is_lost_comes_first_then_what_is_gained_the_furthest_from_balance_first():
    found = crossing_findings(
        crossings(year([[900, 300, 0, 0, 0], [200, 900, 9, 0, 0], [0, 60, 500, 40, 0], [0, 0, 2, 90, 0], [0] * 5])), 12
    )
    assert [(each.code, each.values["tier"]) for each in found] == [
        (FindingCode.TIER_LINE_LOSES, "wealth"),
        (FindingCode.TIER_LINE_GAINS, "private"),
        (FindingCode.TIER_LINE_GAINS, "potential"),
    ]
    assert (found[0].values["up"], found[0].values["down"], found[0].values["estimate"]) == (9, 60, -51)
    assert found[0].values["high"] < 0
    assert crossing_findings(crossings(year(np.eye(4) * 50)), 12) == []
