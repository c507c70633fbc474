"""Columns of tables: each cell a number with its interval, or the reason why there is none; sorted by the number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
from metrics.catalogue import Unit
from metrics.estimate import Intervals

from story.estimates import Style
from story.words import say

Missing = str | Sequence[str]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table, on screen and in its export.

    Attributes:
        name: Header, without the unit.
        values: Text, exact numbers (nan where there is none) or intervals, one a row.
        unit: Unit of numbers; None for text; one for each row where the rows are different metrics.
        note: What the header says after the name: "% of contacted".
        definition: Shown on hover over the header.
        signed: Whether a plus is written.
        missing: What stands where an exact number is nan: one text, or one for each row.
    """

    name: str
    values: Intervals | Sequence[str] | npt.NDArray[np.float64]
    unit: Unit | tuple[Unit, ...] | None = None
    note: str = ""
    definition: str = ""
    signed: bool = False
    missing: Missing = ""

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.values)

    @property
    def is_text(self) -> bool:
        """Whether the cells are text."""
        return self.unit is None

    def unit_of(self, row: int) -> Unit:
        """The unit of a row's number.

        Raises:
            TypeError: the column is text.
        """
        if self.unit is None:
            raise TypeError(f"The column {self.name!r} is text.")
        return self.unit[row] if isinstance(self.unit, tuple) else self.unit

    def style(self, currency: str) -> Style:
        """How its numbers are written: one scale for the whole column, that of its largest amount."""
        numbers = self.numbers()
        finite = np.abs(numbers[np.isfinite(numbers)])
        typical = float(np.median(finite)) if len(finite) else 0.0
        return Style.of(self.unit_of(0) if len(self) else Unit.COUNT, currency, typical, signed=self.signed)

    def numbers(self) -> npt.NDArray[np.float64]:
        """What is shown of estimates or exact numbers, by which the column sorts; nan where a reason is shown."""
        values = self.values
        if isinstance(values, Intervals):
            values = np.where(values.known, values.estimate, np.nan)
        return np.asarray(values, dtype=np.float64)

    def texts(self, currency: str) -> list[str]:
        """What the cells show."""
        if self.unit is None:
            return [str(value) for value in cast("Sequence[str]", self.values)]
        one = None if isinstance(self.unit, tuple) else self.style(currency)
        numbers = self.numbers()
        return [self._cell(row, float(value), one, currency) for row, value in enumerate(numbers)]

    def _cell(self, row: int, value: float, one: Style | None, currency: str) -> str:
        if not isinstance(self.values, Intervals) and np.isnan(value):
            return self.missing if isinstance(self.missing, str) else self.missing[row]
        style = one or Style.of(self.unit_of(row), currency, abs(np.nan_to_num(value)), signed=self.signed)
        text = style.cell(self.values, row) if isinstance(self.values, Intervals) else style.number(value)
        return text if one else style.with_mark(text, known=not np.isnan(value))

    def header(self, currency: str) -> str:
        """The name with the unit: "Sales, ¥ m"."""
        one = self.unit is not None and not isinstance(self.unit, tuple)
        mark = self.note or (self.style(currency).mark if one else "")
        return say("{name}, {unit}", name=self.name, unit=mark) if mark else self.name
