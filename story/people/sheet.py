"""The score as a workbook whose formulas anyone can recompute, change and send back."""

# pyright: reportUnknownMemberType=false, reportMissingTypeStubs=false
# XlsxWriter is not typed.

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Final

import xlsxwriter
from metrics.catalogue import metric
from metrics.catalogue.entry import marked as _
from metrics.staff.sheet import Part, Sheet

from story.people.wording import BLOCKS
from story.words import say

_HEADS: Final = {
    "weight": _("Weight"),
    "mean": _("Mean of colleagues"),
    "deviation": _("Standard deviation"),
    "direction": _("Direction: 1 more is better"),
    "cap": _("Deviations that count at most"),
}
"""What stands above the people, in the first column."""

_PARTS: Final = {
    Part.STAFF: _("Name"),
    Part.COVERED: _("Weight covered"),
    Part.SCORE: _("Score"),
    Part.BREACHES: _("Breaches"),
    Part.PAYABLE: _("Score that counts"),
}


def xlsx(sheet: Sheet, about: Mapping[str, str]) -> bytes:
    """The sheet with its titles, and a second one that says what it is.

    Names are written as text, whatever they begin with: a feed's value is no formula.
    """
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        page = book.add_worksheet(_plain(say("Score")))
        bold, number, share = (
            book.add_format(form)
            for form in ({"bold": True, "text_wrap": True}, {"num_format": "0.00"}, {"num_format": "0.000"})
        )
        for column, (part, key) in enumerate(sheet.columns):
            page.write_string(0, column, _title(part, key), bold)
            page.set_column(column, column, 28 if column == 0 else 15)
        for row, cells in enumerate(sheet.cells, 1):
            for column, cell in enumerate(cells):
                form = share if sheet.columns[column][0] is Part.VALUE else number
                if column == 0:
                    page.write_string(row, 0, _head(str(cell), row))
                elif isinstance(cell, str):
                    page.write_formula(row, column, cell, form)
                elif cell is not None:
                    page.write_number(row, column, cell, form)
        page.freeze_panes(1, 1)
        said = book.add_worksheet(_plain(say("About")))
        said.set_column(0, 1, 40)
        for row, (name, value) in enumerate(about.items()):
            said.write_string(row, 0, name)
            said.write_string(row, 1, value)
    return buffer.getvalue()


def _title(part: Part, key: str) -> str:
    if part is Part.VALUE:
        return say(metric(key).name)
    if part is Part.POINTS:
        return say("{what}, points", what=say(metric(key).name))
    return say("{what}, together", what=say(BLOCKS[key])) if part is Part.BLOCK else say(_PARTS[part])


def _head(text: str, row: int) -> str:
    """The first rows are named by what they hold, the others by who they are of."""
    return say(_HEADS[text]) if row <= len(_HEADS) else text


def _plain(text: str) -> str:
    return "".join(sign for sign in text if sign not in "[]:*?/\\'")[:31]
