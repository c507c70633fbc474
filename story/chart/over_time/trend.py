"""A measure through time: a line with a dot a period and a band for its uncertainty."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import numpy.typing as npt
import pandas as pd
from metrics.catalogue import Unit

from story import figures
from story.chart import theme
from story.chart.over_time import dates
from story.parts import Chart
from story.words import say

HEIGHT = 230
_GREYS: tuple[theme.Role, ...] = ("muted", "none", "text")

_ROOM = 0.15
"""Part of the height that a name takes."""

Curve = tuple[Sequence[float], Sequence[float], Sequence[float]]
"""Estimate, low and high of each day."""


def weeks(starts: Sequence[date], counts: dict[str, Sequence[float]], *, alt_text: str, key: str) -> Chart:
    """Counts a week, one line a measure, its name where no other line is near; no colour, for none is better.

    Args:
        starts: Monday of each week.
        counts: Named counts, one a week; at most three.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
    """
    days = [dates.midnight(day) for day in starts]
    rows = pd.concat(
        [
            pd.DataFrame(
                {
                    "week": days,
                    "count": list(values),
                    "name": name,
                    "role": role,
                    "hover": [
                        say(
                            "{name} in the week of {day}: {n}", name=name, day=figures.day(day), n=figures.number(value)
                        )
                        for day, value in zip(starts, values, strict=True)
                    ],
                }
            )
            for (name, values), role in zip(counts.items(), _GREYS, strict=False)
        ],
        ignore_index=True,
    )
    lines = np.array(list(counts.values()), dtype=float)
    named = rows.iloc[[line * len(starts) + free_place(lines, line) for line in range(len(lines))]]
    form = _weeks(dates.written(starts), min(len(starts), 6), theme.axis_label(Unit.COUNT))
    mondays = tuple(date(day.year, day.month, day.day) for day in starts)
    return Chart(theme.filled(form, height=HEIGHT, rows=rows, named=named), HEIGHT, alt_text, key, weeks=mondays)


def free_place(lines: npt.NDArray[np.float64], line: int) -> int:
    """Where a name above a line crosses no other: the highest such point, else where there is most room.

    >>> free_place(np.array([[9.0, 8, 7, 3, 0], [1.0, 1, 1, 2, 2]]), 1)
    0
    """
    own, others = lines[line], np.delete(lines, line, axis=0)
    enough = _ROOM * lines.max()

    def room(place: int) -> float:
        near = slice(max(place - 1, 0), place + 2)  # as wide as a name
        above = others[others[:, near].max(axis=1) > own[place]][:, near]
        free = above.min(axis=1) - own[near].max()
        return float(max(free.min(initial=enough), 0.0))

    return max(range(len(own)), key=lambda place: (min(room(place), enough), own[place]))


def survival(
    days: Sequence[int], curves: dict[str, Curve], roles: Sequence[theme.Role], *, alt_text: str, key: str
) -> Chart:
    """Share converted by day since the start, a step line with its band; the arm's name at the line's end.

    Args:
        days: Days since the start, the same for all curves.
        curves: Estimate, low and high of each named curve, as shares.
        roles: Colour of each curve.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
    """
    rows = pd.concat(
        [
            pd.DataFrame(
                {
                    "day": list(days),
                    "share": list(estimate),
                    "low": list(low),
                    "high": list(high),
                    "name": name,
                    "role": role,
                    "hover": [
                        say("{name}, day {day}: {share}", name=name, day=day, share=figures.percent(value, 2))
                        for day, value in zip(days, estimate, strict=True)
                    ],
                }
            )
            for (name, (estimate, low, high)), role in zip(curves.items(), roles, strict=True)
        ]
    )
    last = rows.groupby("name", sort=False).tail(1)
    form = _survival(say("days since assignment"), theme.axis_label(Unit.SHARE))
    return Chart(theme.filled(form, height=HEIGHT, rows=rows, last=last), HEIGHT, alt_text, key)


@lru_cache
def _weeks(written: str, ticks: int, count: str) -> dict[str, Any]:
    """Lines, and above each its name."""
    axis = alt.Axis(format=written, grid=False, tickCount=ticks, labelOverlap="greedy", labelSeparation=14)
    x = alt.X("week:T", title=None, axis=axis)
    y = alt.Y("count:Q", title=None, axis=alt.Axis(labelExpr=count, tickCount=4))
    hue = theme.colour_by("role")
    lines = (
        theme.of("rows")
        .mark_line(strokeWidth=2, point={"size": 30, "filled": True})
        .encode(x=x, y=y, color=hue, detail="name:N", tooltip=[alt.Tooltip("hover:N", title=" ")])
    )
    names = theme.of("named").mark_text(dy=-12).encode(x=x, y=y, text="name:N", color=hue)
    return theme.dressed(alt.layer(lines, names))


@lru_cache
def _survival(title: str, share: str) -> dict[str, Any]:
    """Step lines with their bands, and at the end of each its name."""
    x = alt.X("day:Q", title=title, axis=alt.Axis(grid=False, tickCount=6))
    axis = alt.Axis(labelExpr=share, tickCount=4)
    hue = theme.colour_by("role")
    band: Any = (
        theme.of("rows")
        .mark_area(opacity=0.18, interpolate="step-after")
        .encode(x=x, y=alt.Y("low:Q", title=None, axis=axis), y2="high:Q", color=hue, detail="name:N")
    )
    line = (
        theme.of("rows")
        .mark_line(strokeWidth=2, interpolate="step-after")
        .encode(
            x=x,
            y=alt.Y("share:Q", title=None, axis=axis),
            color=hue,
            detail="name:N",
            tooltip=[alt.Tooltip("hover:N", title=" ")],
        )
    )
    ends = theme.of("last").mark_text(align="right", dy=-9).encode(x=x, y="share:Q", text="name:N", color=hue)
    return theme.dressed(alt.layer(band, line, ends))
