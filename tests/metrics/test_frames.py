"""Every result that has rows becomes a table: a row each, with the numbers of the result and nothing else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from metrics.estimate import Intervals
from metrics.inference.adjustment import mantel_haenszel
from metrics.inference.bayes import posterior_of_shares
from metrics.inference.cluster import difference_by_cluster
from metrics.inference.funnel_plot import funnel_of_shares
from metrics.inference.multiplicity import holm
from metrics.inference.power import Design, detectable_difference_in_shares, sample_size_of_shares
from metrics.inference.ranking import ranks
from metrics.inference.sequential import spending_boundaries
from metrics.inference.shrinkage import beta_binomial
from metrics.inference.standardisation import counts_by_mix
from metrics.inference.survival import kaplan_meier
from metrics.moments import Counts, Moments
from metrics.planning.allocation import Constraints, ResponseCurves, allocate
from metrics.planning.calibration import calibrate
from metrics.planning.forecast import Forecast, Plan
from metrics.staff.scorecard import Item, scorecard
from metrics.staff.training_effect import difference_in_differences
from metrics.tiers.assets_moved import Bridge
from metrics.tiers.grace import falls_by_clock
from metrics.tiers.projection import backtest_rates
from metrics.tiers.transition import Transitions
from metrics.week.control_chart import xmr
from metrics.week.explained_change import explain_total

CONTROL, TREATED = Counts.of([80, 60], [20, 30]), Counts.of([70, 90], [30, 20])
UNITS = Counts.of([200, 300, 250, 10], [20, 60, 100, 0])
YEAR = Transitions.of([[[90, 8, 2], [5, 15, 1], [6, 3, 0]]], tiers=("basic", "wealth"), months=12)


def _cluster():
    branches = Moments(np.full(6, 50.0), np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), np.full(6, 50.0))
    return difference_by_cluster([0] * 6, [False, False, False, True, True, True], branches)


def _staff():
    mix = pd.DataFrame({"staff_id": ["Li", "Wu", "Li"], "tier": list("aab"), "n": [80, 20, 9], "converted": [40, 4, 1]})
    return counts_by_mix(mix, "converted", strata=["tier"])


def _clock():
    seen = pd.DataFrame([("b", 3, 10, 9), ("b", 0, 50, 0)], columns=["tier", "months_below", "n", "fell"])
    return falls_by_clock(seen, ("a", "b"))


def _bridge():
    columns = ["from_tier", "to_tier", "fate", "n", "sum_before", "sum_after", "sum_valuation"]
    rows = [("a", "b", "kept", 1, 40, 70, 5), (None, "a", "entered", 2, 0, 10, 0)]
    return Bridge.from_frame(pd.DataFrame(rows, columns=columns), tiers=("a", "b"))


def _score():
    item = Item("sales", "results", np.array([1.0, 2.0, 3.0]), np.full(3, 0.1), np.full(3, 99.0))
    return scorecard([item], weights={"results": 1.0}, breaches=[0, 0, 1], draws=50)


def _forecast():
    return Forecast(Plan(9, {}), {}, {"converted": np.arange(11.0), "roi": np.linspace(-1, 1, 11)})


CURVES = ResponseCurves(np.array(["a", "b"]), np.array([4.0, 8.0]), Intervals.of([0.5], [0.4], [0.6], n=[5]))
POLICY = np.array([90.0, 220, 50])

FRAMES = {  # the frame, its rows, and a column that is an attribute of the result
    "adjusted": (r := mantel_haenszel([0, 1], CONTROL, TREATED), r.frame(), 2, "compared"),
    "cluster": (r := _cluster(), r.frame(), 1, "design_effect"),
    "posterior": (r := posterior_of_shares(CONTROL, TREATED), r.frame(), 2, "probability_better"),
    "family": (r := holm([0.01, 0.04, np.nan]), r.frame(), 3, "adjusted"),
    "standardised": (r := _staff(), r.frame(), 2, "expected"),
    "shrunken": (r := beta_binomial(UNITS), r.frame(), 4, "kept"),
    "ranks": (r := ranks(beta_binomial(UNITS)), r.frame(), 4, "expected"),
    "funnel": (r := funnel_of_shares(UNITS), r.frame(), 4, "value"),
    "sizes": (r := sample_size_of_shares([0.5, 0.1], [0.7, 0.2], Design()), r.frame(), 2, "treated"),
    "detectable": (r := detectable_difference_in_shares([900], [0.1], Design()), r.frame(), 1, "relative"),
    "looks": (r := spending_boundaries([0.5, 1.0]), r.frame(), 2, "critical"),
    "projected": (r := backtest_rates(YEAR, YEAR, np.random.default_rng(1)), r.frame(), 6, "miss"),
    "score": (r := _score(), r.frame(), 3, "payable"),
    "chart": (r := xmr(np.resize([10, 13], 20)), r.frame(), 20, "high"),
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_row_each_and_the_numbers_of_the_result(name):
    result, frame, rows, column = FRAMES[name]
    assert len(frame) == rows
    assert frame.index.equals(pd.RangeIndex(rows))
    assert_allclose(frame[column].to_numpy(float), getattr(result, column))


def test_curves_have_a_row_per_curve_and_day():
    frame = kaplan_meier([[2, 1], [0, 4]], [[0, 1], [0, 4]]).frame()
    assert frame[["curve", "day", "at_risk"]].to_numpy().tolist() == [[0, 0, 4], [0, 1, 2], [1, 0, 8], [1, 1, 8]]
    assert_allclose(frame["converted"], [0.5, 0.75, 0, 0.5])


def test_who_moved_has_a_row_per_start_and_end():
    frame = YEAR.frame()
    counted = frame.set_index(["from_state", "to_state"])["n"]
    assert (counted["basic", "wealth"], counted["wealth", "left"], counted["entered", "basic"]) == (8, 1, 6)
    assert frame["n"].sum() == YEAR.counts.sum()


def test_a_bridge_s_row_adds_up():
    row = _bridge().frame().iloc[0]
    assert (row["before"], row["up_movers"], row["valuation"], row["entries"], row["after"]) == (40, 25, 5, 10, 80)


def test_the_clock_names_tier_and_month():
    assert _clock().frame()[["tier", "months_below", "estimate"]].to_numpy().tolist() == [["b", 0, 0.0], ["b", 3, 0.9]]


def test_an_explained_change_adds_up_to_the_change():
    columns = [np.array(column, dtype=float) for column in ([60, 40], [6, 12], [30, 70], [6, 14])]
    frame = explain_total(*columns).frame(["phone", "branch"])
    assert frame["part"].tolist() == ["volume", "mix", "mix", "rate", "rate"]
    assert frame["segment"].tolist() == ["", "phone", "branch", "phone", "branch"]
    assert frame["amount"].sum() == pytest.approx(2)


def test_what_stands_together_is_told_apart_by_name():
    effect = difference_in_differences([1, 1.2, 1, 0.9], [2, 2.1, 1, 1.1], [True, True, False, False])
    frame = effect.frame().set_index("of")
    assert frame.loc["difference", "estimate"] == effect.difference.estimate[0]
    past = calibrate(POLICY, POLICY - 15, POLICY + 15, POLICY, 0.8).frame().set_index("of")
    assert past["estimate"].tolist() == [1, 0, 0]
    planned = _forecast().frame().set_index("outcome")
    assert planned["estimate"].tolist() == [5, 0]


def test_a_split_tells_what_each_cell_gets_brings_and_would_bring():
    best = allocate(CURVES, Constraints(500.0, np.full(2, 1e9)))
    frame = best.frame(CURVES)
    assert_array_equal(frame["cell"], ["a", "b"])
    assert frame["spend"].sum() == pytest.approx(500)
    assert frame["contribution"].sum() == pytest.approx(best.contribution)
    assert_allclose(frame["marginal"], CURVES.marginal(best.spend))


def test_a_rank_without_an_order_is_not_in_the_table():
    alike = ranks(beta_binomial(Counts.of([50] * 5, [10, 10, 11, 9, 10])))
    assert not alike.order_shown
    assert alike.frame()[["expected", "low", "high"]].isna().all(axis=None)


def test_the_funnel_s_limits_carry_their_level():
    frame = funnel_of_shares(UNITS).frame()
    assert {"low_0.95", "high_0.95", "low_0.998", "high_0.998"} <= set(frame)
    assert (frame["low_0.998"] <= frame["low_0.95"]).all()
