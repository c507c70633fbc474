import numpy as np
import pytest

from metrics.errors import DomainError
from metrics.estimate import Intervals
from metrics.planning.roll_out import not_lost


def test_a_roll_out_by_hand():
    """61,200 spent on 1,224 customers is 50 each; at a return of -1.1 each loses 55, and 18,600 more lose 1,023,000."""
    roi = Intervals.of([-1.1, 0.4], [-1.9, 0.1], [-0.3, 0.7], n=[1224, 10])
    lost = not_lost(roi, np.array([61_200.0, 100.0]), np.array([1224.0, 10.0]), np.array([18_600.0, 20.0]))
    assert lost.estimate == pytest.approx([1_023_000, -80])
    assert lost.low == pytest.approx([279_000, -140])
    assert lost.high == pytest.approx([1_767_000, -20])
    assert lost.n.tolist() == [18_600, 20]


def test_nobody_contacted_tells_nothing_and_a_negative_cost_is_refused():
    roi = Intervals.of([0.1], [0.0], [0.2], n=[5])
    assert np.isnan(not_lost(roi, np.array([1.0]), np.array([0.0]), np.array([5.0])).estimate).all()
    with pytest.raises(DomainError):
        not_lost(roi, np.array([-1.0]), np.array([1.0]), np.array([5.0]))
