"""Campaigns of several treated arms: each arm against the control of its campaign, beside the view of all together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from metrics.estimate import Intervals, Tests
from metrics.inference.comparison.effects import compare_campaigns
from metrics.inference.comparison.outcomes import Rows
from metrics.moments import Floats


@dataclass(frozen=True, slots=True)
class ArmEffects:
    """One row per treated arm, in the order of the campaigns and of their arms' names."""

    campaign_id: tuple[str, ...]
    arm: tuple[str, ...]
    randomised: Rows
    differences: Mapping[str, Intervals]  # each arm minus the control, by the catalogue's key
    tests: Mapping[str, Tests]
    adjusted: Mapping[str, Floats]  # p values that allow for the arms of the same campaign (Holm)

    def __len__(self) -> int:
        """Number of treated arms."""
        return len(self.arm)

    def frame(self) -> pd.DataFrame:
        """One row per arm and outcome."""
        parts = [
            pd.DataFrame(
                {
                    "campaign_id": self.campaign_id,
                    "arm": self.arm,
                    "metric": key,
                    "estimate": difference.estimate,
                    "low": difference.low,
                    "high": difference.high,
                    "n": difference.n,
                    "p_value": self.tests[key].p_value,
                    "adjusted_p_value": self.adjusted[key],
                    "method": self.tests[key].method,
                    "reason": difference.reason,
                }
            )
            for key, difference in self.differences.items()
        ]
        return pd.concat(parts, ignore_index=True)


def each_against_control(
    designs: pd.DataFrame,
    arms: pd.DataFrame,
    branches: pd.DataFrame | None = None,
    level: float = 0.95,
    *,
    sizes: pd.DataFrame | None = None,
) -> ArmEffects:
    """Every treated arm of the campaigns against its campaign's control, by the one engine (`effects`).

    Args:
        designs: as `effects.compare_campaigns`.
        arms: the same, with `arm`.
        branches: the same, with `arm`.
        level: confidence level.
        sizes: the same: arms that are not of their planned sizes are not compared, not even the others of the campaign.

    Returns:
        `ArmEffects`, whose p values allow for the number of treated arms of the campaign by Holm's method.

    Raises:
        DomainError: a word for the assignment that is none, or the level is not between 0 and 1.
    """
    named = designs.assign(campaign_id=designs["campaign_id"].astype(str))
    treated = arms.loc[~arms["is_control"].astype(bool), ["campaign_id", "arm"]].drop_duplicates()
    treated = named.reset_index(drop=True).reset_index(names="place").merge(treated, on="campaign_id")
    treated = treated.sort_values(["place", "arm"], ignore_index=True)
    study = np.array([f"{row}" for row in range(len(treated))], dtype=object)
    of_study = treated[["campaign_id", "arm"]].assign(study=study)
    effects = compare_campaigns(
        treated.assign(campaign_id=study),
        _by_study(arms, of_study),
        None if branches is None else _by_study(branches, of_study),
        level,
        sizes=None if sizes is None else _of_every_study(sizes, of_study),
    )
    adjusted = {
        key: _holm_within(test.p_value, treated["campaign_id"].to_numpy()) for key, test in effects.tests.items()
    }
    return ArmEffects(
        tuple(treated["campaign_id"]),
        tuple(treated["arm"].astype(str)),
        effects.randomised,
        effects.differences,
        effects.tests,
        adjusted,
    )


def _by_study(rows: pd.DataFrame, of_study: pd.DataFrame) -> pd.DataFrame:
    """Each arm's own rows under the name of its study, and the control's rows once for every arm."""
    held_out = rows["is_control"].astype(bool)
    own = rows[~held_out].merge(of_study, on=["campaign_id", "arm"])
    control = rows[held_out].merge(of_study[["campaign_id", "study"]], on="campaign_id")
    return pd.concat([own, control], ignore_index=True).assign(campaign_id=lambda both: both["study"])


def _of_every_study(sizes: pd.DataFrame, of_study: pd.DataFrame) -> pd.DataFrame:
    """All arms of the campaign under the name of each of its studies."""
    every = sizes.assign(campaign_id=sizes["campaign_id"].astype(str)).merge(
        of_study[["campaign_id", "study"]], on="campaign_id"
    )
    return every.assign(campaign_id=every["study"])


def _holm_within(p_value: Floats, group: np.ndarray) -> Floats:
    """Holm's p values, each allowing for the tests made in its group only."""
    order = np.lexsort([p_value, group])
    ranked = pd.DataFrame({"p": p_value[order], "group": group[order]})
    of_group = ranked.groupby("group", sort=False)["p"]
    # What could not be tested sorts last and does not count.
    stepped = ranked["p"] * (of_group.transform("count") - of_group.cumcount())
    adjusted = np.empty_like(p_value)
    adjusted[order] = np.minimum(stepped.groupby(ranked["group"], sort=False).cummax(), 1.0)
    return adjusted
