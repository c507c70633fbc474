"""What a sentence is made of: the values of one finding, written as a reader of the language expects them.

A sentence is a message with places, and for each place the way in which a value is written:
``template(_("{n} too few"), n=customers)``. A group such as `interval` fills several places at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from metrics.catalogue import METRICS, Unit

from story import figures
from story.estimates import written
from story.vocabulary import term
from story.words import language, say, say_count


@dataclass(frozen=True, slots=True)
class Told:
    """The values of a finding, what its identifiers are called, and the currency of its amounts.

    Attributes:
        values: of the finding.
        names: of campaigns, staff, segments ... by identifier, and of the arms by ``treated`` and ``control``.
        currency: of amounts in minor units.
    """

    values: Mapping[str, int | float | str]
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    currency: str = ""

    def number(self, key: str) -> float:
        """A value as a number."""
        return float(self.values[key])

    def count(self, key: str) -> int:
        """A value as a whole number."""
        return round(float(self.values[key]))

    def name(self, key: str) -> str:
        """What the identifier is called; itself, or the word of the vocabulary, where nobody named it."""
        value = str(self.values[key])
        return self.names.get(value) or term(value)


Sentence = Callable[[Told], str]
Written = Callable[[Told, str], str]
Group = Callable[[Told], dict[str, str]]


def template(message: str, *groups: Group, **places: Written) -> Sentence:
    """A sentence from a message that is marked for translation."""

    def text(told: Told) -> str:
        filled = {key: write(told, key) for key, write in places.items()}
        for group in groups:
            filled |= group(told)
        return say(message, **filled)

    return text


def name(told: Told, key: str) -> str:
    """An identifier by its name."""
    return told.name(key)


def whole(told: Told, key: str) -> str:
    """A count."""
    return figures.number(told.count(key))


def two_decimals(told: Told, key: str) -> str:
    """A plain number."""
    return figures.number(told.number(key), 2)


def share(told: Told, key: str) -> str:
    """A share that was counted, as a percentage."""
    return figures.share(told.number(key))


def chance(told: Told, key: str) -> str:
    """A chance as a percentage."""
    return figures.chance(told.number(key))


def money(told: Told, key: str) -> str:
    """An amount of minor units."""
    return figures.money(told.number(key), told.currency)


def p_value(told: Told, key: str) -> str:
    """A p value: "p = 0.012"."""
    return figures.p_value(told.number(key))


def customers(told: Told, key: str) -> str:
    """So many customers."""
    return say_count("{count} customer", "{count} customers", told.count(key))


def branches(told: Told, key: str) -> str:
    """So many branches."""
    return say_count("{count} branch", "{count} branches", told.count(key))


def staff(told: Told, key: str) -> str:
    """So many members of staff."""
    return say_count("{count} member of staff", "{count} members of staff", told.count(key))


def weeks(told: Told, key: str) -> str:
    """So many weeks."""
    return say_count("{count} week", "{count} weeks", told.count(key))


def months(told: Told, key: str) -> str:
    """So many months."""
    return say_count("{count} month", "{count} months", told.count(key))


def arms(told: Told) -> dict[str, str]:
    """What the two arms are called."""
    return {
        "treated": told.names.get("treated") or say("the treated group"),
        "control": told.names.get("control") or say("the control group"),
    }


def metric_name(told: Told, key: str = "metric") -> str:
    """The metric within a sentence."""
    known = METRICS.get(str(told.values[key]))
    if known is None:
        return told.name(key)
    text = say(known.name)
    return text[:1].lower() + text[1:] if language() == "en" else text


def compared_name(told: Told, key: str = "metric") -> str:
    """Of a difference: what is compared, within a sentence: "conversion", "net new money per customer assigned"."""
    compares = METRICS[str(told.values[key])].compares
    return metric_name(Told({"metric": compares}, told.names, told.currency)) if compares else metric_name(told, key)


def metric_unit(told: Told) -> Unit:
    """The unit of the finding's metric; a count where the catalogue does not have it."""
    known = METRICS.get(str(told.values["metric"]))
    return Unit.COUNT if known is None else known.unit


def difference_unit(told: Told) -> Unit:
    """The unit of a difference of the finding's metric: that of two shares is in points."""
    unit = metric_unit(told)
    return Unit.POINTS if unit is Unit.SHARE else unit


def amount(value: float, low: float, high: float, unit: Unit, currency: str, *, signed: bool = False) -> str:
    """A number with its unit in words: "1.5 points", "¥3.42 m", "6.1 %"."""
    text = written(value, low, high, unit, currency, signed=signed)
    if not signed and unit in (Unit.POINTS, Unit.RATIO):
        text = text.lstrip("+")
    return say("{number} points", number=text) if unit is Unit.POINTS else text


def exact(value: float, unit: Unit, currency: str, *, signed: bool = False) -> str:
    """A number that was counted, with its unit in words."""
    return amount(value, value, value, unit, currency, signed=signed)


def limits(low: float, high: float, unit: Unit, currency: str, *, signed: bool = False) -> str:
    """Two limits with the digits that they leave each other: "3.3 % to 3.5 %", "+0.6 to +2.4"."""
    texts = [written(limit, low, high, unit, currency, signed=signed) for limit in (low, high)]
    if not signed and unit in (Unit.POINTS, Unit.RATIO):
        texts = [text.lstrip("+") for text in texts]
    return figures.span(*texts)


def interval(unit: Unit, *, signed: bool = False) -> Group:
    """``estimate`` and ``limits`` from `estimate`, `low`, `high`; a signed one has ``size`` without its sign."""
    return lambda told: _interval(told, unit, signed=signed)


def interval_of_metric(told: Told) -> dict[str, str]:
    """As `interval`, in the unit of the finding's metric."""
    return _interval(told, metric_unit(told))


def difference(told: Told) -> dict[str, str]:
    """As a signed `interval`, in the unit of a difference of the finding's metric."""
    return _interval(told, difference_unit(told), signed=True)


def _interval(told: Told, unit: Unit, *, signed: bool = False) -> dict[str, str]:
    estimate, low, high = (told.number(key) for key in ("estimate", "low", "high"))
    least, most = (low, high) if estimate >= 0 else (-high, -low)
    return {
        "estimate": amount(estimate, low, high, unit, told.currency, signed=signed),
        "size": amount(abs(estimate), least, most, unit, told.currency),
        "limits": limits(low, high, unit, told.currency, signed=signed),
    }
