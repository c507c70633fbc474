import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from statsmodels.stats.proportion import proportion_confint

from metrics.errors import DomainError
from metrics.estimate import Reason
from metrics.tiers.grace import falls_by_clock

SEEN = pd.DataFrame(
    [("wealth", 3, 10, 9), ("potential", 1, 0, 0), ("wealth", 1, 50, 30)],
    columns=["tier", "months_below", "n", "fell"],
)


def test_rows_come_in_the_order_of_tiers_and_months_with_wilsons_limits():
    rates = falls_by_clock(SEEN, ("basic", "potential", "wealth"))
    assert list(zip(rates.tier, rates.months_below, strict=True)) == [("potential", 1), ("wealth", 1), ("wealth", 3)]
    assert_allclose(rates.falls.estimate, [np.nan, 0.6, 0.9])
    assert_allclose(rates.falls.low[1:], proportion_confint([30, 9], [50, 10], method="wilson")[0])
    assert rates.falls.reason.tolist() == [Reason.TOO_FEW, "", ""]
    assert rates.frame()["n"].tolist() == [0, 50, 10]


def test_a_tier_that_the_bank_does_not_know_is_refused():
    with pytest.raises(DomainError):
        falls_by_clock(SEEN, ("basic", "wealth"))
