"""Regions as intervals, with an order only where there is one."""

from __future__ import annotations

import math

from answers.summary.regions import Regions
from metrics.catalogue import Unit
from metrics.staff.performance import Performance

from story import estimates, figures
from story.chart import interval, theme
from story.parts import Block
from story.vocabulary import names
from story.words import say, sentences


def block(regions: Regions) -> Block:
    """Conversion of each region with its customers and campaigns made alike, beside that of all."""
    performance = regions.performance
    heading = (
        say("Regions differ in conversion")
        if performance.differences_shown
        else say("No differences shown between regions in conversion")
    )
    caption = sentences(
        [
            say("Conversion as it would be with everybody's mix of campaigns and tiers, 95 % interval"),
            *_rests_on(performance),
        ]
    )
    chart = interval.chart(
        names(list(regions.names)),
        performance.ratio.scaled(regions.overall),
        written=lambda estimate, low, high: estimates.written(estimate, low, high, Unit.SHARE),
        axis=theme.axis_label(Unit.SHARE),
        reference=(regions.overall, say("all {share}", share=figures.percent(regions.overall, 1))),
        ordered=performance.order_shown,
        alt_text=say("Conversion of {n} regions with intervals. {finding}.", n=len(regions.names), finding=heading),
        key="regions",
    )
    return Block(heading, caption, chart, width=5)


def _rests_on(performance: Performance) -> list[str]:
    """How sure it is that they differ; of those that do, how much of what is seen is real."""
    p_value, reliability = float(performance.test.p_value[0]), performance.reliability
    if math.isnan(p_value):
        return []
    said = [figures.p_value(p_value)]
    if performance.differences_shown and reliability.known[0]:
        share, limits = (told(reliability, 0, Unit.SHARE) for told in (estimates.value, estimates.limits))
        said.append(say("{share} of the spread is real ({limits})", share=share, limits=limits))
    return said if performance.order_shown else [*said, say("so no order")]
