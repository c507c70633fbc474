"""A rate at the usual mix, counted by hand."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from metrics.errors import ShapeError
from metrics.week.control_chart import laney_p
from metrics.week.mix import at_usual_mix

PHONE_AND_MESSAGE = np.array([[100.0, 100.0], [100.0, 300.0], [300.0, 100.0]])
BASELINE = np.array([True, True, False])


def test_a_week_of_another_mix_at_the_usual_rates_is_as_usual() -> None:
    # Phone 40 in 200, message 20 in 400: overall 60 in 600, a tenth.
    took_part = np.array([[20.0, 5.0], [20.0, 15.0], [60.0, 5.0]])
    got = at_usual_mix(PHONE_AND_MESSAGE, took_part, BASELINE)
    assert_allclose(got.share, [0.1, 0.1, 0.1])
    # 65 took part in the last week, where 60 + 5 were expected: as many as 650 at a tenth.
    assert_allclose([got.successes[2], got.n[2]], [65, 650])


def test_twice_as_many_as_expected_is_twice_the_usual_rate() -> None:
    took_part = np.array([[20.0, 5.0], [20.0, 15.0], [120.0, 10.0]])
    assert_allclose(at_usual_mix(PHONE_AND_MESSAGE, took_part, BASELINE).share, [0.1, 0.1, 0.2])


def test_a_part_that_the_baseline_does_not_hold_is_left_out() -> None:
    n = np.array([[100.0, 0.0], [100.0, 50.0]])
    took_part = np.array([[10.0, 0.0], [20.0, 50.0]])
    got = at_usual_mix(n, took_part, np.array([True, False]))
    assert_allclose(got.successes, [10, 20])
    assert_allclose(got.share, [0.1, 0.2])


@pytest.mark.parametrize("baseline", [[False, False, False], [True, True, False]])
def test_without_a_usual_rate_no_week_has_a_customer(baseline: list[bool]) -> None:
    got = at_usual_mix(PHONE_AND_MESSAGE, np.zeros((3, 2)), np.array(baseline))
    assert got.n.tolist() == [0, 0, 0]


def test_more_may_take_part_than_the_standardised_number_but_no_share_exceeds_one() -> None:
    got = at_usual_mix(np.array([[100.0], [2.0]]), np.array([[90.0], [2.0]]), np.array([True, False]))
    assert got.share[1] == pytest.approx(1.0)


def test_rows_of_weeks_have_to_fit() -> None:
    with pytest.raises(ShapeError):
        at_usual_mix(np.zeros((3, 2)), np.zeros((3, 1)), BASELINE)
    with pytest.raises(ShapeError):
        at_usual_mix(np.zeros((3, 2)), np.zeros((3, 2)), BASELINE[:2])


def test_a_week_of_nearly_all_phone_seldom_alarms_though_its_plain_rate_is_half_as_high_again() -> None:
    rng = np.random.default_rng(11)
    alarms, plain, baseline = 0, [], np.arange(27) < 26
    for _ in range(200):
        phone = np.append(np.round(400 * rng.uniform(0.05, 0.95, 26)), 390)
        n = np.stack([phone, 400 - phone], axis=1)
        took_part = rng.binomial(n.astype(int), [0.3, 0.05]).astype(float)
        alarms += bool(laney_p(at_usual_mix(n, took_part, baseline), baseline=baseline).signal[-1])
        plain.append(took_part[26].sum() / 400 / (took_part[:26].sum() / n[:26].sum()))
    assert np.mean(plain) > 1.5
    assert alarms <= 10  # two in a hundred are 4; three standard errors more are 10
