"""Aggregates of many campaigns, asked for in batches: a reader hands out some thousand rows at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import pandas as pd

ROWS: Final = 4000
"""Rows asked for at once, below what a reader hands out."""


def in_batches(
    query: Callable[[tuple[str, ...]], pd.DataFrame], campaigns: Sequence[str], rows_each: int | Sequence[int]
) -> pd.DataFrame:
    """The query's rows of all campaigns.

    Args:
        query: reads the rows of some campaigns.
        campaigns: their identifiers.
        rows_each: rows that a campaign has at most: one number for all, or one for each.
    """
    most = [rows_each] * len(campaigns) if isinstance(rows_each, int) else rows_each
    parts = [query(part) for part in _batches(campaigns, most)]
    return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0] if parts else query(())


def _batches(campaigns: Sequence[str], most: Sequence[int]) -> Iterator[tuple[str, ...]]:
    part: list[str] = []
    rows = 0
    for campaign, own in zip(campaigns, most, strict=True):
        if part and rows + own > ROWS:
            yield tuple(part)
            part, rows = [], 0
        part.append(campaign)
        rows += own
    if part:
        yield tuple(part)
