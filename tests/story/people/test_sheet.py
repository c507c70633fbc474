"""The sheet of the score, recomputed by a spreadsheet, gives the numbers of the page; names are never formulas."""

from __future__ import annotations

import io
from pathlib import Path

import formulas
import numpy as np
import openpyxl
import pytest
from xlsxwriter.utility import xl_col_to_name

from metrics.staff.scorecard import Item, scorecard
from metrics.staff.sheet import Part, scorecard_sheet
from story import words
from story.people import sheet

WEIGHTS = {"results": 40, "cross_selling": 20, "won_and_kept": 20, "service": 20}
NAMES = ["Li", "=1+1", "吴", "Zhou", "+cmd|calc", "Deng"]
BREACHES = np.array([0.0, 0.0, 2.0, 0.0, 0.0, 0.0])


def items() -> list[Item]:
    rng = np.random.default_rng(5)
    error, many = np.full(6, 0.1), np.full(6, 50.0)
    few = np.array([50.0, 50.0, 50.0, 9.0, 50.0, 9.0])
    return [
        Item("observed_to_expected", "results", rng.normal(1, 0.3, 6), error, many),
        Item("cross_sell_ratio", "cross_selling", rng.uniform(0, 0.2, 6), error, few),
        Item("retention_rate", "won_and_kept", np.full(6, 0.9), error, many),
        Item("customers_won", "won_and_kept", np.array([1.2, 0.5, np.nan, 1.0, 3.0, 0.1]), error, many),
        Item("top_two_box", "service", rng.uniform(0.7, 1, 6), error, few),
    ]


@pytest.fixture(params=words.LANGUAGES)
def written(request: pytest.FixtureRequest) -> bytes:
    words.speak(request.param)
    cells = scorecard_sheet(NAMES, items(), weights=WEIGHTS, breaches=BREACHES, minimum=10)
    return sheet.xlsx(cells, {"Data version": "=HYPERLINK(1)"})


def test_names_and_what_is_said_are_text_whatever_they_begin_with(written: bytes):
    book = openpyxl.load_workbook(io.BytesIO(written))
    first, about = book.worksheets
    people = [first.cell(row, 1) for row in range(7, 13)]
    assert [cell.value for cell in people] == NAMES
    assert {cell.data_type for cell in people} == {"s"}
    assert about["B1"].data_type == "s"
    formulas = sum(cell.data_type == "f" for row in first.iter_rows() for cell in row)
    assert formulas == 10 + 6 * (5 + 4 + 3)  # means and deviations; points, blocks, and covered, score, payable


def test_every_column_says_what_it_is(written: bytes):
    first = openpyxl.load_workbook(io.BytesIO(written)).worksheets[0]
    titles = [cell.value for cell in first[1]]
    assert all(titles)
    assert len(set(titles)) == len(titles)
    assert all(first.cell(row, 1).value for row in range(2, 7))


def test_a_spreadsheet_computes_the_scores_of_the_page(written: bytes, tmp_path: Path):
    file = tmp_path / "score.xlsx"
    file.write_bytes(written)
    name = openpyxl.load_workbook(file).worksheets[0].title
    computed = formulas.ExcelModel().loads(str(file)).finish().calculate()
    card = scorecard(items(), weights=WEIGHTS, breaches=BREACHES, minimum=10)
    columns = scorecard_sheet(NAMES, items(), weights=WEIGHTS, breaches=BREACHES, minimum=10).columns
    told = {part: place + 1 for place, (part, key) in enumerate(columns) if not key}
    blocks = [place + 1 for place, (part, _) in enumerate(columns) if part is Part.BLOCK]
    assert np.isnan(card.blocks).any()
    for person in range(len(NAMES)):
        row = 7 + person
        for wanted, column in (
            (card.score.estimate[person], told[Part.SCORE]),
            (card.covered[person], told[Part.COVERED]),
            (card.payable[person], told[Part.PAYABLE]),
            *zip(card.blocks[:, person], blocks, strict=True),
        ):
            cell = f"'[score.xlsx]{name.upper()}'!{xl_col_to_name(column - 1)}{row}"
            value = computed[cell].value.item()
            got = float("nan") if value == "" else float(value)
            assert got == pytest.approx(float(wanted), abs=1e-9, nan_ok=True), (NAMES[person], column)
