"""What a kept frame is said to hold is what pandas says of its values, and something for what stands around them."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data_access.cache import COLUMN_BYTES, FRAME_BYTES, TEXT_BYTES, size_of

COLUMNS: dict[str, Any] = {
    "whole": np.arange(500),
    "small": np.arange(500, dtype="int8"),
    "number": np.linspace(0, 1, 500),
    "truth": np.arange(500) % 2 == 0,
    "day": pd.to_datetime([date(2026, 1, 1)] * 500),
    "text": pd.array(["a long text that takes room"] * 500, dtype="str"),
    "missing": pd.array([1, None] * 250, dtype="Int64"),
    "anything": pd.Series([("a", "b")] * 500, dtype="object"),
}


@pytest.mark.parametrize("names", [*([name] for name in COLUMNS), list(COLUMNS), []], ids="+".join)
def test_a_frame_holds_what_pandas_says_of_each_column(names: list[str]):
    frame = pd.DataFrame({name: COLUMNS[name] for name in names})
    texts = sum(name in {"text", "missing"} for name in names)
    around = FRAME_BYTES + COLUMN_BYTES * len(names) + TEXT_BYTES * texts
    assert size_of(frame) == frame.memory_usage(deep=True).sum() + around
