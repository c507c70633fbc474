import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar

from metrics.estimate import Reason
from metrics.tiers.mobility import Mobility, mobility
from metrics.tiers.projection import project
from metrics.tiers.rates import cell_rates, movement_rate, net_upgrade
from metrics.tiers.transition import Movement, Transitions, probabilities
from tests.metrics.simulated_bank import TIERS, counts, snapshots


@pytest.mark.parametrize("by", [None, "branch_id"])
def test_a_frame_without_rows_gives_nothing_to_move(by):
    frame = pd.DataFrame(columns=["from_tier", "to_tier", "fate", "n", "branch_id"])
    year = Transitions.from_frame(frame, ("a", "b"), 12, by=by)
    assert len(year) == (1 if by is None else 0)
    rng = np.random.default_rng(1)
    for result in (
        cell_rates(year),
        net_upgrade(year),
        mobility(year, Mobility.DIRECTION, rng),
        project(np.zeros((len(year), 2)), year, rng),
    ):
        assert not result.estimate[result.known].any()


def test_cells_have_scipys_wilson_limits():
    year = Transitions.of([[[90, 8, 2], [5, 15, 0], [6, 1, 0]]], tiers=("a", "b"), months=12)
    cells = cell_rates(year)
    for row, (k, n) in enumerate([(90, 100), (8, 100), (2, 100), (5, 20), (15, 20), (0, 20)]):
        limits = stats.binomtest(k, n).proportion_ci(method="wilson")
        assert_allclose([cells.low[row], cells.high[row]], [limits.low, limits.high], atol=1e-12)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ([[[0, 0, 0], [0, 3, 1], [0, 0, 0]]], Reason.TOO_FEW),
        ([[[0, 0, 0], [0, 0, 0], [5, 0, 0]]], Reason.TOO_FEW),
    ],
)
def test_an_empty_tier_has_a_reason_instead_of_rates(table, reason):
    cells = cell_rates(Transitions.of(table, tiers=("a", "b"), months=12))
    assert np.isnan(cells.estimate[:3]).all()
    assert set(cells.reason[:3]) == {reason}


def test_one_customer_and_one_tier_have_values_or_reasons():
    year = Transitions.of([[[1, 0], [0, 0]]], tiers=("a",), months=1)
    assert movement_rate(year, Movement.STAY).estimate.item() == 1
    assert movement_rate(year, Movement.STAY).low.item() < 0.3
    assert net_upgrade(year).known.item()


def test_nobody_has_no_net_upgrade():
    year = Transitions.of(np.zeros((1, 3, 3)), tiers=("a", "b"), months=1)
    assert net_upgrade(year).reason.item() == Reason.TOO_FEW


@pytest.mark.parametrize(("n", "up", "down"), [(60, 0.08, 0.05), (400, 0.02, 0.03), (2000, 0.1, 0.04)])
def test_net_upgrade_covers_the_truth_as_often_as_it_says(n, up, down):
    drawn = np.random.default_rng(11).multinomial(n, [up, down, 1 - up - down], size=20_000)
    table = np.zeros((len(drawn), 3, 3))
    table[:, 0, 1], table[:, 1, 0], table[:, 0, 0] = drawn.T
    net = net_upgrade(Transitions.of(table, tiers=("a", "b"), months=12))
    assert np.mean((net.low <= up - down) & (up - down <= net.high)) == pytest.approx(0.95, abs=0.015)


@given(st.integers(0, 40), st.integers(0, 40))
@settings(max_examples=60, deadline=None)
def test_a_net_upgrade_is_told_from_none_exactly_when_mcnemars_test_says_so(up, down):
    net = net_upgrade(Transitions.of([[[100, up, 0], [down, 100, 0], [0, 0, 0]]], tiers=("a", "b"), months=12))
    p_value = mcnemar([[0, up], [down, 0]], exact=False, correction=False).pvalue if up + down else 1.0
    assert ((net.low > 0) | (net.high < 0)).item() == (p_value < 0.05)


def test_net_upgrade_of_nobody_moving_has_the_width_of_the_score_test():
    net = net_upgrade(Transitions.of([[[50, 0, 0], [0, 0, 0], [0, 0, 0]]], tiers=("a", "b"), months=12))
    z2 = stats.norm.isf(0.025) ** 2
    assert_allclose([net.low.item(), net.high.item()], [-z2 / (50 + z2), z2 / (50 + z2)], rtol=1e-9)


def test_everybody_rising_is_within_its_own_limits():
    net = net_upgrade(Transitions.of([[[0, 9, 0], [0, 0, 0], [0, 0, 0]]], tiers=("a", "b"), months=12))
    assert net.estimate.item() == pytest.approx(1)
    assert 0.3 < net.low.item() < net.high.item() <= 1


def test_the_direct_matrix_tells_a_customers_year_and_the_powered_month_does_not():
    tiers, _ = snapshots(60_000, 37, np.random.default_rng(8))
    truth = np.diagonal(probabilities(counts(tiers[:, 24], tiers[:, 36]))[0])[:-1]
    last_year = Transitions.of(counts(tiers[:, 12], tiers[:, 24]), tiers=TIERS, months=12)
    direct = np.diagonal(cell_rates(last_year).estimate.reshape(last_year.departures.shape)[0])
    month = probabilities(sum(counts(tiers[:, m], tiers[:, m + 1]) for m in range(12, 24))[0, :-1, :-1])
    powered = np.diagonal(np.linalg.matrix_power(month, 12))
    assert np.abs(direct - truth).max() < 0.02
    assert (truth - powered).max() > 0.08
    shares = np.bincount(tiers[:, 24], minlength=3) / len(tiers)
    later = np.bincount(tiers[:, 36], minlength=3) / len(tiers)
    assert_allclose(shares @ np.linalg.matrix_power(month, 12), later, atol=0.005)
