"""Difference in differences: a published study, scipy, and a simulation in which the course does nothing."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from metrics.errors import ShapeError
from metrics.estimate import Reason
from metrics.finding import FindingCode
from metrics.staff.training_effect import difference_in_differences, findings

# Card and Krueger (1994), table 3, row 4: change of employment in the balanced sample of stores, with standard errors.
NEW_JERSEY, PENNSYLVANIA, DIFFERENCE = (0.47, 0.48), (-2.28, 1.25), (2.75, 1.34)
STORES = 309, 75


def spread(mean: float, error: float, n: int) -> np.ndarray:
    """`n` values with that mean and that standard error of the mean."""
    values = stats.norm.ppf((np.arange(n) + 0.5) / n)
    return mean + (values - values.mean()) / values.std(ddof=1) * error * np.sqrt(n)


def test_the_minimum_wage_study():
    change = np.concatenate([spread(*NEW_JERSEY, STORES[0]), spread(*PENNSYLVANIA, STORES[1])])
    effect = difference_in_differences(np.zeros(len(change)), change, np.arange(len(change)) < STORES[0])
    assert_allclose(effect.difference.estimate, DIFFERENCE[0])
    assert (effect.difference.high - effect.difference.low)[0] / 2 / 1.985 == pytest.approx(DIFFERENCE[1], abs=0.01)


def test_limits_are_welchs():
    rng = np.random.default_rng(0)
    before, after, trained = rng.normal(1, 0.2, 30), rng.normal(1.1, 0.3, 30), np.arange(30) < 9
    effect = difference_in_differences(before, after, trained)
    change = after - before
    welch = stats.ttest_ind(change[trained], change[~trained], equal_var=False).confidence_interval(0.95)
    assert_allclose([effect.difference.low[0], effect.difference.high[0]], [welch.low, welch.high])


def test_trained_and_untrained_swapped_mirror_the_difference():
    rng = np.random.default_rng(1)
    before, after, trained = rng.normal(1, 0.2, 20), rng.normal(1, 0.2, 20), np.arange(20) < 8
    one = difference_in_differences(before, after, trained).difference
    other = difference_in_differences(before, after, ~trained).difference
    assert_allclose([one.estimate[0], one.low[0]], [-other.estimate[0], -other.high[0]])


def test_who_has_no_result_on_one_side_is_left_out_and_too_few_are_said():
    effect = difference_in_differences([1, np.nan, 1, 1.2], [2, 2, 1, 1.1], [True, True, False, False])
    assert effect.trained.n[0] == 1
    assert effect.difference.reason[0] == Reason.TOO_FEW
    assert findings("wealth", effect) == []
    with pytest.raises(ShapeError):
        difference_in_differences([1, 2], [1], [True, False])


def test_a_return_to_the_mean_is_pointed_out():
    """The worst are sent to a course that does nothing; they rise all the same, and the page says where they began."""
    rng = np.random.default_rng(3)
    skill = rng.normal(1, 0.05, 200)
    before, after = skill + rng.normal(0, 0.2, 200), skill + rng.normal(0, 0.2, 200)
    said = findings("wealth", difference_in_differences(before, after, before < np.quantile(before, 0.3)))
    assert [finding.code for finding in said] == [FindingCode.TRAINED_HIGHER, FindingCode.TRAINED_BEGAN_LOWER]


def test_a_course_that_does_nothing_raises_few_false_alarms_and_one_that_works_is_measured():
    rng = np.random.default_rng(5)
    covered = {0.0: [], 0.15: []}
    for gain, hits in covered.items():
        for _ in range(400):
            skill, trained = rng.normal(1, 0.2, 24), rng.permutation(24) < 10
            before = skill + rng.normal(0, 0.15, 24)
            after = skill + 0.05 + gain * trained + rng.normal(0, 0.15, 24)
            difference = difference_in_differences(before, after, trained).difference
            hits.append(difference.low[0] <= gain <= difference.high[0])
    for hits in covered.values():
        assert np.mean(hits) == pytest.approx(0.95, abs=0.025)  # two standard errors of 400 rounds


def test_where_people_began_is_told_of_those_who_can_be_compared():
    """The third colleague began at 9 and left before there was a result: the others began at 1 on average."""
    before = [2.0, 2.2, 1.0, 1.2, 0.8, 9.0]
    after = [2.1, 2.4, 1.1, 1.3, 0.9, np.nan]
    effect = difference_in_differences(before, after, [True, True, False, False, False, False])
    assert_allclose(effect.began.estimate, 2.1 - 1.0)
    assert effect.untrained.n[0] == 3
