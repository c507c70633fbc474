import numpy as np
import pytest
from numpy.testing import assert_allclose
from statsmodels.stats.rates import confint_poisson

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Reason
from metrics.inference.rate import poisson
from tests.oracles.intervals import GARWOOD, POISSON_TEST


def test_limits_match_r_poisson_test() -> None:
    rate = poisson([POISSON_TEST["events"]], [POISSON_TEST["exposure"]])
    found = [rate.estimate[0], rate.low[0], rate.high[0]]
    assert_allclose(found, [POISSON_TEST["rate"], POISSON_TEST["low"], POISSON_TEST["high"]], atol=5e-7)


def test_limits_match_garwood_1936() -> None:
    events, low, high = GARWOOD.T
    rate = poisson(events, np.ones(len(events)))
    assert_allclose(rate.low, low, atol=5e-4)
    assert_allclose(rate.high, high, atol=5e-4)


@pytest.mark.parametrize("events", [1, 7, 10**6])
def test_limits_agree_with_statsmodels(events: int) -> None:
    rate = poisson([events], [250.0], per=1000, level=0.9)
    theirs = np.array(confint_poisson(events, 0.25, method="exact-c", alpha=0.1))
    assert_allclose([rate.low[0], rate.high[0]], theirs, rtol=1e-9)


def test_no_event_still_excludes_something_and_no_exposure_nothing() -> None:
    rate = poisson([0, 0, np.nan], [1000, 0, 1000], per=1000)
    assert_allclose([rate.low[0], rate.high[0]], [0.0, 3.6889], atol=5e-5)
    assert rate.reason.tolist() == [Reason.NONE, Reason.TOO_FEW, Reason.NOT_RECORDED]
    assert rate.known.tolist() == [True, False, False]


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(DomainError, match="not negative"):
        poisson([-1], [10])
    with pytest.raises(ShapeError, match="1 counts of events for 2"):
        poisson([1], [10, 20])
