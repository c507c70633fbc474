import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Reason
from metrics.inference.survival import curves_by_campaign, kaplan_meier
from tests.oracles.intervals import AML_ENDED, AML_SURVIVAL, AML_WEEKS


def by_day(days: np.ndarray, happened: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    length = int(days.max()) + 1
    return tuple(np.bincount(days[happened == kind], minlength=length) for kind in (1, 0))


def test_the_curve_matches_r_on_the_leukaemia_data() -> None:
    curves = kaplan_meier(*by_day(AML_WEEKS, AML_ENDED))
    for week, survival in AML_SURVIVAL.items():
        assert_allclose(1 - curves.converted[0, week], survival, atol=6e-4)


@pytest.mark.filterwarnings("ignore:The confidence interval is undefined at some")
@given(st.integers(0, 2**31), st.integers(5, 200))
def test_curve_and_limits_agree_with_scipy(seed: int, customers: int) -> None:
    rng = np.random.default_rng(seed)
    days, bought = rng.integers(0, 30, customers), rng.random(customers) < 0.4
    if not bought.any() or bought.all():
        bought[0], bought[1] = True, False
    theirs = stats.ecdf(stats.CensoredData(uncensored=days[bought], right=days[~bought])).sf
    curves = kaplan_meier(*by_day(days, bought.astype(int)), level=0.9)
    at = np.arange(days.max() + 1)
    assert_allclose(1 - curves.converted[0], theirs.evaluate(at), rtol=1e-9, atol=1e-12)
    with np.errstate(all="ignore"):
        limits = theirs.confidence_interval(0.9, method="log-log")
    known = ~np.isnan(curves.low[0])
    assert_allclose(1 - curves.high[0, known], limits.low.evaluate(at)[known], rtol=1e-9)
    assert_allclose(1 - curves.low[0, known], limits.high.evaluate(at)[known], rtol=1e-9)


def test_without_censoring_it_is_the_share_converted_so_far() -> None:
    curves = kaplan_meier([[3, 2, 0, 1]], [[0, 0, 0, 4]])
    assert_allclose(curves.converted[0], [0.3, 0.5, 0.5, 0.6])


def test_a_young_campaign_is_compared_at_its_age_and_says_so_beyond() -> None:
    """The young one's customers are still waiting, which is no failure: both convert 10 % of those left a day."""
    old = kaplan_meier([[100, 90, 81, 73]], [[0, 0, 0, 656]])
    both = kaplan_meier([[100, 90, 81, 73], [50, 45, 0, 0]], [[0, 0, 0, 656], [0, 405, 0, 0]])
    assert_allclose(both.at(1).estimate, [0.19, 0.19])
    assert both.at(3).reason.tolist() == [Reason.NONE, Reason.WINDOW_OPEN]
    assert_allclose(both.at(3).estimate[0], old.at(3).estimate[0])
    assert both.at(40).reason.tolist() == [Reason.WINDOW_OPEN] * 2


def test_before_the_first_conversion_and_after_the_last_customer() -> None:
    curves = kaplan_meier([[0, 1]], [[4, 0]])
    assert curves.at(0).estimate[0] == 0.0
    assert curves.at(0).reason.tolist() == [Reason.TOO_FEW]
    assert curves.at(1).estimate[0] == 1.0
    assert curves.at(1).reason.tolist() == [Reason.TOO_FEW]


def test_an_aggregate_becomes_curves_in_the_caller_s_order() -> None:
    frame = pd.DataFrame(
        {
            "campaign_id": ["a", "b", "a", "x"],
            "day": [0, 1, 2, 9],
            "converted": [2, 1, 1, 5],
            "censored": [0, 3, 1, 5],
        }
    )
    curves = curves_by_campaign(frame, ["b", "a"])
    assert_allclose(curves.converted, [[0.0, 0.25, np.nan], [0.5, 0.5, 0.75]])
    assert curves_by_campaign(frame.iloc[:0], ["b"]).at(3).reason.tolist() == [Reason.WINDOW_OPEN]


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ShapeError, match="shape"):
        kaplan_meier([1, 2], [1])
    with pytest.raises(DomainError, match="not negative"):
        kaplan_meier([-1], [1])
