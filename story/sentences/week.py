"""The week: as usual or a signal and by which rule, last year's week, why it changed, and where the month ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from metrics.catalogue.entry import marked as _
from metrics.finding import FindingCode

from story import figures
from story.sentences.told import (
    Group,
    Sentence,
    Told,
    Written,
    amount,
    chance,
    difference,
    exact,
    interval_of_metric,
    limits,
    metric_name,
    metric_unit,
    months,
    share,
    template,
    weeks,
)


def _value(told: Told, key: str) -> str:
    """A value of the metric that was counted, in its unit."""
    return exact(told.number(key), metric_unit(told), told.currency)


def _usual(told: Told) -> dict[str, str]:
    """The week's value with the digits of its usual limits."""
    low, high, unit = told.number("low"), told.number("high"), metric_unit(told)
    return {
        "value": amount(told.number("value"), low, high, unit, told.currency),
        "centre": amount(told.number("centre"), low, high, unit, told.currency),
        "limits": limits(low, high, unit, told.currency),
    }


def _against_centre(told: Told) -> dict[str, str]:
    """The week's value and the centre with as many digits as tell them apart."""
    value, centre, unit = told.number("value"), told.number("centre"), metric_unit(told)
    between = min(value, centre), max(value, centre)
    return {
        "value": amount(value, *between, unit, told.currency),
        "centre": amount(centre, *between, unit, told.currency),
    }


def _shares(told: Told) -> dict[str, str]:
    """The shares of two periods with as many digits as their difference deserves."""
    half = (told.number("high") - told.number("low")) / 2
    unit = metric_unit(told)
    return {
        key: amount(told.number(key), told.number(key) - half, told.number(key) + half, unit, told.currency)
        for key in ("before", "after")
    }


def _week_of(told: Told, key: str) -> str:
    return figures.day(date.fromisoformat(str(told.values[key])))


def _of(message: str, *groups: Group, **places: Written) -> Sentence:
    return template(message, *groups, metric=metric_name, **places)


SENTENCES: Mapping[FindingCode, Sentence] = {
    FindingCode.WEEK_AS_USUAL: _of(_("{metric}: {value}, as usual ({limits})"), _usual),
    FindingCode.WEEK_ABOVE_LIMITS: _of(
        _("{metric}: {value}, above what is usual here ({limits}): ask what was different"), _usual
    ),
    FindingCode.WEEK_BELOW_LIMITS: _of(
        _("{metric}: {value}, below what is usual here ({limits}): ask what was different"), _usual
    ),
    FindingCode.WEEK_RUN_ABOVE: _of(
        _("{metric}: {value}, above the usual {centre} for eight weeks or more: the level has moved"), _against_centre
    ),
    FindingCode.WEEK_RUN_BELOW: _of(
        _("{metric}: {value}, below the usual {centre} for eight weeks or more: the level has moved"), _against_centre
    ),
    FindingCode.WEEK_NEAR_UPPER: _of(
        _("{metric}: {value}, high in at least three of the last four weeks ({limits} is usual): it may be moving up"),
        _usual,
    ),
    FindingCode.WEEK_NEAR_LOWER: _of(
        _("{metric}: {value}, low in at least three of the last four weeks ({limits} is usual): it may be moving down"),
        _usual,
    ),
    FindingCode.FESTIVAL_AS_USUAL: _of(
        _("{metric}: {value}, as usual around Spring Festival, judged by earlier years ({limits})"), _usual
    ),
    FindingCode.FESTIVAL_ABOVE: _of(
        _("{metric}: {value}, above what earlier years bring around Spring Festival ({limits})"), _usual
    ),
    FindingCode.FESTIVAL_BELOW: _of(
        _("{metric}: {value}, below what earlier years bring around Spring Festival ({limits})"), _usual
    ),
    FindingCode.FESTIVAL_NOT_JUDGED: _of(
        _("{metric}: {value}, not judged: no earlier Spring Festival is in the data"), value=_value
    ),
    FindingCode.WEEK_OF_HOLIDAYS: _of(
        _("{metric}: {value}, not judged: holidays left too few working days"), value=_value
    ),
    FindingCode.WEEK_TOO_FEW_WEEKS: _of(
        _("{metric}: only {weeks} so far, too few to say what is usual; it takes {needed}"), weeks=weeks, needed=weeks
    ),
    FindingCode.WEEK_NO_VARIATION: _of(
        _("{metric}: {value}, not judged: {weeks} without any variation set no limits"), value=_value, weeks=weeks
    ),
    FindingCode.WEEK_NO_VALUE: _of(_("{metric}: nothing recorded this week")),
    FindingCode.YEAR_HIGHER: _of(
        _("{metric}: {size} above the comparable week of last year, that of {compared_with} ({limits})"),
        difference,
        compared_with=_week_of,
    ),
    FindingCode.YEAR_LOWER: _of(
        _("{metric}: {size} below the comparable week of last year, that of {compared_with} ({limits})"),
        difference,
        compared_with=_week_of,
    ),
    FindingCode.YEAR_NO_DIFFERENCE: _of(
        _("{metric}: no difference shown from the comparable week of last year, that of {compared_with} ({limits})"),
        difference,
        compared_with=_week_of,
    ),
    FindingCode.SHARE_ROSE: _of(_("{metric}: up from {before} to {after}, by {size} ({limits})"), _shares, difference),
    FindingCode.SHARE_FELL: _of(
        _("{metric}: down from {before} to {after}, by {size} ({limits})"), _shares, difference
    ),
    FindingCode.SHARE_HELD: _of(
        _("{metric}: {after}, no change shown from {before} ({limits} points)"),
        _shares,
        difference,
    ),
    FindingCode.MONTH_END_LIKELY: _of(
        _("{metric}: the target of {target} is likely to be reached, chance {chance}; about {estimate} ({limits})"),
        interval_of_metric,
        target=_value,
        chance=chance,
    ),
    FindingCode.MONTH_END_UNLIKELY: _of(
        _("{metric}: the target of {target} is unlikely to be reached, chance {chance}; about {estimate} ({limits})"),
        interval_of_metric,
        target=_value,
        chance=chance,
    ),
    FindingCode.MONTH_END_OPEN: _of(
        _("{metric}: whether the target of {target} is reached is open, chance {chance}; about {estimate} ({limits})"),
        interval_of_metric,
        target=_value,
        chance=chance,
    ),
    FindingCode.MONTH_END_EXPECTED: _of(
        _("{metric}: about {estimate} by the end of the month ({limits}, {level} of such months)"),
        interval_of_metric,
        level=share,
    ),
    FindingCode.MONTH_END_TOO_FEW: _of(
        _("{metric}: only {months} before it, too few to say where the month will end; it takes {needed}"),
        months=months,
        needed=months,
    ),
    FindingCode.MONTH_REACHED: _of(
        _("{metric}: the month ended at {estimate}, the target of {target} reached"), estimate=_value, target=_value
    ),
    FindingCode.MONTH_MISSED: _of(
        _("{metric}: the month ended at {estimate}, the target of {target} missed"), estimate=_value, target=_value
    ),
    FindingCode.MONTH_OVER: _of(_("{metric}: the month ended at {estimate}"), estimate=_value),
}
