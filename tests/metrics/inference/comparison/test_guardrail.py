import numpy as np
import pytest

from metrics.errors import DomainError
from metrics.estimate import Intervals
from metrics.inference.comparison.guardrail import Guardrail, non_inferiority
from metrics.inference.effect import difference_in_means
from metrics.moments import Moments


def test_a_guardrail_holds_only_when_the_harm_is_ruled_out():
    change = Intervals.of(
        [0.0, -0.1, -0.1, -0.9, np.nan],
        [-0.1, -0.2, -0.5, -1.2, np.nan],
        [0.1, 0.0, 0.3, -0.6, np.nan],
        n=[1000, 900, 60, 500, 1],
    )
    assert non_inferiority(change, margin=0.3).tolist() == ["holds", "holds", "undecided", "broken", "too_few"]
    assert non_inferiority(change.scaled(-1), margin=0.3, higher_is_better=False).tolist() == [
        "holds",
        "holds",
        "undecided",
        "broken",
        "too_few",
    ]
    with pytest.raises(DomainError):
        non_inferiority(change, margin=-1)


def test_a_harm_at_the_margin_is_called_harmless_in_one_case_of_forty():
    rng, runs, n = np.random.default_rng(1), 20_000, 150

    def scores(mean):
        rows = rng.normal(mean, 1, (runs, n))
        return Moments(np.full(runs, float(n)), rows.mean(axis=1), rows.var(axis=1) * n)

    verdict = non_inferiority(difference_in_means(scores(4.0), scores(3.7)), margin=0.3)
    assert np.mean(verdict == Guardrail.HOLDS.value) == pytest.approx(0.025, abs=0.005)
