"""Observed and expected: published limits, the permutation test, and what must never change."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Reason
from metrics.inference.standardisation import (
    Standardised,
    amounts_by_mix,
    counts_by_mix,
    differences,
    exact_ratio,
    normal_ratio,
)
from tests.metrics.simulated_staff import staff_table
from tests.oracles import standardisation as published


def one_unit(observed: float, expected: float) -> Standardised:
    """A unit among rare events: its variance is its expectation."""
    column = np.array([float(expected)])
    return Standardised(
        unit=np.array(["unit"], dtype=object),
        n=np.array([1000.0]),
        observed=np.array([float(observed)]),
        expected=column,
        variance=column,
        null_covariance=column[:, None],
        comparable=np.ones(1),
    )


@st.composite
def tables(draw):
    """Counts of a few people in a few strata, empty cells and full conversion among them."""
    people, strata = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    cells = [(p, s) for p in range(people) for s in range(strata)]
    n = [draw(st.integers(0, 60)) for _ in cells]
    converted = [draw(st.integers(0, count)) for count in n]
    return pd.DataFrame(
        {"staff_id": [f"S{p}" for p, _ in cells], "tier": [f"T{s}" for _, s in cells], "n": n, "converted": converted}
    )


@pytest.mark.parametrize(("count", "low", "high"), published.POISSON_95)
def test_exact_limits_of_a_count_are_those_of_the_table(count, low, high):
    interval = exact_ratio(one_unit(count, 1.0))
    assert_allclose([interval.low[0], interval.high[0]], [low, high], atol=1.1e-3)


@pytest.mark.parametrize(("observed", "expected", "ratio", "low", "high"), published.MORTALITY_RATIOS)
def test_exact_limits_of_published_mortality_ratios(observed, expected, ratio, low, high):
    interval = exact_ratio(one_unit(observed, expected))
    assert_allclose([interval.estimate[0], interval.low[0], interval.high[0]], [ratio, low, high], atol=1e-4)


@pytest.mark.parametrize("count", [10, 30, 65, 200])
def test_exact_limits_lie_within_a_fifth_of_a_percent_of_byars(count):
    z = stats.norm.ppf(0.975)
    low = count * (1 - 1 / (9 * count) - z / (3 * np.sqrt(count))) ** 3
    high = (count + 1) * (1 - 1 / (9 * (count + 1)) + z / (3 * np.sqrt(count + 1))) ** 3
    interval = exact_ratio(one_unit(count, 1.0))
    assert_allclose([interval.low[0], interval.high[0]], [low, high], rtol=2 * published.BYAR_WITHIN)


def test_deaths_of_1940_at_the_rates_of_1960():
    """The standard is a huge peer, so the group's rates are its rates."""
    strata = [str(age) for age in range(11)]
    peers = 1_000_000
    frame = pd.DataFrame(
        {
            "staff_id": ["1940"] * 11 + ["1960"] * 11,
            "tier": strata * 2,
            "n": published.PEOPLE_1940 + [people * peers for people in published.PEOPLE_1960],
            "died": published.DEATHS_1940 + [deaths * peers for deaths in published.DEATHS_1960],
        }
    )
    result = counts_by_mix(frame, "died", strata=["tier"])
    rates = np.array(published.DEATHS_1960) / np.array(published.PEOPLE_1960)
    assert_allclose(result.expected[0], rates @ np.array(published.PEOPLE_1940), rtol=1e-5)
    assert result.observed[0] == sum(published.DEATHS_1940)


def test_berkeley_admissions_give_the_published_mantel_haenszel_statistic():
    frame = pd.DataFrame(published.BERKELEY, columns=["dept", "sex", "admitted", "rejected"])
    frame["n"] = frame["admitted"] + frame["rejected"]
    test = differences(counts_by_mix(frame, "admitted", unit="sex", strata=["dept"]))
    assert_allclose(test.statistic, published.BERKELEY_MANTEL_HAENSZEL, atol=5e-5)
    assert_allclose(test.p_value, stats.chi2.sf(published.BERKELEY_MANTEL_HAENSZEL, 1), atol=5e-5)


def test_one_stratum_gives_pearsons_statistic():
    frame = pd.DataFrame({"staff_id": list("abc"), "n": [50, 80, 40], "converted": [10, 30, 5]})
    table = np.array([frame["converted"], frame["n"] - frame["converted"]])
    pearson = stats.chi2_contingency(table, correction=False)
    size = frame["n"].sum()
    assert_allclose(differences(counts_by_mix(frame, "converted", strata=[])).statistic, pearson[0] * (size - 1) / size)


@given(tables())
def test_expected_and_observed_have_the_same_sum(frame):
    result = counts_by_mix(frame, "converted", strata=["tier"])
    assert_allclose(result.expected.sum(), result.observed.sum(), atol=1e-9)
    assert_allclose(result.n.sum(), frame["n"].sum())


