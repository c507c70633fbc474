"""Estimates as text: the number, its limits, and what it rests on, in the unit of its metric.

The one door for intervals: how many digits they leave a number is decided here and nowhere else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from metrics.catalogue import Unit
from metrics.estimate import Intervals, Reason

from story import figures
from story.figures import span
from story.words import language, say

_HUNDREDFOLD = frozenset({Unit.SHARE, Unit.POINTS})
_SIGNED = frozenset({Unit.POINTS, Unit.RATIO})


@dataclass(frozen=True, slots=True)
class Style:
    """How numbers of one unit are written, side by side: one divisor for all of them.

    Attributes:
        unit: What one of it is.
        divisor: Divides every number: 1e8 for amounts of fen shown in millions of yuan.
        mark: The unit as it stands in a header: "%", "¥ m".
        signed: Whether a plus is written, because the sign is the message.
    """

    unit: Unit
    divisor: float = 1.0
    mark: str = ""
    signed: bool = False

    @classmethod
    def of(cls, unit: Unit, currency: str = "", largest: float = 0.0, *, signed: bool = False) -> Style:
        """The style of a unit; for money the scale is that of the `largest` amount.

        Raises:
            ValueError: an amount without a currency.
        """
        if unit is Unit.MONEY:
            minor = figures.minor_units(currency)
            divisor, word = figures.scale(largest / minor)
            return cls(unit, divisor * minor, figures.currency_unit(currency, word), signed)
        divisor = 0.01 if unit in _HUNDREDFOLD else 1.0
        return cls(unit, divisor, "%" if unit is Unit.SHARE else "", signed or unit in _SIGNED)

    def number(self, value: float) -> str:
        """One exact number without its unit."""
        shown = value / self.divisor
        decimals = 0 if self.unit is Unit.COUNT else figures.significant(shown)
        decimals = min(decimals, 1 if self.unit in _HUNDREDFOLD and abs(shown) >= 0.05 else 2)
        return figures.number(shown, decimals, signed=self.signed)

    def estimated(self, estimate: float, low: float, high: float) -> tuple[str, str, str]:
        """An estimate and its limits without their unit, with the digits that they leave each other.

        No limit is written as 0 unless it is 0: a limit just above 0 says something else than 0 does.
        """
        shown = [value / self.divisor for value in (estimate, low, high)]
        decimals = figures.digits((shown[2] - shown[1]) / 2, most=2)
        decimals = max(decimals, 1) if self.unit is Unit.RATIO else decimals  # a return of 0.4 is not 0
        decimals = max(decimals, *map(_first_digit, shown[1:]))
        number, least, most = (figures.number(value, decimals, signed=self.signed) for value in shown)
        return number, least, most

    def cell(self, intervals: Intervals, row: int) -> str:
        """A row as a table shows it: "31 (29–33)", or why there is no number."""
        estimate, low, high = (float(column[row]) for column in (intervals.estimate, intervals.low, intervals.high))
        if not intervals.known[row]:
            return why(intervals, row)
        if low == high:
            return self.number(estimate)
        number, least, most = self.estimated(estimate, low, high)
        between = f"{least}{figures.DASH}{most}" if low >= 0 and not self.signed else span(least, most)
        return f"{number} ({between})"

    def with_mark(self, text: str, *, known: bool) -> str:
        """A cell with its unit, where the rows of a column have different ones."""
        if not known or not self.mark:
            return text
        if self.unit is Unit.SHARE:
            return text + _percent_sign()
        return say("{number} {unit}", number=text, unit=self.mark)


def value(intervals: Intervals, row: int, unit: Unit, currency: str = "", *, signed: bool = False) -> str:
    """The estimate alone with its unit, as a card shows it: "6.1 %", "¥3.42 m", or why there is none."""
    estimate, low, high = (float(column[row]) for column in (intervals.estimate, intervals.low, intervals.high))
    if not intervals.known[row]:
        return why(intervals, row)
    return written(estimate, low, high, unit, currency, signed=signed)


def alone(intervals: Intervals, row: int, unit: Unit, currency: str = "") -> str:
    """The estimate where its limits are not written beside it, so that none of them asks for more digits."""
    estimate, low, high = (float(column[row]) for column in (intervals.estimate, intervals.low, intervals.high))
    if not intervals.known[row] or math.isnan(low) or math.isnan(high) or low == high:
        return value(intervals, row, unit, currency)
    style = Style.of(unit, currency, abs(estimate))
    decimals = figures.digits((high - low) / 2 / style.divisor, most=2)
    text = figures.number(estimate / style.divisor, decimals, signed=style.signed)
    if unit is Unit.MONEY:
        return figures.with_currency(text, currency, style.mark)
    return text + _percent_sign() if unit is Unit.SHARE else text


def written(estimate: float, low: float, high: float, unit: Unit, currency: str = "", *, signed: bool = False) -> str:
    """A number with its unit and the digits that its limits leave it; limits that are nan or equal claim none."""
    style = Style.of(unit, currency, abs(estimate), signed=signed)
    exact = math.isnan(low) or math.isnan(high) or low == high
    text = style.number(estimate) if exact else style.estimated(estimate, low, high)[0]
    if unit is Unit.MONEY:
        return figures.with_currency(text, currency, style.mark)
    return text + _percent_sign() if unit is Unit.SHARE else text


def limits(intervals: Intervals, row: int, unit: Unit, currency: str = "", *, signed: bool = False) -> str:
    """The two limits of a row with one unit: "3.3 to 3.5", "+¥158 k to +¥598 k". Empty where there are none."""
    estimate, low, high = (float(column[row]) for column in (intervals.estimate, intervals.low, intervals.high))
    if math.isnan(low) or math.isnan(high) or low == high:
        return ""
    style = Style.of(unit, currency, abs(estimate), signed=signed)
    _, least, most = style.estimated(estimate, low, high)
    if unit is Unit.MONEY:
        least, most = (figures.with_currency(text, currency, style.mark) for text in (least, most))
    return span(least, most)


def why(intervals: Intervals, row: int) -> str:
    """Why a row has no number; of nobody there is none to be had, however long one waits."""
    reason = str(intervals.reason[row])
    return say("none") if reason == Reason.TOO_FEW.value and intervals.n[row] == 0 else figures.why(reason)


def _percent_sign() -> str:
    return (figures.THIN if language() == "en" else "") + "%"


def _first_digit(value: float, most: int = 6) -> int:
    """Decimals at which a number is not written as 0."""
    if value == 0 or not math.isfinite(value):
        return 0
    return min(max(0, -math.floor(math.log10(abs(value) * 2))), most)
