from fractions import Fraction

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from metrics.errors import DomainError, ShapeError
from metrics.moments import Counts, JointMoments, Moments

AMOUNTS = st.lists(st.integers(0, 10**12), min_size=2, max_size=40)  # minor units, up to ten billion yuan


def exact_variance(values: list[int]) -> float:
    """The sample variance in rational arithmetic: nothing is rounded before the end."""
    mean = Fraction(sum(values), len(values))
    return float(sum((value - mean) ** 2 for value in values) / (len(values) - 1))


@given(AMOUNTS)
def test_moments_of_money_equal_exact_arithmetic(values: list[int]) -> None:
    moments = Moments.from_rows(values)
    assert_allclose(moments.mean[0], float(Fraction(sum(values), len(values))), rtol=1e-12)
    assert_allclose(moments.variance[0], exact_variance(values), rtol=1e-9, atol=1e-9 * max(values) ** 2 * 1e-12)


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_branches_add_up_to_the_region(first: list[int], second: list[int], third: list[int]) -> None:
    added = Moments.from_rows(first) + Moments.from_rows(second) + Moments.from_rows(third)
    whole = Moments.from_rows(first + second + third)
    assert_allclose(added.mean, whole.mean, rtol=1e-12)
    assert_allclose(added.squares, whole.squares, rtol=1e-9)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-(10**9), 10**9), st.integers(0, 10**9)), min_size=4))
def test_pooling_by_group_equals_each_group_s_rows(rows: list[tuple[int, int, int]]) -> None:
    group, x, y = (np.array(column) for column in zip(*rows, strict=True))
    singles = [JointMoments.from_rows([a], [b]) for a, b in zip(x, y, strict=True)]
    each = JointMoments(
        Moments(*(np.concatenate([getattr(s.x, f) for s in singles]) for f in ("n", "mean", "squares"))),
        Moments(*(np.concatenate([getattr(s.y, f) for s in singles]) for f in ("n", "mean", "squares"))),
        np.concatenate([s.product for s in singles]),
    )
    pooled = each.pooled(group.astype(np.intp), groups=4)
    scale = 1e-9 * max(float(np.abs(x).max()), 1.0) * max(float(y.max()), 1.0)
    for index in range(4):
        of_group = JointMoments.from_rows(x[group == index], y[group == index])
        assert_allclose(pooled.n[index], of_group.n[0])
        assert_allclose(pooled.x.mean[index], of_group.x.mean[0], rtol=1e-9, atol=1e-6)
        assert_allclose(pooled.product[index], of_group.product[0], rtol=1e-9, atol=scale)


def test_an_empty_branch_changes_nothing() -> None:
    branch = JointMoments.from_rows([1.0, 2.0, 4.0], [3.0, 1.0, 2.0])
    both = branch + JointMoments.from_rows([], [])
    assert_allclose([both.x.mean[0], both.product[0], both.n[0]], [branch.x.mean[0], branch.product[0], 3.0])


