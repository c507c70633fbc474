from decimal import Decimal, localcontext

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Reason
from metrics.tiers.markov import Statistic, compare, order, stationarity
from metrics.tiers.transition import Transitions
from tests.metrics.simulated_bank import TIERS, snapshots
from tests.oracles import tiers as published


def transitions(*continuing):
    size = len(continuing[0]) + 1
    table = np.zeros((len(continuing), size, size))
    table[:, :-1, :-1] = continuing
    return Transitions.of(table, tiers=[str(i) for i in range(size - 1)], months=12)


def seeded():
    return np.random.default_rng(20)


def test_two_samples_of_kullback_kupperman_and_ku_differ_by_the_published_statistic():
    first, second = (transitions(sample) for sample in published.KULLBACK_SAMPLES)
    tests = compare(first, second, seeded(), statistic=Statistic.LIKELIHOOD_RATIO)
    assert tests.statistic.item() == pytest.approx(published.KULLBACK_STATISTIC, rel=1e-12)
    assert tests.p_value.item() <= 0.001


@pytest.mark.parametrize(("statistic", "power"), [(Statistic.PEARSON, 1), (Statistic.LIKELIHOOD_RATIO, 0)])
def test_the_statistic_is_the_sum_of_scipys_over_the_tiers(statistic, power):
    rng = seeded()
    a, b = rng.integers(20, 90, (2, 3, 3))
    tests = compare(transitions(a), transitions(b), rng, statistic=statistic)
    rows = [stats.chi2_contingency(np.stack([a[i], b[i]]), correction=False, lambda_=power) for i in range(3)]
    total = sum(row.statistic for row in rows)
    assert tests.statistic.item() == pytest.approx(total, rel=1e-12)
    assert tests.p_value.item() == pytest.approx(stats.chi2.sf(total, sum(row.dof for row in rows)), rel=1e-9)


def test_stationarity_over_months_is_the_contingency_test_of_months_against_ends():
    months = seeded().integers(30, 60, (6, 2, 2))
    tests = stationarity(transitions(*months), seeded())
    rows = [stats.chi2_contingency(months[:, i, :], correction=False) for i in range(2)]
    assert tests.statistic.item() == pytest.approx(sum(row.statistic for row in rows), rel=1e-12)
    assert sum(row.dof for row in rows) == 10
    assert tests.p_value.item() == pytest.approx(stats.chi2.sf(tests.statistic.item(), 10), rel=1e-9)


def test_sparse_cells_are_judged_by_random_tables_close_to_fishers_exact_test():
    a, b = [[7, 2], [0, 0]], [[3, 8], [0, 0]]
    tests = compare(transitions(a), transitions(b), seeded(), permutations=4999)
    exact = stats.fisher_exact([[7, 2], [3, 8]]).pvalue
    assert "Monte Carlo" in tests.method.item()
    assert tests.p_value.item() == pytest.approx(exact, abs=0.015)


def test_many_sparse_samples_agree_with_scipys_monte_carlo():
    table = np.array([[4, 1, 0], [1, 2, 2], [0, 1, 5], [2, 2, 0]])
    months = [np.vstack([row, np.zeros((2, 3))]) for row in table]
    tests = stationarity(transitions(*months), seeded(), permutations=4999)
    method = stats.MonteCarloMethod(n_resamples=4999, rng=seeded())
    scipy = stats.chi2_contingency(table, correction=False, method=method)
    assert tests.statistic.item() == pytest.approx(scipy.statistic, rel=1e-12)
    assert tests.p_value.item() == pytest.approx(scipy.pvalue, abs=0.015)


