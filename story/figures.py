"""Numbers, amounts and dates as a reader of the language expects them, with no more digits than they deserve.

Chinese counts in 万 and 亿, English in k, m and bn. Minus is the true sign. A number that does not exist is
never shown as 0, None or nan: it says why (`why`).
"""

from __future__ import annotations

import math
from datetime import date, datetime
from functools import cache
from typing import Final

from babel.dates import format_date, format_datetime
from babel.numbers import get_currency_name, get_currency_precision, get_currency_symbol
from metrics.catalogue.entry import marked as _
from metrics.estimate import Reason

from story.words import closed, language, locale, say

THIN = "\N{NARROW NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"

# Least amount, divisor and word, the largest first: ¥8,000 says it better than ¥8.00 k.
_SCALES = {
    "en": ((1e9, 1e9, "bn"), (1e6, 1e6, "m"), (1e4, 1e3, "k")),
    "zh": ((1e8, 1e8, "亿"), (1e4, 1e4, "万")),
}
_DIGITS_BY_HALF_WIDTH = ((3.0, 0), (0.08, 1), (0.008, 2))

_WHY = {
    Reason.TOO_FEW: _("too few"),
    Reason.NOT_RECORDED: _("not recorded"),
    Reason.NO_CONTROL: _("no control group"),
    Reason.NO_COST: _("no cost recorded"),
    Reason.WINDOW_OPEN: _("still counting"),
    Reason.UNBOUNDED: _("interval unbounded"),
    Reason.NO_VARIATION: _("no variation"),
    Reason.NOT_NESTED: _("feed contradicts itself"),
    Reason.NO_EFFECT: _("no effect shown"),
    Reason.CLUSTERED: _("assigned by branch"),
    Reason.BOTH_ARMS: _("a branch in both arms"),
    Reason.SAMPLE_RATIO: _("groups not of the planned sizes"),
}


SMALLEST_P: Final = 0.001
"""Below it a p value is told as smaller than this."""

LEAST_CHANCE: Final = 0.01
"""A chance of less is told as less than this, and one as close to certain likewise."""


def why(reason: str) -> str:
    """Why there is no number."""
    return say(_WHY[Reason(reason)])


def digits(half_width: float, most: int = 3) -> int:
    """Decimals that a number with this half-width of its interval deserves, in the unit it is shown in.

    >>> digits(4.5), digits(2.3), digits(0.1), digits(0.02)
    (0, 1, 1, 2)
    """
    for width, decimals in _DIGITS_BY_HALF_WIDTH:
        if half_width >= width:
            return decimals
    return most


def number(value: float, decimals: int = 0, *, signed: bool = False) -> str:
    """A plain number: thousands separators, true minus, a plus where the sign is the message.

    >>> number(-1234.56, 1), number(0.9, 1, signed=True), number(-0.04, 1)
    ('−1,234.6', '+0.9', '0.0')
    """
    text = f"{abs(value):,.{decimals}f}"
    if not any(character in "123456789" for character in text):
        return text
    sign = MINUS if value < 0 else "+" if signed else ""
    return sign + text


def percent(share: float, decimals: int = 0) -> str:
    """A share as a percentage: "6.1 %" in English, "6.1%" in Chinese.

    >>> percent(0.0612, 1) == f"6.1{THIN}%"
    True
    """
    return number(share * 100, decimals) + (f"{THIN}%" if language() == "en" else "%")


def share(counted: float) -> str:
    """A share as a percentage that keeps two digits: "6.1 %", "31 %"."""
    return percent(counted, 1 if abs(counted) < 0.1 else 0)


def chance(share: float) -> str:
    """A chance in whole percents, none of which is called impossible or certain: "under 1 %", "over 99 %"."""
    if share < LEAST_CHANCE:
        return say("under {share}", share=percent(LEAST_CHANCE))
    return say("over {share}", share=percent(1 - LEAST_CHANCE)) if share > 1 - LEAST_CHANCE else percent(share)


def p_value(p: float) -> str:
    """A p value as it is written: "p = 0.71", "p < 0.001"."""
    return f"p < {SMALLEST_P:g}" if p < SMALLEST_P else f"p = {number(p, 2 if p >= 0.1 else 3)}"


def span(low: str, high: str) -> str:
    """Two limits: "3.3 to 3.5" in English, "3.3 至 3.5" in Chinese; there a unit that both have is said once.

    >>> span("94 k", "107 k")
    '94 k to 107 k'
    """
    if language() == "zh":
        number, _space, unit = low.partition(" ")
        if unit and high.endswith(f" {unit}"):
            low = number
        elif unit:
            return say("{low} to {high}", low=low, high=high).replace(f"{unit} ", unit, 1)
        if low.endswith("日"):
            return closed(say("{low} to {high}", low=low, high=high)).replace("至 ", "至", 1)
    return say("{low} to {high}", low=low, high=high)


