"""How parts of an audience differ: an index of each, 1 that of the average customer of all campaigns together.

A campaign's rate is its own times the index of its parts (a table of two factors, fitted by its margins), so that
customers are compared within campaigns, and never a rich campaign with a poor one. What a campaign's own rate would be
of average customers is then told by the average index of its parts (`averages`): a forecast that is learned from
campaigns for the rich is brought down to the customers it is for.

Source: Deming and Stephan (1940), Annals of Mathematical Statistics 11, 427-444, for the fit by margins.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from metrics.errors import ShapeError
from metrics.moments import Floats, floats

FEWEST = 30
"""Conversions (or participants) below which a part keeps the campaign's own rate: the index would be noise."""

ROUNDS = 300
"""Of the fit by margins, at most; it ends where the indices stand still."""

_RATES = {"participation": "participated", "conversion": "converted"}
_AMOUNTS = {"sales": "sum_sales", "contribution": "sum_contribution"}


def indices(cells: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """One row per part that occurs.

    Args:
        cells: One row a campaign and part: `campaign_id`, the columns `by`, `n`, `participated`, `converted`,
            `sum_sales`, `sum_contribution`; what a campaign does not record is missing.
        by: What makes a part.

    Returns:
        The columns `by`; `index_participation` and `index_conversion` (a rate), `index_sales` and `index_contribution`
        (the amount of one conversion), over those of the average customer or conversion, and `index_effect`, that of
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


def averages(cells: pd.DataFrame, by: Sequence[str], parts: pd.DataFrame) -> pd.DataFrame:
    """The average index of each campaign's customers (of rates) or conversions (of amounts).

    Args:
        cells: As `indices` took them.
        by: What makes a part.
        parts: What `indices` gave.

    Returns:
        The columns ``index_<assumption>`` of `parts`, one row a campaign, by its identifier; 1 where nobody counts.
    """
    keys = ["campaign_id", *by]
    told = cells.dropna(subset=list(by))[[*keys, "n", "converted"]].merge(parts, on=list(by), how="left")
    found: dict[str, pd.Series[float]] = {}
    for column in (name for name in parts.columns if name.startswith("index_")):
        weight = told["converted" if column.removeprefix("index_") in _AMOUNTS else "n"].astype("float64").fillna(0.0)
        sums = pd.DataFrame({"of": weight * told[column], "all": weight}).groupby(told["campaign_id"]).sum()
        found[column] = (sums["of"] / sums["all"].where(sums["all"] > 0)).fillna(1.0)
    return pd.DataFrame(found)


def _index(cells: pd.DataFrame, keys: list[pd.Series[str]], top: str, bottom: str, fewest: float, tells: str) -> Floats:
    """Index by part: `top` over what it would be if each campaign had one ratio of `top` to `bottom` for all parts."""
    recorded = cells[top].notna() & cells[bottom].notna()
    part, labels = pd.MultiIndex.from_arrays([key.to_numpy() for key in keys]).factorize(sort=True)
    campaign, campaigns = pd.factorize(cells["campaign_id"])
    if not len(labels):
        return np.ones(0)
    seen, there, told = (
        floats(cells[name].astype("float64").where(recorded, 0.0).fillna(0.0)) for name in (top, bottom, tells)
    )

    def by_part(values: Floats) -> Floats:
        return floats(np.bincount(part, values, len(labels)))

    enough = (by_part(told) >= fewest) & (by_part(seen) > 0) & (by_part(there) > 0)
    index = np.ones(len(labels))
    total = np.bincount(campaign, seen, len(campaigns))
    for _ in range(ROUNDS):
        expected = np.bincount(campaign, there * index[part], len(campaigns))
        own = np.divide(total, expected, out=np.zeros_like(total), where=expected > 0)
        margin = by_part(there * own[campaign])
        fitted = np.where(enough & (margin > 0), by_part(seen) / np.where(margin > 0, margin, 1.0), 1.0)
        average = float((by_part(there) * fitted)[enough].sum() / max(by_part(there)[enough].sum(), 1e-300))
        before, index = index, np.where(enough & (average > 0), fitted / (average or 1.0), 1.0)
        if np.allclose(index, before, rtol=1e-9, atol=0.0):
            break
    return index
