"""Alarms: silent while all is stable, loud when it is not, each rule at its boundary."""

import numpy as np
import pytest
from scipy import stats

from metrics.errors import DomainError
from metrics.planning import alarms
from metrics.planning.alarms import SHARES, Watch, chance
from metrics.planning.forecast import Forecast, Plan
from metrics.planning.monitoring import on_days, pace, progress, quantiles

LIFE = 42
"""Days: six weeks."""

CUSTOMERS = 3000
AGE = np.linspace(0, 1, LIFE + 1)
COMPLAINTS, OPT_OUTS, SATISFACTION = 0.0006, 0.011, 4.3
"""What is usual."""

ACCEPTED = {"complaints": COMPLAINTS + 0.001, "opt_outs": OPT_OUTS + 0.006, "satisfaction": SATISFACTION - 0.2}
SCORES = np.array([0.02, 0.03, 0.1, 0.33, 0.52])
"""Of 1 to 5: mean 4.3."""


def forecast_of(draws=10_000, seed=0):
    rng = np.random.default_rng(seed)
    rate = 1 / (1 + np.exp(-rng.normal(-2.7, 0.2, draws)))
    return Forecast(Plan(CUSTOMERS, {}), {"conversion": rate}, {"converted": rng.binomial(CUSTOMERS, rate) * 1.0})


def runs(rng, count, shift=0.0):
    """Cumulative conversions of campaigns day by day: their own rate and pace, as the forecast assumes or shifted."""
    rate = np.exp(shift) / (1 + np.exp(-rng.normal(-2.7, 0.2, count)))
    shares = AGE[None, :] ** np.exp(rng.normal(0, 0.15, count))[:, None]
    gone = np.zeros((count, LIFE + 1), dtype=int)
    for day in range(1, LIFE + 1):
        chance = rate * (shares[:, day] - shares[:, day - 1]) / (1 - rate * shares[:, day - 1])
        gone[:, day] = gone[:, day - 1] + rng.binomial(CUSTOMERS - gone[:, day - 1], chance)
    return gone


@pytest.fixture(scope="module")
def corridor():
    """Per week the least and the largest count without an alarm, found by asking for every count."""
    path, frozen = pace(AGE, runs(np.random.default_rng(1), 250).astype(float)), forecast_of()

    def alarmed(day, counted):
        return alarms.against_forecast(progress(frozen, path, day, counted), counted).raised

    def edge(day, quiet, loud):
        while abs(loud - quiet) > 1:
            middle = (quiet + loud) // 2
            quiet, loud = (quiet, middle) if alarmed(day, middle) else (middle, loud)
        return quiet

    middles = quantiles(frozen, path, np.array([0.5]))[:, 0].astype(int)
    days = range(7, LIFE + 1, 7)
    return np.array([[edge(day, middles[day], -1) for day in days], [edge(day, middles[day], 900) for day in days]])


def out_of(corridor, counts):
    return (counts[:, 7::7] < corridor[0]) | (counts[:, 7::7] > corridor[1])


