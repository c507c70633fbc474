"""One change seen from several sides, by channel, campaign, staff and product line: each side adds up to the cent.

Every side explains the same change of a total by volume, mix and rate (`explained_change.explain_total`). The volume is
the same from all sides; what a side calls mix another may call rate, for they cut the customers differently.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from metrics.errors import ShapeError
from metrics.moments import floats
from metrics.week.explained_change import explain_total, to_whole_units

ELSEWHERE = ""  # the segment of rows that name none: nothing is lost from the sum


def explained_by(
    before: pd.DataFrame, after: pd.DataFrame, sides: Sequence[str], *, total: str, n: str = "n"
) -> Mapping[str, pd.DataFrame]:
    """The change of a total between two periods, explained from each side by itself.

    Args:
        before: The first period, one row per combination of the sides: the columns `sides`, `n` and `total`.
        after: The second period, alike; segments may come and go.
        sides: Columns such as ``channel`` or ``staff_id``.
        total: The column that is explained, whole numbers: customers, or minor units.
        n: The column of customers.

    Returns:
        By side a frame of `part` ("volume", "mix", "rate"), `segment` (empty for the volume, and for rows without a
        name) and `amount`, whole numbers that add up to the change exactly.

    Raises:
        ShapeError: a column is missing.

    >>> before = pd.DataFrame({"channel": ["phone", "branch"], "n": [100, 100], "sum_sales": [1000, 3000]})
    >>> after = pd.DataFrame({"channel": ["phone", "branch"], "n": [50, 150], "sum_sales": [500, 4500]})
    >>> explained_by(before, after, ["channel"], total="sum_sales")["channel"]["amount"].tolist()
    [0, 625, 375, 0, 0]
    """
    periods = before, after
    missing = sorted({name for frame in periods for name in (*sides, n, total) if name not in frame.columns})
    if missing:
        raise ShapeError(f"The periods lack {', '.join(missing)}.")
    change = sum(
        sign * sum(int(value) for value in frame[total].dropna()) for sign, frame in zip((-1, 1), periods, strict=True)
    )
    return {side: _from_one_side(periods, side, n, total, change) for side in sides}


def _from_one_side(
    periods: tuple[pd.DataFrame, pd.DataFrame], side: str, n: str, total: str, change: int
) -> pd.DataFrame:
    sums = [
        frame.assign(**{side: frame[side].astype(object).where(frame[side].notna(), ELSEWHERE)})
        .groupby(side, sort=False)[[n, total]]
        .sum()
        for frame in periods
    ]
    segments = list(dict.fromkeys([*sums[0].index, *sums[1].index]))
    columns = [floats(frame[name].reindex(segments, fill_value=0)) for frame in sums for name in (n, total)]
    explained = explain_total(*columns)
    frame = explained.frame([str(segment) for segment in segments])
    return frame.assign(amount=to_whole_units(np.asarray(frame["amount"], dtype=np.float64), change))
