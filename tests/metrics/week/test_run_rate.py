import numpy as np
import pytest

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Reason
from metrics.week.run_rate import cumulative_share, month_end


def months(count, rng, days=21, level=1000.0, spread=100.0):
    pattern = np.linspace(0.5, 1.5, days)
    totals = rng.normal(level, spread, count)
    noise = rng.normal(0, 6, (count, days))
    return [total * pattern / pattern.sum() + wobble for total, wobble in zip(totals, noise, strict=True)]


@pytest.mark.slow
@pytest.mark.parametrize("day", [0, 5, 12, 18])
def test_the_interval_called_80_percent_holds_the_total_about_that_often(day):
    rng = np.random.default_rng(day)
    inside, runs = 0, 600
    for _ in range(runs):
        *earlier, month = months(13, rng)
        end = month_end(earlier, month[:day], 21)
        inside += bool(end.total.low[0] <= month.sum() <= end.total.high[0])
    assert 0.75 < inside / runs < 0.85


def test_the_interval_narrows_to_the_counted_total():
    rng = np.random.default_rng(1)
    *earlier, month = months(25, rng)
    widths = [float(e.high[0] - e.low[0]) for e in (month_end(earlier, month[:d], 21).total for d in (0, 10, 18, 21))]
    assert widths[0] > widths[1] > widths[2] > widths[3] == 0
    assert month_end(earlier, month, 21).total.estimate[0] == pytest.approx(month.sum())


def test_a_back_loaded_month_is_not_taken_for_a_bad_one():
    """Half the days bring three eighths of the usual total: the straight line would promise a quarter too little."""
    pattern = np.linspace(0.5, 1.5, 20)
    earlier = [1000 * f * pattern / pattern.sum() for f in (0.9, 1.0, 1.1, 0.95, 1.05, 1.0)]
    end = month_end(earlier, earlier[1][:10], 20, target=1000.0)
    assert end.total.estimate[0] == pytest.approx(1000.0)
    assert end.usual_share == pytest.approx(pattern[:10].sum() / pattern.sum())
    assert earlier[1][:10].sum() / 0.5 < 800


def test_the_chance_is_half_at_the_expected_total_and_falls_with_the_target():
    rng = np.random.default_rng(6)
    *earlier, month = months(13, rng)
    expected = float(month_end(earlier, month[:8], 21).total.estimate[0])
    chances = [month_end(earlier, month[:8], 21, target=t).chance for t in (expected - 80, expected, expected + 80)]
    assert chances[1] == pytest.approx(0.5)
    assert chances[0] > chances[1] > chances[2]


def test_few_months_have_an_estimate_and_no_interval():
    end = month_end([np.ones(20)] * 3, np.ones(5), 20, target=20)
    assert end.total.estimate[0] == pytest.approx(20)
    assert end.total.reason[0] == Reason.TOO_FEW
    assert np.isnan(end.chance)
    assert np.isnan(month_end([], np.array([]), 20).total.estimate[0])


def test_months_of_any_length_are_brought_to_the_same_share():
    shares = cumulative_share([np.ones(20), 2 * np.ones(23)], np.array([0.0, 0.5, 1.0]))
    np.testing.assert_allclose(shares, [[0, 10, 20], [0, 23, 46]])
    with pytest.raises(DomainError):
        cumulative_share([np.array([])], np.array([0.5]))
    with pytest.raises(ShapeError):
        month_end([np.ones(20)] * 6, np.ones(21), 20)
