"""Why new money differs from the week before: number of sales, mix and size, adding up to the cent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import pandas as pd
from data_access.queries import campaigns, staff, week
from data_access.queries.week import SaleSegment
from data_access.reading.reader import Reader
from metrics.week.explained_change import explain_total, to_whole_units

SEGMENTS: Final[tuple[SaleSegment, ...]] = ("line", "channel", "campaign_id", "staff_id")
LARGEST: Final = 4
"""Segments told by themselves; the others are one part."""


@dataclass(frozen=True, eq=False)
class Part:
    """One part of the change.

    Attributes:
        kind: ``volume`` (number of sales), ``mix`` (their weights), ``rate`` (money a sale within the segment), or
            ``others`` (that of all remaining segments).
        segment: As the data spell it; empty for a sale that names none, and where the part is no segment's.
        amount: Minor units; the parts add up to the change.
    """

    kind: str
    segment: str
    amount: int


@dataclass(frozen=True, eq=False)
class Changed:
    """The change of new money from the week before.

    Attributes:
        before: Minor units, of the week before.
        after: Of the week.
        sales_before: Sales whose source of money is recorded.
        sales_after: The same of the week.
        parts: By what the sales are told apart by.
        names: What campaigns and staff are called, by identifier.
    """

    before: int
    after: int
    sales_before: int
    sales_after: int
    parts: Mapping[str, tuple[Part, ...]]
    names: Mapping[str, str]


def changed(reader: Reader, monday: date, branches: tuple[str, ...]) -> Changed | None:
    """The change between the week of a Monday and the one before; None where neither has such a sale."""
    if not reader.has("sale", "amount", "internally_funded_amount"):
        return None
    first, last = monday - timedelta(days=7), monday + timedelta(days=6)
    frames = {by: _two_weeks(week.sales(reader, first, last, by=by, branches=branches), by, monday) for by in SEGMENTS}
    table = next(iter(frames.values()))
    if not table[["n_before", "n_after"]].to_numpy().any():
        return None
    every = campaigns.catalogue(reader)
    people = staff.people(reader)
    names = dict(zip(every["campaign_id"], every["name"], strict=True))
    names |= dict(zip(people["staff_id"], people["name"], strict=True))
    sums = {name: int(table[name].sum()) for name in table}
    return Changed(
        sums["sum_before"],
        sums["sum_after"],
        sums["n_before"],
        sums["n_after"],
        {by: _parts(frame) for by, frame in frames.items()},
        names,
    )


def _two_weeks(frame: pd.DataFrame, by: str, monday: date) -> pd.DataFrame:
    """One row a segment: sales and new money of both weeks, whole numbers."""
    kept = frame.assign(segment=frame[by].fillna("").astype("str"))
    newest = kept["week_start"] == pd.Timestamp(monday)
    sums = {
        f"{name}_{when}": kept.loc[chosen].groupby("segment")[column].sum()
        for name, column in (("n", "known_new_money"), ("sum", "sum_new_money"))
        for when, chosen in (("before", ~newest), ("after", newest))
    }
    return pd.DataFrame(sums).fillna(0).astype("int64")


def _parts(frame: pd.DataFrame) -> tuple[Part, ...]:
    """Number of sales, mix, and the largest segments' money a sale, whole minor units that add up."""
    columns = (frame[name].to_numpy(dtype=np.float64) for name in ("n_before", "sum_before", "n_after", "sum_after"))
    explained = explain_total(*columns)
    order = np.argsort(-np.abs(explained.rate), kind="stable")
    largest, others = order[:LARGEST], order[LARGEST:]
    amounts = [explained.volume, float(explained.mix.sum()), *explained.rate[largest]]
    told = [("volume", ""), ("mix", ""), *(("rate", str(frame.index[place])) for place in largest)]
    if len(others):
        amounts.append(float(explained.rate[others].sum()))
        told.append(("others", ""))
    change = int(frame["sum_after"].sum()) - int(frame["sum_before"].sum())
    whole = to_whole_units(_held(np.asarray(amounts), change), change)
    return tuple(Part(kind, segment, amount) for (kind, segment), amount in zip(told, whole, strict=True))


def _held(amounts: np.ndarray, change: int) -> np.ndarray:
    """The amounts with the rounding of their sum taken off the largest: sums of 1e15 fen in floats miss by some."""
    held = amounts.copy()
    held[int(np.argmax(np.abs(held)))] -= amounts.sum() - change
    return held
