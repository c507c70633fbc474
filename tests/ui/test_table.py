"""A table shows text by row and sorts by number."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from ui.table import Column

from metrics.catalogue import Unit
from metrics.estimate import Intervals
from story.vocabulary import names
from ui import table

EQUAL = Intervals.of([0.1, 0.1, np.nan], [0.05, 0.09, np.nan], [0.2, 0.11, np.nan], n=[40, 4000, 1])


def test_rows_with_the_same_estimate_keep_their_own_intervals(monkeypatch: pytest.MonkeyPatch):
    drawn = []
    monkeypatch.setattr("streamlit.dataframe", lambda data, **_: drawn.append(data))
    table.show([Column("Conversion", EQUAL, Unit.SHARE)], currency="CNY", alt="x", key="x")
    html = drawn[0].to_html()
    assert [html.count(text) for text in ("10 (5–20)", "10.0 (9.0–11.0)", "too few")] == [1, 1, 1]


def test_a_rate_of_nobody_is_none_and_not_too_few():
    nobody = Intervals.of([np.nan, np.nan], [np.nan] * 2, [np.nan] * 2, n=[0, 1])
    assert Column("Participation", nobody, Unit.SHARE).texts("CNY") == ["none", "too few"]


def test_a_missing_number_sorts_below_all_others():
    frame = pd.Series(table._sortable(Column("Conversion", EQUAL, Unit.SHARE)))
    assert frame.sort_values(ascending=False).index[-1] == 2


def test_an_exact_number_that_was_not_recorded_says_so():
    column = Column("Cost", np.array([100.0, np.nan]), Unit.MONEY, missing="not recorded")
    assert column.texts("CNY") == ["1.00", "not recorded"]


def test_header_names_the_unit():
    assert Column("Sales", np.array([5e8]), Unit.MONEY).header("CNY") == "Sales, ¥ m"
    assert Column("Conversion", EQUAL, Unit.SHARE, "% of assigned").header("CNY") == "Conversion, % of assigned"


def test_names_in_both_languages_are_shown_in_the_readers_unless_two_would_be_equal():
    assert names(["新春黄金 New Year gold 2026", "Payroll"]) == ["New Year gold 2026", "Payroll"]
    assert names(["高端客户 VIP", "普通客户 VIP"]) == ["高端客户 VIP", "普通客户 VIP"]
