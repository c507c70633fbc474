"""How often a week of a process that does not change is called a signal, and how often one that does is seen.

Each kind of number of My week is simulated as a bank makes it: money of a few sales of very different size, events that
come by chance, shares that move a little more than chance, answers of which nearly all are good, and weeks that lean on
the week before. The alarm that is allowed is one week in fifty.
"""

from collections.abc import Callable

import numpy as np
import pytest

from metrics.moments import Counts, Moments
from metrics.week.business_calendar import festival_offset, monday
from metrics.week.control_chart import Rule
from metrics.week.review import recent, review_share, review_total
from metrics.week.working_week import ROOT_OF_COUNTS

ALLOWED = 1 / 50
RUNS = 400
MONDAYS = monday(["2026-11-09"]) - np.arange(27)[::-1] * np.timedelta64(7, "D")  # after the festival and its weeks
BASELINE = recent(MONDAYS)


def leaning(rng: np.random.Generator, correlation: float, weeks: int = 27) -> np.ndarray:
    """Standard normal weeks, each correlated so with the one before."""
    steps = rng.normal(0, np.sqrt(1 - correlation**2), weeks)
    steps[0] = rng.normal()
    for week in range(1, weeks):
        steps[week] += correlation * steps[week - 1]
    return steps


def of_totals(total: np.ndarray, root: float = 4.0, days: np.ndarray | None = None) -> str:
    total = np.asarray(total, dtype=float)
    n = np.ones_like(total)
    return review_total(MONDAYS, Moments(n, total, n), baseline=BASELINE, root=root, working_days=days).rule


def of_shares(n: np.ndarray, did: np.ndarray) -> str:
    return review_share(MONDAYS, Counts.of(n, did), baseline=BASELINE).rule


def money(rng: np.random.Generator, factor: float, sales: float = 20) -> str:
    week = [rng.lognormal(10, 1.2, rng.poisson(sales)).sum() for _ in range(27)]
    week[-1] *= factor
    return of_totals(np.asarray(week))


def events(rng: np.random.Generator, factor: float) -> str:
    expected = np.full(27, 8.0)
    expected[-1] *= factor
    return of_totals(rng.poisson(expected), root=ROOT_OF_COUNTS)


def share(rng: np.random.Generator, factor: float) -> str:
    rate = np.clip(rng.normal(0.2, 0.02, 27), 0.01, 1)
    rate[-1] *= factor
    n = rng.integers(100, 900, 27)
    return of_shares(n, rng.binomial(n, rate))


def few_answers(rng: np.random.Generator, factor: float) -> str:
    rate = np.full(27, 0.94)
    rate[-1] *= factor
    n = rng.integers(10, 25, 27)
    return of_shares(n, rng.binomial(n, rate))


def leaning_money(rng: np.random.Generator, factor: float) -> str:
    week = np.exp(12 + 0.3 * leaning(rng, 0.6))
    week[-1] *= factor
    return of_totals(week)


def leaning_share(rng: np.random.Generator, factor: float) -> str:
    rate = np.clip(0.45 + 0.08 * leaning(rng, 0.7), 0.01, 0.99)
    rate[-1] *= factor
    n = rng.integers(100, 400, 27)
    return of_shares(n, rng.binomial(n, rate))


KINDS = (money, events, share, few_answers, leaning_money, leaning_share)


def alarms(kind: Callable[[np.random.Generator, float], str], factor: float, runs: int, seed: int = 1) -> float:
    """Share of the banks whose newest week is a signal, of those that are judged."""
    rng = np.random.default_rng(seed)
    rules = [kind(rng, factor) for _ in range(runs)]
    judged = [rule for rule in rules if rule != Rule.NOT_JUDGED]
    assert len(judged) > 0.9 * runs
    return float(np.mean([rule != Rule.USUAL for rule in judged]))


@pytest.mark.sampled(3)
@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_process_that_does_not_change_is_a_signal_in_at_most_one_week_of_fifty(kind):
    assert alarms(kind, 1.0, RUNS) <= ALLOWED


@pytest.mark.parametrize(
    ("kind", "factor", "least"),
    [
        # Money of twenty sales a week varies by half of itself: only a week of five times as much is surely seen.
        (money, 5.0, 0.7),
        (money, 0.1, 0.7),
        (lambda rng, factor: money(rng, factor, 400), 2.0, 0.95),  # a bank of many branches: doubled or halved
        (lambda rng, factor: money(rng, factor, 400), 0.5, 0.95),
        (events, 3.0, 0.5),
        (share, 0.5, 0.45),
        (share, 2.0, 0.85),
        (few_answers, 0.5, 0.8),
        (leaning_share, 0.5, 0.2),
    ],
)
def test_a_week_that_is_far_from_the_usual_is_seen(kind, factor, least):
    assert alarms(kind, factor, 60, seed=2) >= least


def test_a_week_of_half_the_working_days_is_held_against_half_the_money():
    """Every working day brings about 10: the holiday week of three brings 30, and 12 of a full week is too little."""
    days = np.full(27, 6.0)
    days[-1] = 3
    usual = np.resize([57.0, 60.0, 63.0, 59.0, 61.0], 27)
    half = np.append(usual[:-1], 30.0)
    assert of_totals(half, days=days) == Rule.USUAL
    assert of_totals(half) == Rule.OUTSIDE
    chart = review_total(MONDAYS, Moments(np.ones(27), half, np.ones(27)), baseline=BASELINE, working_days=days).chart
    assert chart.centre[-1] == pytest.approx(30, abs=0.3)
    assert chart.centre[0] == pytest.approx(60, abs=0.6)
    assert chart.high[-1] - chart.low[-1] == pytest.approx((chart.high[0] - chart.low[0]) / np.sqrt(2), rel=0.02)


def test_a_week_of_less_than_half_the_working_days_is_not_judged_and_sets_no_limit():
    days = np.resize([6.0], 27)
    days[[5, -1]] = 2
    money = np.resize([57.0, 60.0, 63.0, 59.0, 61.0], 27)
    money[[5, -1]] = 1
    chart = review_total(MONDAYS, Moments(np.ones(27), money, np.ones(27)), baseline=BASELINE, working_days=days).chart
    assert chart.rule[-1] == Rule.NOT_JUDGED
    assert np.isnan(chart.high[-1])
    assert not chart.baseline[5]
    assert chart.low[0] > 40


def test_the_weeks_of_spring_festival_raise_no_alarm_where_it_is_like_the_last():
    mondays = np.arange(np.datetime64("2024-01-01"), np.datetime64("2026-02-24"), np.timedelta64(7, "D"))
    rng, alarmed = np.random.default_rng(4), 0
    level = np.where(festival_offset(mondays) == 0, 0.25, np.where(festival_offset(mondays) == -1, 0.6, 1.0))
    for _ in range(40):
        total = np.array([rng.lognormal(10, 1.0, rng.poisson(60 * each)).sum() for each in level])
        ones = np.ones(len(total))
        for end in (-2, -1, len(total)):  # the week before, its own, and the one after
            cut = slice(0, end)
            review = review_total(mondays[cut], Moments(ones, total, ones)[cut], baseline=recent(mondays[cut]))
            alarmed += review.rule not in (Rule.USUAL, Rule.NOT_JUDGED)
    assert alarmed / 120 <= ALLOWED
