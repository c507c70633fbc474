"""Aggregates of many campaigns, asked for in batches: a reader hands out some thousand rows at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import pandas as pd

ROWS: Final = 4000
"""Rows asked for at once, below what a reader hands out."""


def in_batches(
    query: Callable[[tuple[str, ...]], pd.DataFrame], campaigns: Sequence[str], rows_each: int
) -> pd.DataFrame:
    """The query's rows of all campaigns.

    Args:
        query: reads the rows of some campaigns.
        campaigns: their identifiers.
        rows_each: rows that one campaign has at most.
    """
    several = max(ROWS // max(rows_each, 1), 1)
    parts = [query(tuple(campaigns[first : first + several])) for first in range(0, len(campaigns), several)]
    return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0] if parts else query(())
