"""What migration is worth: the change of the balance between two month-ends, taken apart without a remainder.

Every amount is a whole number of minor units and the parts are sums over disjoint sets of customers, so that
``before + entries + exits + stayers + up-movers + down-movers + valuation + gaps = after`` holds exactly.

Changes of prices are taken out of the customers who stayed, rose or fell where the feed records them
(`asset_flow`); otherwise they remain inside and `valuation_known` says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.errors import DomainError
from metrics.tiers.transition import Fate

Amounts = npt.NDArray[np.int64]

PARTS = ("entries", "exits", "stayers", "up_movers", "down_movers", "valuation", "gaps")


@dataclass(frozen=True, slots=True)
class Bridge:
    """From the balance before to the balance after, one row per group, in minor units.

    >>> frame = pd.DataFrame(
    ...     [("basic", "wealth", "kept", 1, 40, 70, 5), (None, "basic", "entered", 2, 0, 10, 0)],
    ...     columns=["from_tier", "to_tier", "fate", "n", "sum_before", "sum_after", "sum_valuation"],
    ... )
    >>> bridge = Bridge.from_frame(frame, tiers=("basic", "wealth"))
    >>> bridge.before.item(), bridge.up_movers.item(), bridge.valuation.item(), bridge.entries.item()
    (40, 25, 5, 10)
    >>> bridge.after.item()
    80
    """

    groups: tuple[str, ...]
    before: Amounts  # balance at the start
    entries: Amounts  # balance of customers who came
    exits: Amounts  # balance, negative, of customers who left
    stayers: Amounts  # change of customers in the same tier at both ends, less valuation
    up_movers: Amounts  # change of customers in a higher tier at the end, less valuation
    down_movers: Amounts  # change of customers in a lower tier at the end, less valuation
    valuation: Amounts  # change of prices on the assets of those three; 0 where it is not recorded
    gaps: Amounts  # balances that one of the two ends lacks: a month missing from the feed
    valuation_known: bool

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, tiers: Sequence[str], by: str | None = None) -> Bridge:
        """A bridge from ``from_tier``, ``to_tier``, ``fate``, ``sum_before``, ``sum_after`` and ``sum_valuation``.

        `tiers` are in the bank's order, lowest first. A sum is empty where no balance is recorded; valuation that
        is empty in every row is not recorded. Groups come in sorted order; without `by` there is one.

        Raises:
            DomainError: a customer was kept in a tier that is not among `tiers`.
        """
        labels = [""] if by is None else sorted(set(frame[by].astype(str)))
        group = (
            np.zeros(len(frame), dtype=np.intp)
            if by is None
            else np.searchsorted(np.array(labels, dtype=np.str_), frame[by].astype(str).to_numpy(dtype=np.str_))
        )
        order = {tier: number for number, tier in enumerate(tiers)}
        kept = (frame["fate"] == Fate.KEPT).to_numpy(dtype=np.bool_)
        start, end = (frame[name].map(order).astype("float64") for name in ("from_tier", "to_tier"))
        if bool((start.isna() | end.isna())[kept].any()):
            raise DomainError(f"A kept customer's tiers are among {list(tiers)}.")
        step = (end - start).fillna(0).to_numpy(dtype=np.int64)
        before, after = _amounts(frame["sum_before"]), _amounts(frame["sum_after"])
        valuation = np.where(kept, _amounts(frame["sum_valuation"]), 0)
        change, growth = after - before, after - before - valuation

        def summed(values: Amounts, rows: npt.NDArray[np.bool_] | None = None) -> Amounts:
            total = np.zeros(len(labels), dtype=np.int64)
            np.add.at(total, group, values if rows is None else np.where(rows, values, 0))
            return total

        fate = frame["fate"].to_numpy(dtype=np.str_)
        return cls(
            groups=tuple(labels),
            before=summed(before),
            entries=summed(change, fate == Fate.ENTERED),
            exits=summed(change, fate == Fate.LEFT),
            stayers=summed(growth, kept & (step == 0)),
            up_movers=summed(growth, kept & (step > 0)),
            down_movers=summed(growth, kept & (step < 0)),
            valuation=summed(valuation),
            gaps=summed(change, fate == Fate.MISSING),
            valuation_known=bool(frame["sum_valuation"].notna().any()),
        )

    def frame(self) -> pd.DataFrame:
        """One row per group: the balance before, the parts, and the balance after, in minor units."""
        parts = {"group": self.groups, "before": self.before} | self.parts | {"after": self.after}
        return pd.DataFrame(parts)

    @property
    def parts(self) -> dict[str, Amounts]:
        """The steps of the bridge by name, in the order in which they are drawn."""
        return {name: getattr(self, name) for name in PARTS}

    @property
    def after(self) -> Amounts:
        """Balance at the end: the balance before and all parts."""
        return self.before + sum(self.parts.values(), np.zeros_like(self.before))

    def __len__(self) -> int:
        """Number of groups."""
        return len(self.groups)


def _amounts(column: pd.Series) -> Amounts:
    """Whole minor units; an empty sum is nothing. Through Python's integers, for a float would round 2**53 and more."""
    return np.array([0 if pd.isna(value) else int(value) for value in column], dtype=np.int64)
