"""A table on screen shows text by row and sorts by number."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from metrics.catalogue import Unit
from metrics.estimate import Intervals
from story.columns import Column
from story.parts import Table
from ui import table

EQUAL = Intervals.of([0.1, 0.1, np.nan], [0.05, 0.09, np.nan], [0.2, 0.11, np.nan], n=[40, 4000, 1])
COLUMN = Column("Conversion", EQUAL, Unit.SHARE)


def drawn():
    import numpy as np

    from metrics.catalogue import Unit
    from metrics.estimate import Intervals
    from story.columns import Column
    from story.parts import Table
    from ui import table

    shares = Intervals.of([0.1, 0.1, np.nan], [0.05, 0.09, np.nan], [0.2, 0.11, np.nan], n=[40, 4000, 1])
    columns = (Column("Campaign", ["a", "<b>", "c"]), Column("Conversion", shares, Unit.SHARE))
    table.draw(Table(columns, "x", "x"), "CNY")


def test_cells_are_written_row_by_row_and_sort_by_the_numbers_behind_them():
    arrow = AppTest.from_function(drawn).run().dataframe[0].proto.arrow_data
    shown, behind = (
        pa.ipc.open_stream(BytesIO(data)).read_all().to_pydict() for data in (arrow.styler.display_values, arrow.data)
    )
    assert shown == {"0": ["a", "<b>", "c"], "1": ["10 (5–20)", "10.0 (9.0–11.0)", "too few"]}
    assert behind == {"0": ["a", "<b>", "c"], "1": [0.1, 0.1, -np.inf]}


def test_a_narrow_cell_breaks_behind_the_name_of_a_table_and_not_within_a_word(monkeypatch: pytest.MonkeyPatch):
    drawn = []
    monkeypatch.setattr("streamlit.table", lambda data, **_: drawn.append(data))
    texts = ["campaign_member.contribution_amount", "customer.csv", "金额", "观察期内购买的客户", "6.1 %"]
    table.draw(Table((Column("单位", texts),), "x", "x", prose=True), "CNY")
    joiner, place = "\N{WORD JOINER}", "\N{ZERO WIDTH SPACE}"
    assert list(drawn[0].columns) == [f"单{joiner}位"]
    shown = drawn[0].iloc[:, 0].str.replace("\\", "").tolist()
    assert shown == [f"campaign_member.{place}contribution_amount", "customer.csv", f"金{joiner}额", *texts[3:]]


def test_a_missing_number_sorts_below_all_others():
    frame = pd.Series(table._sortable(COLUMN))
    assert frame.sort_values(ascending=False).index[-1] == 2
    assert frame.sort_values().index[0] == 2


def test_no_column_is_narrower_than_its_widest_text():
    columns = [Column("n", np.array([value]), Unit.COUNT) for value in (1.0, 1e15)]
    narrow, wide = (table._config(column, column.texts(""), "") for column in columns)
    assert wide["width"] > narrow["width"]


def test_a_sentence_in_a_table_is_text_and_no_markup(monkeypatch: pytest.MonkeyPatch):
    drawn = []
    monkeypatch.setattr("streamlit.table", lambda data, **_: drawn.append(data))
    table.draw(Table((Column("*n*", ["*A* $b$"]),), "x", "x", prose=True), "CNY")
    assert list(drawn[0].columns) == [r"\*n\*"]
    assert drawn[0].iloc[0, 0] == r"\*A\* \$b\$"
