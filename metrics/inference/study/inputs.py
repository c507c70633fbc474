"""The aggregates that a comparison rests on: small tables, each a file of its own in an export."""

from __future__ import annotations

from dataclasses import dataclass, fields

import pandas as pd


@dataclass(frozen=True, slots=True)
class Inputs:
    """Tables of counts and centred moments by `side` ("a", "b"); what is None was not asked for, or is not recorded.

    Attributes:
        arms: One row a side; of a programme one a campaign and side, with `campaign_id`.
        sizes: Planned and actual size of every arm, as `health.planned_sizes` reads them; of a group of customers
            those of the whole campaign, of two campaigns those of each.
        branches: One row a side and branch, where whole branches were assigned.
        segments: One row a side and group of customers: `dimension`, `value`.
        strata: One row a side and combination of traits.
        days: One row a side and day on which windows closed: `matures_on`.
        weeks: One row a side and week of assignment: `assigned_week`.
        harm: One row a side, as `harm.harms` reads it.
        traits: One row a side and trait, as `alike.balance` reads it.
        capped: As `arms`, the largest amounts capped.
        held_out: One row a side: the controls of two campaigns that each drew one at random.
        mixed: One row: `customers` of both sides, and how many were on both (`both`).
    """

    arms: pd.DataFrame
    sizes: pd.DataFrame | None = None
    branches: pd.DataFrame | None = None
    segments: pd.DataFrame | None = None
    strata: pd.DataFrame | None = None
    days: pd.DataFrame | None = None
    weeks: pd.DataFrame | None = None
    harm: pd.DataFrame | None = None
    traits: pd.DataFrame | None = None
    capped: pd.DataFrame | None = None
    held_out: pd.DataFrame | None = None
    mixed: pd.DataFrame | None = None

    def tables(self) -> dict[str, pd.DataFrame]:
        """What there is, by name."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: table for name, table in named.items() if table is not None}
