"""Guardrails of a comparison against scipy and by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from metrics.inference.comparison.guardrail import Guardrail
from metrics.inference.rate import poisson
from metrics.inference.study.harm import harms, rate_difference

ROWS = pd.DataFrame(
    {
        "side": ["a", "b"],
        "matured": [4000, 4000],
        "complaints": [30, 6],
        "opted_out": [44, 40],
        "known_score": [900, 900],
        "sum_score": [900 * 4.5, 900 * 4.4],
        "squares_score": [899 * 0.49, 899 * 0.64],
    }
)
ACCEPTED = {"csat_mean": 0.2, "opt_outs": 0.006, "complaints": 1.0}


def test_each_says_whether_the_harm_accepted_is_ruled_out():
    found = {one.key: one for one in harms(ROWS, ACCEPTED)}
    assert {key: one.guardrail for key, one in found.items()} == {
        "csat_mean": Guardrail.HOLDS,
        "opt_outs": Guardrail.HOLDS,
        "complaints": Guardrail.BROKEN,
    }
    half = stats.t.ppf(0.975, 1768) * np.sqrt(0.49 / 900 + 0.64 / 900)
    assert found["csat_mean"].difference.low.item() == pytest.approx(0.1 - half, rel=1e-3)
    assert found["complaints"].difference.estimate.item() == pytest.approx(6.0)
    assert found["opt_outs"].difference.estimate.item() == pytest.approx(0.001)


def test_the_other_side_keeps_the_verdict_and_turns_the_numbers():
    one = harms(ROWS, ACCEPTED)[0]
    assert one.swapped().difference.high.item() == -one.difference.low.item()
    assert one.swapped().guardrail is one.guardrail
    assert one.swapped().a is one.b


def test_what_is_not_recorded_is_no_guardrail():
    found = harms(ROWS.assign(complaints=np.nan, known_score=np.nan, sum_score=np.nan), ACCEPTED)
    assert [one.key for one in found] == ["opt_outs"]


def test_a_difference_of_rates_covers():
    rng = np.random.default_rng(1)
    a, b = rng.poisson(8, 4000), rng.poisson(5, 4000)
    found = rate_difference(poisson(a, np.full(4000, 1000.0), per=1000), poisson(b, np.full(4000, 1000.0), per=1000))
    assert 0.95 <= ((found.low <= 3) & (found.high >= 3)).mean() < 0.985