@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_the_names_of_people_change_nothing(frame, random):
    mapping = sorted(frame["staff_id"].unique())
    shuffled = mapping.copy()
    random.shuffle(shuffled)
    renamed = frame.assign(staff_id=frame["staff_id"].map(dict(zip(mapping, shuffled, strict=True))))
    result = counts_by_mix(frame, "converted", strata=["tier"])
    other = counts_by_mix(renamed.sample(frac=1, random_state=random.randrange(1000)), "converted", strata=["tier"])
    place = [list(other.unit).index(shuffled[mapping.index(name)]) for name in result.unit]
    assert_allclose(other.expected[place], result.expected, atol=1e-9)
    assert_allclose(other.z[place], result.z, atol=1e-6)
    assert_allclose(differences(other).p_value, differences(result).p_value, atol=1e-6)


@given(tables())
@settings(max_examples=60)
def test_every_row_has_limits_or_a_reason(frame):
    result = counts_by_mix(frame, "converted", strata=["tier"])
    for interval in (exact_ratio(result), normal_ratio(result)):
        assert np.array_equal(interval.known, interval.reason == Reason.NONE.value)
    test = differences(result)
    assert np.isnan(test.p_value[0]) == (test.reason[0] != Reason.NONE.value)


@given(st.floats(1e-3, 1e6))
def test_the_currency_of_sales_does_not_matter(factor):
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "staff_id": list("aabbcc"),
            "tier": ["x", "y"] * 3,
            "n": rng.integers(5, 40, 6),
            "sum_sales": rng.gamma(2, 500, 6),
            "squares_sales": rng.gamma(2, 9e4, 6),
        }
    )
    scaled = frame.assign(sum_sales=frame["sum_sales"] * factor, squares_sales=frame["squares_sales"] * factor**2)
    one, other = (amounts_by_mix(f, "sales", strata=["tier"]) for f in (frame, scaled))
    assert_allclose(other.expected, one.expected * factor)
    assert_allclose(normal_ratio(other).high, normal_ratio(one).high)
    assert_allclose(differences(other).statistic, differences(one).statistic, rtol=1e-6)


def test_amounts_of_rows_are_those_of_their_aggregate():
    rng = np.random.default_rng(2)
    rows = pd.DataFrame({"staff_id": rng.choice(list("abc"), 300), "tier": rng.choice(list("xy"), 300)})
    rows["sales"] = rng.lognormal(8, 1, 300)
    frame = (
        rows.groupby(["staff_id", "tier"])["sales"]
        .agg(n="count", sum_sales="sum", squares_sales=lambda x: ((x - x.mean()) ** 2).sum())
        .reset_index()
    )
    result = amounts_by_mix(frame, "sales", strata=["tier"])
    expected = rows.groupby("tier")["sales"].transform("mean").groupby(rows["staff_id"]).sum()
    assert_allclose(result.expected, expected)
    variance = rows.groupby("tier")["sales"].transform(lambda x: x.var(ddof=0)).groupby(rows["staff_id"]).sum()
    assert_allclose(result.variance, variance)


def test_the_null_covariance_is_that_of_the_shuffle():
    frame = pd.DataFrame({"staff_id": list("abab"), "tier": list("xxyy"), "n": [3, 7, 6, 4], "converted": [1, 3, 2, 2]})
    result = counts_by_mix(frame, "converted", strata=["tier"])
    rng = np.random.default_rng(0)
    dealt = rng.hypergeometric(4, 6, 3, 40_000) + rng.hypergeometric(4, 6, 6, 40_000)
    assert_allclose(result.expected[0], dealt.mean(), atol=0.02)
    assert_allclose(result.null_covariance[0, 0], dealt.var(), rtol=0.03)


def test_who_alone_served_a_stratum_is_compared_with_nobody_there():
    frame = pd.DataFrame({"staff_id": list("aab"), "tier": list("xyx"), "n": [10, 30, 10], "converted": [1, 9, 4]})
    result = counts_by_mix(frame, "converted", strata=["tier"])
    assert_allclose(result.comparable, [0.25, 1.0])


def test_nobody_to_compare_and_nothing_that_varies_are_said():
    one = pd.DataFrame({"staff_id": ["a"], "n": [10], "converted": [3]})
    assert differences(counts_by_mix(one, "converted", strata=[])).reason[0] == Reason.TOO_FEW
    for converted in ([0, 0], [10, 10]):
        same = pd.DataFrame({"staff_id": ["a", "b"], "n": [10, 10], "converted": converted})
        assert differences(counts_by_mix(same, "converted", strata=[])).reason[0] == Reason.NO_VARIATION
    empty = counts_by_mix(one.iloc[:0], "converted", strata=[])
    assert len(empty) == 0
    assert differences(empty).reason[0] == Reason.TOO_FEW


def test_a_count_that_was_not_recorded_is_said():
    frame = pd.DataFrame({"staff_id": list("abc"), "n": [10, 9, 8], "converted": [3, np.nan, 2]})
    result = counts_by_mix(frame, "converted", strata=[])
    assert differences(result).reason[0] == Reason.NOT_RECORDED
    assert set(exact_ratio(result).reason) == {Reason.NOT_RECORDED}


