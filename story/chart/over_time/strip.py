"""A control chart: the weeks of one number, its natural limits as a band, the newest week coloured by its verdict."""

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
from metrics.week.control_chart import ControlChart

from story import estimates, figures
from story.chart import theme
from story.chart.over_time import dates
from story.parts import Chart
from story.words import say

HEIGHT = 220
_BEYOND = 0.22
"""How much longer the time axis is than the data: names of the limits stand beyond the last week."""

_LINE = 0.075
"""Part of the plot's height that a line of text takes."""

Floats = npt.NDArray[np.float64]


def chart(
    starts: Sequence[date],
    control: ControlChart,
    role: theme.Role,
    unit: Unit,
    currency: str,
    *,
    alt_text: str,
    key: str,
) -> Chart:
    """The weeks of one number.

    Args:
        starts: Monday of each week.
        control: The series with its limits.
        role: Colour of the newest week; all others are text.
        unit: Of the number.
        currency: Of amounts.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
    """
    # The axis writes shares as percentages by itself.
    divisor = 1.0 if unit is Unit.SHARE else _style(control, unit, currency).divisor
    rows = pd.DataFrame(
        {
            "week": [dates.midnight(day) for day in starts],
            "value": control.value / divisor,
            "low": control.low / divisor,
            "high": control.high / divisor,
            "centre": control.centre / divisor,
            "role": [*["text"] * (len(starts) - 1), role],
            "size": [*[34] * (len(starts) - 1), 110],
            "hover": [
                say("week of {day}: {value}", day=figures.day(day), value=_written(float(value), unit, currency))
                for day, value in zip(starts, control.value, strict=True)
            ],
        }
    )
    limits = _named(rows)
    spec = theme.filled(_form(dates.written(starts), theme.axis_label(unit)), height=HEIGHT, rows=rows, limits=limits)
    beyond = starts[-1] + (starts[-1] - starts[0]) * _BEYOND
    for layer in spec["layer"]:
        layer["encoding"]["x"]["scale"]["domain"] = dates.ends(starts[0], beyond)
        layer["encoding"]["x"]["axis"]["values"] = _months(starts)
    return Chart(spec, HEIGHT, alt_text, key, weeks=tuple(starts))


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """The names of the limits and of the mean beside the last week; without the mean's where it would cross another."""
    last, drawn = rows.iloc[-1], rows[["value", "low", "high"]].to_numpy(dtype=np.float64)
    line = _LINE * float(np.nanmax(drawn) - np.nanmin(drawn))
    crosses = min(last["high"] - last["centre"], last["centre"] - last["low"]) < line
    named = {say("upper limit"): last["high"], say("mean"): last["centre"], say("lower limit"): last["low"]}
    if crosses:
        del named[say("mean")]
    return pd.DataFrame({"week": str(last["week"]), "at": list(named.values()), "name": list(named)}).dropna()


def unit_mark(control: ControlChart, unit: Unit, currency: str) -> str:
    """What one on the axis is, where the axis does not say it: "¥ m"."""
    return _style(control, unit, currency).mark if unit is Unit.MONEY else ""


def _style(control: ControlChart, unit: Unit, currency: str) -> estimates.Style:
    return estimates.Style.of(unit, currency, float(np.nanmax(np.abs(control.value))))


@lru_cache
def _form(written: str, label: str) -> dict[str, Any]:
    """A band of limits with their mean, the line of weeks, and the newest in its own colour and size."""
    x = alt.X(
        "week:T",
        title=None,
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format=written, grid=False, labelOverlap="greedy", labelSeparation=14),
    )
    axis, scale = alt.Axis(labelExpr=label, tickCount=4), alt.Scale(zero=False)
    base = theme.of("rows").encode(x=x)
    y = alt.Y("value:Q", title=None, axis=axis, scale=scale)
    layers: list[Any] = [
        base.mark_area(interpolate="step").encode(
            y=alt.Y("low:Q", title=None, axis=axis, scale=scale), y2="high:Q", color=theme.colour("soft")
        ),
        base.mark_line(strokeDash=[4, 3], strokeWidth=1).encode(y="centre:Q", color=theme.colour("muted")),
        base.mark_line(strokeWidth=1.5).encode(y=y, color=theme.colour("text")),
        base.mark_point(filled=True, opacity=1).encode(
            y=y,
            color=theme.colour_by("role"),
            size=alt.Size("size:Q", scale=None, legend=None),
            tooltip=[alt.Tooltip("hover:N", title=" ")],
        ),
        theme.of("limits")
        .mark_text(align="left", dx=12)
        .encode(x=x, y="at:Q", text="name:N", color=theme.colour("muted")),
    ]
    return theme.dressed(alt.layer(*layers))


def _months(starts: Sequence[date]) -> list[str]:
    """The first of each month that has begun: the axis goes on beyond the last week."""
    first, last = starts[0], starts[-1]
    months = range(first.year * 12 + first.month, last.year * 12 + last.month)
    return [dates.midnight(date(number // 12, number % 12 + 1, 1)) for number in months]


def _written(value: float, unit: Unit, currency: str) -> str:
    if np.isnan(value):
        return say("none")
    return estimates.written(value, float("nan"), float("nan"), unit, currency)
