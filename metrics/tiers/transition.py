"""Who moved between tiers: counts from state to state at one horizon, and the matrices that they allow.

A horizon is counted directly: the 12-month matrix comes from customers seen 12 months apart, never from a
monthly matrix raised to a power. Customers who wander around a level of their own make the power wrong by
twenty points for a customer's year while the shares of the tiers still look right.

Source: Anderson and Goodman (1957), Annals of Mathematical Statistics 28, 89-110 (estimation from counts);
Frydman and Kadam (2004), Applied Stochastic Models in Business and Industry 20, 155-170 (why powers fail).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Intervals, checked_level
from metrics.moments import Floats

Table = npt.NDArray[np.float64]


class Fate(StrEnum):
    """What became of a customer between two month-ends, as the counts name it."""

    KEPT = "kept"  # seen at both: a transition, to the same tier or another
    ENTERED = "entered"  # first seen after the start
    LEFT = "left"  # not seen at the end nor later
    MISSING = "missing"  # a month is missing in between: seen before and after, so neither entry nor exit
    OPEN = "open"  # the horizon has not ended: nothing became of them yet


class Movement(StrEnum):
    """Where a customer who was there at the start went."""

    UPGRADE = "upgrade"
    STAY = "stay"
    DOWNGRADE = "downgrade"
    EXIT = "exit"


@dataclass(frozen=True, slots=True)
class Transitions:
    """Customers by tier at the start and tier at the end of one horizon, one matrix per group.

    Groups are whatever the counts were taken by: branches, start months, arms. They add.

    Raises:
        ShapeError: the tables do not fit the groups and tiers.
        DomainError: no tier, a tier named twice, a horizon below one month, or a negative count.

    >>> year = Transitions.of([[[90, 8, 2], [5, 15, 0], [6, 1, 0]]], tiers=("basic", "wealth"), months=12)
    >>> year.base, year.of_movement(Movement.UPGRADE)
    (array([120.]), array([8.]))
    """

    groups: tuple[str, ...]
    tiers: tuple[str, ...]  # the bank's order, lowest first
    months: int  # between start and end
    counts: Table  # (groups, k + 1, k + 1): rows the k tiers at the start then entry, columns at the end then exit
    missing: Floats  # customers seen before and after whose tier at the start or the end is not known, shape (groups,)

    def __post_init__(self) -> None:
        size = len(self.tiers) + 1
        if self.counts.shape != (len(self.groups), size, size) or self.missing.shape != (len(self.groups),):
            raise ShapeError(f"Expected {len(self.groups)} matrices of {size} by {size}, got {self.counts.shape}.")
        if not self.tiers or len(set(self.tiers)) < len(self.tiers):
            raise DomainError("Tiers are named once each, lowest first, and there is at least one.")
        if self.months < 1:
            raise DomainError(f"A horizon is at least one month, got {self.months}.")
        if bool(np.any(self.counts < 0)) or bool(np.any(self.missing < 0)):
            raise DomainError("A count of customers is not negative.")

    @classmethod
    def of(
        cls,
        counts: npt.ArrayLike,
        *,
        tiers: Sequence[str],
        months: int,
        groups: Sequence[str] | None = None,
        missing: npt.ArrayLike | None = None,
    ) -> Transitions:
        """Transitions from anything array-like; without `groups` they are numbered, without `missing` nobody is."""
        table = np.asarray(counts, dtype=np.float64)
        names = tuple(groups) if groups is not None else tuple(str(number) for number in range(len(table)))
        gaps = np.zeros(len(names)) if missing is None else np.asarray(missing, dtype=np.float64)
        return cls(names, tuple(tiers), months, table, gaps)

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        tiers: Sequence[str],
        months: int,
        by: str | None = None,
        groups: Sequence[str] | None = None,
    ) -> Transitions:
        """Transitions from an aggregate with ``from_tier``, ``to_tier``, ``fate`` and ``n`` (and the column `by`).

        A tier is empty where the fate has none; who is `Fate.OPEN` does not count. Groups come in sorted order
        or, if `groups` names them, in its order, empty where the frame has no row; without `by` there is one.

        Raises:
            DomainError: a tier that is not among `tiers`.
        """
        order = {tier: number for number, tier in enumerate(tiers)}
        is_move = frame["fate"].isin([Fate.KEPT, Fate.ENTERED, Fate.LEFT]).to_numpy(dtype=np.bool_)
        is_missing = (frame["fate"] == Fate.MISSING).to_numpy(dtype=np.bool_)
        known = frame[is_move]
        for column, absent in (("from_tier", Fate.ENTERED), ("to_tier", Fate.LEFT)):
            strange = set(known.loc[known["fate"] != absent, column]) - set(order)
            if strange:
                raise DomainError(f"Tiers {sorted(map(str, strange))} are not among {list(tiers)}.")
        label = pd.Series("", index=frame.index) if by is None else frame[by].astype("str")
        names = ("",) if by is None else tuple(groups) if groups is not None else tuple(sorted(label.unique()))
        group = pd.Index(names, dtype="str").get_indexer(pd.Index(label)).astype(np.intp)
        is_move, is_missing = is_move & (group >= 0), is_missing & (group >= 0)
        start = frame["from_tier"].map(order).astype("float64").fillna(len(tiers)).to_numpy(dtype=np.intp)
        end = frame["to_tier"].map(order).astype("float64").fillna(len(tiers)).to_numpy(dtype=np.intp)
        n = frame["n"].to_numpy(dtype=np.float64)
        counts = np.zeros((len(names), len(tiers) + 1, len(tiers) + 1))
        np.add.at(counts, (group[is_move], start[is_move], end[is_move]), n[is_move])
        missing = np.bincount(group[is_missing], weights=n[is_missing], minlength=len(names))
        return cls.of(counts, tiers=tiers, months=months, groups=names, missing=missing)

    def __add__(self, other: Transitions) -> Transitions:
        """Disjoint customers, or the same over other months, taken together group by group."""
        if (self.groups, self.tiers, self.months) != (other.groups, other.tiers, other.months):
            raise ShapeError("Only transitions of the same groups, tiers and horizon add.")
        return Transitions(
            self.groups, self.tiers, self.months, self.counts + other.counts, self.missing + other.missing
        )

    def __len__(self) -> int:
        """Number of groups."""
        return len(self.groups)

    def frame(self) -> pd.DataFrame:
        """One row per group, tier at the start (or "entered") and at the end (or "left"): `n` customers."""
        starts, ends = (*self.tiers, Fate.ENTERED.value), (*self.tiers, Fate.LEFT.value)
        rows = pd.MultiIndex.from_product([self.groups, starts, ends], names=["group", "from_state", "to_state"])
        return rows.to_frame(index=False).assign(n=self.counts.ravel())

    def pooled(self) -> Transitions:
        """All groups taken together, as one."""
        counts, missing = self.counts.sum(axis=0, keepdims=True), self.missing.sum(keepdims=True)
        return Transitions(("",), self.tiers, self.months, counts, missing)

    def rest(self) -> Transitions:
        """For each group all the others: what a branch is compared with."""
        whole = self.pooled()
        return Transitions(
            self.groups, self.tiers, self.months, whole.counts - self.counts, whole.missing - self.missing
        )

    @property
    def departures(self) -> Table:
        """Rows of customers who were there at the start, exits as the last column: (groups, k, k + 1)."""
        return self.counts[:, :-1, :]

    @property
    def continuing(self) -> Table:
        """Customers there at the start and at the end: (groups, k, k)."""
        return self.counts[:, :-1, :-1]

    @property
    def entries(self) -> Table:
        """New customers by the tier they hold at the end: (groups, k)."""
        return self.counts[:, -1, :-1]

    @property
    def base(self) -> Floats:
        """Customers there at the start whose end is known, shape (groups,)."""
        return self.departures.sum(axis=(1, 2))

    def of_movement(self, movement: Movement) -> Floats:
        """Customers who made the movement, shape (groups,)."""
        return self.by_tier(movement).sum(axis=1)

    def by_tier(self, movement: Movement) -> Table:
        """Customers who made the movement by their tier at the start: (groups, k)."""
        match movement:
            case Movement.UPGRADE:
                return np.triu(self.continuing, 1).sum(axis=2)
            case Movement.STAY:
                return np.diagonal(self.continuing, axis1=1, axis2=2)
            case Movement.DOWNGRADE:
                return np.tril(self.continuing, -1).sum(axis=2)
            case Movement.EXIT:
                return self.departures[:, :, -1]


def probabilities(table: Table) -> Table:
    """Row shares of counts: (..., rows, columns). A row without customers is nan: unknown, not "stays"."""
    total = table.sum(axis=-1, keepdims=True)
    return np.divide(table, total, out=np.full_like(table, np.nan), where=total > 0)


def dirichlet_draws(table: Table, rng: np.random.Generator, draws: int) -> Table:
    """Transition matrices that the counts allow: (draws, ..., rows, columns), each row summing to one.

    Every row is Dirichlet with its counts plus one half (the Jeffreys prior of a multinomial), so a matrix
    derived from few customers spreads and an empty tier says nothing.

    Raises:
        DomainError: fewer than one draw.
    """
    if draws < 1:
        raise DomainError(f"At least one draw is needed, got {draws}.")
    gamma = rng.standard_gamma(table + 0.5, size=(draws, *table.shape))
    return gamma / gamma.sum(axis=-1, keepdims=True)


def credible(
    estimate: Floats, draws: Table, n: Floats, level: float, *, method: str = "Dirichlet", known: npt.ArrayLike = True
) -> Intervals:
    """Estimates with the quantiles of their draws (draws, rows); where not `known`, `Reason.TOO_FEW`.

    The limits always include the estimate: where nobody moved, every draw lies above an estimate of zero.
    """
    tail = (1 - checked_level(level)) / 2
    low, high = np.quantile(draws, [tail, 1 - tail], axis=0)
    some = np.broadcast_to(known, estimate.shape) & ~np.isnan(estimate)
    point = np.where(some, estimate, np.nan)
    return Intervals.of(point, np.minimum(low, point), np.maximum(high, point), n=n, level=level, method=method)
