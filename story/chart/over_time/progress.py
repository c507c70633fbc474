"""A count day by day inside the fan of its forecast, with its likely end and the target."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from math import isfinite
from typing import Any, Final

import altair as alt
import pandas as pd

from story.chart import theme
from story.chart.over_time import noted
from story.parts import Chart

HEIGHT: Final = 300
_ROOM: Final = 1.36
"""Room for the numbers beyond the end, in lives."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is written in the plot.

    Attributes:
        day: What stands at the first day.
        end: What stands at the last day.
        today: At the dot.
        forecast: At the end of the fan: the median and its limits, a line each.
        projected: At the likely end: it and its limits, a line each; empty where there is none.
        target: At its line; empty without one.
    """

    day: str
    end: str
    today: str
    forecast: tuple[str, str]
    projected: tuple[str, str]
    target: str


def chart(
    fan: pd.DataFrame,
    counted: Sequence[float],
    projected: tuple[float, float, float],
    target: float,
    *,
    start: date,
    role: theme.Role,
    words: Words,
    alt_text: str,
    key: str,
) -> Chart:
    """Draws it.

    Args:
        fan: `day` (from 0 to the last), `low`, `inner_low`, `middle`, `inner_high`, `high`.
        counted: The count on each day so far, the first of which is 0.
        projected: Likely end with its limits; nan where it is not known.
        target: What is to be reached; nan without one.
        start: Day 0.
        role: What the colour of dot and likely end means.
        words: What is written.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
    """
    last, today = float(fan["day"].iloc[-1]), float(len(counted) - 1)
    so_far = pd.DataFrame({"day": range(len(counted)), "count": list(counted)})
    now = float(counted[-1])
    dots = [{"day": today, "count": now, "role": role, "text": words.today, "below": True}]
    path: list[dict[str, Any]] = []
    ends: list[dict[str, Any]] = []
    if isfinite(projected[0]):
        path = [{"day": today, "count": now, "role": role}, {"day": last, "count": projected[0], "role": role}]
        ends = [{"day": last, "count": projected[0], "from": projected[1], "to": projected[2], "role": role}]
    top = max(float(fan["high"].max()), now, *(one for one in (*projected, target) if isfinite(one)))
    labels = _labels(fan, projected, words, last, top, role)
    goal = [{"count": target, "text": words.target, "day": 0.0, "last": last}] if isfinite(target) else []
    spec = theme.filled(
        _form(words.day, words.end, int(last)),
        height=HEIGHT,
        reach=(0.0, last * _ROOM),
        fan=fan,
        sofar=so_far,
        dots=pd.DataFrame(dots),
        path=pd.DataFrame(path, columns=["day", "count", "role"]),
        ends=pd.DataFrame(ends, columns=["day", "count", "from", "to", "role"]),
        goal=pd.DataFrame(goal, columns=["count", "text", "day", "last"]),
        labels=pd.DataFrame(labels),
    )
    for layer in spec["layer"]:
        scale = layer["encoding"].get("y", {}).get("scale")
        if scale is not None:
            scale["domain"] = [0.0, top * 1.06]
    return Chart(spec, HEIGHT, alt_text, key, **noted.counted_from(start, start + timedelta(days=int(today))))


def _labels(
    fan: pd.DataFrame,
    projected: tuple[float, float, float],
    words: Words,
    last: float,
    top: float,
    role: theme.Role,
) -> list[dict[str, Any]]:
    """What stands beyond the end, moved apart where two would meet."""
    line = top * 0.075
    at = float(fan["middle"].iloc[-1])
    found = [(at, words.forecast, "muted")]
    if isfinite(projected[0]):
        mine = projected[0]
        if abs(mine - at) < 2.2 * line:
            mine = at + (2.2 * line if mine >= at else -2.2 * line)
        if mine < line:
            mine = line
            found = [(max(at, 3.4 * line), words.forecast, "muted")]
        found.append((mine, words.projected, role))
    rows: list[dict[str, Any]] = []
    for height, (first, second), colour in found:
        rows.append({"day": last * 1.02, "count": height + line / 2, "text": first, "role": colour, "strong": True})
        rows.append({"day": last * 1.02, "count": height - line / 2, "text": second, "role": "muted", "strong": False})
    return rows


@lru_cache
def _form(day: str, end: str, last: int) -> dict[str, Any]:
    """Two bands and their middle, the count, the way to its likely end, the target."""
    steps = [step for step in range(0, last, _step(last)) if step < last * 0.87]
    written = f"datum.value == 0 ? {json.dumps(day)} : datum.value == {last} ? {json.dumps(end)} : datum.value"
    x_axis = alt.Axis(values=[*steps, last], labelExpr=written, grid=False, labelOverlap=False)
    x = alt.X("day:Q", title=None, axis=x_axis, scale=alt.Scale(domain=[0, 1], nice=False))
    scale = alt.Scale(domain=[0, 1], nice=False, zero=True)
    axis = alt.Axis(labelExpr=theme.axis_label(theme.Unit.COUNT), tickCount=5)

    def y(field: str) -> alt.Y:
        return alt.Y(field, title=None, axis=axis, scale=scale)

    fan = theme.of("fan").encode(x=x)
    dots, ends, labels = theme.of("dots").encode(x=x), theme.of("ends").encode(x=x), theme.of("labels").encode(x=x)
    goal = theme.of("goal")
    layers: list[Any] = [
        fan.mark_area(opacity=0.55).encode(y=y("low:Q"), y2="high:Q", color=theme.colour("soft")),
        fan.mark_area(opacity=1.0).encode(y=y("inner_low:Q"), y2="inner_high:Q", color=theme.colour("soft")),
        fan.mark_line(strokeWidth=1.25).encode(y=y("middle:Q"), color=theme.colour("muted")),
        goal.mark_rule(strokeWidth=1.25, strokeDash=[3, 3]).encode(
            x=x, x2="last:Q", y=y("count:Q"), color=theme.colour("line")
        ),
        goal.mark_text(align="left", dy=-8, dx=2).encode(
            x=x, y=y("count:Q"), text="text:N", color=theme.colour("text")
        ),
        theme.of("path")
        .mark_line(strokeWidth=1.5, strokeDash=[2, 3])
        .encode(x=x, y=y("count:Q"), color=theme.colour_by("role")),
        theme.of("sofar")
        .mark_line(strokeWidth=2.25)
        .encode(
            x=x,
            y=y("count:Q"),
            color=theme.colour("line"),
            tooltip=[alt.Tooltip("day:Q", title=" "), alt.Tooltip("count:Q", title=" ", format=",")],
        ),
        ends.mark_rule(strokeWidth=2.5).encode(y=y("from:Q"), y2="to:Q", color=theme.colour_by("role")),
        ends.mark_point(size=80, filled=True, opacity=1).encode(y=y("count:Q"), color=theme.colour_by("role")),
        dots.mark_point(size=80, filled=True, opacity=1).encode(y=y("count:Q"), color=theme.colour_by("role")),
        dots.mark_text(align="left", baseline="top", dx=8, dy=4, fontWeight=600).encode(
            y=y("count:Q"), text="text:N", color=theme.colour_by("role")
        ),
        labels.transform_filter("datum.strong")
        .mark_text(align="left", fontWeight=600)
        .encode(y=y("count:Q"), text="text:N", color=theme.colour_by("role")),
        labels.transform_filter("!datum.strong")
        .mark_text(align="left", fontSize=12)
        .encode(y=y("count:Q"), text="text:N", color=theme.colour("muted")),
    ]
    return theme.dressed(alt.layer(*layers))


def _step(last: int) -> int:
    return next((step for step in (5, 10, 20, 30, 60, 90) if last / step <= 6), 120)
