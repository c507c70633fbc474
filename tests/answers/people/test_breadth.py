"""Days present at a branch, by hand: those spent at another do not count."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from answers.people import breadth
from data_access.reading.reader import Reader
from data_access.versions import open_store
from tests.data_access.small_bank import bank_of, publish, viewer, warehouse_of


def test_who_went_to_another_branch_on_wednesday_was_here_for_two_days_of_five(tmp_path: Path):
    posted = [
        ("Li", "B1", date(2026, 11, 9), date(2026, 11, 10)),
        ("Li", "B2", date(2026, 11, 11), date(2026, 11, 13)),
        ("Wu", "B2", date(2026, 11, 9), date(2026, 11, 13)),
    ]
    rows = [
        {"staff_id": staff, "branch_id": branch, "from_on": first, "to_on": last, "full_time_share": 1.0}
        for staff, branch, first, last in posted
    ]
    publish(bank_of({"staff_posting": rows}), open_store(str(tmp_path)))
    opened = warehouse_of(str(tmp_path))
    week = date(2026, 11, 9), date(2026, 11, 13)
    present = breadth.present(Reader(viewer(), opened), ["Li", "Wu", "Xu"], "B1", *week)
    opened.close()
    assert present.tolist() == [pytest.approx(0.4), 0.0, 0.0]
