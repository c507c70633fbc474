"""What works for whom: what contact added to conversion, by theme and class of customer, few campaigns pulled together.

Each randomised campaign gives each class of customer one difference between the contacted and those held out. They are
taken as an overall effect, plus one of the theme, one of the class, one of the two together, one of the campaign, and
chance; what few campaigns say is pulled towards what all say by as much as such effects differed
(`metrics.planning.hierarchy`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from metrics.errors import ShapeError
from metrics.estimate import Intervals, Reason
from metrics.moments import Counts, Floats, floats
from metrics.planning.hierarchy import FEWEST_CAMPAIGNS, Hierarchy, Outcomes, fit

FACTORS = ("theme", "segment", "pair", "campaign_id")
FEWEST_CUSTOMERS = 10
"""Of either side, below which a difference says nothing."""


@dataclass(frozen=True, eq=False)
class Lessons:
    """One row a theme and class that was tried.

    Attributes:
        theme: Of the campaigns.
        segment: Class of the customers.
        effect: Points of conversion that contact added, pulled together, with 95 % limits; `n` counts customers.
        raw: The same as counted, customers of all its campaigns together.
        campaigns: How many campaigns it rests on.
    """

    theme: tuple[str, ...]
    segment: tuple[str, ...]
    effect: Intervals
    raw: Floats
    campaigns: Floats

    def frame(self) -> pd.DataFrame:
        """One row a theme and class."""
        own = pd.DataFrame({"theme": self.theme, "segment": self.segment, "campaigns": self.campaigns, "raw": self.raw})
        return pd.concat([own, self.effect.frame()], axis=1)


def lessons(rows: pd.DataFrame, level: float = 0.95) -> Lessons:
    """The effects of every theme on every class.

    Args:
        rows: One row a campaign and class: `campaign_id`, `theme`, `segment`, `n`, `converted`, `control_n`,
            `control_converted`.
        level: Of the limits.

    Returns:
        All themes and classes that were tried. With fewer than eight differences nothing is pulled together, and the
        effects say `Reason.TOO_FEW`.

    Raises:
        ShapeError: a column is missing.
    """
    needed = ("campaign_id", "theme", "segment", "n", "converted", "control_n", "control_converted")
    missing = [name for name in needed if name not in rows.columns]
    if missing:
        raise ShapeError(f"Effects by class lack the columns {', '.join(missing)}.")
    known = rows.dropna(subset=list(needed))
    known = known[(known["n"] >= FEWEST_CUSTOMERS) & (known["control_n"] >= FEWEST_CUSTOMERS)].reset_index(drop=True)
    pairs = known.groupby(["theme", "segment"], sort=True)
    tried = pairs.agg(n=("n", "sum"), campaigns=("campaign_id", "nunique")).reset_index()
    difference, variance = _differences(known)
    weighted = pd.DataFrame({"theme": known["theme"], "segment": known["segment"], "weight": known["n"]})
    weighted["points"] = difference * known["n"]
    sums = weighted.groupby(["theme", "segment"], sort=True)[["points", "weight"]].sum().reset_index()
    raw = floats(sums["points"] / sums["weight"])
    estimate = error = np.full(len(tried), np.nan)
    if len(known) >= FEWEST_CAMPAIGNS and len(known["campaign_id"].unique()) > 1:
        table = known[["theme", "segment"]].assign(pair=_pair(known), campaign_id=known["campaign_id"])
        estimate, error = _pulled(
            # Likelihood alone: a forecast keeps open that levels differ, a lesson has to be shown.
            fit(Outcomes(difference, variance), table[list(FACTORS)], away_from_zero=0.0),
            tried,
        )
    half = stats.t.isf((1 - level) / 2, max(len(known["campaign_id"].unique()) - 1, 1)) * error
    effect = Intervals.of(
        estimate,
        estimate - half,
        estimate + half,
        n=floats(tried["n"]),
        level=level,
        reason=np.where(np.isnan(estimate), Reason.TOO_FEW.value, Reason.NONE.value),
        method="random effects",
        standard_error=error,
    )
    return Lessons(
        tuple(tried["theme"].astype(str)),
        tuple(tried["segment"].astype(str)),
        effect,
        raw,
        floats(tried["campaigns"]),
    )


def _differences(known: pd.DataFrame) -> tuple[Floats, Floats]:
    """Points of conversion above the control, and their sampling variance."""
    treated = Counts.of(known["n"], known["converted"])
    control = Counts.of(known["control_n"], known["control_converted"])
    variance = np.zeros(len(known))
    for side in (treated, control):
        share = (side.successes + 0.5) / (side.n + 1)  # none of few is not a share without error
        variance += share * (1 - share) / side.n
    return treated.share - control.share, variance


def _pulled(model: Hierarchy, tried: pd.DataFrame) -> tuple[Floats, Floats]:
    """Mean effect and its error in a typical campaign of each theme and class."""
    planned = tried[["theme", "segment"]].assign(pair=_pair(tried), campaign_id=" a campaign to come")
    predicted = model.predict(planned[list(FACTORS)])
    # A prediction holds what one more campaign would vary by itself; of the mean it says nothing.
    of_one = model.components[FACTORS.index("campaign_id")] + model.components[-1]
    return predicted.mean, np.sqrt(np.maximum(predicted.standard_deviation**2 - of_one, 0.0))


def _pair(rows: pd.DataFrame) -> pd.Series[str]:
    return rows["theme"].astype(str) + "\N{INFORMATION SEPARATOR ONE}" + rows["segment"].astype(str)
