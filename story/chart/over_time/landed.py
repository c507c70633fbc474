"""Where outcomes landed in the limits of their forecasts: one dot each by date, the limits of all drawn alike."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

import altair as alt
import pandas as pd

from story.chart import theme
from story.chart.over_time import dates
from story.parts import Chart, Opens

HEIGHT: Final = 230
REACH: Final = 2.4
"""How far the plot reaches from the median, in widths of a side of the limits; what lies beyond stands at its edge."""


_WORDS: Final = 0.22
"""Room beyond the last outcome for the names of the limits, as a share of the time."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One outcome.

    Attributes:
        name: Whose.
        on: When it was known.
        place: 0 at the median of the forecast, -1 and 1 at its limits.
        hover: The numbers as text.
        role: What its colour says.
    """

    name: str
    on: date
    place: float
    hover: str
    role: theme.Role


def chart(
    dots: Sequence[Dot], words: tuple[str, str, str], *, alt_text: str, key: str, opens: Opens | None = None
) -> Chart:
    """Draws the outcomes by date.

    Args:
        dots: At least one.
        words: What the upper limit, the median and the lower limit are called.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
        opens: What a dot opens.
    """
    rows = pd.DataFrame(
        {
            "name": [dot.name for dot in dots],
            "on": [dot.on.isoformat() for dot in dots],
            "at": [min(max(dot.place, -REACH), REACH) for dot in dots],
            "hover": [dot.hover for dot in dots],
            "role": [dot.role for dot in dots],
            "place": range(len(dots)),
        }
    )
    lines = pd.DataFrame({"y": [1.0, 0.0, -1.0], "text": list(words)})
    band = pd.DataFrame({"low": [-1.0], "high": [1.0]})
    form = _form(dates.written([dot.on for dot in dots]), opens is not None)
    spec = theme.filled(form, height=HEIGHT, rows=rows, lines=lines, band=band)
    first, last = min(dot.on for dot in dots), max(dot.on for dot in dots)
    span = max((last - first).days, 30)
    domain = dates.ends(first - timedelta(days=0.04 * span), last + timedelta(days=_WORDS * span))
    for layer in spec["layer"]:
        if layer["encoding"]["x"].get("type") == "temporal":
            layer["encoding"]["x"]["scale"] = {"domain": domain, "nice": False}
    return Chart(spec, HEIGHT, alt_text, key, opens)


@lru_cache
def _form(written: str, opens: bool) -> dict[str, Any]:
    scale = alt.Scale(domain=[-REACH, REACH], nice=False)
    y = alt.Y("at:Q", title=None, axis=None, scale=scale)
    axis = alt.Axis(format=written, grid=False, tickCount=5, labelOverlap="greedy", labelSeparation=14)
    band = (
        theme.of("band")
        .mark_rect(opacity=0.35)
        .encode(
            x=alt.value(0),
            x2=alt.value("width"),
            y=alt.Y("low:Q", scale=scale, axis=None),
            y2="high:Q",
            color=theme.colour("soft"),
        )
    )
    middle = (
        theme.of("lines")
        .transform_filter("datum.y === 0")
        .mark_rule(strokeWidth=1.5)
        .encode(
            x=alt.value(0), x2=alt.value("width"), y=alt.Y("y:Q", scale=scale, axis=None), color=theme.colour("line")
        )
    )
    named = (
        theme.of("lines")
        .mark_text(align="right", dx=-4, dy=-8, fontSize=12)
        .encode(
            x=alt.value("width"), y=alt.Y("y:Q", scale=scale, axis=None), text="text:N", color=theme.colour("muted")
        )
    )
    dots = (
        theme.of("rows")
        .mark_circle(size=80, opacity=1)
        .encode(
            x=alt.X("on:T", title=None, axis=axis),
            y=y,
            color=theme.colour_by("role"),
            tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip("hover:N", title=" ")],
        )
    )
    if opens:
        dots = dots.encode(detail="place:Q").add_params(alt.selection_point(name="opened", fields=["place"]))
    return theme.dressed(alt.layer(band, middle, named, dots))
