"""Files carry what is shown with its uncertainty, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io

import numpy as np
import openpyxl
import pytest

from metrics.catalogue import Unit
from metrics.estimate import Intervals, Reason
from ui import export
from ui.table import Column

HOSTILE = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", 'Autumn, "deposit"\nphone']
ABOUT = {"Filter": "=HYPERLINK(1)", "Data version": "v1"}


def columns(names: list[str]) -> list[Column]:
    k = len(names)
    share = Intervals.of(
        [0.1] * (k - 1) + [np.nan],
        [0.05] * (k - 1) + [np.nan],
        [0.2] * (k - 1) + [np.nan],
        n=[40] * k,
        reason=[""] * (k - 1) + [Reason.WINDOW_OPEN.value],
    )
    return [
        Column("Campaign", names),
        Column("Conversion", share, Unit.SHARE),
        Column("Cost", np.full(k, 123_456.0), Unit.MONEY),
    ]


def read_csv(names: list[str]) -> list[dict[str, str]]:
    data = export.csv(export.tidy(columns(names), "CNY"), ABOUT)
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", HOSTILE[:6])
def test_no_cell_of_a_csv_begins_a_formula(text: str):
    row = read_csv([text, "x"])[0]
    assert row["Campaign"] == "'" + text
    assert row["Filter"].startswith("'=")


def test_a_csv_keeps_commas_quotes_and_line_breaks():
    assert read_csv([HOSTILE[6], "x"])[0]["Campaign"] == HOSTILE[6]


def test_an_interval_is_five_columns_and_a_missing_number_is_empty_with_its_reason():
    first, last = read_csv(["a", "b"])
    assert [first[f"Conversion{part}"] for part in ("", ", low", ", high", ", n")] == ["0.1", "0.05", "0.2", "40.0"]
    assert [last["Conversion"], last["Conversion, why missing"]] == ["", "window open"]


def test_amounts_are_in_currency_units():
    assert read_csv(["a", "b"])[0]["Cost, CNY"] == "1234.56"


def test_a_workbook_holds_text_as_text_and_numbers_as_numbers():
    frame = export.tidy(columns(HOSTILE), "CNY")
    book = openpyxl.load_workbook(io.BytesIO(export.xlsx(frame, ABOUT, {"Conversion": "0.00%"}, ("Table", "About"))))
    sheet = book["Table"]
    texts = [sheet.cell(row, 1) for row in range(2, 2 + len(HOSTILE))]
    assert {cell.data_type for cell in texts} == {"s"}
    assert sheet["B2"].value == 0.1
    assert sheet["B2"].number_format == "0.00%"
    assert book["About"]["B2"].value == "v1"
