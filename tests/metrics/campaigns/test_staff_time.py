"""Hours and cost of staff, counted by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from metrics.campaigns.staff_time import staff_time
from metrics.errors import DomainError

MINUTES = {"phone": 8.0, "branch": 30.0}
SERVED = pd.DataFrame(
    [
        ("adviser", "phone", 60, 60, 6),
        ("adviser", "branch", 20, 10, 2),
        ("teller", "phone", 30, 30, 0),
        (None, "app", 500, 500, 50),
    ],
    columns=["role", "channel", "assigned", "matured", "matured_converted"],
)
MADE = pd.DataFrame(
    [("adviser", "phone", 45), ("adviser", "branch", 12), ("teller", "phone", 15), ("manager", "phone", 30)],
    columns=["role", "channel", "contacts"],
)


def test_hours_are_customers_and_contacts_times_the_minutes_of_their_channel():
    time = staff_time(SERVED, MADE, MINUTES, cost=36000.0)
    assert time is not None
    assert time.role == ("adviser", "manager", "teller", "", "")
    assert time.assigned.tolist() == [80, 0, 30, 500, 610]
    assert time.contacts.tolist() == [57, 30, 15, 0, 102]
    assert time.planned.tolist() == [8 + 10, 0, 4, 0, 22]  # 60 x 8 + 20 x 30 minutes; the app takes nobody's time
    assert time.used.tolist() == [6 + 6, 4, 2, 0, 18]
    assert time.cost.tolist() == [24000, 8000, 4000, 0, 36000]
    np.testing.assert_allclose(time.per_contact, [24000 / 57, 8000 / 30, 4000 / 15, np.nan, 36000 / 102])


def test_a_conversion_takes_the_time_of_those_whose_window_has_closed():
    time = staff_time(SERVED, MADE, MINUTES, cost=36000.0)
    assert time is not None
    low, high = proportion_confint(8, 70, method="wilson")
    each = 12 / 80
    hours = time.hours_per_conversion
    np.testing.assert_allclose(
        (hours.estimate[0], hours.low[0], hours.high[0]), (each / (8 / 70), each / high, each / low)
    )
    assert time.cost_per_conversion.estimate[0] == pytest.approx(24000 / 80 / (8 / 70))
    assert hours.reason[2] == "too_few"  # nobody whom tellers served has bought
    assert hours.n.tolist() == [8, 0, 0, 50, 58]


def test_what_is_not_recorded_is_missing_and_not_zero():
    time = staff_time(SERVED, None, MINUTES, cost=36000.0)
    assert time is not None
    assert np.isnan(time.used).all()
    assert np.isnan(time.contacts).all()
    assert np.isnan(time.cost).all()
    assert set(time.hours_per_conversion.reason[:1]) == {"not_recorded"}
    unpaid = staff_time(SERVED, MADE, MINUTES)
    assert unpaid is not None
    assert np.isnan(unpaid.cost).all()
    assert unpaid.used[-1] == 18
    assert staff_time(SERVED.iloc[:0], MADE, MINUTES) is None
    unknown = staff_time(SERVED.assign(matured_converted=None), MADE, MINUTES, cost=1.0)
    assert unknown is not None
    assert np.isnan(unknown.hours_per_conversion.estimate).all()


def test_nobody_takes_negative_time():
    with pytest.raises(DomainError):
        staff_time(SERVED, MADE, {"phone": -1.0})
