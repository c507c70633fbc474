"""Groups of customers in one plot: whether they differ at all first, then what each shows beside the whole."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from metrics.catalogue import Unit
from metrics.estimate import Intervals
from metrics.inference.study.segments import Segments

from story import figures
from story.chart import forest, theme
from story.compare import called
from story.estimates import Style
from story.parts import Block
from story.words import listed, opened, say, sentences


@dataclass(frozen=True, slots=True)
class Whole:
    """What the groups are told of.

    Attributes:
        key: Metric that is compared, in the catalogue.
        currency: Of amounts.
        randomised: Whether a difference is an effect.
        difference: Of everybody, in the unit of the groups; nan where it is not known.
    """

    key: str
    currency: str
    randomised: bool
    difference: float


def block(found: Segments, whole: Whole) -> Block | None:
    """The plot; None where no group has a number."""
    if not found.difference.known.any():
        return None
    heading = _heading(found, randomised=whole.randomised)
    unit = called.unit_of_difference(whole.key)
    known = np.flatnonzero(found.difference.known)
    # Of the median, so that one group of few rich customers does not write all others as 0.
    style = Style.of(unit, whole.currency, float(np.median(np.abs(found.difference.estimate[known]))), signed=True)
    scale = style.divisor if unit is Unit.MONEY else 1.0
    picture = found.difference.scaled(1 / scale)
    rows = [_row(found, picture, style, int(row)) for row in known]
    marks = [forest.Mark(0.0, "", 0, len(rows) - 1, dashed=False)]
    if not math.isnan(whole.difference):
        marks.append(forest.Mark(whole.difference / scale, say("all"), 0, len(rows) - 1))
    tests = _tests(found)
    caption = sentences(
        [
            say("{unit}, intervals allow for {n} groups", unit=style.mark or say("points"), n=len(found)),
            say("whether groups differ at all is tested first: {tests}", tests=tests) if tests else "",
        ]
    )
    chart = forest.chart(
        rows,
        marks,
        forest.Columns((say("difference"), say("n"), ""), (0.7, 0.83, 1.0), 0.54, roomy=280),
        reach=_room(picture.low[known], picture.high[known], picture.estimate[known]),
        alt_text=heading,
        key="segments",
        axis=theme.axis_label(unit),
    )
    return Block(heading, opened(caption), chart)


def _heading(found: Segments, *, randomised: bool) -> str:
    if differ := [called.trait(key) for key in found.differ]:
        return say("The difference is not the same for all: {traits}", traits=listed(differ))
    if randomised:
        return say("No group of customers shows another effect than the rest")
    return say("No group of customers shows another difference than the rest")


def _tests(found: Segments) -> str:
    return listed(
        say("{trait} {p}", trait=called.trait(str(row["dimension"])), p=figures.p_value(float(row["adjusted"])))
        for row in found.interaction.to_dict("records")
        if not math.isnan(float(row["adjusted"]))
    )


def _row(found: Segments, picture: Intervals, style: Style, row: int) -> forest.Row:
    return forest.Row(
        called.group(found.dimension[row], found.value[row]),
        float(picture.estimate[row]),
        float(picture.low[row]),
        float(picture.high[row]),
        "better" if picture.low[row] > 0 else "worse" if picture.high[row] < 0 else "none",
        sentences([style.cell(found.difference, row), figures.p_value(float(found.adjusted[row]))]),
        (
            style.number(float(found.difference.estimate[row])),
            figures.number(float(found.difference.n[row])),
            figures.p_value(float(found.adjusted[row])),
        ),
    )


def _room(low: np.ndarray, high: np.ndarray, estimate: np.ndarray) -> tuple[float, float]:
    """The same on either side of nothing; the widest intervals are cut, and a few far groups do not shrink the rest."""
    widths, sizes = np.sort(np.maximum(np.abs(low), np.abs(high))), np.sort(np.abs(estimate))
    at = int(len(widths) * 0.75)
    reach = max(float(widths[at]), float(sizes[at]) * 1.1)
    return -reach, reach
