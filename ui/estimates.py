"""Estimates as text: the number, its limits, and what it rests on, in the unit of its metric."""

from __future__ import annotations

import math
from dataclasses import dataclass

from metrics.catalogue import Unit
from metrics.estimate import Intervals, Reason

from ui import figures
from ui.figures import span
from ui.words import language, say

_HUNDREDFOLD = frozenset({Unit.SHARE, Unit.POINTS})
_SIGNED = frozenset({Unit.POINTS, Unit.RATIO})


@dataclass(frozen=True, slots=True)
class Style:
    """How numbers of one unit are written, side by side: one divisor for all of them.

    Attributes:
        unit: What one of it is.
        divisor: Divides every number: 1e8 for amounts of minor units shown in millions.
        mark: The unit as it stands in a header: "%", "¥ m".
        signed: Whether a plus is written, because the sign is the message.
    """

    unit: Unit
    divisor: float = 1.0
    mark: str = ""
    signed: bool = False

    @classmethod
    def of(cls, unit: Unit, currency: str = "", largest: float = 0.0, *, signed: bool = False) -> Style:
        """The style of a unit; for money the scale is that of the `largest` amount."""
        if unit is Unit.MONEY:
            divisor, word = figures.scale(largest / 100)
            return cls(unit, divisor * 100, figures.currency_unit(currency, word), signed)
        divisor = 0.01 if unit in _HUNDREDFOLD else 1.0
        return cls(unit, divisor, "%" if unit is Unit.SHARE else "", signed or unit in _SIGNED)

    def number(self, value: float, half_width: float = math.nan) -> str:
        """One number without its unit; nan as the half-width means that it is exact."""
        shown = value / self.divisor
        if math.isnan(half_width):
            decimals = 0 if self.unit is Unit.COUNT else figures.significant(shown)
            decimals = min(decimals, 1 if self.unit in _HUNDREDFOLD else 2)
        else:
            decimals = figures.digits(half_width / self.divisor, most=2)
            decimals = max(decimals, 1) if self.unit is Unit.RATIO else decimals  # a return of 0.4 is not 0
        return figures.number(shown, decimals, signed=self.signed)

    def cell(self, intervals: Intervals, row: int) -> str:
        """A row as a table shows it: "31 (29–33)", or why there is no number."""
        estimate, low, high = (float(column[row]) for column in (intervals.estimate, intervals.low, intervals.high))
        if math.isnan(estimate):
            return _why(intervals, row)
        if math.isnan(low) or math.isnan(high) or low == high:
            return self.number(estimate)
        half = (high - low) / 2
        low_text, high_text = self.number(low, half), self.number(high, half)
        between = f"{low_text}{figures.DASH}{high_text}" if low >= 0 and not self.signed else span(low_text, high_text)
        return f"{self.number(estimate, half)} ({between})"


def value(intervals: Intervals, row: int, unit: Unit, currency: str = "", *, signed: bool = False) -> str:
    """The estimate alone with its unit, as a card shows it: "6.1 %", "¥3.42 m", or why there is none."""
    estimate = float(intervals.estimate[row])
    if math.isnan(estimate):
        return _why(intervals, row)
    return written(estimate, _half_width(intervals, row), unit, currency, signed=signed)


def written(estimate: float, half_width: float, unit: Unit, currency: str = "", *, signed: bool = False) -> str:
    """A number with its unit and the digits that its interval leaves it."""
    if unit is Unit.MONEY:
        return figures.money(estimate, currency, None if math.isnan(half_width) else half_width, signed=signed)
    text = Style.of(unit, signed=signed).number(estimate, half_width)
    return text + (figures.THIN if language() == "en" else "") + "%" if unit is Unit.SHARE else text


def limits(intervals: Intervals, row: int, unit: Unit, currency: str = "") -> str:
    """The two limits of a row without their unit: "3.3 to 3.5". Empty where there are none."""
    low, high = float(intervals.low[row]), float(intervals.high[row])
    if math.isnan(low) or math.isnan(high) or low == high:
        return ""
    style, half = Style.of(unit, currency, float(intervals.estimate[row])), _half_width(intervals, row)
    return figures.span(style.number(low, half), style.number(high, half))


def _why(intervals: Intervals, row: int) -> str:
    """Why a row has no number; of nobody there is none to be had, however long one waits."""
    reason = str(intervals.reason[row])
    return say("none") if reason == Reason.TOO_FEW.value and intervals.n[row] == 0 else figures.why(reason)


def _half_width(intervals: Intervals, row: int) -> float:
    """Half the width of a row's interval; nan where it has none, or where the number was counted and is exact."""
    return float(intervals.high[row] - intervals.low[row]) / 2 or math.nan
