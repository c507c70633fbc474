"""The season's end: by hand, and how often it lies within its limits."""

import numpy as np
import pytest

from metrics.errors import DomainError
from metrics.estimate import Intervals, Reason
from metrics.week.run_rate import MonthEnd, month_end
from metrics.week.season_end import season_end

EARLIER = [1.0, 2.0, 3.0, 1.0, 2.0, 3.0]  # mean 2, variance 0.8
OVER = MonthEnd(Intervals.of([30.0], [30.0], [30.0], n=[6], level=0.8), float("nan"), 1.0)


def test_two_months_to_come_by_hand():
    """15 days of 2 to come. Variance 0.8 x (10^2 + 5^2 + 15^2 / 6) = 130; t of 5 at 80 % is 1.476: 1.476 x 11.40."""
    ends = season_end(90.0, OVER, 1.0, EARLIER, [10, 5], month_booked=30.0, target=120.0)
    assert ends.total.estimate[0] == 120
    assert ends.total.high[0] - 120 == pytest.approx(16.83, abs=0.005)
    assert ends.total.low[0] == pytest.approx(120 - 16.83, abs=0.005)
    assert ends.chance == pytest.approx(0.5)
    assert season_end(90.0, OVER, 1.0, EARLIER, [10, 5], month_booked=30.0, target=130.0).chance < 0.25


def test_the_rest_of_the_month_counts_as_far_as_it_lies_in_the_season():
    under_way = month_end([np.resize([4.0, 6.0 + k], 20) for k in range(6)], np.resize([4.0, 8.0], 10), 20)
    rest = float(under_way.total.estimate[0]) - 60.0
    whole, half, none = (
        season_end(100.0, under_way, of, EARLIER, days, month_booked=60.0)
        for of, days in ((1.0, []), (0.5, []), (0.0, [10]))
    )
    assert whole.total.estimate[0] == pytest.approx(100 + rest)
    assert half.total.estimate[0] == pytest.approx(100 + rest / 2)
    assert none.total.estimate[0] == pytest.approx(120)
    assert half.total.high[0] - half.total.estimate[0] < whole.total.high[0] - whole.total.estimate[0]


def test_never_below_what_is_booked_and_reached_is_reached():
    ends = season_end(119.0, OVER, 1.0, EARLIER, [1], month_booked=30.0, target=119.0)
    assert ends.total.low[0] >= 119
    assert ends.chance == 1
    may_leave = season_end(119.0, OVER, 1.0, [-1.0, *EARLIER], [1], month_booked=30.0, target=119.0)
    assert may_leave.chance < 1


def test_a_season_that_is_over_is_counted_and_one_with_few_months_before_it_has_no_limits():
    over = season_end(90.0, OVER, 1.0, EARLIER, [], month_booked=30.0, target=91.0)
    assert (over.total.low[0], over.total.high[0], over.chance, over.usual_share) == (90, 90, 0, 1)
    few = season_end(90.0, OVER, 1.0, EARLIER[:5], [10], month_booked=30.0, target=91.0)
    assert few.total.reason[0] == Reason.TOO_FEW.value
    assert np.isnan(few.chance)


def test_what_cannot_be_is_refused():
    for of_month, days in ((1.5, [1]), (0.5, [-1])):
        with pytest.raises(DomainError):
            season_end(90.0, OVER, of_month, EARLIER, days, month_booked=30.0)


@pytest.mark.slow
def test_four_in_five_seasons_end_within_their_limits():
    rng, within, chances = np.random.default_rng(3), [], []
    for _ in range(400):
        months = [rng.gamma(4, 5, 20) * np.exp(0.3 * rng.normal()) for _ in range(16)]
        so_far, rest = months[12][:10], months[12][10:]
        ends = season_end(
            float(so_far.sum()),
            month_end(months[:12], so_far, 20),
            1.0,
            [month.mean() for month in months[:12]],
            [20, 20, 20],
            month_booked=float(so_far.sum()),
            target=1600.0,
        )
        total = so_far.sum() + rest.sum() + sum(month.sum() for month in months[13:])
        within.append(ends.total.low[0] <= total <= ends.total.high[0])
        chances.append((ends.chance, total >= 1600))
    assert abs(np.mean(within) - 0.8) < 0.06
    told, came = np.array(chances).T
    assert abs(told.mean() - came.mean()) < 0.06