@pytest.mark.parametrize("customers", [25, 2000])
def test_branches_with_the_banks_own_rates_are_called_different_one_time_in_twenty(customers):
    rng = seeded()
    rates = np.array([[0.85, 0.13, 0.02], [0.1, 0.8, 0.1], [0.01, 0.14, 0.85]])
    drawn = np.stack([rng.multinomial(customers, row, size=(400, 2)) for row in rates], axis=2)
    a, b = transitions(*drawn[:, 0]), transitions(*drawn[:, 1])
    rejected = np.mean(compare(a, b, rng, permutations=299).p_value < 0.05)
    assert rejected <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)


def test_swapping_the_sides_changes_nothing():
    a, b = transitions([[50, 20], [10, 40]]), transitions([[30, 30], [15, 45]])
    assert_allclose(compare(a, b, seeded()).p_value, compare(b, a, seeded()).p_value)


def test_one_branch_alone_and_one_tier_alone_cannot_be_compared():
    branch = transitions([[5, 1], [0, 3]])
    assert compare(branch, branch.rest(), seeded()).reason.item() == Reason.TOO_FEW
    assert np.isnan(compare(branch, branch.rest(), seeded()).p_value.item())
    assert stationarity(transitions([[5]], [[7]]), seeded()).reason.item() == Reason.TOO_FEW


def test_a_counted_p_value_is_never_nought():
    """The observed table is one of the random ones: Davison and Hinkley (1997), Bootstrap Methods, section 4.2.5."""
    a, b = transitions([[9, 0], [0, 0]]), transitions([[0, 9], [0, 0]])
    assert compare(a, b, seeded(), permutations=99).p_value.item() == pytest.approx(1 / 100)


def test_what_the_clock_explains_is_each_likelihood_ratio_less_its_degrees_of_freedom():
    """One present tier: the clock's table of 2 x 2, and at either reading one of 2 x 2 of the tier before."""
    at_clock = np.array([[[90, 30], [60, 40]], [[20, 70], [30, 60]]])  # clock, tier before, tier after
    rows = [
        ("ab"[before], "a", "ab"[after], clock, at_clock[clock, before, after])
        for clock, before, after in np.ndindex(2, 2, 2)
    ]
    found = order(pd.DataFrame(rows, columns=["before", "present", "after", "months_below", "n"]), seeded())

    def ratio(table):
        return stats.chi2_contingency(table, correction=False, lambda_="log-likelihood").statistic

    of_clock, rest = ratio(at_clock.sum(axis=1)) - 1, ratio(at_clock[0]) + ratio(at_clock[1]) - 2
    assert found.explained_by_clock == pytest.approx(of_clock / (of_clock + rest), rel=1e-9)


def test_other_tiers_are_not_comparable():
    with pytest.raises(ShapeError):
        compare(transitions([[5, 1], [0, 3]]), transitions([[5]]), seeded())


def triples(tiers, clocks):
    """Counts of three consecutive months with the clock of the middle one."""
    frame = pd.DataFrame(
        {
            "before": tiers[:, :-2].ravel(),
            "present": tiers[:, 1:-1].ravel(),
            "after": tiers[:, 2:].ravel(),
            "months_below": clocks[:, 1:-1].ravel(),
        }
    )
    frame[["before", "present", "after"]] = frame[["before", "present", "after"]].map(TIERS.__getitem__)
    return frame.groupby(list(frame.columns), as_index=False).size().rename(columns={"size": "n"})


def chain(customers, months, rng):
    """A first-order chain without a grace rule."""
    rates = np.array([[0.9, 0.09, 0.01], [0.1, 0.8, 0.1], [0.02, 0.18, 0.8]]).cumsum(axis=1)
    path = np.empty((customers, months), dtype=int)
    path[:, 0] = rng.integers(0, 3, customers)
    for month in range(1, months):
        path[:, month] = (rng.random(customers)[:, None] > rates[path[:, month - 1]]).sum(axis=1)
    return path


def test_a_first_order_chain_is_not_rejected():
    path = chain(3000, 8, seeded())
    result = order(triples(path, np.zeros_like(path)), seeded())
    assert result.plain.p_value.item() > 0.01
    assert result.n == 3000 * 6


