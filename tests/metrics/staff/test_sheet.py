"""The sheet gives the score when its formulas are evaluated by something that knows no scorecard."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from xlsxwriter.utility import xl_col_to_name

from metrics.errors import ShapeError
from metrics.staff.scorecard import Item, scorecard
from metrics.staff.sheet import ROWS, Part, Sheet, scorecard_sheet

NUMBER = np.float64
BLANK = NUMBER(np.nan)


def flat(*arguments):
    return np.concatenate([np.atleast_1d(np.asarray(argument, dtype=float)) for argument in arguments])


def known(values):
    return flat(values)[~np.isnan(flat(values))]


FUNCTIONS = {
    "IF": lambda test, yes, no: yes if test else no,
    "COUNT": lambda values: len(known(values)),
    "AVERAGE": lambda values: NUMBER(known(values).mean()) if len(known(values)) else BLANK,
    "STDEV": lambda values: NUMBER(known(values).std(ddof=1)) if len(known(values)) > 1 else BLANK,
    "SUM": lambda values: NUMBER(np.nansum(values)),
    "MAX": lambda *values: NUMBER(np.nanmax(flat(*values))),
    "MIN": lambda *values: NUMBER(np.nanmin(flat(*values))),
    "SUMPRODUCT": lambda left, right: NUMBER(np.nansum(flat(left) * flat(right))),
    "ISNUMBER": lambda values: ~np.isnan(np.asarray(values)) * 1.0,
}


class Spreadsheet:
    """A very small spreadsheet: a blank is nan, and a formula is read as Python after its references are."""

    def __init__(self, sheet: Sheet) -> None:
        self.cells = sheet.cells

    def __getitem__(self, reference: str):
        letters, row = re.fullmatch(r"([A-Z]+)(\d+)", reference.replace("$", "")).groups()
        column = 0
        for letter in letters:
            column = column * 26 + ord(letter) - 64
        cell = self.cells[int(row) - 2][column - 1]
        if isinstance(cell, str) and cell.startswith("="):
            return self.evaluate(cell[1:])
        return BLANK if cell is None else NUMBER(cell)

    def across(self, first: str, last: str):
        (a, start), (b, end) = (re.fullmatch(r"([A-Z]+)(\d+)", c.replace("$", "")).groups() for c in (first, last))
        letters = [chr(x) for x in range(ord(a), ord(b) + 1)]
        return [self[f"{x}{y}"] for x in letters for y in range(int(start), int(end) + 1)]

    def evaluate(self, formula: str):
        cell = r"\$?[A-Z]\$?\d+"
        code = formula.replace('""', "BLANK")
        code = re.sub(rf"({cell}):({cell})", r"across('\1','\2')", code)
        code = re.sub(rf"(?<!['\w$])({cell})(?!['\w])", r"sheet['\1']", code)
        code = re.sub(r"(?<![<>=])=(?![=])", "==", code)
        with np.errstate(all="ignore"):
            return eval(code, {**FUNCTIONS, "BLANK": BLANK, "across": self.across, "sheet": self})  # noqa: S307


def items(people: int = 6) -> list[Item]:
    rng = np.random.default_rng(2)

    def item(key: str, block: str, *, better: bool = True, least: float = 100) -> Item:
        exposure = np.full(people, 100.0)
        exposure[0] = least
        return Item(key, block, rng.normal(1, 0.3, people), np.full(people, 0.1), exposure, better)

    return [
        item("sales", "results", least=3),
        item("complaints", "service", better=False),
        item("conversion", "results"),
        item("kept", "won_and_kept", least=3),
    ]


WEIGHTS = {"results": 50.0, "service": 20.0, "won_and_kept": 30.0}


def test_the_formulas_give_the_score():
    breaches = [0, 0, 1, 0, 0, 0]
    names = [f"S{i}" for i in range(6)]
    card = scorecard(items(), weights=WEIGHTS, breaches=breaches, draws=10)
    sheet = scorecard_sheet(names, items(), weights=WEIGHTS, breaches=breaches)
    spreadsheet = Spreadsheet(sheet)
    column = {part: chr(65 + number) for number, (part, _) in enumerate(sheet.columns)}
    rows = range(2 + len(ROWS), 2 + len(ROWS) + 6)
    assert_allclose([spreadsheet[f"{column[Part.SCORE]}{row}"] for row in rows], card.score.estimate)
    assert_allclose([spreadsheet[f"{column[Part.COVERED]}{row}"] for row in rows], card.covered)
    assert_allclose([spreadsheet[f"{column[Part.PAYABLE]}{row}"] for row in rows], card.payable)
    assert card.payable[2] == 0
    assert card.covered[0] < 1


def test_people_who_do_not_differ_have_fifty_points_and_too_little_has_no_score():
    equal = Item("sales", "results", np.full(3, 2.0), np.full(3, 0.1), np.array([100.0, 100.0, 5.0]))
    sheet = scorecard_sheet(["a", "b", "c"], [equal], weights={"results": 1.0})
    spreadsheet = Spreadsheet(sheet)
    column = {part: chr(65 + number) for number, (part, _) in enumerate(sheet.columns)}
    assert spreadsheet[f"{column[Part.SCORE]}7"] == 50
    assert np.isnan(spreadsheet[f"{column[Part.SCORE]}9"])


def test_every_row_has_a_cell_for_every_column():
    sheet = scorecard_sheet(["a", "b", "c", "d", "e", "f"], items(), weights=WEIGHTS)
    assert {len(row) for row in sheet.cells} == {len(sheet.columns)}
    assert len(sheet.cells) == len(ROWS) + 6


def test_a_sheet_of_other_persons_or_of_one_measure_twice_is_refused():
    item = Item("sales", "results", np.ones(3), np.ones(3), np.full(3, 99.0))
    with pytest.raises(ShapeError, match="2 names"):
        scorecard_sheet(["a", "b"], [item])
    with pytest.raises(ShapeError, match="twice"):
        scorecard_sheet(["a", "b", "c"], [item, item])


def test_columns_beyond_z_have_the_names_that_a_spreadsheet_gives_them():
    """Fourteen measures make 34 columns: the formulas of the last ones refer to AC and AF."""
    many = [replace(items()[2], key=f"m{number}") for number in range(14)]
    sheet = scorecard_sheet(list("abcdef"), many, weights=WEIGHTS)
    names = [xl_col_to_name(number) for number in range(len(sheet.columns))]
    place = {part: number for number, (part, _) in enumerate(sheet.columns)}
    score, breaches = names[place[Part.SCORE]], names[place[Part.BREACHES]]
    assert len(score) == 2
    assert sheet.cells[len(ROWS)][place[Part.PAYABLE]] == f"=IF({breaches}7>0,0,{score}7)"


def test_thirty_customers_are_enough_for_a_value_in_the_sheet():
    exposure = np.array([30.0, 29.0, 100.0])
    item = Item("sales", "results", np.array([1.0, 2.0, 3.0]), np.full(3, 0.1), exposure)
    sheet = scorecard_sheet(["a", "b", "c"], [item], weights={"results": 1.0})
    assert [row[1] for row in sheet.cells[len(ROWS) :]] == [1.0, None, 3.0]
