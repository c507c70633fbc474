"""The effect through time: cumulative moments against rows, published boundaries, and coverage on all days at once."""

import numpy as np
import pandas as pd
import pytest

from metrics.inference.sequential import confidence_sequence
from metrics.inference.study.course import FEWEST, course
from metrics.inference.study.levels import level_each
from metrics.inference.study.sides import outcome_for
from metrics.moments import Moments
from tests.metrics.inference.comparison import by_row

CONVERSION, SALES = outcome_for("conversion_rate"), outcome_for("sales_per_customer")


@pytest.mark.parametrize(("entry", "column"), [(CONVERSION, "converted"), (SALES, "sales")])
def test_every_day_is_what_everybody_so_far_shows(entry, column):
    rows = by_row.customers(1, n=900)
    found = course(by_row.aggregate(rows, ("matures_on",)), entry, planned=900)
    assert list(found.day) == sorted(rows["matures_on"].unique())
    for row in (3, len(found) - 1):
        so_far = rows[rows["matures_on"] <= found.day[row]]
        a, b = (Moments.from_rows(so_far.loc[so_far["side"] == side, column].astype(float)) for side in "ab")
        expected = confidence_sequence(b, a, decision_at=900)
        for name in ("estimate", "low", "high"):
            assert getattr(found.band, name)[row] == pytest.approx(getattr(expected, name).item(), rel=1e-9)


def test_the_first_days_have_too_few_for_limits():
    found = course(by_row.aggregate(by_row.customers(2, n=900), ("matures_on",)), CONVERSION, planned=900)
    assert not found.band.known[0]
    assert found.band.known[-1]
    assert found.band.n[0] < 2 * FEWEST


def test_a_look_is_the_first_day_with_its_share_and_crosses_by_published_limits():
    days = pd.DataFrame(
        {
            "side": list("abababab"),
            "matures_on": np.repeat(pd.date_range("2026-01-01", periods=4), 2),
            "n": 500,
            "matured": 500,
            "matured_converted": [80, 50] * 4,
        }
    )
    found = course(days, CONVERSION, planned=4000, looks=(0.25, 0.5, 1.0))
    assert found.looks["row"].tolist() == [0, 1, 3]
    # z of the first look is 2.82, of the second 4.0; O'Brien and Fleming's limits are 4.33 and 2.96.
    assert found.looks["crossed"].tolist() == [False, True, True]
    assert course(days, CONVERSION, planned=8000, looks=(0.25, 0.5, 1.0)).looks["row"].tolist() == [1, 3]


def test_a_line_is_left_behind_on_the_day_from_which_the_band_stays_above_it():
    days = pd.DataFrame(
        {
            "side": list("ab" * 6),
            "matures_on": np.repeat(pd.date_range("2026-01-01", periods=6), 2),
            "n": 1000,
            "matured": 1000,
            "matured_converted": [150, 50, 40, 140, 200, 50, 40, 240, 300, 50, 200, 50],
        }
    )
    found = course(days, CONVERSION, planned=12_000)
    above = found.band.low > 0
    assert above.tolist() == [True, False, True, False, True, True]
    assert found.left_behind(0.0) == 4
    assert found.left_behind(1.0) is None
    assert found.swapped().left_behind(0.0) is None


def test_the_band_holds_on_all_days_at_once_where_single_intervals_do_not():
    rng = np.random.default_rng(5)
    runs, days, each = 1500, 40, 60
    outcome = rng.random((2, runs, days * each)) < 0.2
    n = np.arange(1, days + 1) * each
    successes = outcome.cumsum(axis=2)[:, :, n - 1].astype(float)
    missed_band, missed_alone = 0, 0
    for run in range(runs):
        arms = [Moments(n.astype(float), s / n, s * (1 - s / n)) for s in successes[:, run]]
        band = confidence_sequence(arms[0], arms[1], decision_at=2 * days * each)
        missed_band += bool((band.low > 0).any() or (band.high < 0).any())
        missed_alone += bool((np.abs(band.estimate) > 1.96 * band.standard_error).any())
    assert missed_band / runs < 0.05
    assert missed_alone / runs > 0.2


def test_the_level_of_looks_is_published_and_that_of_any_day_is_wider():
    # Lan and DeMets' O'Brien-Fleming type limits: two equal looks end at 1.969, five at 2.031.
    assert level_each(0.95, looks=(0.5, 1.0)) == pytest.approx(0.9511, abs=1e-4)
    assert level_each(0.95, looks=(0.2, 0.4, 0.6, 0.8, 1.0)) == pytest.approx(0.9577, abs=2e-4)
    assert level_each(0.95, metrics=4) == pytest.approx(0.9875)
    assert level_each(0.95, seen=1, planned=1000) > level_each(0.95, seen=999, planned=1000) > 0.98
    assert level_each(0.95, seen=0, planned=1000) == pytest.approx(1.0)
