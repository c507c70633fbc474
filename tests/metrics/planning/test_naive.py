import numpy as np
import pandas as pd
import pytest

from metrics.errors import ShapeError
from metrics.planning.naive import average, last_alike

PAST = pd.DataFrame(
    {
        "theme": ["tax", "fund", "tax", "fund"],
        "channel": ["phone", "phone", "app", "app"],
        "n": [100, 300, 100, 100],
        "participated": [20, 60, np.nan, 10],
        "converted": [10, 15, 5, 10],
        "sum_sales": [1000.0, 3000.0, 500.0, 500.0],
        "sum_contribution": [100.0, 300.0, 60.0, 40.0],
        "cost": [50.0, 150.0, np.nan, 50.0],
        "control_n": [50, np.nan, 50, 100],
        "control_converted": [4, np.nan, 1, 5],
    }
)


def test_the_average_counts_customers_by_hand():
    told = average(PAST, incremental=False)
    assert told["participation"] == pytest.approx(90 / 500), "one campaign does not record it"
    assert told["conversion"] == pytest.approx(40 / 600)
    assert told["sales"] == pytest.approx(5000 / 600)
    assert told["cost"] == pytest.approx(250 / 500)
    assert told["roi"] == pytest.approx((500 / 600) / 0.5 - 1)


def test_the_return_against_the_control_by_hand():
    """Points added 2, 3 and 5 in campaigns of 100 each: 10/3 points, each worth the 500 / 40 of one who bought."""
    told = average(PAST, incremental=True)
    assert told["roi"] == pytest.approx(12.5 * (0.1 / 3) / 0.5 - 1)


def test_the_last_alike_is_the_latest_that_shares_most():
    assert last_alike(PAST, {"theme": "tax", "channel": "phone"}, incremental=False)["conversion"] == pytest.approx(0.1)
    assert last_alike(PAST, {"theme": "tax", "channel": "none"}, incremental=False)["conversion"] == pytest.approx(0.05)
    assert last_alike(PAST, {"theme": "", "channel": ""}, incremental=False)["sales"] == pytest.approx(5.0)
    one = last_alike(PAST, {"theme": "fund", "channel": "phone"}, incremental=True)
    assert np.isnan(one["roi"]), "nobody was held out of it"


def test_nothing_past_tells_nothing():
    assert np.isnan(list(average(PAST.iloc[:0], incremental=True).values())).all()
    assert np.isnan(list(last_alike(PAST.iloc[:0], {"theme": "tax"}, incremental=False).values())).all()
    assert np.isnan(average(PAST.drop(columns=["control_n"]), incremental=True)["roi"])
    with pytest.raises(ShapeError, match="cost"):
        average(PAST.drop(columns="cost"), incremental=False)
