"""Files carry what is shown with its uncertainty, in the right formats, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io

import numpy as np
import openpyxl
import pytest

from metrics.catalogue import Unit
from metrics.estimate import Intervals, Reason
from story import spreadsheet
from story.columns import Column
from story.parts import Table

HOSTILE = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", 'Autumn, "deposit"\nphone']
ABOUT = {"Filter": "=HYPERLINK(1)", "Data version": "v1"}


def table(names: list[str]) -> Table:
    k = len(names)
    share = Intervals.of(
        [0.1] * (k - 1) + [np.nan],
        [0.05] * (k - 1) + [np.nan],
        [0.2] * (k - 1) + [np.nan],
        n=[1858] * k,
        reason=[""] * (k - 1) + [Reason.WINDOW_OPEN.value],
    )
    columns = (
        Column("Campaign", names),
        Column("Conversion", share, Unit.SHARE),
        Column("Converted", np.full(k, 2256.0), Unit.COUNT),
        Column("Cost", np.full(k, 123_456.0), Unit.MONEY),
    )
    return Table(columns, "Arms: [all]/none", "arms")


def read_csv(names: list[str]) -> list[dict[str, str]]:
    data = spreadsheet.csv(table(names), "CNY", ABOUT)
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
    assert [first[f"Conversion{part}"] for part in ("", ", low", ", high", ", n")] == ["0.1", "0.05", "0.2", "1858"]
    assert [last["Conversion"], last["Conversion, why missing"]] == ["", "still counting"]


def test_counts_are_whole_numbers():
    assert read_csv(["a", "b"])[0]["Converted"] == "2256"


@pytest.mark.parametrize(("currency", "cost"), [("CNY", "1234.56"), ("JPY", "123456"), ("KWD", "123.456")])
def test_amounts_are_in_units_of_the_currency(currency: str, cost: str):
    data = spreadsheet.csv(table(["a", "b"]), currency, {})
    row = next(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert row[f"Cost, {currency}"] == cost


def workbook(currency: str = "CNY") -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(spreadsheet.xlsx([table(HOSTILE), table(["x"])], currency, ABOUT)))


def test_a_workbook_holds_text_as_text_and_every_number_in_its_own_format():
    sheet = workbook().worksheets[0]
    assert {sheet.cell(row, 1).data_type for row in range(2, 2 + len(HOSTILE))} == {"s"}
    formats = {sheet.cell(1, place).value: sheet.cell(2, place).number_format for place in range(1, 9)}
    assert formats == {
        "Campaign": "General",
        "Conversion": "0.00%",
        "Conversion, low": "0.00%",
        "Conversion, high": "0.00%",
        "Conversion, n": "#,##0",
        "Conversion, why missing": "General",
        "Converted": "#,##0",
        "Cost, CNY": "#,##0.00",
    }
    assert [sheet.cell(2, place).value for place in (2, 5, 7, 8)] == [0.1, 1858, 2256, 1234.56]


def test_rows_of_different_metrics_have_their_own_formats():
    mixed = Intervals.of([0.25, 5000.0], [0.2, 4000.0], [0.3, 6000.0], n=[10, 20])
    table = Table((Column("Value", mixed, (Unit.SHARE, Unit.MONEY)),), "Outcomes", "outcomes")
    sheet = openpyxl.load_workbook(io.BytesIO(spreadsheet.xlsx([table], "CNY", {}))).worksheets[0]
    assert [sheet.cell(row, 1).value or "" for row in (1, 2, 3)] == ["Value, currency", "", "CNY"]
    assert [(sheet.cell(row, 2).value, sheet.cell(row, 2).number_format) for row in (2, 3)] == [
        (0.25, "0.00%"),
        (50.0, "#,##0.00"),
    ]
    rows = list(csv.DictReader(io.StringIO(spreadsheet.csv(table, "CNY", {}).decode("utf-8-sig"))))
    assert [(row["Value"], row["Value, currency"]) for row in rows] == [("0.25", ""), ("50", "CNY")]


def test_every_table_has_a_sheet_with_a_name_that_a_workbook_takes():
    assert workbook().sheetnames == ["Arms   all  none", "Arms   all  none 2", "About"]


def test_a_workbook_says_what_it_is():
    assert workbook()["About"]["B2"].value == "v1"
