"""Who is contacted, in which arm, and who is held out: drawn at random by a seed, every stratum in its proportion.

Customers are put in a random order within their strata, and every k-th is taken from a random start (systematic
sampling), so that each stratum gives its share to within one customer.

Source: Cochran (1977), Sampling Techniques, ch. 8.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.errors import DomainError

CONTROL, TREATED, SPARE = "control", "treated", ""


def assign(
    customers: pd.DataFrame,
    strata: Sequence[str],
    *,
    size: int,
    control: int,
    seed: int,
    arms: Mapping[str, int] = MappingProxyType({TREATED: 1}),
) -> npt.NDArray[np.str_]:
    """The arm of each customer, in their order; `SPARE` for who is not drawn.

    Args:
        customers: One row a customer, `customer_id` and the columns `strata`.
        strata: What is to be alike in all arms.
        size: Customers drawn.
        control: Of these, held out.
        seed: The same gives the same draw, whatever the order of the rows.
        arms: Shares of the others, by the arm that contacts them.

    Raises:
        DomainError: more are to be drawn than there are, or held out than drawn.

    >>> bank = pd.DataFrame({"customer_id": ["a", "b", "c", "d"], "tier": ["low", "low", "high", "high"]})
    >>> sorted(assign(bank, ["tier"], size=4, control=2, seed=7)[:2].tolist())
    ['control', 'treated']
    """
    if not 0 <= control <= size <= len(customers):
        raise DomainError("Nobody can be drawn twice: at most all customers are drawn, and at most those held out.")
    if customers.empty:
        return np.zeros(0, dtype="<U1")
    rng = np.random.default_rng(seed)
    place = customers.reset_index(drop=True).sort_values([*strata, "customer_id"], kind="stable").index.to_numpy()
    keys = customers[list(strata)].fillna("").astype(str).agg("\x1f".join, axis=1).to_numpy()[place]
    order = place[np.lexsort((rng.random(len(place)), keys))]
    found = np.full(len(customers), SPARE, dtype=f"<U{max(map(len, (CONTROL, *arms)))}")
    drawn = order[_every(len(order), size, rng)]
    held_out = _every(size, control, rng)
    found[drawn[held_out]] = CONTROL
    left = drawn[~held_out]
    sizes = shared_out(len(left), arms)
    for arm in [*arms][:-1]:
        taken = _every(len(left), sizes[arm], rng)
        found[left[taken]] = arm
        left = left[~taken]
    found[left] = [*arms][-1]
    return found


def shared_out(customers: int, arms: Mapping[str, int]) -> dict[str, int]:
    """Whole customers by arm in the proportions of its shares; those left over go to the first.

    >>> shared_out(10, {"small": 1, "large": 2})
    {'small': 4, 'large': 6}
    """
    total = sum(arms.values())
    sizes = {arm: customers * share // total for arm, share in arms.items()}
    sizes[next(iter(arms))] += customers - sum(sizes.values())
    return sizes


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
