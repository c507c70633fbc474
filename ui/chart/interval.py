"""Intervals one below the other: a dot on a line for each row, and the line that matters. The forest plot."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from metrics.estimate import Intervals, Verdict
from metrics.moments import Floats

from ui.chart import theme

ROW = 27
_ROOM = 1.5
"""How far beyond the estimates the plot reaches, in their own range; a longer interval is cut and marked so."""


def chart(
    names: Sequence[str],
    intervals: Intervals,
    *,
    written: Callable[[float, float], str],
    axis: str,
    alt_text: str,
    line: float | None = None,
    reference: tuple[float, str] | None = None,
    key: str | None = None,
) -> None:
    """Draws known intervals, best first; the number stands at the end of its interval, where it crosses nothing.

    Args:
        names: One for each row of `intervals`, in its order.
        intervals: Rows without a number are left out; the page says why elsewhere.
        written: The text of an estimate, given the estimate and half the width of its interval.
        axis: The Vega expression of a value on the axis, one of `theme.axis_label`'s.
        alt_text: What the chart shows, for those who cannot see it.
        line: The line that matters, drawn dark; rows wholly above it are blue, wholly below it orange.
        reference: A value to compare with and its name, drawn dashed; it colours nothing.
        key: Identity of the chart on the page.
    """
    colours = theme.palette()
    rows = _rows(names, intervals, written, line)
    low, high = _reach(rows, [value for value in (line, reference[0] if reference else None) if value is not None])
    rows["from"], rows["to"] = rows["low"].clip(lower=low), rows["high"].clip(upper=high)
    rows["colour"] = [colours.of(Verdict(verdict)) if line is not None else colours.none for verdict in rows["verdict"]]
    rows["text_colour"] = np.where(rows["colour"] == colours.none, colours.muted, rows["colour"])
    rows["written_at"] = np.where(rows["left"], rows["from"], rows["to"])

    labels = json.dumps(dict(zip(rows["row"], rows["name"], strict=True)), ensure_ascii=False)
    y = alt.Y(
        "row:N",
        sort=list(rows["row"]),
        title=None,
        axis=alt.Axis(labelExpr=f"{labels}[datum.value]", labelColor=colours.text, labelLimit=220, labelPadding=10),
    )
    x_axis = alt.Axis(labelExpr=axis, grid=True, tickCount=6)
    scale = alt.Scale(domain=[low, high], nice=False, zero=False)
    base = alt.Chart(rows).encode(y=y)
    layers: list[Any] = []
    if line is not None:
        layers.append(_rule(line, colours.line, scale, dash=False))
    if reference is not None:
        layers.append(_rule(reference[0], colours.muted, scale, dash=True))
        layers.append(
            alt.Chart(pd.DataFrame({"x": [reference[0]], "text": [reference[1]]}))
            .mark_text(align="left", dx=6, dy=-2, baseline="bottom", color=colours.muted)
            .encode(x=alt.X("x:Q", scale=scale), y=alt.value(0), text="text:N")
        )
    tooltip = [alt.Tooltip("name:N", title=" "), alt.Tooltip("hover:N", title=" ")]
    colour = alt.Color("colour:N", scale=None)
    layers += [
        base.mark_rule(strokeWidth=2).encode(
            x=alt.X("from:Q", scale=scale, axis=x_axis, title=None), x2="to:Q", color=colour, tooltip=tooltip
        ),
        base.mark_circle(size=85, opacity=1).encode(x=alt.X("estimate:Q", scale=scale), color=colour, tooltip=tooltip),
        *(
            base.transform_filter(f"datum.left === {str(left).lower()}")
            .mark_text(align="right" if left else "left", dx=-7 if left else 7)
            .encode(
                x=alt.X("written_at:Q", scale=scale), text="written:N", color=alt.Color("text_colour:N", scale=None)
            )
            for left in (False, True)
        ),
    ]
    theme.show(alt.layer(*layers), height=ROW * len(rows) + 40, alt_text=alt_text, key=key)


def _rows(
    names: Sequence[str], intervals: Intervals, written: Callable[[float, float], str], line: float | None
) -> pd.DataFrame:
    """One row per known interval, the highest estimate first."""
    rows = pd.DataFrame(
        {
            "name": list(names),
            "estimate": intervals.estimate,
            "low": intervals.low,
            "high": intervals.high,
            "verdict": intervals.verdict(0.0 if line is None else line),
        }
    )
    rows = rows[intervals.known].sort_values("estimate", ascending=False, kind="stable")
    half = (rows["high"] - rows["low"]) / 2
    rows["row"] = [str(position) for position in range(len(rows))]
    rows["written"] = [written(value, width) for value, width in zip(rows["estimate"], half, strict=True)]
    rows["hover"] = [
        f"{text} ({written(low, width)} – {written(high, width)})"
        for text, low, high, width in zip(rows["written"], rows["low"], rows["high"], half, strict=True)
    ]
    rows["left"] = rows["verdict"] == Verdict.LOWER.value if line is not None else False
    return rows


def _reach(rows: pd.DataFrame, also: Sequence[float]) -> tuple[float, float]:
    """Domain of the plot: every estimate and the lines, and the intervals as far as they leave room for the rest."""
    points: Floats = np.concatenate([rows["estimate"].to_numpy(float), np.asarray(also, dtype=float)])
    least, most = float(points.min()), float(points.max())
    room = max(most - least, float((rows["high"] - rows["low"]).median())) * _ROOM
    low = max(least - room, min(float(rows["low"].min()), least))
    high = min(most + room, max(float(rows["high"].max()), most))
    margin = (high - low) * 0.07 or 1.0
    return low - (margin if low < 0 or rows["left"].any() else min(margin, max(low, 0.0))), high + margin


def _rule(value: float, colour: str, scale: alt.Scale, *, dash: bool) -> alt.Chart:
    return (
        alt.Chart(pd.DataFrame({"x": [value]}))
        .mark_rule(color=colour, strokeWidth=1.25, strokeDash=[3, 3] if dash else [1, 0])
        .encode(x=alt.X("x:Q", scale=scale, title=None))
    )
