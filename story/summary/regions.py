"""Regions as intervals, with an order only where there is one."""

from __future__ import annotations

import math

from answers.summary.regions import Regions
from metrics.catalogue import Unit

from story import estimates, figures
from story.chart import interval, theme
from story.parts import Block
from story.vocabulary import names
from story.words import say, sentences


def block(regions: Regions) -> Block:
    """Conversion of each region with its customers and campaigns made alike, beside that of all."""
    heading = (
        say("Regions differ in conversion")
        if regions.ordered
        else say("No region can be told from another in conversion")
    )
    real = (
        say("too few regions to say how much of the spread is real")
        if math.isnan(regions.reliability)
        else say("{share} of the spread is real", share=figures.percent(regions.reliability))
    )
    caption = sentences(
        [
            say("Conversion as it would be with everybody's mix of campaigns and tiers, 95 % interval"),
            real,
            *([] if regions.ordered else [say("so no order")]),
        ]
    )
    chart = interval.chart(
        names(list(regions.names)),
        regions.share,
        written=lambda estimate, low, high: estimates.written(estimate, low, high, Unit.SHARE),
        axis=theme.axis_label(Unit.SHARE),
        reference=(regions.overall, say("all {share}", share=figures.percent(regions.overall, 1))),
        ordered=regions.ordered,
        alt_text=say("Conversion of {n} regions with intervals. {finding}.", n=len(regions.names), finding=heading),
        key="regions",
    )
    return Block(heading, caption, chart, width=5)
