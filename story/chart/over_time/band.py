"""A difference through time inside the limits that hold on every day, with the looks that were planned."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

import altair as alt
import pandas as pd

from story.chart import theme
from story.chart.over_time import dates, noted
from story.parts import Chart

HEIGHT: Final = 260
A_DAY: Final = 86_400_000
"""Milliseconds: two marks on one day would bear the same name."""
_LETTERS: Final = 18
"""Pixels that a name above a line takes."""


def chart(
    days: Sequence[date],
    band: pd.DataFrame,
    lines: Sequence[tuple[float, str, bool]],
    *,
    role: theme.Role,
    label: str,
    alt_text: str,
    key: str,
) -> Chart:
    """Draws the band.

    Args:
        days: One a row.
        band: `estimate`, `low`, `high`, in the unit of the axis; `look`, whether it was a planned look; `hover`.
        lines: Height, name, and whether it is dashed.
        role: What the colour of the line means.
        label: The Vega expression of a value on the axis.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
    """
    rows = band.assign(day=[dates.midnight(day) for day in days], role=role, name=key)
    last = rows["day"].iloc[-1]
    heights = [height for height, _, _ in lines]
    reach = [*rows["estimate"], *heights, float(rows["high"].quantile(0.9)), float(rows["low"].quantile(0.1))]
    close = _LETTERS / HEIGHT * (max(reach) - min(reach))
    at = pd.DataFrame(
        [
            {"at": height, "name": name, "dashed": dashed, "day": last, "below": _under(height, heights, close)}
            for height, name, dashed in lines
        ]
    )
    spec = theme.filled(_form(dates.written(list(days)), label), height=HEIGHT, rows=rows, lines=at)
    for layer in spec["layer"]:
        scale = layer["encoding"].get("y", {}).get("scale")
        if scale is not None:
            scale["domain"] = [min(reach), max(reach)]
    return Chart(spec, HEIGHT, alt_text, key, **noted.along(days[0], days[-1]))


def _under(height: float, heights: Sequence[float], close: float) -> bool:
    """Whether a line's name goes below it: just above it is the name of another line."""
    return any(0 < other - height < close for other in heights)


@lru_cache
def _form(written: str, label: str) -> dict[str, Any]:
    """A soft band, the line, a dot at each look, and the lines that matter with their names on the right."""
    days = alt.Axis(format=written, grid=False, tickCount=5, tickMinStep=A_DAY, labelOverlap="greedy")
    x = alt.X("day:T", title=None, axis=days)
    scale, axis = alt.Scale(domain=[0, 1], nice=True, zero=False), alt.Axis(labelExpr=label, tickCount=5)
    y = alt.Y("estimate:Q", title=None, axis=axis, scale=scale)
    base = theme.of("rows").encode(x=x)
    tooltip = [alt.Tooltip("hover:N", title=" ")]
    matter = theme.of("lines").encode(y=alt.Y("at:Q", title=None, axis=axis, scale=scale))
    layers: list[Any] = [
        base.mark_area(opacity=0.85, clip=True).encode(
            y=alt.Y("low:Q", title=None, axis=axis, scale=scale), y2="high:Q", color=theme.colour("soft")
        ),
        matter.transform_filter("!datum.dashed").mark_rule(strokeWidth=1.25).encode(color=theme.colour("line")),
        matter.transform_filter("datum.dashed")
        .mark_rule(strokeWidth=1.25, strokeDash=[3, 3])
        .encode(color=theme.colour("muted")),
        base.mark_line(strokeWidth=2, clip=True).encode(
            y=y, color=theme.colour_by("role"), detail="name:N", tooltip=tooltip
        ),
        base.transform_filter("datum.look")
        .mark_point(size=85, filled=True, opacity=1)
        .encode(y=y, color=theme.colour_by("role"), tooltip=tooltip),
        *(
            matter.transform_filter(f"datum.below === {below}")
            .mark_text(align="right", dy=dy)
            .encode(x=x, text="name:N", color=theme.colour("muted"))
            for below, dy in (("false", -8), ("true", 11))
        ),
    ]
    return theme.dressed(alt.layer(*layers))
