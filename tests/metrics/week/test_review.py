import numpy as np
import pytest

from metrics.errors import ShapeError
from metrics.inference.effect import difference_in_shares
from metrics.moments import Counts, Moments
from metrics.week.business_calendar import festival_offset, monday
from metrics.week.control_chart import Rule
from metrics.week.review import recent, review_share, review_total


def weeks(first, count):
    return monday([first]) + np.arange(count) * np.timedelta64(7, "D")


def shares(mondays, seed=0, n=4000, p=0.1):
    rng = np.random.default_rng(seed)
    return Counts.of(np.full(len(mondays), n), rng.binomial(n, p, len(mondays)))


def test_a_share_is_compared_with_the_week_before_and_the_comparable_week_of_last_year():
    mondays = weeks("2024-05-06", 132)
    counts = shares(mondays)
    review = review_share(mondays, counts)
    assert review.week == np.datetime64("2026-11-09")
    assert review.compared_with == np.datetime64("2025-11-10")
    year = int(np.flatnonzero(mondays == review.compared_with)[0])
    np.testing.assert_array_equal(review.on_year.low, difference_in_shares(counts[year : year + 1], counts[-1:]).low)
    np.testing.assert_array_equal(review.on_week.low, difference_in_shares(counts[-2:-1], counts[-1:]).low)
    assert review.rule == Rule.USUAL


def test_a_collapse_is_a_signal():
    mondays = weeks("2025-11-03", 40)
    counts = shares(mondays)
    fallen = Counts(counts.n, np.append(counts.successes[:-1], 100.0))
    assert review_share(mondays, fallen).rule == Rule.OUTSIDE


def volumes(mondays, seed):
    """Weekly sums of some 500 customers' amounts, a third of it in the festival's own week."""
    rng = np.random.default_rng(seed)
    factor = np.where(festival_offset(mondays) == 0, 0.3, np.where(festival_offset(mondays) == 1, 0.6, 1.0))
    n = rng.poisson(500 * factor).astype(float)
    mean = rng.normal(20_000, 20_000 / np.sqrt(np.maximum(n, 1)))
    return Moments(n, mean, n * 20_000.0**2)


@pytest.mark.parametrize("ends", ["2026-02-09", "2026-02-16", "2026-02-23", "2026-03-02"])
def test_a_spring_festival_week_raises_no_alarm_as_it_comes(ends):
    mondays = np.arange(np.datetime64("2024-01-01"), np.datetime64(ends) + 1, np.timedelta64(7, "D"))
    judged = [review_total(mondays, volumes(mondays, seed)).rule for seed in range(20)]
    assert sum(rule == Rule.OUTSIDE for rule in judged) <= 1


def test_a_festival_adds_to_a_net_flow_whose_usual_level_is_near_zero():
    """Flows of -30 to 40 around 5, some 100 flow out around each festival: as a multiple of 5 that means nothing."""
    mondays = np.arange(np.datetime64("2024-01-01"), np.datetime64("2026-02-17"), np.timedelta64(7, "D"))
    total = np.resize([5.0, 40.0, -30.0, 10.0, 0.0], len(mondays))
    festival = festival_offset(mondays) == 0
    total[festival] = [-100.0, -90.0, -110.0]

    def review(newest):
        flows = np.append(total[:-1], newest)
        n = np.full(len(flows), 10.0)
        return review_total(mondays, Moments(n, flows / n, n * 9.0))

    usual = review(-110.0)
    assert usual.rule == Rule.USUAL
    assert usual.chart.centre[-1] == pytest.approx(-95.0)  # what the two earlier festivals brought
    width = usual.chart.high - usual.chart.low
    assert width[-1] == pytest.approx(width[0] * np.sqrt(1 + 1 / 2))
    assert review(200.0).rule == Rule.OUTSIDE


def test_a_total_that_is_never_negative_has_no_limit_below_zero():
    mondays = weeks("2026-04-06", 20)
    n = np.full(20, 10.0)
    chart = review_total(mondays, Moments(n, np.resize([0.1, 1.0], 20), n)).chart
    assert chart.low.tolist() == [0.0] * 20
    signed = review_total(mondays, Moments(n, np.resize([-0.1, 1.0], 20), n)).chart
    assert signed.low.max() < 0


def test_a_festival_week_of_a_total_that_is_never_negative_has_no_limit_below_zero_either():
    mondays = np.arange(np.datetime64("2024-01-01"), np.datetime64("2026-02-17"), np.timedelta64(7, "D"))
    total = np.resize([40.0, 160.0], len(mondays))
    total[festival_offset(mondays) == 0] = [10.0, 5.0, 8.0]
    n = np.full(len(mondays), 10.0)
    review = review_total(mondays, Moments(n, total / n, n))
    assert review.rule == Rule.USUAL
    assert review.chart.low[-1] == 0


def test_the_difference_of_two_totals_covers_zero_when_nothing_changed():
    mondays = weeks("2026-05-04", 2)
    rng = np.random.default_rng(3)
    covered = 0
    for _ in range(1000):
        amounts = [rng.exponential(100, rng.poisson(200)) for _ in range(2)]
        moments = Moments(
            np.array([float(len(a)) for a in amounts]),
            np.array([a.mean() for a in amounts]),
            np.array([((a - a.mean()) ** 2).sum() for a in amounts]),
        )
        change = review_total(mondays, moments).on_week
        covered += bool(change.low[0] <= 0 <= change.high[0])
    assert abs(covered / 1000 - 0.95) < 0.02


def test_the_first_week_has_nothing_to_be_compared_with():
    mondays = weeks("2026-05-04", 1)
    review = review_total(mondays, Moments.from_rows([4.0, 5.0, 3.0]))
    assert review.on_week is None
    assert review.on_year is None
    assert review.rule == Rule.NOT_JUDGED


def test_weeks_with_a_gap_or_out_of_step_are_refused():
    mondays = weeks("2026-05-04", 3)
    with pytest.raises(ShapeError):
        review_share(mondays[[0, 2]], shares(mondays[:2]))
    with pytest.raises(ShapeError):
        review_share(mondays + np.timedelta64(1, "D"), shares(mondays))
    with pytest.raises(ShapeError):
        review_share(mondays, shares(mondays[:2]))


def test_a_rise_over_last_year_is_a_rise():
    """400 of 4,000 a year ago and the week before, 600 now: five points more, by the rows of the weeks themselves."""
    mondays = weeks("2025-05-05", 80)
    successes = np.full(80, 400)
    successes[-1] = 600
    review = review_share(mondays, Counts.of(np.full(80, 4000), successes))
    assert review.on_year.estimate[0] == pytest.approx(0.05)
    assert review.on_week.estimate[0] == pytest.approx(0.05)
    assert 0 < review.on_year.low[0] < 0.05 < review.on_year.high[0]


def test_the_newest_week_is_not_among_those_that_judge_it():
    mondays = weeks("2026-01-05", 30)
    assert np.flatnonzero(recent(mondays)).tolist() == list(range(3, 29))
    assert np.flatnonzero(recent(mondays, weeks=2)).tolist() == [27, 28]


def test_the_error_of_two_totals_is_that_of_numbers_that_vary_too():
    """Ten amounts of 3 and ten of 5, each alike: only their number varies, by 10 x 3^2 + 10 x 5^2 = 340."""
    n = np.array([10.0, 10.0])
    change = review_total(weeks("2026-05-04", 2), Moments(n, np.array([3.0, 5.0]), np.zeros(2))).on_week
    assert change.estimate[0] == 20
    assert change.high[0] == pytest.approx(20 + 1.959964 * 340**0.5)
