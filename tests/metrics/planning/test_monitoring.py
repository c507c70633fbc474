import numpy as np
import pytest

from metrics.errors import DomainError, ShapeError
from metrics.planning.forecast import Forecast, Plan
from metrics.planning.monitoring import pace, progress, quantiles

AGE = np.linspace(0, 1, 9)
CUSTOMERS = 3000


def frozen(draws=1500, seed=0, spread=0.2):
    rng = np.random.default_rng(seed)
    rate = 1 / (1 + np.exp(-rng.normal(-2.7, spread, draws)))
    converted = rng.binomial(CUSTOMERS, rate).astype(float)
    return Forecast(Plan(CUSTOMERS, {}), {"conversion": rate}, {"converted": converted})


def runs(rng, count, spread=0.2, shift=0.0):
    """Campaigns as they come in: their own rate, their own pace, counted at each age."""
    rate = 1 / (1 + np.exp(-rng.normal(-2.7 + shift, spread, count)))
    quick = np.exp(rng.normal(0, 0.15, count))
    shares = AGE[None, :] ** quick[:, None]
    steps = np.diff(shares, axis=1, prepend=0)
    left = CUSTOMERS - np.zeros(count, dtype=int)
    counted = np.zeros((count, len(AGE)))
    gone = np.zeros(count)
    for age in range(1, len(AGE)):
        chance = rate * steps[:, age] / (1 - rate * shares[:, age - 1])
        new = rng.binomial(left, chance)
        left, gone = left - new, gone + new
        counted[:, age] = gone
    return counted


@pytest.fixture(scope="module")
def path():
    return pace(AGE, runs(np.random.default_rng(1), 250))


@pytest.mark.slow
def test_the_fan_and_the_projected_end_hold_what_happens_as_often_as_they_say(path):
    forecast, later = frozen(), runs(np.random.default_rng(2), 300)
    low, high = quantiles(forecast, path, np.array([0.1, 0.9])).T
    inside = (low[1:] <= later[:, 1:]) & (later[:, 1:] <= high[1:])
    assert (np.abs(inside.mean(axis=0) - 0.8) < 0.06).all()
    ends = [progress(forecast, path, 4, int(run[4]), seed=i).projected for i, run in enumerate(later)]
    held = np.mean([e.low[0] <= run[-1] <= e.high[0] for e, run in zip(ends, later, strict=True)])
    assert abs(held - 0.8) < 0.06


@pytest.mark.slow
def test_a_stable_campaign_watched_through_its_life_hardly_ever_alarms(path):
    forecast, later = frozen(), runs(np.random.default_rng(3), 200)
    looks = range(1, len(AGE))
    alarmed = [any(progress(forecast, path, p, int(run[p]), looks=len(AGE) - 1).alarm for p in looks) for run in later]
    assert np.mean(alarmed) <= 0.05 + 0.025


def test_a_collapse_alarms_and_moves_the_projected_end(path):
    forecast = frozen()
    usual = progress(forecast, path, 4, int(quantiles(forecast, path, np.array([0.5]))[4, 0]), looks=8, target=150)
    weak = progress(forecast, path, 4, 25, looks=8, target=150)
    assert not usual.alarm
    assert weak.alarm
    assert weak.projected.high[0] < usual.projected.low[0]
    assert weak.chance < 0.05 < usual.chance


@pytest.mark.parametrize(
    ("counted", "tail", "alarm"), [(1, 0.04, True), (2, 0.06, False), (98, 0.06, False), (99, 0.04, True)]
)
def test_an_alarm_counts_both_tails_of_the_forecast(counted, tail, alarm):
    """Draws 1 to 99 of the final count: c and less are c draws, one more for the count itself, of 100, on two sides."""
    draws = np.arange(1.0, 100.0)
    forecast = Forecast(Plan(200, {}), {"conversion": draws / 200}, {"converted": draws})
    ended = pace(np.array([0.0, 1.0]), np.array([[0.0, 50.0]]))
    look = progress(forecast, ended, 1, counted)
    assert look.tail == pytest.approx(tail)
    assert look.alarm == alarm
    assert not progress(forecast, ended, 1, counted, looks=2).alarm, "0.04 is no alarm at the first of two looks"


def test_at_the_end_the_projection_is_the_count(path):
    end = progress(frozen(), path, len(AGE) - 1, 180)
    assert (end.projected.low[0], end.projected.high[0]) == (180, 180)


def test_only_the_scatter_beyond_counting_is_a_difference_of_pace():
    """Shares of 0.4 and 0.6 of 100 each: 0.01 in all, 0.25 / 100 by counting; precision 0.25 / 0.0075 - 1."""
    learned = pace(np.array([0.0, 0.5, 1.0]), np.array([[0.0, 40, 100], [0, 60, 100]]))
    assert learned.mean[1] == 0.5
    assert learned.precision[1] == pytest.approx(0.25 / 0.0075 - 1)


def test_campaigns_that_all_keep_one_pace_have_no_spread():
    same = np.array([[0, 50, 100]] * 5) * 10.0
    even = pace(np.array([0, 0.5, 1.0]), same)
    np.testing.assert_allclose(even.mean, [0, 0.5, 1.0])
    np.testing.assert_array_equal(even.share(1, np.array([0.01, 0.99])), [0.5, 0.5])


def test_what_cannot_be_is_refused(path):
    with pytest.raises(DomainError):
        progress(frozen(), path, 3, CUSTOMERS + 1)
    with pytest.raises(DomainError):
        pace(AGE, np.zeros((3, len(AGE))))
    with pytest.raises(ShapeError):
        pace(AGE, np.ones((3, 2)))


def test_large_campaigns_set_the_pace_by_their_size():
    """Half of 100 and a tenth of 900 by the middle are 140 of 1,000."""
    learned = pace(np.array([0.0, 0.5, 1.0]), np.array([[0.0, 50, 100], [0, 90, 900]]))
    assert learned.mean[1] == pytest.approx(0.14)


def test_a_target_that_is_just_met_is_met():
    draws = np.arange(1.0, 100.0)
    forecast = Forecast(Plan(200, {}), {"conversion": draws / 200}, {"converted": draws})
    ended = pace(np.array([0.0, 1.0]), np.array([[0.0, 50.0]]))
    chances = [progress(forecast, ended, 1, 50, target=target).chance for target in (50, 51)]
    assert chances == [1.0, 0.0]
