"""How much more or less a place brings than others of the same campaigns, parts and channels.

Each place is held against what its customers would have brought at the average of their campaign, part and channel
(indirect standardisation), so that a place that took part in the rich campaigns gains nothing by it. A place has a
level of its own and one in each channel; both are drawn towards the average as far as few customers tell of them, and
as far as places were alike.

Source: Breslow and Day (1987), Statistical Methods in Cancer Research II, ch. 2, for indirect standardisation.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from metrics.errors import ShapeError
from metrics.moments import Floats, floats
from metrics.planning.hierarchy import FEWEST_CAMPAIGNS, Outcomes, fit

NEEDED = ("campaign_id", "n", "converted", "sum_contribution", "squares_contribution")


def relative(cells: pd.DataFrame, part: str, channel: str, place: str) -> pd.DataFrame:
    """One row a part, channel and place that occur together.

    Args:
        cells: One row a campaign and cell: `campaign_id`, the three columns named, `n` customers, `converted`,
            `sum_contribution` and `squares_contribution` (about the mean).
        part: Column of the part of the audience.
        channel: Column of the channel.
        place: Column of the place.

    Returns:
        The three columns; `campaigns` and `n` that tell of the cell; `ratio` of what it brings to what the average
        place does, 1 on the average of the customers of each part and channel; `error` of its logarithm, 0 where one
        place stands alone or too few cells tell places apart.

    Raises:
        ShapeError: a column is missing.

    >>> rows = pd.DataFrame({"campaign_id": ["a", "a"], "tier": "x", "channel": "phone", "branch": ["1", "2"],
    ...     "n": [30, 10], "converted": [3, 1], "sum_contribution": [9.0, 3.0], "squares_contribution": [1.0, 1.0]})
    >>> relative(rows, "tier", "channel", "branch")[["branch", "campaigns", "n", "ratio"]].values.tolist()
    [['1', 1, 30.0, 1.0], ['2', 1, 10.0, 1.0]]
    """
    keys = [part, channel, place]
    if missing := [name for name in (*NEEDED, *keys) if name not in cells.columns]:
        raise ShapeError(f"Cells lack the columns {', '.join(missing)}.")
    known = cells.dropna(subset=[*keys, "sum_contribution"])
    told = _sums(known, keys)
    told["ratio"], told["error"] = _shrunk(told, _typical(known), channel, place)
    average = (told["ratio"] * told["n"]).groupby([told[part], told[channel]]).transform("sum")
    there = told["n"].groupby([told[part], told[channel]]).transform("sum")
    told["ratio"] = told["ratio"] * there / average
    return told[[*keys, "campaigns", "n", "ratio", "error"]]


def _sums(known: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """By cell: what it brought, the sum of the squares of that, and what it would have brought at the average."""
    n, brought = known["n"].astype("float64"), known["sum_contribution"].astype("float64")
    together = [known["campaign_id"], *(known[name] for name in keys[:-1])]
    expected = n * brought.groupby(together).transform("sum") / n.groupby(together).transform("sum")
    squares = known["squares_contribution"].astype("float64").fillna(0.0) + brought**2 / n
    rows = known[list(keys)].assign(n=n, brought=brought, expected=expected, squares=squares, campaigns=1)
    sums = rows.groupby(list(keys), sort=True)[["campaigns", "n", "brought", "expected", "squares"]].sum()
    return sums.reset_index()


def _typical(known: pd.DataFrame) -> float:
    """What one conversion brings."""
    converted = float(known["converted"].astype("float64").sum())
    return float(known["sum_contribution"].astype("float64").sum()) / converted if converted > 0 else 0.0


def _shrunk(told: pd.DataFrame, typical: float, channel: str, place: str) -> tuple[Floats, Floats]:
    alike = np.ones(len(told)), np.zeros(len(told))
    # Half a conversion is added to either side, so that a cell that brought nothing has a logarithm.
    brought, expected = (floats(told[name]) + typical / 2 for name in ("brought", "expected"))
    enough = (brought > 0) & (expected > 0)
    if told[place].nunique() < 2 or enough.sum() < FEWEST_CAMPAIGNS:
        return alike
    value = np.log(brought[enough] / expected[enough])
    variance = (floats(told["squares"]) + typical**2 / 2)[enough] / brought[enough] ** 2
    factors = pd.DataFrame(
        {
            "place": told[place].astype(str),
            "in_channel": told[place].astype(str) + "\N{MULTIPLICATION SIGN}" + told[channel].astype(str),
        }
    )
    model = fit(Outcomes(value, variance), factors[enough])
    predicted, others = model.predict(factors), model.leave_one_out()
    level, error = predicted.mean.copy(), predicted.standard_deviation.copy()
    # What all other cells say of one, and what it says of itself, each by how sure it is.
    own = variance / others.standard_deviation**2
    level[enough] = own * others.mean + (1 - own) * value
    error[enough] = np.sqrt(np.maximum(variance * (1 - own), 0.0))
    return np.exp(level), error