def test_a_missing_column_and_impossible_counts_are_refused():
    frame = pd.DataFrame({"staff_id": ["a"], "n": [10], "converted": [3]})
    with pytest.raises(ShapeError, match="tier"):
        counts_by_mix(frame, "converted", strata=["tier"])
    with pytest.raises(DomainError):
        counts_by_mix(frame.assign(converted=11), "converted", strata=[])


@pytest.mark.slow
def test_intervals_cover_known_skill():
    """Peers' rates are made nearly known by one large peer, so that the truth of the ratio is the skill itself."""
    rng = np.random.default_rng(11)
    skill = np.array([0.6, 0.8, 1.0, 1.25, 1.5])
    covered = []
    for _ in range(600):
        frame = staff_table(rng, skill, customers=15, crowd=3000)
        result = counts_by_mix(frame, "converted", strata=["stratum"])
        interval = exact_ratio(result)[:5]
        covered.append((interval.low <= skill) & (skill <= interval.high))
    assert 0.95 < np.mean(covered) < 0.99  # never short; wide because conversion is not rare


BANK = pd.DataFrame({"tier": ["gold", "basic", "top"], "n": [1000, 4000, 10], "converted": [200, 200, 9]})
BRANCH = pd.DataFrame(
    [("Li", "gold", 50, 15), ("Li", "basic", 100, 8), ("Wu", "gold", 10, 1), ("Wu", "new", 40, 30)],
    columns=["staff_id", "tier", "n", "converted"],
)


def test_the_rates_of_others_are_expected_of_everybody_and_what_they_lack_counts_on_neither_side():
    """The bank converts 20 % of gold and 5 % of basic: 10 + 5 are expected of Li, 2 of Wu beside 40 like nobody."""
    result = counts_by_mix(BRANCH, "converted", strata=["tier"], reference=BANK)
    assert result.unit.tolist() == ["Li", "Wu"]
    assert_allclose(result.observed, [23, 1])
    assert_allclose(result.expected, [15, 2])
    assert_allclose(result.n, [150, 50])
    assert_allclose(result.comparable, [1, 0.2])
    assert_allclose(result.variance, [50 * 0.16 + 100 * 0.0475, 10 * 0.16])
    gold, basic = 0.16 * 1000 / 999, 0.0475 * 4000 / 3999
    assert_allclose(result.null_covariance[0, 0], gold * (50 + 50**2 / 1000) + basic * (100 + 100**2 / 4000))
    assert_allclose(result.null_covariance[0, 1], gold * 50 * 10 / 1000)
    with pytest.raises(ShapeError, match="lacks tier"):
        counts_by_mix(BRANCH, "converted", strata=["tier"], reference=BANK.drop(columns="tier"))


def test_units_that_are_like_the_others_are_called_different_one_time_in_twenty():
    """The reference is itself a sample of no more than twice their size: its own error is allowed for."""
    rng, rejected, runs = np.random.default_rng(12), 0, 600
    rates, mix = np.array([0.3, 0.1]), np.array([[60, 90], [100, 30], [50, 150]])
    for _ in range(runs):
        cells = [(f"S{unit}", f"T{tier}", n, rng.binomial(n, rates[tier])) for (unit, tier), n in np.ndenumerate(mix)]
        frame = pd.DataFrame(cells, columns=["staff_id", "tier", "n", "converted"])
        others = pd.DataFrame({"tier": ["T0", "T1"], "n": 400, "converted": rng.binomial(400, rates)})
        result = counts_by_mix(frame, "converted", strata=["tier"], reference=others)
        rejected += differences(result).p_value[0] < 0.05
    assert rejected / runs == pytest.approx(0.05, abs=0.02)


def test_amounts_are_held_against_the_amounts_of_others():
    bank = pd.DataFrame({"tier": ["gold"], "n": [100], "sum_sales": [5000.0], "squares_sales": [90000.0]})
    frame = pd.DataFrame(
        {"staff_id": ["Li"], "tier": ["gold"], "n": [10], "sum_sales": [600.0], "squares_sales": [9.0]}
    )
    result = amounts_by_mix(frame, "sales", strata=["tier"], reference=bank)
    ratio = normal_ratio(result)
    assert_allclose([result.observed[0], result.expected[0], result.variance[0]], [600, 500, 9000])
    assert_allclose([ratio.estimate[0], ratio.standard_error[0]], [1.2, 9000**0.5 / 500])
    assert_allclose(ratio.high[0], 1.2 + stats.norm.isf(0.025) * ratio.standard_error[0])
    assert ratio.degrees_of_freedom[0] == np.inf


def test_customers_of_no_known_channel_are_a_mix_of_their_own():
    """Of the phone 30 of 100 buy, of nobody knows what 10 of 100."""
    rows = [("Li", "phone", 50, 20), ("Wu", "phone", 50, 10), ("Li", None, 60, 4), ("Wu", None, 40, 6)]
    frame = pd.DataFrame(rows, columns=["staff_id", "channel", "n", "converted"])
    result = counts_by_mix(frame, "converted", strata=["channel"])
    assert_allclose(result.expected, [50 * 0.3 + 60 * 0.1, 50 * 0.3 + 40 * 0.1])
    assert_allclose(result.observed.sum(), result.expected.sum())
