"""Cards of estimates: number, what it rests on, limits; or a dash and why there is no number."""

from __future__ import annotations

from collections.abc import Sequence

from answers.traced import Traced
from metrics.catalogue import Unit, metric
from metrics.estimate import Intervals

from story import estimates
from story.parts import Badge, Card
from story.words import say, sentences

DASH = "\N{EM DASH}"

LONGEST = 8
"""Letters of a Chinese amount that a card shows without cutting them."""


def measured(
    name: str,
    key: str,
    numbers: Intervals,
    rests_on: Sequence[str],
    currency: str,
    *,
    definition: str = "",
    unit: Unit | None = None,
    signed: bool = False,
    badge: Badge | None = None,
    history: Sequence[float] | None = None,
    shown_by: str = "",
    traced: Traced | None = None,
) -> Card:
    """The card of a metric, first row of its numbers.

    Args:
        name: Short enough for a card.
        key: Of the catalogue, which knows formula and unit.
        numbers: The metric's intervals.
        rests_on: Denominator and whatever qualifies the number.
        currency: Of amounts.
        definition: Where the number is not quite the catalogue's formula.
        unit: Where it is not the catalogue's: points for a difference of shares.
        signed: Whether a plus is written.
        badge: Coloured only by a named rule.
        history: Earlier values and this one, drawn small.
        shown_by: Key of the chart or table of the story that shows it.
        traced: Which rows it was counted from, where not from those of its story.
    """
    entry = metric(key)
    said, of = definition or say(entry.formula), unit or entry.unit
    if not numbers.known[0]:
        return Card(name, DASH, estimates.why(numbers, 0), said, key=key, traced=traced, shown_by=shown_by)
    between = estimates.limits(numbers, 0, of, currency, signed=signed)
    value = estimates.value(numbers, 0, of, currency, signed=signed)
    number = (float(numbers.estimate[0]), float(numbers.low[0]), float(numbers.high[0]))
    return Card(
        name,
        short(value),
        sentences([*rests_on, between]),
        said,
        badge,
        history,
        key,
        number,
        traced=traced,
        shown_by=shown_by,
    )


def short(value: str) -> str:
    """The value as it fits a card: a long Chinese amount says 万 or 亿 without the currency's name."""
    return value.removesuffix("元") if len(value) > LONGEST else value
