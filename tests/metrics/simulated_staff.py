"""Simulated staff whose skill is known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.moments import Floats


def staff_table(
    rng: np.random.Generator, skill: Floats, *, customers: float = 20, strata: int = 12, crowd: int = 0
) -> pd.DataFrame:
    """Conversions per person and stratum: rates differ by stratum, mixes by person, and skill multiplies the rate.

    `crowd` adds a person "Z" of average skill with that many customers in each stratum.
    """
    rate = rng.beta(3, 20, strata)
    n = rng.poisson(customers * rng.gamma(2, 0.5, (len(skill), strata)))
    names = [f"S{i:03}" for i in range(len(skill))]
    if crowd:
        n = np.vstack([n, np.full(strata, crowd)])
        skill, names = np.append(skill, 1.0), [*names, "Z"]
    converted = rng.binomial(n, np.clip(rate * skill[:, None], 0, 1))
    return pd.DataFrame(
        {
            "staff_id": np.repeat(names, strata),
            "stratum": np.tile(np.arange(strata), len(names)),
            "n": n.ravel(),
            "converted": converted.ravel(),
        }
    )
