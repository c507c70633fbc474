import numpy as np
import pandas as pd
import pytest

from metrics.errors import DomainError
from metrics.tiers.grace import falls_by_clock
from tests.metrics.simulated_bank import GRACE_MONTHS, TIERS, snapshots


def test_in_the_simulated_bank_nobody_falls_early_and_most_in_the_last_month_fall():
    tiers, clocks = snapshots(20_000, 14, np.random.default_rng(6))
    seen = pd.DataFrame(
        {
            "present": tiers[:, :-1].ravel(),
            "after": tiers[:, 1:].ravel(),
            "months_below": clocks[:, :-1].ravel(),
            "n": 1,
        }
    )
    seen[["present", "after"]] = seen[["present", "after"]].map(TIERS.__getitem__)
    rates = falls_by_clock(seen, TIERS)
    early = rates.months_below < GRACE_MONTHS - 1
    assert (rates.falls.estimate[early] == 0).all()
    last = rates.months_below == GRACE_MONTHS - 1
    assert (rates.falls.low[last] > 0.5).all()
    assert rates.falls.n.sum() == len(seen)


def test_customers_without_a_clock_are_left_out_and_strange_tiers_refused():
    seen = pd.DataFrame({"present": ["b", "b"], "after": ["a", "b"], "months_below": [np.nan, 1], "n": [5, 7]})
    assert falls_by_clock(seen, ("a", "b")).falls.n.tolist() == [7]
    with pytest.raises(DomainError):
        falls_by_clock(seen, ("b",))
