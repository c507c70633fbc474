import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from metrics.errors import DomainError, ShapeError
from metrics.tiers.transition import Movement, Transitions, dirichlet_draws, probabilities
from tests.metrics.simulated_bank import GRACE_MONTHS, snapshots

ABC = ("a", "b", "c")
TABLES = arrays(np.float64, (2, 4, 4), elements=st.integers(0, 500).map(float))


def customers(rows, columns=("from_tier", "to_tier", "fate", "n")):
    return pd.DataFrame(rows, columns=list(columns))


def test_entries_exits_and_missing_months_each_have_their_place():
    frame = customers(
        [
            ("a", "a", "kept", 5),
            ("a", "b", "kept", 2),
            ("b", None, "left", 1),
            (None, "a", "entered", 4),
            ("b", None, "missing", 7),
            (None, "b", "missing", 3),
            ("a", None, "open", 99),
        ]
    )
    year = Transitions.from_frame(frame, ("a", "b"), 12)
    assert_allclose(year.counts, [[[5, 2, 0], [0, 0, 1], [4, 0, 0]]])
    assert year.missing.tolist() == [10.0]
    assert year.base.tolist() == [8.0]


def test_a_tier_the_bank_does_not_name_is_refused():
    with pytest.raises(DomainError, match="platinum"):
        Transitions.from_frame(customers([("a", "platinum", "kept", 1)]), ("a", "b"), 12)


def test_named_groups_come_in_their_order_and_empty_where_nobody_is():
    frame = customers([("a", "b", "kept", 3), ("b", None, "missing", 2)]).assign(branch_id=["south", "west"])
    year = Transitions.from_frame(frame, ("a", "b"), 12, by="branch_id", groups=["south", "north"])
    assert year.groups == ("south", "north")
    assert year.base.tolist() == [3, 0]
    assert year.missing.tolist() == [0, 0]


def test_movements_are_the_parts_of_the_matrix():
    year = Transitions.of([[[50, 7, 2, 1], [4, 30, 5, 2], [1, 3, 20, 0], [6, 1, 0, 0]]], tiers=ABC, months=12)
    made = {movement: year.of_movement(movement).item() for movement in Movement}
    assert made == {Movement.UPGRADE: 14, Movement.STAY: 100, Movement.DOWNGRADE: 8, Movement.EXIT: 3}
    assert year.entries.tolist() == [[6, 1, 0]]


@given(TABLES)
@settings(max_examples=50, deadline=None)
def test_rows_of_an_inhabited_tier_sum_to_one_and_movements_to_the_base(table):
    table[:, -1, -1] = 0
    year = Transitions.of(table, tiers=ABC, months=12)
    rows = probabilities(year.departures).sum(axis=2)
    assert_allclose(rows[year.departures.sum(axis=2) > 0], 1)
    assert np.isnan(rows[year.departures.sum(axis=2) == 0]).all()
    assert_allclose(sum(year.of_movement(movement) for movement in Movement), year.base)


@given(TABLES, TABLES)
@settings(max_examples=50, deadline=None)
def test_two_branches_add_up_to_the_bank(north, south):
    both = Transitions.of(np.concatenate([north, south]), tiers=ABC, months=3).pooled()
    each = (Transitions.of(side, tiers=ABC, months=3).pooled() for side in (north, south))
    assert_allclose(both.counts, sum((part.counts for part in each), np.zeros((1, 4, 4))))


def test_the_rest_of_the_bank_and_the_branch_make_the_bank():
    branches = Transitions.of(np.arange(48.0).reshape(3, 4, 4), tiers=ABC, months=3)
    assert_allclose((branches + branches.rest()).counts, np.broadcast_to(branches.pooled().counts, (3, 4, 4)))


def test_the_order_of_customers_changes_nothing():
    rng = np.random.default_rng(3)
    frame = customers([(ABC[i % 3], ABC[i % 2], "kept", 1) for i in range(60)])
    shuffled = frame.sample(frac=1, random_state=rng)
    one, other = (Transitions.from_frame(part, ABC, 1) for part in (frame, shuffled))
    assert_allclose(one.counts, other.counts)


def test_groups_that_differ_do_not_add():
    one = Transitions.of(np.zeros((1, 3, 3)), tiers=("a", "b"), months=1)
    with pytest.raises(ShapeError):
        _ = one + Transitions.of(np.zeros((1, 3, 3)), tiers=("a", "b"), months=12)


def test_dirichlet_limits_cover_a_rate_as_often_as_they_say():
    rng = np.random.default_rng(5)
    truth = np.array([0.8, 0.15, 0.05])
    table = rng.multinomial(200, truth, size=1500).astype(float)
    low, high = np.quantile(dirichlet_draws(table, rng, 1000), [0.025, 0.975], axis=0)
    assert np.mean((low <= truth) & (truth <= high)) == pytest.approx(0.95, abs=0.015)


def test_in_the_simulated_bank_nobody_falls_before_the_grace_months_are_over():
    tiers, clocks = snapshots(5_000, 30, np.random.default_rng(2))
    fell = np.diff(tiers, axis=1) < 0
    assert fell.any()
    assert set(clocks[:, :-1][fell]) == {GRACE_MONTHS - 1}
