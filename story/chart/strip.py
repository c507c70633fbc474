"""A control chart: the weeks of one number, its natural limits as a band, the newest week coloured by its verdict."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import altair as alt
import numpy as np
import numpy.typing as npt
import pandas as pd
from metrics.catalogue import Unit
from metrics.week.control_chart import ControlChart

from story import estimates, figures
from story.chart import theme
from story.chart.trend import time_axis
from story.parts import Chart
from story.words import say

HEIGHT = 220
_BEYOND = 1.22
"""Length of the time axis over that of the data: names of the limits stand beyond the last week."""

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
            "week": pd.to_datetime(list(starts)),
            "value": control.value / divisor,
            "low": control.low / divisor,
            "high": control.high / divisor,
            "centre": control.centre / divisor,
            "role": ["text"] * (len(starts) - 1) + [role],
            "hover": [
                say("week of {day}: {value}", day=figures.day(day), value=_written(float(value), unit, currency))
                for day, value in zip(starts, control.value, strict=True)
            ],
        }
    )
    end = rows["week"].iloc[-1] + (rows["week"].iloc[-1] - rows["week"].iloc[0]) * (_BEYOND - 1)
    x = alt.X(
        "week:T",
        title=None,
        axis=_months(starts),
        scale=alt.Scale(domain=[rows["week"].iloc[0].isoformat(), end.isoformat()]),
    )
    axis = alt.Axis(labelExpr=theme.axis_label(unit), tickCount=4)
    y = alt.Y("value:Q", title=None, axis=axis, scale=alt.Scale(zero=False))
    base = alt.Chart(rows).encode(x=x)
    layers: list[Any] = []
    if not np.isnan(control.centre[-1]):
        layers += [
            base.mark_area(interpolate="step").encode(
                y=alt.Y("low:Q", title=None, axis=axis, scale=alt.Scale(zero=False)),
                y2="high:Q",
                color=theme.colour("soft"),
            ),
            base.mark_line(strokeDash=[4, 3], strokeWidth=1).encode(y="centre:Q", color=theme.colour("muted")),
            _named_limits(rows, x),
        ]
    layers += [
        base.mark_line(strokeWidth=1.5).encode(y=y, color=theme.colour("text")),
        base.mark_point(filled=True, size=34, opacity=1).encode(
            y=y, color=theme.colour("text"), tooltip=[alt.Tooltip("hover:N", title=" ")]
        ),
        alt.Chart(rows.iloc[-1:])
        .mark_point(filled=True, size=110, opacity=1)
        .encode(x=x, y=y, color=theme.colour_by("role"), tooltip=[alt.Tooltip("hover:N", title=" ")]),
    ]
    return Chart(theme.dressed(alt.layer(*layers), height=HEIGHT), HEIGHT, alt_text, key)


def unit_mark(control: ControlChart, unit: Unit, currency: str) -> str:
    """What one on the axis is, where the axis does not say it: "¥ m"."""
    return _style(control, unit, currency).mark if unit is Unit.MONEY else ""


def _style(control: ControlChart, unit: Unit, currency: str) -> estimates.Style:
    return estimates.Style.of(unit, currency, float(np.nanmax(np.abs(control.value))))


def _months(starts: Sequence[date]) -> alt.Axis:
    """A date at the start of each month that has begun: the axis goes on beyond the last week."""
    axis = time_axis(starts)
    first, last = starts[0], starts[-1]
    months = range(first.year * 12 + first.month, last.year * 12 + last.month)
    axis["values"] = [date(number // 12, number % 12 + 1, 1).isoformat() for number in months]
    return axis


def _named_limits(rows: pd.DataFrame, x: alt.X) -> alt.Chart:
    last = rows.iloc[-1]
    named = pd.DataFrame(
        {
            "week": last["week"],
            "at": [last["high"], last["centre"], last["low"]],
            "name": [say("upper limit"), say("mean"), say("lower limit")],
        }
    )
    return (
        alt.Chart(named)
        .mark_text(align="left", dx=12)
        .encode(x=x, y="at:Q", text="name:N", color=theme.colour("muted"))
    )


def _written(value: float, unit: Unit, currency: str) -> str:
    if np.isnan(value):
        return say("none")
    return estimates.written(value, float("nan"), float("nan"), unit, currency)
