"""Sizes of a few groups month by month, each on a scale of its own, into the fan of what is to come."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from math import isfinite
from typing import Any, Final

import altair as alt
import pandas as pd

from story.chart import theme
from story.chart.over_time import dates
from story.parts import Chart

ROW: Final = 104
"""Pixels of a group: two lines of text, its plot, a gap."""

_PLOT: Final = (40.0, 92.0)
_LEAST: Final = 0.1
"""Part of a group's size that its plot spans at least, so that a change of nearly nothing looks like it."""

_X_AXIS: Final = 30


@dataclass(frozen=True, slots=True)
class Row:
    """One group.

    Attributes:
        name: Its name, with what is to come.
        below: What was expected of now, in a quieter line.
        counted: One size a month, the last of now; nan where none was counted.
        hover: What a month says.
        ahead: What is to come: the outer low, the inner low, the middle, the inner high, the outer high; nan for none.
        tried: What the same would have said of now: middle, low, high; nan for none.
        missed: Whether now lies outside of that.
        tried_as: What that says on hover.
    """

    name: str
    below: str
    counted: Sequence[float]
    hover: Sequence[str]
    ahead: tuple[float, float, float, float, float]
    tried: tuple[float, float, float]
    missed: bool
    tried_as: str


def chart(
    rows: Sequence[Row], months: Sequence[date], begun: date | None, ahead: date, *, alt_text: str, key: str
) -> Chart:
    """Draws one plot below another, in one coordinate system so that they stretch together.

    Args:
        rows: Groups from top to bottom.
        months: Of the sizes that were counted; the last is now.
        begun: Month from which now was expected once; None where it was not.
        ahead: Month in which the fan ends.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
    """
    now = months[-1]
    course: list[dict[str, Any]] = []
    outer: list[dict[str, Any]] = []
    inner: list[dict[str, Any]] = []
    marks: list[dict[str, Any]] = []
    rings: list[dict[str, Any]] = []
    texts: list[dict[str, Any]] = []
    for place, row in enumerate(rows):
        at = _scale(place, row)
        held = dict(zip(months, row.counted, strict=True))
        course += [
            {"month": dates.midnight(day), "at": at(n), "row": str(place), "hover": said}
            for (day, n), said in zip(held.items(), row.hover, strict=True)
        ]
        low, inner_low, middle, inner_high, high = row.ahead
        if isfinite(middle):
            start = {"month": dates.midnight(now), "low": at(held[now]), "high": at(held[now]), "row": f"{place} ahead"}
            end = {**start, "month": dates.midnight(ahead)}
            outer += [start, {**end, "low": at(low), "high": at(high)}]
            inner += [start, {**end, "low": at(inner_low), "high": at(inner_high)}]
            marks.append({"month": dates.midnight(ahead), "at": at(middle), "hover": row.name})
        if begun is not None and isfinite(row.tried[0]) and isfinite(held[begun]):
            start = {
                "month": dates.midnight(begun),
                "low": at(held[begun]),
                "high": at(held[begun]),
                "row": f"{place} tried",
            }
            outer += [start, {**start, "month": dates.midnight(now), "low": at(row.tried[1]), "high": at(row.tried[2])}]
            role: theme.Role = "worse" if row.missed else "none"
            rings.append({"month": dates.midnight(now), "at": at(row.tried[0]), "hover": row.tried_as, "role": role})
        top = float(place * ROW)
        texts += [
            {"month": dates.midnight(months[0]), "at": top + 10, "text": row.name, "strong": True},
            {"month": dates.midnight(months[0]), "at": top + 27, "text": row.below, "strong": False},
        ]
    height = ROW * len(rows) + _X_AXIS
    fan = ["month", "low", "high", "row"]
    spec = theme.filled(
        _form(dates.written([months[0], ahead])),
        height=height,
        course=pd.DataFrame(course),
        outer=pd.DataFrame(outer, columns=fan),
        inner=pd.DataFrame(inner, columns=fan),
        marks=pd.DataFrame(marks, columns=["month", "at", "hover"]),
        rings=pd.DataFrame(rings, columns=["month", "at", "hover", "role"]),
        texts=pd.DataFrame(texts),
    )
    ticks = [day for day in (months[0], begun, now, ahead) if day is not None]
    room = (ahead - months[0]) * 0.06
    for layer in spec["layer"]:
        x = layer["encoding"]["x"]
        x["scale"]["domain"] = dates.ends(months[0], ahead + max(room, timedelta(days=2)))
        x["axis"]["values"] = [dates.midnight(day) for day in dict.fromkeys(ticks)]
        layer["encoding"]["y"]["scale"]["domain"] = [float(ROW * len(rows)), 0.0]
    return Chart(spec, height, alt_text, key)


def _scale(place: int, row: Row) -> Callable[[float], float]:
    """Where a size of the group stands, in pixels from the top."""
    known = [one for one in (*row.counted, *row.ahead, *row.tried) if isfinite(one)]
    low, high = min(known, default=0.0), max(known, default=1.0)
    least = max(_LEAST * high, 1.0)
    if high - low < least:
        low, high = (low + high - least) / 2, (low + high + least) / 2
    top, bottom = (place * ROW + pixels for pixels in _PLOT)
    return lambda size: bottom - (size - low) / (high - low) * (bottom - top)


@lru_cache
def _form(written: str) -> dict[str, Any]:
    """Fans of what is to come and of what was expected, the course, its last dot, and two lines of text above."""
    axis = alt.Axis(format=written, grid=True, labelOverlap="greedy", values=[])
    x = alt.X("month:T", title=None, axis=axis, scale=alt.Scale(domain=[0, 1]))
    scale = alt.Scale(domain=[1, 0], nice=False, zero=False)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", title=None, axis=None, scale=scale)

    tooltip = [alt.Tooltip("hover:N", title=" ")]
    layers: list[Any] = [
        theme.of("outer")
        .mark_area(opacity=0.55)
        .encode(x=x, y=y("low"), y2="high:Q", color=theme.colour("soft"), detail="row:N"),
        theme.of("inner")
        .mark_area(opacity=1.0)
        .encode(x=x, y=y("low"), y2="high:Q", color=theme.colour("soft"), detail="row:N"),
        theme.of("course")
        .mark_line(strokeWidth=2, point={"size": 26, "filled": True})
        .encode(x=x, y=y("at"), color=theme.colour("none"), detail="row:N", tooltip=tooltip),
        theme.of("marks")
        .mark_circle(size=70, opacity=1)
        .encode(x=x, y=y("at"), color=theme.colour("text"), tooltip=tooltip),
        theme.of("rings")
        .mark_point(size=64, filled=False, strokeWidth=1.75)
        .encode(x=x, y=y("at"), color=theme.colour_by("role"), tooltip=tooltip),
    ]
    texts = theme.of("texts").encode(x=x, y=y("at"), text="text:N")
    layers += [
        texts.transform_filter("datum.strong")
        .mark_text(align="left", baseline="middle", fontWeight=600)
        .encode(color=theme.colour("text")),
        texts.transform_filter("!datum.strong")
        .mark_text(align="left", baseline="middle", fontSize=12)
        .encode(color=theme.colour("muted")),
    ]
    return theme.dressed(alt.layer(*layers))
