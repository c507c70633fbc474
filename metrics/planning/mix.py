"""How parts of an audience differ from the campaigns they were in: an index of each, 1 the campaign's own.

The index is indirectly standardised: what the part's customers did, over what they would have done at the rates of
the campaigns they were in. So it compares customers within campaigns, and never a rich campaign with a poor one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from metrics.errors import ShapeError
from metrics.moments import Floats, floats

FEWEST = 30
"""Conversions (or participants) below which a part keeps the campaign's own rate: the index would be noise."""

_RATES = {"participation": "participated", "conversion": "converted"}
_AMOUNTS = {"sales": "sum_sales", "contribution": "sum_contribution"}


def indices(cells: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """One row per part that occurs.

    Args:
        cells: One row a campaign and part: `campaign_id`, the columns `by`, `n`, `participated`, `converted`,
            `sum_sales`, `sum_contribution`; what a campaign does not record is missing.
        by: What makes a part.

    Returns:
        The columns `by`; `index_participation` and `index_conversion` (a rate over the campaigns' own), `index_sales`
        and `index_contribution` (the amount of one conversion over the campaigns' own), and `index_effect`, that of
        conversion. 1 where too few customers tell.

    Raises:
        ShapeError: a column is missing.

    >>> cells = pd.DataFrame({"campaign_id": ["a", "a"], "tier": ["low", "high"], "n": [900, 100],
    ...     "participated": [90, 30], "converted": [60, 40], "sum_sales": [60.0, 120.0],
    ...     "sum_contribution": [6.0, 12.0]})
    >>> indices(cells, ["tier"]).set_index("tier")[["index_conversion", "index_sales"]].round(2).loc["high"].tolist()
    [4.0, 1.67]
    """
    needed = ["campaign_id", *by, "n", *_RATES.values(), *_AMOUNTS.values()]
    if missing := [name for name in needed if name not in cells.columns]:
        raise ShapeError(f"Cells lack the columns {', '.join(missing)}.")
    known = cells.dropna(subset=list(by))
    keys = [known[name] for name in by]
    parts = pd.DataFrame(known.groupby(list(by), sort=True).size().index.to_frame(index=False))
    told: dict[str, Floats] = {}
    for name, counted in _RATES.items():
        told[name] = _index(known, keys, counted, "n", FEWEST, counted)
    for name, amount in _AMOUNTS.items():
        told[name] = _index(known, keys, amount, "converted", FEWEST, "converted")
    return parts.assign(**{f"index_{name}": values for name, values in told.items()}, index_effect=told["conversion"])


def _index(cells: pd.DataFrame, keys: list[pd.Series[str]], top: str, bottom: str, fewest: float, tells: str) -> Floats:
    """Observed over expected, where the expected is the campaign's own ratio of `top` to `bottom`."""
    recorded = cells[top].notna() & cells[bottom].notna()
    both = pd.DataFrame({name: cells[name].astype("float64").where(recorded) for name in (top, bottom, tells)})
    own = both.groupby(cells["campaign_id"]).transform("sum")
    expected = both[bottom] * own[top] / own[bottom].where(own[bottom] > 0)
    sums = pd.DataFrame({"seen": both[top].where(expected.notna()), "expected": expected, "tells": both[tells]})
    total = sums.groupby([key.to_numpy() for key in keys], sort=True).sum()
    enough = (total["tells"] >= fewest) & (total["expected"] > 0)
    ratio = np.divide(
        floats(total["seen"]), floats(total["expected"]), out=np.ones(len(total)), where=enough.to_numpy()
    )
    return np.where(ratio > 0, ratio, 1.0)