def scale(amount: float) -> tuple[float, str]:
    """Divisor and word for amounts of this size in currency units: (1e6, "m"), (1e4, "万"), (1, "").

    The size is that of the amount as it will be written: 999,960 is 1.00 m, not 1,000 k.
    """
    scales: list[tuple[float, float, str]] = [*_SCALES[language()], (0.0, 1.0, "")]
    size = abs(amount)
    place = next(place for place, (least, _, _) in enumerate(scales) if size >= least)
    shown = size / scales[place][1]
    if place and round(shown, significant(shown)) * scales[place][1] >= scales[place - 1][0]:
        place -= 1
    return scales[place][1:]


def minor_units(currency: str) -> int:
    """How many minor units make one unit of the currency: 100 for CNY, 1 for JPY, 1000 for KWD.

    Raises:
        ValueError: no currency is named; none is ever assumed.
    """
    if not currency:
        raise ValueError("An amount has a currency.")
    return int(10 ** get_currency_precision(currency))


def currency_unit(currency: str, word: str = "") -> str:
    """The unit of a column of amounts: "¥ m" in English, "万元" in Chinese."""
    if language() == "zh":
        return word + _name_in_chinese(currency)
    return f"{_symbol(currency)} {word}".strip()


def one_unit(currency: str) -> str:
    """One unit of the currency within a sentence: "yuan", "US dollar"; "元" in Chinese."""
    if language() == "zh":
        return _name_in_chinese(currency)
    return say("yuan") if currency == "CNY" else get_currency_name(currency, count=1, locale="en")


def with_currency(text: str, currency: str, mark: str) -> str:
    """A written amount with its `currency_unit`: "−¥612 k" in English, "−61.2 万元" in Chinese."""
    if language() == "zh":
        return f"{text} {mark}"
    symbol = _symbol(currency)
    sign = text[:1] if text[:1] in (MINUS, "+") else ""
    word = mark.removeprefix(symbol).strip()
    return f"{sign}{symbol}{text[len(sign) :]}{THIN + word if word else ''}"


def money(minor: float, currency: str, *, signed: bool = False) -> str:
    """An exact amount of minor units with three significant figures: "¥3.42 m" in English, "342 万元" in Chinese."""
    units = minor / minor_units(currency)
    divisor, word = scale(units)
    text = number(units / divisor, significant(units / divisor), signed=signed)
    return with_currency(text, currency, currency_unit(currency, word))


def significant(value: float, figures: int = 3) -> int:
    """Decimals that show so many significant figures.

    >>> significant(3.42), significant(342.0), significant(0.0)
    (2, 0, 0)
    """
    if value == 0 or not math.isfinite(value):
        return 0
    exponent = int(f"{abs(value):.{figures - 1}e}".partition("e")[2])  # of the number as it will be written
    return max(0, figures - 1 - exponent)


def day(value: date) -> str:
    """A date: "4 Dec 2026" in English, "2026年12月4日" in Chinese."""
    return format_date(value, "d MMM y" if language() == "en" else "y年M月d日", locale=locale())


def short_day(value: date) -> str:
    """A date within a known year: "4 Dec" in English, "12月4日" in Chinese."""
    return format_date(value, "d MMM" if language() == "en" else "M月d日", locale=locale())


def moment(value: datetime) -> str:
    """A date with its time: "4 Dec 2026, 23:40" in English, "2026年12月4日 23:40" in Chinese."""
    return format_datetime(value, "d MMM y, HH:mm" if language() == "en" else "y年M月d日 HH:mm", locale=locale())


def month(value: date) -> str:
    """The month of a date: "Dec 2026" in English, "2026年12月" in Chinese."""
    return format_date(value, "MMM y" if language() == "en" else "y年M月", locale=locale())


def quarter(year: int, number_of_quarter: int) -> str:
    """A quarter: "2026, 3rd quarter" in English, "2026年第三季度" in Chinese."""
    first = date(year, number_of_quarter * 3 - 2, 1)
    return format_date(first, "y, QQQQ" if language() == "en" else "y年QQQQ", locale=locale())


@cache
def _symbol(currency: str) -> str:
    return get_currency_symbol(currency, "zh_CN")


@cache
def _name_in_chinese(currency: str) -> str:
    return "元" if currency == "CNY" else get_currency_name(currency, locale="zh_CN")
