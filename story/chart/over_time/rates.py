"""Rates month by month with their intervals, over the seasons and beside the campaigns that ran."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

import altair as alt
import numpy as np
import pandas as pd
from metrics.catalogue import Unit
from metrics.estimate import Intervals

from story.chart import theme
from story.chart.over_time import dates, noted
from story.parts import Chart

HEIGHT: Final = 260
_BELOW: Final = 0.14
"""Part of the height, below nought, in which campaigns stand."""

_NAMED: Final = 0.05
"""Part of the time axis from which a season has room for its name."""

_LATE: Final = 0.8
"""Part of the time axis from which the name of a season stands before its end, so that the plot does not cut it."""

_LEVELS: Final = (1.08, 1.16, 1.24)
_APART: Final = 0.07
"""Part of the height that the name of a line takes."""

Spell = tuple[str, date, date]
"""Name, first and last day of what ran."""


def chart(
    months: Sequence[date],
    rates: Mapping[str, tuple[Intervals, theme.Role, Sequence[str]]],
    seasons: Sequence[Spell],
    campaigns: Sequence[Spell],
    *,
    alt_text: str,
    key: str,
) -> Chart:
    """Draws one line a rate.

    Args:
        months: First day of each month.
        rates: By name: one row a month, the role of the line, what a month says on hover.
        seasons: Drawn as bands, named above.
        campaigns: Drawn as strokes below the rates, named on hover.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
    """
    days = [dates.midnight(day) for day in months]
    rows = pd.concat(
        [
            pd.DataFrame(
                {
                    "month": days,
                    "rate": values.estimate,
                    "low": values.low,
                    "high": values.high,
                    "name": name,
                    "role": role,
                    "hover": list(hover),
                }
            )
            for name, (values, role, hover) in rates.items()
        ],
        ignore_index=True,
    )
    top = float(np.nanmax(rows["high"])) if rows["high"].notna().any() else 1.0
    first, last = months[0], months[-1]
    long = (last - first) * _NAMED
    bands = pd.DataFrame(
        [
            (
                dates.midnight(max(a, first)),
                dates.midnight(min(b, last)),
                name,
                name if min(b, last) - max(a, first) >= long else "",
            )
            for name, a, b in reversed(seasons)
        ],
        columns=["from", "to", "name", "shown"],
    )
    late = [first + (last - first) * _LATE < max(a, first) for _, a, _ in reversed(seasons)]
    bands["named_at"], bands["late"] = np.where(late, bands["to"], bands["from"]), late
    # Neighbours' names would cross: they stand on three lines.
    bands["at"] = [top * _LEVELS[place % len(_LEVELS)] for place in range(len(bands))]
    strokes = pd.DataFrame(
        [
            (
                dates.midnight(max(a, first)),
                dates.midnight(max(min(b, last), max(a, first))),
                name,
                -top * _BELOW * (0.35 + 0.65 * (place % 5) / 4),
            )
            for place, (name, a, b) in enumerate(campaigns)
        ],
        columns=["from", "to", "name", "at"],
    )
    ends = rows.groupby("name", sort=False).tail(1).sort_values("rate")
    ends["at"] = spread(ends["rate"].tolist(), _APART * top)
    form = _form(dates.written(months), theme.axis_label(Unit.SHARE))
    spec = theme.filled(form, height=HEIGHT, rows=rows, ends=ends, bands=bands.assign(top=top * 1.29), strokes=strokes)
    beyond = last + (last - first) * 0.14
    for layer in spec["layer"]:
        layer["encoding"]["x"]["scale"]["domain"] = dates.ends(first, beyond)
        layer["encoding"]["y"]["scale"]["domain"] = [-top * _BELOW * 1.15, top * 1.31]
        layer["encoding"]["y"]["axis"]["values"] = _ticks(top)
    return Chart(spec, HEIGHT, alt_text, key, **noted.along(first, last))


def spread(heights: list[float], room: float) -> list[float]:
    """Rising heights moved as little as it takes to stand `room` apart."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + room) if placed else height)
    return placed


def _ticks(top: float) -> list[float]:
    """Nought and a few round shares up to the highest."""
    step = next((step for step in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2) if top / step <= 4.5), 0.25)
    return [round(step * count, 4) for count in range(int(top / step) + 1)]


@lru_cache
def _form(written: str, share: str) -> dict[str, Any]:
    """Bands of seasons, strokes of campaigns, a line with its band for each rate."""
    x_scale, y_scale = alt.Scale(domain=[0, 1]), alt.Scale(domain=[0, 1], nice=False)
    axis = alt.Axis(format=written, grid=False, labelOverlap="greedy", labelSeparation=14, tickCount=6)
    y_axis = alt.Axis(labelExpr=share, values=[])

    def x(name: str) -> alt.X:
        return alt.X(f"{name}:T", title=None, axis=axis, scale=x_scale)

    def y(name: str) -> alt.Y:
        return alt.Y(f"{name}:Q", title=None, axis=y_axis, scale=y_scale)

    rates, hue = theme.of("rows"), theme.colour_by("role")
    named = theme.of("bands").encode(x=x("named_at"), y=y("at"), text="shown:N", color=theme.colour("muted"))
    layers: list[Any] = [
        theme.of("bands")
        .transform_calculate(nought="0")
        .mark_rect(opacity=0.4)
        .encode(
            x=x("from"),
            x2="to:T",
            y=y("nought"),
            y2="top:Q",
            color=theme.colour("soft"),
            tooltip=alt.Tooltip("name:N", title=" "),
        ),
        named.transform_filter("!datum.late").mark_text(align="left", baseline="middle", dx=3, fontSize=11),
        named.transform_filter("datum.late").mark_text(align="right", baseline="middle", dx=-3, fontSize=11),
        theme.of("strokes")
        .mark_rule(strokeWidth=3, opacity=0.55)
        .encode(
            x=x("from"), x2="to:T", y=y("at"), color=theme.colour("none"), tooltip=alt.Tooltip("name:N", title=" ")
        ),
        rates.mark_area(opacity=0.16).encode(x=x("month"), y=y("low"), y2="high:Q", color=hue, detail="name:N"),
        rates.mark_line(strokeWidth=2, point={"size": 26, "filled": True}).encode(
            x=x("month"), y=y("rate"), color=hue, detail="name:N", tooltip=[alt.Tooltip("hover:N", title=" ")]
        ),
        theme.of("ends").mark_text(align="left", dx=8).encode(x=x("month"), y=y("at"), text="name:N", color=hue),
    ]
    return theme.dressed(alt.layer(*layers))
