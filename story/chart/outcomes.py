"""Equally likely outcomes as dots that can be counted, and what each assumption does to the outcome."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import altair as alt
import numpy as np
import pandas as pd
from metrics.catalogue import Unit
from metrics.moments import Floats

from story.chart import theme
from story.parts import Chart

BINS: Final = 11
STEP: Final = 24
BAR: Final = 36


def dots(values: Floats, *, below: str, above: str, alt_text: str, key: str) -> Chart:
    """Draws each outcome as one dot, in columns; those below 0 apart from those above.

    Args:
        values: Outcomes.
        below: What is written on the side of the losses; empty for none.
        above: What is written on the other side.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
    """
    least, most = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    width = ((most - least) or 1.0) / BINS
    # Columns begin at 0, so that none holds a loss and a gain.
    column = np.floor(values / width)
    frame = pd.DataFrame(
        {"x": (column + 0.5) * width, "column": column, "role": np.where(values > 0, "better", "worse")}
    )
    frame["y"] = frame.groupby("column").cumcount() + 0.5
    tallest = float(frame["y"].max()) + 0.5
    words = pd.DataFrame(
        {
            "x": [-0.15 * width, 0.15 * width],
            "text": [below, above],
            "side": ["below", "above"],
            "role": ["worse", "better"],
        }
    )
    height = int(STEP * tallest) + 60
    spec = theme.filled(
        _dots(theme.axis_label(Unit.RATIO)),
        height=height,
        reach=(least - 1.6 * width, most + 1.6 * width),
        rows=frame,
        words=words,
        line=pd.DataFrame({"x": [0.0]}),
    )
    for layer in spec["layer"]:
        y = layer["encoding"].get("y", {})
        if "scale" in y:
            y["scale"]["domain"] = [0, tallest + 1.0]
    return Chart(spec, height, alt_text, key)


def tornado(
    names: Sequence[str], low: Floats, high: Floats, written: Sequence[str], *, alt_text: str, key: str
) -> Chart:
    """Draws each assumption as a bar from the lower outcome to the higher, the part below 0 apart."""
    least, most = np.minimum(low, high), np.maximum(low, high)
    frame = pd.DataFrame(
        {"name": list(names), "from": least, "to": most, "end": np.maximum(most, 0.0), "text": written}
    )
    parts = pd.concat(
        [
            frame.assign(to=frame["to"].clip(upper=0.0), role="worse")[frame["from"] < 0],
            frame.assign(**{"from": frame["from"].clip(lower=0.0), "role": "better"})[frame["to"] > 0],
        ]
    )
    room = float(max(most.max(), 0.0) - min(least.min(), 0.0)) or 1.0
    height = BAR * len(frame) + 40
    spec = theme.filled(
        _tornado(theme.axis_label(Unit.RATIO)),
        height=height,
        reach=(min(float(least.min()), 0.0) - 0.05 * room, max(float(most.max()), 0.0) + 0.5 * room),
        rows=parts,
        ends=frame,
        line=pd.DataFrame({"x": [0.0]}),
    )
    for layer in spec["layer"]:
        y = layer["encoding"].get("y", {})
        if "axis" in y or "sort" in y:
            y["sort"] = list(names)
    return Chart(spec, height, alt_text, key)


def _line(scale: alt.Scale) -> alt.Chart:
    return (
        theme.of("line")
        .mark_rule(strokeWidth=1.5)
        .encode(x=alt.X("x:Q", scale=scale, title=None), color=theme.colour("line"))
    )


@lru_cache
def _dots(axis: str) -> dict[str, Any]:
    scale = alt.Scale(domain=[0, 1], nice=False, zero=False)
    x = alt.X("x:Q", scale=scale, title=None, axis=alt.Axis(labelExpr=axis, grid=False, tickCount=5))
    marks = (
        theme.of("rows")
        .mark_circle(size=330, opacity=1)
        .encode(
            x=x,
            y=alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[0, 1])),
            color=theme.colour_by("role"),
        )
    )
    words = [
        theme.of("words")
        .transform_filter(f"datum.side === '{side}'")
        .mark_text(align="right" if side == "below" else "left", dx=-6 if side == "below" else 6, baseline="top")
        .encode(x=x, y=alt.value(4), text="text:N", color=theme.colour_by("role"))
        for side in ("below", "above")
    ]
    return theme.dressed(alt.layer(_line(scale), marks, *words))


@lru_cache
def _tornado(axis: str) -> dict[str, Any]:
    scale = alt.Scale(domain=[0, 1], nice=False, zero=False)
    x_axis = alt.Axis(labelExpr=axis, grid=False, tickCount=5)
    y = alt.Y("name:N", title=None, sort=None, axis=theme.names_axis(labelLimit=170))
    bars = (
        theme.of("rows")
        .mark_bar(height=18)
        .encode(x=alt.X("from:Q", scale=scale, title=None, axis=x_axis), x2="to:Q", y=y, color=theme.colour_by("role"))
    )
    ends = (
        theme.of("ends")
        .mark_text(align="left", dx=8)
        .encode(x=alt.X("end:Q", scale=scale, title=None), y=y, text="text:N", color=theme.colour("muted"))
    )
    return theme.dressed(alt.layer(bars, ends, _line(scale)))