def guardrails(rng, worse=False):
    """The looks of one campaign's guardrails: daily contacts, each with its complaints, opt-outs and answers."""
    contacted = np.cumsum(rng.poisson(CUSTOMERS / LIFE, LIFE))
    rate = ACCEPTED["complaints"] * 4 if worse else COMPLAINTS
    share = ACCEPTED["opt_outs"] * 2 if worse else OPT_OUTS
    each = np.diff(contacted, prepend=0)
    complaints = np.cumsum(rng.poisson(each * rate))
    opted_out = np.cumsum(rng.binomial(each, share))
    weights = np.array([0.1, 0.12, 0.18, 0.3, 0.3]) if worse else SCORES
    answers = np.cumsum([rng.multinomial(n // 10, weights) for n in each], axis=0)
    raised = set()
    for day in range(LIFE):
        n = answers[day].sum()
        mean = answers[day] @ np.arange(1, 6) / max(n, 1)
        squares = answers[day] @ (np.arange(1, 6) - mean) ** 2
        judged = (
            alarms.rate_above(Watch.COMPLAINTS, complaints[day], contacted[day], ACCEPTED["complaints"]),
            alarms.share_above(Watch.OPT_OUTS, opted_out[day], contacted[day], ACCEPTED["opt_outs"]),
            alarms.mean_below(Watch.SATISFACTION, n, mean, squares, ACCEPTED["satisfaction"]),
        )
        raised |= {one.watch for one in judged if one.raised}
    return raised


def spending(rng, dearer=1.0):
    """Whether the looks of one campaign's costs raise an alarm: twenty entries, judged once half is booked."""
    past = np.exp(rng.normal(0.02, 0.03, 40)) * [_ratio(rng)[0][-1] for _ in range(40)]
    ratio, booked = _ratio(rng)
    own = ratio * dearer * np.exp(rng.normal(0.02, 0.03))
    return any(alarms.dearer(one * 100, 100, past).raised for one, done in zip(own, booked, strict=True) if done >= 0.5)


def _ratio(rng):
    planned = rng.gamma(2, 1, 20)
    actual = planned * np.exp(rng.normal(0, 0.15, 20))
    return np.cumsum(actual) / np.cumsum(planned), np.cumsum(planned) / planned.sum()


def test_a_year_of_a_stable_campaign_brings_at_most_one_false_alarm_of_all_watches(corridor):
    rng = np.random.default_rng(5)
    later = runs(rng, 4000)
    of_forecast = out_of(corridor, later).any(axis=1).mean()
    of_guardrails = np.mean([len(guardrails(rng)) for _ in range(60)])
    of_spending = np.mean([spending(rng) for _ in range(2000)])
    a_year = 365 / LIFE * (of_forecast + of_guardrails + of_spending)
    assert 0.05 < a_year <= 1.0  # and not silent for being deaf


def test_every_watch_stays_within_its_share_even_at_its_very_limit():
    """The worst that is accepted: daily looks of a whole year, counted alarm by alarm."""
    rng = np.random.default_rng(6)
    exposed = np.cumsum(rng.poisson(40, (400, 365)), axis=1)
    events = rng.poisson(np.diff(exposed, axis=1, prepend=0) * ACCEPTED["complaints"]).cumsum(axis=1)
    raised = stats.poisson.sf(events - 1, exposed * ACCEPTED["complaints"]) < chance(Watch.COMPLAINTS)
    assert raised.any(axis=1).mean() <= SHARES[Watch.COMPLAINTS]


@pytest.mark.parametrize(("part", "found", "within"), [(0.4, 0.95, 0.4), (0.5, 0.75, 0.5), (0.65, 0.3, 0.6)])
def test_a_campaign_that_brings_much_less_is_found_behind(corridor, part, found, within):
    """The forecast's own spread hides a third less more often than not; half of it is found, and before half-time."""
    below = runs(np.random.default_rng(7), 1000, shift=np.log(part))[:, 7::7] < corridor[0]
    assert below.any(axis=1).mean() >= found
    first = (below.argmax(axis=1)[below.any(axis=1)] + 1) * 7
    assert np.median(first) <= within * LIFE


def test_guardrails_that_break_are_found():
    rng = np.random.default_rng(8)
    raised = [guardrails(rng, worse=True) for _ in range(40)]
    for watch in (Watch.OPT_OUTS, Watch.SATISFACTION):
        assert np.mean([watch in one for one in raised]) > 0.9
    assert np.mean([Watch.COMPLAINTS in one for one in raised]) > 0.5  # about 14 are expected where 5 are accepted


def test_a_third_dearer_than_planned_is_found():
    rng = np.random.default_rng(9)
    assert np.mean([spending(rng, dearer=1.35) for _ in range(100)]) > 0.9


def test_the_side_of_the_forecast_names_the_alarm():
    path = pace(AGE, np.array([AGE * 100]))
    low, high = (alarms.against_forecast(progress(forecast_of(), path, 20, n), n) for n in (20, 250))
    assert (low.watch, low.raised) == (Watch.BEHIND, True)
    assert (high.watch, high.raised) == (Watch.AHEAD, True)


def test_all_watches_together_spend_one_alarm_a_year():
    a_year = [chance(one) * (365 / 7 if one in alarms.WEEKLY else 365) for one in Watch]
    assert sum(a_year) == pytest.approx(1)


@pytest.mark.parametrize(
    "judged",
    [
        alarms.share_above(Watch.OPT_OUTS, np.nan, 100, 0.02),
        alarms.share_above(Watch.OPT_OUTS, 0, 0, 0.02),
        alarms.rate_above(Watch.COMPLAINTS, 3, 100, np.nan),
        alarms.mean_below(Watch.SATISFACTION, 29, 1.0, 30.0, 4.0),
        alarms.mean_below(Watch.SATISFACTION, 40, 1.0, 0.0, 4.0),
        alarms.dearer(200, 100, np.full(7, 1.1)),
        alarms.dearer(0, 100, np.array([1.0, 1.1] * 5)),
    ],
)
def test_what_is_not_known_raises_no_alarm(judged):
    assert np.isnan(judged.p_value)
    assert not judged.raised


def test_the_tails_are_counted_to_the_event_itself():
    """Of ten customers one withdraws at 1 in 10: 1 - 0.9 ** 10; three complaints where one was expected: 1 - 5 / 2e."""
    assert alarms.share_above(Watch.OPT_OUTS, 1, 10, 0.1).p_value == pytest.approx(1 - 0.9**10)
    assert alarms.rate_above(Watch.COMPLAINTS, 3, 100, 0.01).p_value == pytest.approx(1 - 2.5 / np.e)
    assert alarms.mean_below(Watch.SATISFACTION, 31, 3.0, 30.0, 4.0).p_value == pytest.approx(
        stats.t.cdf(-np.sqrt(31), 30)
    )
    past = np.exp(np.array([-1.0, 1.0] * 5))
    error = np.sqrt(10 / 9) * np.sqrt(1.1)
    assert alarms.dearer(np.e, 1, past).p_value == pytest.approx(stats.t.sf(1 / error, 9))


def test_more_than_all_of_them_is_refused():
    with pytest.raises(DomainError):
        alarms.share_above(Watch.OPT_OUTS, 11, 10, 0.1)


def test_counts_between_two_ages_lie_straight_between():
    ages = np.array([0.0, 0.5, 1.0])
    assert on_days(ages, np.array([[0, 4.0, 6.0], [0, 2.0, 8.0]]), np.array([0.25, 1.0])).tolist() == [[2, 6], [1, 8]]
