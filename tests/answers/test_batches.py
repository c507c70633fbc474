"""Campaigns are asked for in batches that a reader hands out, each once, in order."""

from __future__ import annotations

import pandas as pd
import pytest

from answers.batches import ROWS, in_batches


@pytest.mark.parametrize(
    ("campaigns", "rows_each", "asked"), [(0, 3, 1), (1, 3, 1), (1333, 3, 1), (1334, 3, 2), (2, ROWS + 1, 2)]
)
def test_every_campaign_is_asked_for_once_and_no_batch_is_too_large(campaigns: int, rows_each: int, asked: int):
    ids = [f"K{number}" for number in range(campaigns)]
    parts: list[tuple[str, ...]] = []

    def query(part: tuple[str, ...]) -> pd.DataFrame:
        parts.append(part)
        return pd.DataFrame({"campaign_id": list(part)})

    assert in_batches(query, ids, rows_each)["campaign_id"].tolist() == ids
    assert len(parts) == asked
    assert all(len(part) * rows_each <= ROWS or len(part) == 1 for part in parts)


def test_campaigns_of_unlike_sizes_share_a_batch_as_long_as_their_own_rows_leave_room():
    parts: list[tuple[str, ...]] = []

    def query(part: tuple[str, ...]) -> pd.DataFrame:
        parts.append(part)
        return pd.DataFrame({"campaign_id": list(part)})

    in_batches(query, list("ABCDEFG"), [ROWS - 10, 10, 1, 1, ROWS + 1, 5, 5])
    assert parts == [("A", "B"), ("C", "D"), ("E",), ("F", "G")]