def test_one_customer_has_no_variance() -> None:
    assert np.isnan(Moments.from_rows([5.0]).variance[0])


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from([0.0, 1e6, 1e9]))
def test_the_warehouse_keeps_the_digits_of_a_small_spread_on_a_large_mean(seed: int, mean: float) -> None:
    """Centred squares, as queries compute them, against exact arithmetic at a mean of 1e9 and a deviation of 1e3."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame({"arm": rng.integers(0, 3, 2000), "sales": np.rint(rng.normal(mean, 1e3, 2000))})
    rows["baseline"] = np.rint(0.5 * rows["sales"] + rng.normal(0, 500, 2000))
    with duckdb.connect() as database:
        database.register("member", rows)
        aggregate = database.execute(
            """select arm, count(*) as n, sum(sales) as sum_sales, sum(baseline) as sum_baseline,
                      var_pop(sales) * count(sales) as squares_sales,
                      var_pop(baseline) * count(baseline) as squares_baseline,
                      covar_pop(baseline, sales) * count(*) as product_baseline_sales
               from member group by arm order by arm"""
        ).df()
    joint = JointMoments.from_frame(aggregate, "sales", "baseline").pooled()
    assert_allclose(joint.x.variance[0], exact_variance(rows["sales"].astype(int).tolist()), rtol=1e-9)
    exact = np.cov(rows["sales"] - mean, rows["baseline"] - 0.5 * mean)[0, 1]
    assert_allclose(joint.covariance[0], exact, rtol=1e-6)


def test_plain_sums_of_squares_would_not_have_kept_them() -> None:
    """The reason for centred squares: what the design measured, so that nobody simplifies it away."""
    x = np.random.default_rng(1).normal(1e9, 1e3, 2000)
    plain = (np.sum(x * x) - np.sum(x) ** 2 / len(x)) / (len(x) - 1)
    assert abs(plain / np.var(x, ddof=1) - 1) > 1e-6
    assert abs(Moments.from_rows(x).variance[0] / np.var(x - 1e9, ddof=1) - 1) < 1e-9


def test_an_amount_nobody_recorded_is_unknown_and_an_empty_group_has_none() -> None:
    frame = pd.DataFrame({"n": [3, 0], "sum_sales": [None, None], "squares_sales": [None, None]})
    moments = Moments.from_frame(frame, "sales")
    assert_array_equal(np.isnan(moments.squares), [True, False])
    assert_array_equal(moments.n, [3.0, 0.0])


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_counts_of_two_answers_have_the_moments_of_their_zeros_and_ones(a: int, b: int, c: int, d: int) -> None:
    x = np.repeat([1.0, 1.0, 0.0, 0.0], [a, b, c, d])
    y = np.repeat([1.0, 0.0, 1.0, 0.0], [a, b, c, d])
    n = a + b + c + d
    counted = JointMoments.of_counts(Counts.of([n], [a + b]), Counts.of([n], [a + c]), both=[a])
    rows = JointMoments.from_rows(x, y)
    assert_allclose(counted.product, rows.product, atol=1e-9)
    assert_allclose(counted.x.squares, rows.x.squares, atol=1e-9)


def test_more_successes_than_customers_are_refused() -> None:
    with pytest.raises(DomainError, match="between 0 and the number"):
        Counts.of([3], [4])
    with pytest.raises(ShapeError, match="different length"):
        Counts.of([3, 4], [1])


def test_moments_by_group_are_those_of_each_groups_rows() -> None:
    rng = np.random.default_rng(3)
    x, y, group = 1e9 + rng.normal(0, 1e3, 300), rng.normal(0, 1, 300), rng.choice(["c", "a", "b"], 300)
    x[::7] = np.nan
    frame = pd.DataFrame({"x": x, "y": y, "group": group})
    labels, moments = Moments.from_groups(frame["x"], frame["group"])
    by_pandas = frame.groupby("group")["x"]
    assert labels.tolist() == ["a", "b", "c"]
    assert_allclose(moments.n, by_pandas.count())
    assert_allclose(moments.mean, by_pandas.mean())
    assert_allclose(moments.variance, by_pandas.var(), rtol=1e-9)
    labels, joint = JointMoments.from_groups(frame["x"], frame["y"], frame["group"])
    covariances = [part["x"].cov(part["y"]) for _, part in frame.groupby("group")]
    assert_allclose(joint.covariance, covariances, rtol=1e-6)
    assert_allclose(joint.y.n, by_pandas.count())  # a row missing either value is left out


def test_counts_by_group_leave_out_what_is_missing_and_refuse_what_is_no_yes_or_no() -> None:
    labels, counts = Counts.from_groups([1, 0, np.nan, 1], [2, 2, 2, 1])
    assert (labels.tolist(), counts.n.tolist(), counts.successes.tolist()) == ([1, 2], [1, 2], [1, 1])
    with pytest.raises(DomainError):
        Counts.from_groups([2], ["a"])
    with pytest.raises(DomainError, match="1 rows belong to no group"):
        Moments.from_groups([1.0, 2.0], ["a", None])
    with pytest.raises(ShapeError):
        Moments.from_groups([1.0, 2.0], ["a"])


def test_the_sums_of_two_measures_add_as_their_rows_do() -> None:
    """By numpy on the rows of both: the distance of the two means belongs to the covariance."""
    first, second = ([1.0, 2.0, 6.0], [3.0, 5.0, 4.0]), ([11.0, 15.0], [20.0, 30.0])
    both = JointMoments.from_rows(*first) + JointMoments.from_rows(*second)
    rows = np.cov([*first[0], *second[0]], [*first[1], *second[1]])
    assert_allclose([both.n[0], both.x.mean[0], both.y.mean[0]], [5, 35 / 5, 62 / 5])
    assert_allclose([both.covariance[0], both.x.variance[0], both.y.variance[0]], [rows[0, 1], rows[0, 0], rows[1, 1]])


def test_another_unit_scales_the_spread_by_its_square() -> None:
    cents = Moments.from_rows([1.0, 2.0, 6.0]).scaled(100)
    assert_allclose([cents.mean[0], cents.variance[0]], [300, np.var([100, 200, 600], ddof=1)])


def test_a_customer_without_an_amount_is_no_customer_with_nothing() -> None:
    known = Moments.from_rows([4.0, np.nan, 8.0])
    assert_allclose([known.n[0], known.mean[0], known.variance[0]], [2, 6, 8])


def test_yes_and_no_by_hand_have_the_moments_of_ones_and_zeros() -> None:
    """Of five two bought, three were called, one did both."""
    joint = JointMoments.of_counts(Counts.of([5], [2]), Counts.of([5], [3]), both=[1])
    rows = np.cov([1, 1, 0, 0, 0], [1, 0, 1, 1, 0])
    assert_allclose(
        [joint.x.variance[0], joint.y.variance[0], joint.covariance[0]], [rows[0, 0], rows[1, 1], rows[0, 1]]
    )
