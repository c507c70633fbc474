"""A forecast of an older model: its outcomes as they were kept, whatever the model of today would say.

Of a frozen forecast some quantiles are kept, and what it was made from. Where the model of today makes another
forecast from that, its draws say how outcomes hang together, and the kept quantiles where they lie: draw by draw, each
outcome takes the kept value of its rank. Between quantiles, and beyond the outermost, the normal score is straight.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
from scipy import stats

from metrics.moments import Floats, floats
from metrics.planning.experience import AMOUNTS, EFFECT, RATES
from metrics.planning.forecast import Forecast

Quantiles = Mapping[float, float]
"""Of one outcome, by level."""

ALIKE: Final = 1e-6
"""Part of a number by which two machines may differ in its last digits."""

_COUNTED: Final = {"participation": "participated", "conversion": "converted"}
_ANY_SIGN: Final = ("roi", "roi_incremental", "roi_measured", "added", "contribution")


def says(drawn: Forecast, kept: Mapping[str, Quantiles]) -> bool:
    """Whether a forecast says what was kept: the same outcomes with the same quantiles."""
    return set(drawn.outcomes) == set(kept) and all(
        np.allclose(np.quantile(drawn.outcomes[name], list(told)), list(told.values()), rtol=ALIKE, equal_nan=True)
        for name, told in kept.items()
    )


def restated(drawn: Forecast, kept: Mapping[str, Quantiles]) -> Forecast:
    """The forecast that was kept, as draws.

    Args:
        drawn: What the model of today makes of the same plan and past.
        kept: Quantiles by outcome. One that was not kept is left out.
    """
    outcomes = {
        name: _at_quantiles(values, kept[name], least=-np.inf if name in _ANY_SIGN else 0.0)
        for name, values in drawn.outcomes.items()
        if name in kept
    }
    times = {name: _over(values, drawn.outcomes[name]) for name, values in outcomes.items()}
    assumed = dict(drawn.assumptions)
    for name in RATES:
        assumed[name] = np.clip(assumed[name] * times[_COUNTED[name]], 0.0, 1.0)
    for name in AMOUNTS:
        assumed[name] = assumed[name] * times[name] / times["converted"]
    assumed["cost"] = (outcomes["cost"] - drawn.plan.fixed_cost) / drawn.plan.customers
    if EFFECT in assumed and "added" in outcomes:
        assumed[EFFECT] = outcomes["added"] / drawn.plan.customers
    else:
        assumed.pop(EFFECT, None)
    return replace(drawn, outcomes=outcomes, assumptions=assumed)


def _at_quantiles(values: Floats, kept: Quantiles, least: float) -> Floats:
    levels = np.array(sorted(kept))
    ends = np.array([kept[level] for level in levels])
    if np.isnan(ends).any():
        return np.full_like(values, np.nan)
    place = np.empty(len(values))
    place[np.argsort(values, kind="stable")] = (np.arange(len(values)) + 0.5) / len(values)
    score, known = stats.norm.ppf(place), floats(stats.norm.ppf(levels))
    told = np.interp(score, known, ends)
    for beyond, at, beside in ((score < known[0], 0, 1), (score > known[-1], -1, -2)):
        slope = (ends[at] - ends[beside]) / (known[at] - known[beside])
        told[beyond] = ends[at] + slope * (score[beyond] - known[at])
    return np.maximum(told, least)


def _over(now: Floats, before: Floats) -> Floats:
    """How many times as much; 1 where there was nothing."""
    return np.divide(now, before, out=np.ones_like(now), where=(before != 0) & (now != 0))
