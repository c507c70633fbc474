"""Several side by side against statsmodels, scipy and single rows; and what must hold whatever the numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from metrics.errors import ShapeError
from metrics.inference.study.several import MOST, Member, several

SHARE, AMOUNT = "conversion_rate", "contribution_per_customer"


def arm(n: int, bought: int, name: str = "treated", matured: int | None = None, **columns: float) -> pd.DataFrame:
    closed = n if matured is None else matured
    return pd.DataFrame([{"arm": name, "n": n, "matured": closed, "matured_converted": bought, **columns}])


def amounts(values: np.ndarray) -> dict[str, float]:
    total = float(values.sum())
    return {
        "known_contribution": float(len(values)),
        "sum_contribution": total,
        "squares_contribution": float(((values - values.mean()) ** 2).sum()),
    }


NOBODY = arm(1, 0).iloc[:0]
DEALT = (
    Member("A", True, False, arm(1000, 90), arm(500, 30)),
    Member("B", True, False, arm(800, 40), arm(700, 42)),
    Member("C", True, False, arm(900, 120), arm(400, 20)),
)
TARGETED = Member("D", False, False, arm(600, 30), NOBODY)


def newcombe(a: tuple[int, int], b: tuple[int, int], level: float) -> tuple[float, float]:
    low, high = confint_proportions_2indep(a[1], a[0], b[1], b[0], method="newcomb", alpha=1 - level)
    return float(low), float(high)


def test_each_against_its_own_control_holds_together_with_the_others():
    found = several(SHARE, DEALT)
    assert found.effects
    assert found.rest is None
    for row, sides in enumerate((((1000, 90), (500, 30)), ((800, 40), (700, 42)), ((900, 120), (400, 20)))):
        assert_allclose((found.own.low[row], found.own.high[row]), newcombe(*sides, 1 - 0.05 / 3), rtol=1e-6)


def test_pairs_of_effects_are_differences_of_differences():
    found = several(SHARE, DEALT)
    assert found.pairs == ((0, 1), (0, 2), (1, 2))
    gaps = 90 / 1000 - 30 / 500, 40 / 800 - 42 / 700, 120 / 900 - 20 / 400
    assert_allclose(found.between.estimate, [gaps[0] - gaps[1], gaps[0] - gaps[2], gaps[1] - gaps[2]])
    level = 1 - 0.05 / 3
    a, b = newcombe((1000, 90), (500, 30), level), newcombe((800, 40), (700, 42), level)
    gap = gaps[0] - gaps[1]
    low = gap - np.hypot(gaps[0] - a[0], b[1] - gaps[1])
    high = gap + np.hypot(a[1] - gaps[0], gaps[1] - b[0])
    assert_allclose((found.between.low[0], found.between.high[0]), (low, high), rtol=1e-6)


def test_whether_all_did_the_same_is_cochran_s_q_of_the_effects():
    found = several(SHARE, DEALT)
    sides = (((1000, 90), (500, 30)), ((800, 40), (700, 42)), ((900, 120), (400, 20)))
    gaps = np.array([a[1] / a[0] - b[1] / b[0] for a, b in sides])
    halves = [np.diff(newcombe(a, b, 1 - 0.05 / 3))[0] / 2 for a, b in sides]
    weight = (np.array(halves) / stats.norm.isf(0.05 / 6)) ** -2.0
    q = (weight * (gaps - (weight * gaps).sum() / weight.sum()) ** 2).sum()
    assert found.alike.p_value.item() == pytest.approx(stats.chi2.sf(q, 2), rel=1e-6)


def test_arms_of_one_campaign_are_compared_without_their_control():
    arms = tuple(replace(one, campaign="A", control=DEALT[0].control) for one in DEALT[:2])
    found = several(SHARE, arms)
    assert_allclose((found.between.low[0], found.between.high[0]), newcombe((1000, 90), (800, 40), 0.95), rtol=1e-6)
    assert np.isnan(found.alike.p_value[0])


def test_where_one_was_not_dealt_each_stands_against_all_the_others():
    found = several(SHARE, (*DEALT[:2], TARGETED))
    assert not found.effects
    assert found.own.reason[2] == "no_control"
    assert found.rest is not None
    limits = newcombe((1000, 90), (1400, 70), 1 - 0.05 / 3)
    assert_allclose((found.rest.low[0], found.rest.high[0]), limits, rtol=1e-6)
    straight = newcombe((800, 40), (600, 30), 1 - 0.05 / 3)
    assert_allclose((found.between.low[2], found.between.high[2]), straight, rtol=1e-6)
    assert np.isnan(found.alike.p_value[0])


def test_amounts_are_compared_by_welch():
    rng = np.random.default_rng(4)
    rows = [rng.gamma(1.0, scale, size) for scale, size in ((40, 300), (50, 200), (45, 250), (45, 150))]
    members = tuple(
        Member(name, True, False, arm(len(a), 1, **amounts(a)), arm(len(b), 1, **amounts(b)))
        for name, a, b in (("A", rows[0], rows[1]), ("B", rows[2], rows[3]))
    )
    found = several(AMOUNT, members)
    for row, (a, b) in enumerate(((rows[0], rows[1]), (rows[2], rows[3]))):
        peer = stats.ttest_ind(a, b, equal_var=False).confidence_interval(1 - 0.05 / 2)
        assert_allclose((found.own.low[row], found.own.high[row]), (peer.low, peer.high), rtol=1e-6)


def test_the_order_turns_signs_and_nothing_else():
    there, back = several(SHARE, DEALT), several(SHARE, DEALT[::-1])
    assert_allclose(there.own.low, back.own.low[::-1])
    assert_allclose(there.between.estimate, -back.between.estimate[[2, 1, 0]])
    assert_allclose(there.between.low, -back.between.high[[2, 1, 0]])
    assert there.alike.p_value.item() == pytest.approx(back.alike.p_value.item())


def test_who_is_still_counting_widens_the_own_interval_alone():
    counting = replace(DEALT[2], treated=arm(1800, 120, matured=900))
    found, closed = several(SHARE, (*DEALT[:2], counting)), several(SHARE, DEALT)
    assert_allclose(found.own.low[:2], closed.own.low[:2])
    assert found.own.low[2] < closed.own.low[2]
    assert_allclose(found.between.low[0], closed.between.low[0])
    nobody = replace(DEALT[2], treated=arm(900, 0, matured=0), control=arm(400, 0, matured=0))
    waiting = several(SHARE, (*DEALT[:2], nobody))
    assert_allclose(waiting.own.low[:2], closed.own.low[:2])
    assert waiting.own.reason[2] == "window_open"


def test_limits_on_the_number_of_members():
    for members in ((DEALT[0],), (DEALT * 3)[: MOST + 1]):
        with pytest.raises(ShapeError):
            several(SHARE, members)


def test_alike_campaigns_are_called_unlike_as_rarely_as_promised():
    rng = np.random.default_rng(11)
    alarms, runs = 0, 120
    for _ in range(runs):
        members = tuple(
            Member(name, True, False, arm(600, int(rng.binomial(600, 0.1))), arm(400, int(rng.binomial(400, 0.1))))
            for name in "ABCD"
        )
        found = several(SHARE, members)
        alarms += bool(((found.between.low > 0) | (found.between.high < 0)).any())
    assert alarms <= stats.binom.ppf(0.999, runs, 0.05)


def by_branch(name: str, branches: int) -> Member:
    """So many branches of one size in either arm."""
    rng = np.random.default_rng(branches)
    held, treated = (
        pd.concat([arm(100, int(rng.integers(3, 9)), branch_id=place, is_control=control) for place in range(*span)])
        for control, span in ((True, (0, branches)), (False, (branches, 2 * branches)))
    )
    sides = [side[["n", "matured", "matured_converted"]].sum().to_frame().T for side in (treated, held)]
    return Member(name, True, True, *sides, pd.concat([treated, held]))


def test_members_that_few_branches_decide_are_named_by_place():
    found = several(SHARE, (DEALT[0], by_branch("B", 30), by_branch("C", 5)))
    assert found.own.known.all()
    assert found.few_branches == (2,)
    one_a_side = by_branch("D", 1)
    assert several(SHARE, (one_a_side, DEALT[0])).few_branches == ()
    assert several(SHARE, DEALT).few_branches == ()
