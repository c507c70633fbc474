"""Advice to stop: at its boundaries, and seldom wrong however often one looks."""

import numpy as np
import pytest

from metrics.errors import DomainError
from metrics.estimate import Intervals
from metrics.inference.sequential import confidence_sequence
from metrics.moments import Counts, Moments
from metrics.planning.stopping import Advice, Saved, advise, saved


def rows(*limits):
    low, high = np.array(limits, dtype=float).T
    return Intervals.of((low + high) / 2, low, high, n=np.full(len(low), 900.0))


@pytest.mark.parametrize(
    ("low", "high", "line", "advice"),
    [
        (-3, -0.1, 2, Advice.HARM),
        (-3, -0.1, np.nan, Advice.HARM),
        (-3, 0.0, np.nan, Advice.GO_ON),
        (-1, 1.9, 2, Advice.FUTILITY),
        (-1, 2.0, 2, Advice.GO_ON),
        (0.5, 1.9, 2, Advice.FUTILITY),
        (1.9, 4, 2, Advice.GO_ON),
        (2.1, 4, 2, Advice.BENEFIT),
        (0.1, 4, np.nan, Advice.GO_ON),
        (-1, 4, np.nan, Advice.GO_ON),
    ],
)
def test_the_advice_follows_from_where_the_limits_lie(low, high, line, advice):
    assert advise(rows((low, high)), np.array([line])) == (advice,)
    assert advice.stops == (advice in {Advice.HARM, Advice.FUTILITY})


def test_without_limits_it_is_too_early():
    nothing = Intervals.of([np.nan], [np.nan], [np.nan], n=[0.0], reason=["too_few"])
    assert advise(nothing, np.array([0.01])) == (Advice.TOO_EARLY,)


def daily(rng, effect, base=0.05, treated=60, control=40, days=50):
    looks = []
    for share, each in ((base, control), (base + effect, treated)):
        bought = rng.binomial(each, share, days).cumsum()
        looks.append(Moments.of_counts(Counts.of(np.arange(1, days + 1) * each, bought)))
    return confidence_sequence(looks[0], looks[1], decision_at=days * (treated + control))


def ever(rng, effect, line, wrong, count=300):
    # The limits are asymptotic: from some hundred customers on.
    last = [advise(daily(rng, effect), np.full(50, line))[3:] for _ in range(count)]
    return np.mean([any(one in wrong for one in looks) for looks in last])


def test_daily_looks_seldom_stop_what_pays_and_seldom_praise_what_does_not():
    rng = np.random.default_rng(3)
    assert ever(rng, 0.03, 0.0299, {Advice.FUTILITY, Advice.HARM}) <= 0.05
    assert ever(rng, 0.0, 0.0001, {Advice.BENEFIT, Advice.HARM}) <= 0.05


def test_what_can_never_pay_is_stopped_and_what_harms_too():
    rng = np.random.default_rng(4)
    assert ever(rng, -0.02, 0.03, {Advice.FUTILITY}, 60) > 0.9
    assert ever(rng, -0.04, np.nan, {Advice.HARM}, 60) > 0.7
    assert ever(rng, 0.08, 0.02, {Advice.BENEFIT}, 60) > 0.9


def test_what_stopping_saves_is_counted_in_customers_money_and_hours():
    assert saved(2446, 1752, 500, 8) == Saved(694, 347_000, pytest.approx(92.53333333))
    assert saved(100, 120, 500, 8) == Saved(0, 0.0, 0.0)
    assert np.isnan(saved(10, 5, np.nan, 8).cost)
    with pytest.raises(DomainError):
        saved(10, 5, -1, 8)
