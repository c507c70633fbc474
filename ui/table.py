"""Tables of estimates: each cell a number with its interval, or the reason why there is none; sorted by the number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st
from metrics.catalogue import Unit
from metrics.estimate import Intervals

from ui.estimates import Style
from ui.words import say

ROW_HEIGHT = 36
SHOWN_ROWS = 15


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table, on screen and in its export.

    Attributes:
        name: Header, without the unit.
        values: Text, exact numbers (nan where not recorded) or intervals, one a row.
        unit: Unit of numbers; None for text.
        note: What the header says after the name: "% of contacted".
        definition: Shown on hover over the header.
        signed: Whether a plus is written.
        missing: What stands where an exact number is nan.
    """

    name: str
    values: Intervals | Sequence[str] | npt.NDArray[np.float64]
    unit: Unit | None = None
    note: str = ""
    definition: str = ""
    signed: bool = False
    missing: str = ""

    def style(self, currency: str) -> Style:
        """How its numbers are written: one scale for the whole column."""
        numbers = self.numbers()
        finite = np.abs(numbers[np.isfinite(numbers)])
        typical = float(np.median(finite)) if len(finite) else 0.0
        return Style.of(self.unit or Unit.COUNT, currency, typical, signed=self.signed)

    def numbers(self) -> npt.NDArray[np.float64]:
        """The estimates or exact numbers, by which the column sorts."""
        values = self.values.estimate if isinstance(self.values, Intervals) else self.values
        return np.asarray(values, dtype=np.float64)

    def texts(self, currency: str) -> list[str]:
        """What the cells show."""
        if self.unit is None:
            return [str(value) for value in self.values] if not isinstance(self.values, Intervals) else []
        style = self.style(currency)
        if isinstance(self.values, Intervals):
            return [style.cell(self.values, row) for row in range(len(self.values))]
        return [self.missing if np.isnan(value) else style.number(float(value)) for value in self.numbers()]

    def header(self, currency: str) -> str:
        """The name with the unit: "Sales, ¥ m"."""
        mark = self.note or (self.style(currency).mark if self.unit is not None else "")
        return say("{name}, {unit}", name=self.name, unit=mark) if mark else self.name


def show(columns: Sequence[Column], *, currency: str, alt: str, key: str, selectable: bool = False) -> int | None:
    """Draws the table in the page's full width.

    Returns:
        The row that the reader chose, None without a choice.
    """
    frame = pd.DataFrame({str(i): _sortable(column) for i, column in enumerate(columns)})
    styled = frame.style.format({str(i): _in_row_order(column.texts(currency)) for i, column in enumerate(columns)})
    config: dict[str, Any] = {
        str(i): (st.column_config.TextColumn if column.unit is None else st.column_config.NumberColumn)(
            column.header(currency), help=column.definition or None
        )
        for i, column in enumerate(columns)
    }
    event: Any = st.dataframe(  # pyright: ignore[reportUnknownMemberType]
        styled,
        column_config=config,
        hide_index=True,
        height=ROW_HEIGHT * (min(len(frame), SHOWN_ROWS) + 1) + 3,
        row_height=ROW_HEIGHT,
        on_select="rerun" if selectable else "ignore",
        selection_mode="single-row",
        alt=alt,
        key=key,
    )
    rows: list[int] = event.selection.rows if selectable else []
    return rows[0] if rows else None


def definitions(columns: Sequence[Column]) -> None:
    """Draws a table of the app's own sentences, which are broken into lines rather than cut.

    Not for values of a feed: the cells are read as Markdown.
    """
    frame = pd.DataFrame({column.header(""): column.texts("") for column in columns})
    st.table(frame, hide_index=True, border="horizontal")  # pyright: ignore[reportUnknownMemberType]


def _in_row_order(texts: Sequence[str]) -> Callable[[object], str]:
    """A formatter that ignores the value: pandas formats a column's cells from the first row to the last.

    The text of a cell depends on its row (limits, reason), of which pandas tells a formatter nothing.
    """
    following = cycle(texts)
    return lambda _: next(following)


def _sortable(column: Column) -> Any:
    """What a column sorts by. The lowest number stands for none, whose cell would otherwise show no text."""
    if column.unit is None:
        return column.texts("")
    numbers = column.numbers()
    return np.where(np.isnan(numbers), -np.inf, numbers)
