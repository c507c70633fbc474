"""E-values against the published examples."""

import numpy as np
import pytest

from metrics.estimate import Intervals
from metrics.inference.confounding import e_value, hidden_of_means, hidden_of_shares


def test_the_published_example():
    # VanderWeele and Ding (2017): formula feeding and respiratory death, risk ratio 3.9 (1.8 to 8.7).
    assert e_value([3.9]).item() == pytest.approx(7.26, abs=0.005)
    assert e_value([1.8]).item() == pytest.approx(3.0, abs=0.005)


def test_a_protective_ratio_is_turned_round_and_none_needs_nothing():
    assert e_value([0.5]).item() == e_value([2.0]).item()
    assert e_value([1.0]).item() == 1.0
    assert np.isinf(e_value([0.0]).item())


@pytest.mark.parametrize("sign", [1, -1])
def test_a_share_is_seen_as_a_ratio_and_the_limit_is_the_nearer_one(sign: int):
    difference = Intervals.of([0.05], [0.02], [0.08], n=[900]).scaled(sign)
    found = hidden_of_shares([0.1], difference)
    assert found.point.item() == pytest.approx(e_value([1 + 0.5 * sign]).item())
    assert found.limit.item() == pytest.approx(e_value([1 + 0.2 * sign]).item())


def test_a_limit_beyond_nothing_needs_nothing_and_nothing_is_known_of_nobody():
    assert hidden_of_shares([0.1], Intervals.of([0.05], [-0.02], [0.08], n=[9])).limit.item() == 1.0
    assert np.isnan(hidden_of_shares([0.0], Intervals.of([0.05], [0.02], [0.08], n=[9])).point.item())


def test_an_amount_is_seen_by_its_standardised_size():
    found = hidden_of_means([10.0], Intervals.of([-4.2], [-7.0], [-1.4], n=[90]))
    ratio = np.exp(-0.91 * 0.42)
    assert found.point.item() == pytest.approx(1 / ratio + np.sqrt(1 / ratio * (1 / ratio - 1)))
    assert found.limit.item() == pytest.approx(e_value([np.exp(0.91 * 0.14)]).item())
