import numpy as np
import pandas as pd
import pytest

from metrics.errors import ShapeError
from metrics.planning.mix import indices


def cells(*rows):
    names = ["campaign_id", "tier", "n", "participated", "converted", "sum_sales", "sum_contribution"]
    return pd.DataFrame(rows, columns=names)


def test_a_tier_is_held_against_the_campaigns_it_was_in():
    """High buys 40 of 400 in a poor campaign of 50 of 1000 and is twice as good there; the rich one has no high."""
    told = indices(
        cells(
            ("poor", "low", 600, 60, 10, 100.0, 10.0),
            ("poor", "high", 400, 60, 40, 800.0, 80.0),
            ("rich", "low", 1000, 500, 500, 5000.0, 500.0),
        ),
        ["tier"],
    ).set_index("tier")
    assert told.loc["high", "index_conversion"] == pytest.approx(40 / (400 * 50 / 1000))
    assert told.loc["low", "index_conversion"] == pytest.approx(510 / (600 * 50 / 1000 + 1000 * 500 / 1000))
    assert told.loc["high", "index_sales"] == pytest.approx(800 / (40 * 900 / 50))
    assert told.loc["high", "index_effect"] == told.loc["high", "index_conversion"]


def test_few_customers_say_nothing():
    """29 who bought keep the campaign's own rate, 30 do not."""
    for bought, expected in ((29, 1.0), (30, 30 / (100 * 40 / 1100))):
        told = indices(
            cells(("a", "low", 1000, 100, 40 - bought, 10.0, 1.0), ("a", "high", 100, 90, bought, 10.0, 1.0)), ["tier"]
        ).set_index("tier")
        assert told.loc["high", "index_conversion"] == pytest.approx(expected)


def test_what_is_not_recorded_changes_nothing():
    told = indices(
        cells(("a", "low", 500, np.nan, 40, np.nan, np.nan), ("a", "high", 500, np.nan, 60, np.nan, np.nan)), ["tier"]
    ).set_index("tier")
    assert told["index_participation"].tolist() == [1.0, 1.0]
    assert told["index_sales"].tolist() == [1.0, 1.0]
    assert told.loc["high", "index_conversion"] == pytest.approx(1.2)


def test_a_missing_column_is_named():
    with pytest.raises(ShapeError, match="sum_sales"):
        indices(cells().drop(columns="sum_sales"), ["tier"])
