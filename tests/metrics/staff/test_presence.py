"""Days present: movers, part time, overlaps and a period without work."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from metrics.staff.presence import share_present

DAYS = pd.bdate_range("2024-03-04", "2024-03-29").to_numpy()  # twenty


def postings(*rows: tuple[str, str, str | None, float | None]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["staff_id", "from_on", "to_on", "full_time_share"])


def test_a_mover_with_half_the_hours_after_the_move():
    share = share_present(postings(("a", "2020-01-01", "2024-03-15", 1.0), ("a", "2024-03-16", None, 0.5)), DAYS)
    assert share["a"] == pytest.approx(0.75)


def test_overlaps_do_not_make_more_than_a_day_and_missing_shares_count_in_full():
    share = share_present(postings(("a", "2020-01-01", None, None), ("a", "2024-03-01", None, 1.0)), DAYS)
    assert share["a"] == 1


def test_who_came_on_the_last_day_and_who_left_before():
    share = share_present(postings(("new", "2024-03-29", None, 1.0), ("gone", "2020-01-01", "2024-03-03", 1.0)), DAYS)
    assert share.to_dict() == {"gone": 0.0, "new": pytest.approx(0.05)}


def test_a_period_without_working_days_has_no_share():
    assert np.isnan(share_present(postings(("a", "2020-01-01", None, 1.0)), [])["a"])


def test_a_share_of_full_time_that_nobody_recorded_is_full_time():
    assert share_present(postings(("a", "2020-01-01", "2024-03-08", None)), DAYS)["a"] == pytest.approx(5 / 20)
