"""What money brought in finished campaigns: a curve for each part and channel, and how places differ from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd
from data_access.queries import data, history
from data_access.queries.history import Cell
from data_access.reading.reader import Reader
from data_access.settings import settings
from metrics.errors import DomainError
from metrics.moments import Floats, floats
from metrics.planning.allocation import ResponseCurves, fit_curves, spending
from metrics.planning.identified import identified
from metrics.planning.places import relative

from answers.kept import kept
from answers.plan.learned import learned

By = Literal["tier", "segment"]
"""What a part of an audience is: a tier or a class."""

Place = Literal["branch_id", "region"]

Pair = tuple[str, str]
"""A part and a channel."""

MOST_PLACES: Final = 24
"""Branches that are told apart; where there are more, their regions are."""

CHANNELS_OF_ONE: Final = 2
"""Channels of one campaign that leave room in a frame; those that use more are asked alone."""


@dataclass(frozen=True, eq=False)
class Curves:
    """What the past says of money.

    Attributes:
        place: What a place is.
        region: Of each branch, where places are regions.
        curves: Contribution by spend of a part and channel over all places; None where history cannot say.
        typical: By part and channel that has a curve: customers of one campaign, in the middle.
        each: By part and channel, what one customer cost.
        told: By part and channel, whether the cost of a customer differed enough to say what more money does.
        places: How places differ, as `metrics.planning.places.relative`.
        spent: By campaign, part, channel and place: `spend`.
    """

    place: Place
    region: Mapping[str, str]
    curves: ResponseCurves | None
    typical: Mapping[Pair, float]
    each: Mapping[Pair, float]
    told: Mapping[Pair, bool]
    places: pd.DataFrame
    spent: pd.DataFrame

    def placed(self, branch: str) -> str:
        """The place of a branch; empty where its region is not recorded."""
        return branch if self.place == "branch_id" else self.region.get(branch, "")


@kept
def ask(reader: Reader, by: By) -> Curves:
    """The curves of all finished campaigns.

    Costs are booked by campaign, so that money tells of parts and channels; places are held against the average of
    their own campaigns. A cell's curve is then that of its part and channel, at the level of its place.
    """
    branches = data.branches(reader)
    place: Place = "branch_id" if len(branches) <= MOST_PLACES else "region"
    region = {} if place == "branch_id" else _by_branch(branches)
    past = learned(reader).past
    cells = _cells(reader, by, place, len(branches) if place == "branch_id" else len(set(region.values())))
    keys = ["campaign_id", by, "channel"]
    if cells.empty:
        none = pd.DataFrame(columns=[*keys, place, "spend"])
        return Curves(place, region, None, {}, {}, {}, pd.DataFrame(), none)
    counts = cells.groupby(keys)[["n", "sum_contribution"]].sum().reset_index()
    pool = spending(counts, past, [by, "channel"]).merge(counts[[*keys, "n"]], on=keys)
    told = identified(pool)
    pairs = {
        cell: (str(part), str(channel))
        for cell, part, channel in zip(pool["cell"], pool[by], pool["channel"], strict=True)
    }
    known = pool[pool["cell"].map(told).fillna(False).astype(bool)]
    each = pool.groupby("cell")[["spend", "n"]].sum()
    logs = pool.assign(log_n=np.log(floats(pool["n"]))).groupby("cell")["log_n"].mean()
    return Curves(
        place,
        region,
        _fitted(known),
        {pairs[str(cell)]: float(np.exp(value)) for cell, value in logs.items()},
        {pairs[str(cell)]: float(row["spend"] / row["n"]) for cell, row in each.iterrows()},
        {pairs[str(cell)]: bool(is_told) for cell, is_told in told.items()},
        relative(cells, by, "channel", place),
        _spent(cells, past, [*keys, place]),
    )


def _by_branch(branches: pd.DataFrame) -> dict[str, str]:
    known = branches.dropna(subset=["region"])
    return dict(zip(known["branch_id"].astype(str), known["region"].astype(str), strict=True))


def _cells(reader: Reader, by: By, place: Place, places: int) -> pd.DataFrame:
    """What each cell brought, campaign by campaign; as many campaigns at once as a frame has room for."""
    finished = [str(key) for key in learned(reader).past["campaign_id"]]
    names: tuple[Cell, ...] = (by, "channel", place)
    parts = len(history.cells(reader, by=(by,), among=finished[-1:])) if finished else 0
    room = max(settings().frame_rows // max(parts * places * CHANNELS_OF_ONE, 1), 1)
    frames = [
        history.cells(reader, by=names, among=finished[first : first + room]) for first in range(0, len(finished), room)
    ]
    found = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    return found.dropna(subset=list(names)).reset_index(drop=True) if len(found) else found


def _fitted(known: pd.DataFrame) -> ResponseCurves | None:
    if known["cell"].nunique() < 2:
        return None
    try:
        return fit_curves(known)
    except DomainError:
        return None


def _spent(cells: pd.DataFrame, past: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """What each cell cost: its customers' part of the campaign's cost."""
    rows = cells.merge(past[["campaign_id", "n", "cost"]], on="campaign_id", suffixes=("", "_all"))
    return rows[keys].assign(spend=floats(rows["n"] / rows["n_all"] * rows["cost"]))


def at_places(found: Curves, cells: list[tuple[str, str, str]], customers: Floats, by: By) -> ResponseCurves:
    """The curves of single cells: part, channel and place, each with so many customers.

    A cell has its customers' part of the curve of its part and channel, at the level of its place.
    """
    assert found.curves is not None  # noqa: S101 - told by the caller
    pool = found.curves
    assert pool.centre is not None  # noqa: S101 - fitted to history
    assert pool.error is not None  # noqa: S101 - as above
    at = {str(name): row for row, name in enumerate(pool.cell)}
    rows = np.array([at[f"{part} / {channel}"] for part, channel, _ in cells], dtype=np.intp)
    usual = np.array([found.typical[part, channel] for part, channel, _ in cells])
    levels = found.places.set_index([by, "channel", found.place]).reindex(pd.MultiIndex.from_tuples(cells))
    ratio, error = floats(levels["ratio"].fillna(1.0)), floats(levels["error"].fillna(0.0))
    part = np.maximum(customers, 1.0) / usual
    return ResponseCurves(
        np.array([" / ".join(cell) for cell in cells], dtype=np.str_),
        pool.scale[rows] * part ** (1 - pool.elasticity.estimate.item()) * ratio,
        pool.elasticity,
        pool.centre[rows] + np.log(part),
        error,
        pool=rows,
        pool_error=pool.error[rows],
    )
