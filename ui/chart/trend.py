"""A measure through time: a line with a dot a period and a band for its uncertainty."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import altair as alt
import pandas as pd
from metrics.catalogue import Unit

from ui.chart import theme
from ui.words import language

HEIGHT = 230

Curve = tuple[Sequence[float], Sequence[float], Sequence[float]]
"""Estimate, low and high of each day."""


def weeks(
    starts: Sequence[date],
    counts: dict[str, Sequence[float]],
    *,
    alt_text: str,
    key: str | None = None,
) -> None:
    """Counts a week, one line a measure, the name at its peak.

    Args:
        starts: Monday of each week.
        counts: Named counts, one a week; at most three.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
    """
    colours = theme.palette()
    hues = dict(zip(counts, (colours.none, colours.text, colours.better), strict=False))
    rows = pd.concat(
        [pd.DataFrame({"week": pd.to_datetime(list(starts)), "count": list(values), "name": name, "hue": hues[name]})
         for name, values in counts.items()],
        ignore_index=True,
    )  # fmt: skip
    x = alt.X("week:T", title=None, axis=time_axis(len(starts)))
    y = alt.Y("count:Q", title=None, axis=alt.Axis(labelExpr=theme.axis_label(Unit.COUNT), tickCount=4))
    hue = alt.Color("hue:N", scale=None)
    lines = (
        alt.Chart(rows)
        .mark_line(strokeWidth=2, point={"size": 30, "filled": True})
        .encode(x=x, y=y, color=hue, detail="name:N", tooltip=["name:N", "week:T", alt.Tooltip("count:Q", format=",")])
    )
    peaks = rows.loc[rows.groupby("name", sort=False)["count"].idxmax()]
    names = alt.Chart(peaks).mark_text(dy=-12).encode(x=x, y=y, text="name:N", color=hue)
    theme.show(alt.layer(lines, names), height=HEIGHT, alt_text=alt_text, key=key)


def survival(
    days: Sequence[float],
    curves: dict[str, Curve],
    *,
    alt_text: str,
    day_label: str,
    key: str | None = None,
) -> None:
    """Share converted by day since the start, a step line with its band; the arm's name at the line's end.

    Args:
        days: Days since contact, the same for all curves.
        curves: Estimate, low and high of each named curve, as shares.
        alt_text: What the chart shows, for those who cannot see it.
        day_label: Name of the horizontal axis.
        key: Identity of the chart on the page.
    """
    colours = theme.palette()
    hues = dict(zip(curves, (colours.better, colours.none, colours.worse), strict=False))
    rows = pd.concat(
        [pd.DataFrame({"day": list(days), "share": list(estimate), "low": list(low), "high": list(high),
                       "name": name, "hue": hues[name]})
         for name, (estimate, low, high) in curves.items()]
    )  # fmt: skip
    x = alt.X("day:Q", title=day_label, axis=alt.Axis(grid=False, tickCount=6))
    axis = alt.Axis(labelExpr=theme.axis_label(Unit.SHARE), tickCount=4)
    hue = alt.Color("hue:N", scale=None)
    band: Any = (
        alt.Chart(rows)
        .mark_area(opacity=0.18, interpolate="step-after")
        .encode(x=x, y=alt.Y("low:Q", title=None, axis=axis), y2="high:Q", color=hue, detail="name:N")
    )
    line = alt.Chart(rows).mark_line(strokeWidth=2, interpolate="step-after").encode(
        x=x, y=alt.Y("share:Q", title=None, axis=axis), color=hue, detail="name:N",
        tooltip=["name:N", "day:Q", alt.Tooltip("share:Q", format=".2%")],
    )  # fmt: skip
    last = rows.groupby("name", sort=False).tail(1)
    ends = alt.Chart(last).mark_text(align="left", dx=6).encode(x=x, y="share:Q", text="name:N", color=hue)
    theme.show(alt.layer(band, line, ends), height=HEIGHT, alt_text=alt_text, key=key)


def time_axis(periods: int) -> alt.Axis:
    """Dates in the reader's language; Vega writes English whatever the page speaks."""
    form = "%-m月%-d日" if language() == "zh" else "%-d %b"
    return alt.Axis(format=form, grid=False, tickCount=min(periods, 6), labelOverlap="greedy", labelSeparation=14)
