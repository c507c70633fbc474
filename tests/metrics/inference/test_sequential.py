import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from metrics.errors import DomainError
from metrics.estimate import Reason
from metrics.inference.effect import difference_in_means
from metrics.inference.sequential import Spending, confidence_sequence, spending_boundaries
from metrics.moments import Moments
from tests.oracles import growthbook
from tests.oracles.comparison import LAN_DEMETS_OBRIEN_FLEMING, LAN_DEMETS_POCOCK

FIVE_LOOKS = np.arange(1, 6) / 5


@pytest.mark.parametrize(
    ("spending", "published"),
    [(Spending.OBRIEN_FLEMING, LAN_DEMETS_OBRIEN_FLEMING), (Spending.POCOCK, LAN_DEMETS_POCOCK)],
)
def test_five_looks_have_the_published_boundaries(spending, published):
    assert_allclose(spending_boundaries(FIVE_LOOKS, spending=spending).critical, published, atol=1.5e-4)


def test_one_look_is_the_ordinary_test():
    assert_allclose(spending_boundaries([1.0]).critical, 1.959964, atol=1e-6)


@pytest.mark.parametrize("spending", list(Spending))
@pytest.mark.parametrize("looks", [FIVE_LOOKS, np.array([0.1, 0.15, 0.7, 0.9]), np.arange(1, 53) / 52])
def test_planned_looks_raise_no_more_false_alarms_than_promised(spending, looks):
    rng, runs = np.random.default_rng(4), 40_000
    steps = rng.normal(0, np.sqrt(np.diff(looks, prepend=0)), (runs, len(looks)))
    z = np.cumsum(steps, axis=1) / np.sqrt(looks)
    boundaries = spending_boundaries(looks, spending=spending)
    alarms = np.mean((np.abs(z) >= boundaries.critical).any(axis=1))
    assert alarms == pytest.approx(boundaries.spent[-1], abs=0.004)
    assert boundaries.spent[-1] <= 0.05 + 1e-12


def test_daily_looks_of_a_year_raise_no_alarm_while_nothing_may_be_spent():
    boundaries = spending_boundaries(np.arange(1, 366) / 365)
    assert np.isinf(boundaries.critical[0])
    assert not boundaries.crossed([8.0]).any()
    assert boundaries.crossed(np.full(365, 2.5))[-1]


def days_of(arms, days, a_day, rng):
    """Every day's moments of everybody assigned so far, for one run after another."""
    for mean in arms:
        rows = rng.exponential(1.0, (days, a_day)) + mean
        n = np.arange(1, days + 1) * float(a_day)
        average = np.cumsum(rows.sum(axis=1)) / n
        yield Moments(n, average, np.cumsum((rows**2).sum(axis=1)) - n * average**2)


def test_daily_peeking_raises_false_alarms_by_welch_and_none_too_many_by_the_confidence_sequence():
    rng, runs = np.random.default_rng(8), 600
    peeked, sequential = 0, 0
    for _ in range(runs):
        control, treated = days_of([0.0, 0.0], days=60, a_day=100, rng=rng)
        peeked += np.any(difference_in_means(control, treated).verdict() != "no_difference")
        sequential += np.any(confidence_sequence(control, treated, decision_at=12_000).verdict() != "no_difference")
    assert peeked / runs > 0.15
    assert sequential / runs <= 0.05


def test_the_sequence_matches_growthbook():
    control, treated = growthbook.joint(growthbook.CONTROL).x, growthbook.joint(growthbook.TREATED).x
    daily = confidence_sequence(control, treated, decision_at=5000)
    assert_allclose([daily.estimate[0], daily.low[0], daily.high[0]], growthbook.SEQUENTIAL, rtol=1e-7)


def test_the_sequence_finds_an_effect_and_holds_the_truth_on_every_day():
    rng = np.random.default_rng(9)
    control, treated = days_of([0.0, 0.2], days=60, a_day=100, rng=rng)
    daily = confidence_sequence(control, treated, decision_at=12_000)
    assert daily.verdict()[-1] == "higher"
    assert ((daily.low < 0.2) & (daily.high > 0.2)).all()


def test_swapping_the_arms_mirrors_the_sequence_and_one_customer_is_too_few():
    a, b = Moments.from_rows([1.0, 2.0, 4.0]), Moments.from_rows([3.0, 5.0])
    there, back = confidence_sequence(a, b, decision_at=100), confidence_sequence(b, a, decision_at=100)
    assert_allclose([there.low, there.high], [-back.high, -back.low])
    assert confidence_sequence(Moments.from_rows([1.0]), b, decision_at=100).reason == Reason.TOO_FEW.value


@pytest.mark.parametrize("looks", [[], [0.5, 0.5], [0.5, 1.2], [0.0, 1.0]])
def test_looks_that_are_no_plan_are_refused(looks):
    with pytest.raises(DomainError):
        spending_boundaries(looks)
    with pytest.raises(DomainError):
        confidence_sequence(Moments.from_rows([1.0, 2.0]), Moments.from_rows([1.0, 2.0]), decision_at=0)


def test_the_error_of_a_confidence_sequence_is_that_of_the_difference():
    control, treated = Moments.from_rows(np.arange(200.0)), Moments.from_rows(np.arange(100.0) * 3)
    daily = confidence_sequence(control, treated, decision_at=300)
    expected = stats.ttest_ind(np.arange(100.0) * 3, np.arange(200.0), equal_var=False)
    assert_allclose(daily.standard_error[0], daily.estimate[0] / expected.statistic)
    assert daily.high[0] - daily.estimate[0] > 2.5 * daily.standard_error[0]
