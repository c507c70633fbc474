"""Outcomes of different units in one plot, each against its own median: two bands, a ring, a line that matters."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite, nan
from typing import Any, Final

import altair as alt
import pandas as pd

from story.chart import theme
from story.parts import Chart

ROW: Final = 46
REACH: Final = 1.0
"""How far from the median the plot reaches, as a share of it; what lies beyond is cut."""

_TEXT: Final = 0.62
"""Room for the numbers at a fixed place beyond the plot, as a share of its width."""


@dataclass(frozen=True, slots=True)
class Row:
    """One outcome; all values in its own unit, which has a zero that means nothing.

    Attributes:
        name: Its name.
        median: What the others are held against; above 0.
        near: 80 % limits.
        wide: 95 % limits.
        written: The median as text.
        limits: The 80 % limits as text.
        ring: A past value; nan for none.
        line: The value that matters; nan for none.
        line_name: What that is called.
        dot: What came in the end; nan for nothing yet.
        role: What the colour of the dot says.
    """

    name: str
    median: float
    near: tuple[float, float]
    wide: tuple[float, float]
    written: str
    limits: str
    ring: float = nan
    line: float = nan
    line_name: str = ""
    dot: float = nan
    role: theme.Role = "none"

    @property
    def said(self) -> str:
        """The text with its limits; alone where nothing is uncertain, such as a cost that was set."""
        return f"{self.written} ({self.limits})" if self.limits else self.written


def chart(rows: Sequence[Row], *, middle: str, alt_text: str, key: str) -> Chart:
    """Draws the outcomes as they come.

    Args:
        rows: Outcomes.
        middle: What the axis calls the median.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
    """
    frame = pd.DataFrame([_placed(place, row) for place, row in enumerate(rows)])
    ends = frame[["wide_from", "wide_to", "ring", "line", "dot"]].abs().max(axis=1)
    reach = min(max(float(ends.max()) * 1.06, 0.1), REACH)
    for name in ("wide_from", "wide_to", "from", "to", "ring", "line", "dot"):
        frame[name] = frame[name].where(frame[name].isna(), frame[name].clip(-reach, reach))
    frame["line_name_at"] = frame["line"].clip(-0.86 * reach, 0.86 * reach)
    frame["text_at"] = reach * 1.08
    height = ROW * len(rows) + 30
    spec = theme.filled(
        _form(middle),
        height=height,
        reach=(-reach, reach * (1 + 2 * _TEXT)),
        rows=frame,
        middle=pd.DataFrame({"x": [0.0]}),
    )
    names = json.dumps({str(place): row.name for place, row in enumerate(rows)})
    for layer in spec["layer"]:
        y = layer["encoding"].get("y", {})
        if "axis" in y:
            y["sort"] = [str(place) for place in range(len(rows))]
            y["axis"]["labelExpr"] = f"{names}[datum.value]"
        x_axis = layer["encoding"]["x"].get("axis")
        if x_axis:
            x_axis["values"] = [step for step in (-1, -0.5, 0, 0.5, 1) if abs(step) <= reach]
    return Chart(spec, height, alt_text, key)


def _placed(place: int, row: Row) -> dict[str, Any]:
    def share(value: float) -> float:
        return value / row.median - 1 if isfinite(value) else nan

    return {
        "row": str(place),
        "name": row.name,
        "wide_from": share(row.wide[0]),
        "wide_to": share(row.wide[1]),
        "from": share(row.near[0]),
        "to": share(row.near[1]),
        "ring": share(row.ring),
        "line": share(row.line),
        "dot": share(row.dot),
        "role": row.role,
        "line_name": row.line_name if isfinite(row.line) else "",
        "written": row.written,
        "limits": row.limits,
        "hover": row.said,
    }


@lru_cache
def _form(middle: str) -> dict[str, Any]:
    scale = alt.Scale(domain=[0, 1], nice=False, zero=False)
    label = f"datum.value == 0 ? {json.dumps(middle)} : format(datum.value * 100, '+~g') + '%'"
    base = theme.of("rows").encode(y=alt.Y("row:N", title=None, axis=theme.names_axis(labelLimit=150)))
    tooltip = [alt.Tooltip("name:N", title=" "), alt.Tooltip("hover:N", title=" ")]

    def x(field: str) -> alt.X:
        return alt.X(field, scale=scale, title=None, axis=alt.Axis(labelExpr=label, grid=False, labelOverlap=False))

    wide = base.mark_rule(strokeWidth=16, opacity=0.2).encode(
        x=x("wide_from:Q"), x2="wide_to:Q", color=theme.colour("muted")
    )
    near = base.mark_rule(strokeWidth=16, opacity=0.45).encode(
        x=x("from:Q"), x2="to:Q", color=theme.colour("muted"), tooltip=tooltip
    )
    line = (
        theme.of("middle")
        .mark_rule(strokeWidth=1.25)
        .encode(x=alt.X("x:Q", scale=scale, title=None), color=theme.colour("muted"))
    )
    ring = base.mark_point(size=60, filled=False, strokeWidth=1.75).encode(x=x("ring:Q"), color=theme.colour("none"))
    dot = base.mark_circle(size=90, opacity=1).encode(x=x("dot:Q"), color=theme.colour_by("role"), tooltip=tooltip)
    matters = base.mark_tick(thickness=2.5, height=24, size=24).encode(x=x("line:Q"), color=theme.colour("line"))
    named = base.mark_text(dy=-17, fontSize=12).encode(x=x("line:Q"), text="line_name:N", color=theme.colour("text"))
    value = base.mark_text(align="left", dy=-7, fontWeight=600).encode(
        x=x("text_at:Q"), text="written:N", color=theme.colour("text")
    )
    limits = base.mark_text(align="left", dy=9, fontSize=12).encode(
        x=x("text_at:Q"), text="limits:N", color=theme.colour("muted")
    )
    return theme.dressed(alt.layer(wide, near, line, ring, dot, matters, named, value, limits))