def test_the_order_statistic_is_the_likelihood_ratio_of_before_against_after_within_the_present():
    path = chain(3000, 8, seeded())
    tables = np.zeros((3, 3, 3))
    np.add.at(tables, (path[:, 1:-1], path[:, :-2], path[:, 2:]), 1)
    total = sum(stats.chi2_contingency(table, correction=False, lambda_=0).statistic for table in tables)
    result = order(triples(path, np.zeros_like(path)), seeded(), permutations=19)
    assert result.plain.statistic.item() == pytest.approx(total, rel=1e-9)


def test_a_tier_with_grace_months_is_rejected_and_the_clock_explains_most_of_it():
    result = order(triples(*snapshots(20_000, 14, seeded())), seeded(), permutations=99)
    assert result.plain.p_value.item() < 0.001
    assert result.clock.p_value.item() < 0.001
    assert result.explained_by_clock > 0.9


def test_the_clock_explains_its_share_of_what_clock_and_tier_before_add_beyond_chance():
    """Likelihood ratios of every tier's table by scipy, and of every tier and month of the clock."""
    frame = triples(*snapshots(20_000, 14, seeded()))
    result = order(frame, seeded(), permutations=19)

    def excess(of: list[str], sample: str) -> float:
        found = [
            stats.chi2_contingency(table.loc[:, table.any()], correction=False, lambda_=0)
            for _, rows in frame.groupby(of)
            for table in [rows.pivot_table(index=sample, columns="after", values="n", aggfunc="sum", fill_value=0)]
        ]
        return sum(one.statistic - one.dof for one in found)

    clock, given = excess(["present"], "months_below"), excess(["present", "months_below"], "before")
    assert result.explained_by_clock == pytest.approx(clock / (clock + given), rel=1e-9)


def test_without_a_clock_in_the_feed_a_rejection_stays_unexplained():
    frame = triples(*snapshots(2_000, 8, seeded()))
    frame["months_below"] = None
    result = order(
        frame.groupby(["before", "present", "after"], as_index=False)["n"].sum().assign(months_below=None), seeded()
    )
    assert result.clock.reason.item() == Reason.NOT_RECORDED
    assert np.isnan(result.explained_by_clock)


def test_no_triples_and_negative_counts():
    empty = pd.DataFrame({name: [] for name in ("before", "present", "after", "months_below", "n")})
    assert order(empty, seeded()).plain.reason.item() == Reason.TOO_FEW
    wrong = pd.DataFrame({"before": ["a"], "present": ["a"], "after": ["a"], "months_below": [0], "n": [-1]})
    with pytest.raises(DomainError):
        order(wrong, seeded())


def test_the_likelihood_ratio_of_a_hundred_million_customers_keeps_its_digits():
    """Against sixty digits: logarithms of such counts cancel, and what is left would be their rounding."""
    a, b = [[80_000_000, 20_000_000], [3, 5]], [[80_000_300, 19_999_700], [4, 5]]
    found = compare(transitions(a), transitions(b), seeded(), statistic=Statistic.LIKELIHOOD_RATIO, permutations=9)
    with localcontext(prec=60):
        exact = Decimal(0)
        for first, second in zip(a, b, strict=True):
            table = [[Decimal(value) for value in row] for row in (first, second)]
            size = [sum(row) for row in table]
            ends = [sum(column) for column in zip(*table, strict=True)]
            for row, n in zip(table, size, strict=True):
                exact += sum(2 * x * (x * sum(size) / (n * end)).ln() for x, end in zip(row, ends, strict=True))
    assert found.statistic.item() == pytest.approx(float(exact), rel=1e-9)
    same = compare(transitions(a), transitions(a), seeded(), statistic=Statistic.LIKELIHOOD_RATIO, permutations=9)
    assert same.statistic.item() == pytest.approx(0, abs=1e-9)
