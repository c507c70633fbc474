"""Plans before, while and after they run, and a split budget: chances and never promises."""

from __future__ import annotations

from collections.abc import Mapping

from metrics.catalogue import Unit
from metrics.catalogue.entry import marked as _
from metrics.finding import FindingCode

from story.sentences.told import (
    Sentence,
    Told,
    chance,
    customers,
    interval,
    limits,
    money,
    one_unit,
    share,
    template,
    two_decimals,
    whole,
)
from story.words import say, say_count

_ASSUMPTIONS = {
    "participation": _("participation"),
    "conversion": _("conversion"),
    "sales": _("the sales of a conversion"),
    "contribution": _("the contribution of a conversion"),
    "cost": _("the cost of a customer"),
}
_RETURN = interval(Unit.RATIO, signed=True)
_COUNT = interval(Unit.COUNT)


def _assumption(told: Told, key: str) -> str:
    return say(_ASSUMPTIONS[str(told.values[key])])


def _ends(told: Told) -> dict[str, str]:
    """Lower and upper limit of a return alone."""
    return {"limits": limits(told.number("low"), told.number("high"), Unit.RATIO, told.currency, signed=True)}


def _outcome(told: Told, key: str) -> str:
    """So many participants or conversions, by the finding's outcome."""
    if told.values["outcome"] == "participated":
        return say_count("{count} participant", "{count} participants", told.count(key))
    return _conversions(told, key)


def _conversions(told: Told, key: str) -> str:
    return say_count("{count} conversion", "{count} conversions", told.count(key))


def _by_now(told: Told) -> dict[str, str]:
    low, high = told.number("expected_low"), told.number("expected_high")
    return {"by_now": limits(low, high, Unit.COUNT, told.currency)}


def _forecasts(told: Told, key: str) -> str:
    return say_count("{count} past forecast", "{count} past forecasts", told.count(key))


SENTENCES: Mapping[FindingCode, Sentence] = {
    FindingCode.FORECAST_PAYS: template(
        _("it is likely to pay, chance {chance}: about {estimate} per {unit} spent ({limits}, {level} of such plans)"),
        _RETURN,
        unit=one_unit,
        chance=chance,
        level=share,
    ),
    FindingCode.FORECAST_LOSES: template(
        _("it is unlikely to pay, chance {chance}: {estimate} per {unit} spent ({limits}, {level} of such plans)"),
        _RETURN,
        unit=one_unit,
        chance=chance,
        level=share,
    ),
    FindingCode.FORECAST_OPEN: template(
        _("it may pay or not, chance {chance}: about {estimate} per {unit} spent ({limits}, {level} of such plans)"),
        _RETURN,
        unit=one_unit,
        chance=chance,
        level=share,
    ),
    FindingCode.FORECAST_NO_COST: template(_("the plan has no cost, so there is no return to forecast")),
    FindingCode.BREAK_EVEN: template(
        _("it takes {needed} to break even; about {expected} are expected ({limits}), chance {chance}"),
        lambda told: {"limits": limits(told.number("low"), told.number("high"), Unit.COUNT, told.currency)},
        needed=_conversions,
        expected=whole,
        chance=chance,
    ),
    FindingCode.MATTERS_MOST: template(
        _("the return hangs most on {assumption}: {limits} per {unit} spent over its likely range"),
        _ends,
        unit=one_unit,
        assumption=_assumption,
    ),
    FindingCode.CONTROL_TOO_SMALL: template(
        _("a control group of {customers} is too small: {needed} show the planned difference, chance {power}"),
        customers=customers,
        needed=customers,
        power=share,
    ),
    FindingCode.CONTROL_LARGE_ENOUGH: template(
        _("a control group of {customers} is enough: {needed} show the planned difference, chance {power}"),
        customers=customers,
        needed=customers,
        power=share,
    ),
    FindingCode.CONTROL_NEVER_ENOUGH: template(
        _("no control group is large enough to show a difference that is not planned for")
    ),
    FindingCode.ON_TRACK: template(
        _("on track: {counted} so far ({by_now} forecast by now), about {estimate} at the end ({limits})"),
        _by_now,
        _COUNT,
        counted=_outcome,
    ),
    FindingCode.AHEAD_OF_FORECAST: template(
        _("ahead of the forecast: {counted} so far ({by_now} forecast by now), about {estimate} at the end ({limits})"),
        _by_now,
        _COUNT,
        counted=_outcome,
    ),
    FindingCode.BEHIND_FORECAST: template(
        _("behind the forecast: {counted} so far ({by_now} forecast by now), about {estimate} at the end ({limits})"),
        _by_now,
        _COUNT,
        counted=_outcome,
    ),
    FindingCode.FORECAST_OVERTAKEN: template(
        _("the forecast has been overtaken: {counted} so far ({by_now} forecast by now); make a new one"),
        _by_now,
        counted=_outcome,
    ),
    FindingCode.TARGET_CHANCE: template(
        _("chance of reaching the target of {target}: {chance}"), target=_outcome, chance=chance
    ),
    FindingCode.COVERAGE_HONEST: template(
        _("past limits kept their promise as far as {n} can tell: {level} promised, {estimate} held ({limits})"),
        interval(Unit.SHARE),
        level=share,
        n=_forecasts,
    ),
    FindingCode.COVERAGE_TOO_NARROW: template(
        _("past limits were too narrow: {level} promised, {estimate} of {n} held ({limits})"),
        interval(Unit.SHARE),
        level=share,
        n=_forecasts,
    ),
    FindingCode.COVERAGE_TOO_WIDE: template(
        _("past limits were wider than needed: {level} promised, {estimate} of {n} held ({limits})"),
        interval(Unit.SHARE),
        level=share,
        n=_forecasts,
    ),
    FindingCode.FORECASTS_UNBIASED: template(
        _("past plans show no leaning: results differ from the forecast by {limits} on average ({n})"),
        interval(Unit.SHARE, signed=True),
        n=_forecasts,
    ),
    FindingCode.FORECASTS_HOPEFUL: template(
        _("past plans were hopeful: results came in {size} below the forecast on average ({n})"),
        interval(Unit.SHARE),
        n=_forecasts,
    ),
    FindingCode.FORECASTS_CAUTIOUS: template(
        _("past plans were cautious: results came in {size} above the forecast on average ({n})"),
        interval(Unit.SHARE),
        n=_forecasts,
    ),
    FindingCode.FORECASTS_TOO_FEW: template(
        _("{n} with a known outcome: too few to tell how plans turn out"), n=_forecasts
    ),
    FindingCode.SPLIT_GAINS: template(
        _("as past spending went, this split would bring {contribution}, {gain} more than the other's {other}"),
        contribution=money,
        gain=money,
        other=money,
    ),
    FindingCode.SPLIT_GAINS_NOTHING: template(
        _("as past spending went, no split would bring more than the other's {other}"), other=money
    ),
    FindingCode.LAST_YUAN_PAYS: template(
        _("the last {unit} would bring {last_unit} {unit}, as past spending went: it still pays"),
        last_unit=two_decimals,
        unit=one_unit,
    ),
    FindingCode.LAST_YUAN_LOSES: template(
        _("the last {unit} would bring {last_unit} {unit}, as past spending went: it no longer pays"),
        last_unit=two_decimals,
        unit=one_unit,
    ),
    FindingCode.BUDGET_LEFT: template(_("the limits leave {left} of {budget} unspent"), left=money, budget=money),
}
