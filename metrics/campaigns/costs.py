"""What campaigns cost: booked for the viewer's branches, and their share of what was booked for the bank as a whole.

A cost without a branch (a film, a vendor's fee) is borne by every treated customer alike: a scope bears the part of it
that its treated members are of all the bank's. Where nobody says how many those are, the cost is what it is *before*
costs of the bank as a whole, and `Basis` says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.moments import Floats, floats


class Basis(StrEnum):
    """What a campaign's cost holds of costs that no branch bears alone."""

    WHOLE = "whole"  # all of them, or there are none
    WITH_SHARE = "with_share"  # the scope's share of them, by members
    BEFORE_SHARED = "before_shared"  # none of them: the bank's members are not known


@dataclass(frozen=True, slots=True)
class Costs:
    """Costs of some campaigns, minor units, one row per campaign; nan where nothing was recorded."""

    by_kind: pd.DataFrame  # actual cost by category (column), the share of shared costs included
    planned_by_kind: pd.DataFrame  # the same of what was planned, also for kinds of which nothing is booked
    actual: Floats  # of every kind, own and share
    own: Floats  # of that, booked for the viewer's branches
    share: Floats  # of that, the viewer's share of what was booked for the bank; nan where its size is not known
    planned: Floats  # what was planned for the costs that are recorded
    plan: Floats  # all that was planned, also for what is not recorded yet
    basis: npt.NDArray[np.str_]  # `Basis`

    def __getitem__(self, rows: npt.NDArray[np.intp]) -> Costs:
        """Some of the campaigns."""
        columns = (self.actual, self.own, self.share, self.planned, self.plan)
        actual, own, share, planned, plan = (column[rows] for column in columns)
        kinds = self.by_kind.iloc[rows], self.planned_by_kind.iloc[rows]
        return Costs(*kinds, actual, own, share, planned, plan, self.basis[rows])

    def kinds(self, row: int) -> pd.DataFrame:
        """A campaign's costs: `category`, `planned_amount`, `actual_amount`, kinds with neither left out."""
        actual, planned = self.by_kind.iloc[row], self.planned_by_kind.iloc[row]
        table = pd.DataFrame({"planned_amount": planned, "actual_amount": actual}, index=self.by_kind.columns)
        return table.dropna(how="all").rename_axis("category").reset_index()

    def lacks(self, category: str) -> npt.NDArray[np.bool_]:
        """Campaigns whose cost is known but for this kind."""
        known = ~self.by_kind.isna()
        recorded = known[category].to_numpy() if category in known else np.zeros(len(known), dtype=np.bool_)
        return known.any(axis=1).to_numpy() & ~recorded


def booked(
    costs: pd.DataFrame | None, order: pd.Index[str], treated: Floats, bank: pd.DataFrame | None = None
) -> Costs:
    """The costs of the campaigns in `order`.

    Args:
        costs: one row per campaign and `category`: `planned_amount`, `actual_amount` as the viewer's branches bear
            them and, apart from these, `shared_planned_amount` and `shared_actual_amount` of the bank as a whole.
            Without the columns of shared amounts, the others hold all there is. None: no such table.
        order: the campaigns.
        treated: treated members of each in the viewer's scope.
        bank: `campaign_id`, `n_bank`: treated members of each in the bank.
    """
    nothing = np.full(len(order), np.nan)
    if costs is None:
        whole = np.full(len(order), Basis.WHOLE.value)
        return Costs(
            pd.DataFrame(index=order), pd.DataFrame(index=order), nothing, nothing, nothing, nothing, nothing, whole
        )
    part = _part_of_bank(order, treated, bank)
    row = order.get_indexer(pd.Index(costs["campaign_id"]))
    among, row = costs[row >= 0], row[row >= 0]
    kind, kinds = pd.factorize(among["category"])
    own, shared = (_sums(among, name, row, kind, (len(order), len(kinds))) for name in ("actual", "shared_actual"))
    planned, shared_plan = (
        _sums(among, f"{name}planned", row, kind, own.shape, where=f"{name}actual") for name in ("", "shared_")
    )
    every_plan, every_shared_plan = (_sums(among, name, row, kind, own.shape) for name in ("planned", "shared_planned"))
    share = shared * part[:, np.newaxis]
    whole_plan = _together(every_plan, every_shared_plan * part[:, np.newaxis])
    by_kind = _together(own, share)
    exists = np.nansum(np.abs(shared), axis=1) > 0
    basis = np.select(
        [exists & np.isnan(part), exists & (part < 1)], [Basis.BEFORE_SHARED.value, Basis.WITH_SHARE.value], "whole"
    )
    return Costs(
        pd.DataFrame(by_kind, index=order, columns=kinds),
        pd.DataFrame(whole_plan, index=order, columns=kinds),
        _summed(by_kind),
        _summed(own),
        np.where(exists, part * np.nansum(shared, axis=1), 0.0),
        _summed(_together(planned, shared_plan * part[:, np.newaxis])),
        _summed(whole_plan),
        np.asarray(basis, dtype=np.str_),
    )


def _part_of_bank(order: pd.Index[str], treated: Floats, bank: pd.DataFrame | None) -> Floats:
    """The part that the scope's treated members are of the bank's, 0 to 1; nan where that is not known."""
    if bank is None:
        return np.full(len(order), np.nan)
    everybody = floats(bank.drop_duplicates("campaign_id").set_index("campaign_id")["n_bank"].reindex(order))
    part = np.divide(treated, everybody, out=np.full(len(order), np.nan), where=everybody > 0)
    return np.minimum(part, 1.0)


def _sums(
    costs: pd.DataFrame,
    name: str,
    row: npt.NDArray[np.intp],
    kind: npt.NDArray[np.intp],
    shape: tuple[int, int],
    where: str | None = None,
) -> npt.NDArray[np.float64]:
    """An amount by campaign and category, nan where none of its rows (or of those of `where`) is recorded."""
    table = np.full(shape, np.nan)
    counted = f"{where or name}_amount"
    if counted not in costs or f"{name}_amount" not in costs:
        return table
    known = ~np.isnan(floats(costs[counted]))
    table[row[known], kind[known]] = 0.0
    np.add.at(table, (row[known], kind[known]), floats(costs[f"{name}_amount"])[known])
    return table


def _together(own: npt.NDArray[np.float64], share: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Their sum, where at least one of them is recorded."""
    return np.where(np.isnan(own), share, np.where(np.isnan(share), own, own + share))


def _summed(table: npt.NDArray[np.float64]) -> Floats:
    """The sum over the kinds that are recorded; nan where none is."""
    return np.where(np.isnan(table).all(axis=1), np.nan, np.nansum(table, axis=1))
