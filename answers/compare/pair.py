"""Whether two sides are a good pair: what has to be said before any number of theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import pandas as pd
from metrics.inference.comparison.health import MISMATCH_BELOW, planned_sizes
from metrics.inference.study.design import Kind

from answers.compare.choice import Picked

FEW = 0.01
"""Share of customers on both sides up to which nothing is said."""

LONG = 30
"""Days between two campaigns from which they ran at different times."""


class Why(StrEnum):
    """What speaks against a pair."""

    SAME_CUSTOMERS = "same_customers"  # share, customers
    OPEN_WINDOWS = "open_windows"  # open, customers
    OBJECTIVES = "objectives"  # a, b
    WINDOWS = "windows"  # days a, b
    TIMES = "times"  # days apart
    SIZES = "sizes"  # campaign, p: of two campaigns one whose groups are not of their planned sizes


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason to doubt a pair, with what its sentence needs."""

    why: Why
    values: dict[str, float | str] = field(default_factory=dict[str, float | str])


def doubts(
    two: Picked, arms: pd.DataFrame, mixed: pd.DataFrame | None, as_of: date, sizes: pd.DataFrame | None = None
) -> Iterator[Doubt]:
    """What speaks against the pair, the worst first.

    Args:
        two: the sides.
        arms: `n` and `matured` of both.
        mixed: `customers` of both and how many were on `both`, of two campaigns.
        as_of: last day of the data.
        sizes: planned and actual size of every arm of two campaigns that each drew a control; None where not planned.
    """
    n, waiting = float(arms["n"].sum()), float((arms["n"] - arms["matured"]).sum())
    if waiting > 0 or max(two.a.closes_on, two.b.closes_on) > as_of:
        yield Doubt(Why.OPEN_WINDOWS, {"open": waiting, "customers": n})
    if two.kind is not Kind.CAMPAIGNS:
        return
    if sizes is not None:
        yield from _sizes(two, sizes)
    if mixed is not None and mixed["customers"].item() > 0:
        share = float(mixed["both"].item()) / float(mixed["customers"].item())
        if share > FEW:
            yield Doubt(Why.SAME_CUSTOMERS, {"share": share, "customers": float(mixed["both"].item())})
    if two.a.objective != two.b.objective:
        yield Doubt(Why.OBJECTIVES, {"a": two.a.objective, "b": two.b.objective})
    if two.a.days != two.b.days:
        yield Doubt(Why.WINDOWS, {"a": float(two.a.days), "b": float(two.b.days)})
    apart = abs((two.a.starts_on - two.b.starts_on).days)
    if apart > LONG:
        yield Doubt(Why.TIMES, {"days": float(apart)})


def _sizes(two: Picked, sizes: pd.DataFrame) -> Iterator[Doubt]:
    drawn = pd.Index([one.key for one in dict.fromkeys((two.a, two.b)) if one.key in set(sizes["campaign_id"])])
    for key, p in zip(drawn, planned_sizes(sizes, drawn).p_value, strict=True):
        if p < MISMATCH_BELOW:
            yield Doubt(Why.SIZES, {"campaign": two.a.name if key == two.a.key else two.b.name, "p": float(p)})
