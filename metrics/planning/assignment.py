"""Who is contacted and who is held out: drawn at random by a seed, every stratum in its proportion.

Customers are put in a random order within their strata, and every k-th is taken from a random start (systematic
sampling), so that each stratum gives its share to within one customer.

Source: Cochran (1977), Sampling Techniques, ch. 8.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.errors import DomainError

CONTROL, TREATED, SPARE = "control", "treated", ""


def assign(
    customers: pd.DataFrame, strata: Sequence[str], *, size: int, control: int, seed: int
) -> npt.NDArray[np.str_]:
    """The arm of each customer, in their order; `SPARE` for who is not drawn.

    Args:
        customers: One row a customer, `customer_id` and the columns `strata`.
        strata: What is to be alike in both arms.
        size: Customers drawn.
        control: Of these, held out.
        seed: The same gives the same draw, whatever the order of the rows.

    Raises:
        DomainError: more are to be drawn than there are, or held out than drawn.

    >>> bank = pd.DataFrame({"customer_id": ["a", "b", "c", "d"], "tier": ["low", "low", "high", "high"]})
    >>> sorted(assign(bank, ["tier"], size=4, control=2, seed=7)[:2].tolist())
    ['control', 'treated']
    """
    if not 0 <= control <= size <= len(customers):
        raise DomainError("Nobody can be drawn twice: at most all customers are drawn, and at most those held out.")
    if customers.empty:
        return np.zeros(0, dtype=f"<U{len(TREATED)}")
    rng = np.random.default_rng(seed)
    place = customers.reset_index(drop=True).sort_values([*strata, "customer_id"], kind="stable").index.to_numpy()
    keys = customers[list(strata)].fillna("").astype(str).agg("\x1f".join, axis=1).to_numpy()[place]
    order = place[np.lexsort((rng.random(len(place)), keys))]
    arms = np.full(len(customers), SPARE, dtype=f"<U{len(TREATED)}")
    drawn = order[_every(len(order), size, rng)]
    arms[drawn] = TREATED
    arms[drawn[_every(size, control, rng)]] = CONTROL
    return arms


def _every(among: int, taken: int, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Exactly so many of a row, evenly spread from a random start."""
    if not among:
        return np.zeros(0, dtype=np.bool_)
    steps = np.floor(np.arange(among + 1) * (taken / among) + rng.random())
    chosen = np.diff(steps) > 0
    # Rounding of the last step may miss one or take one too many.
    if (excess := int(chosen.sum()) - taken) > 0:
        chosen[np.flatnonzero(chosen)[-excess:]] = False
    elif excess < 0:
        chosen[np.flatnonzero(~chosen)[excess:]] = True
    return chosen
