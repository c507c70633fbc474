"""Intervals one below the other: a dot on a line for each row, and the line that matters. The forest plot."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from metrics.estimate import Intervals
from metrics.moments import Floats

from story.chart import theme
from story.parts import Chart, Opens
from story.words import say

ROW = 27
MOST_ROWS = 40
"""Rows that one plot shows: more are not read, and a browser draws no picture of a thousand."""

_ROOM = 1.5
"""How far beyond the estimates the plot reaches, in their own range; a longer interval is cut and marked so."""

Written = Callable[[float, float, float], str]
"""The text of a number, given it and the limits of its interval."""


def chart(
    names: Sequence[str],
    intervals: Intervals,
    *,
    written: Written,
    axis: str,
    alt_text: str,
    key: str,
    line: float | None = None,
    roles: Sequence[theme.Role] | None = None,
    reference: tuple[float, str] | None = None,
    opens: Opens | None = None,
    ordered: bool = True,
    on_the_right: bool = False,
) -> Chart:
    """Draws known intervals, best first; the number stands at the end of its interval, where it crosses nothing.

    Of more than `MOST_ROWS` the highest and the lowest are drawn; `left_out` says how many are not.

    Args:
        names: One for each row of `intervals`, in its order.
        intervals: Rows without a number are left out; the page says why elsewhere.
        written: How a number is written.
        axis: The Vega expression of a value on the axis, one of `theme.axis_label`'s.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
        line: The line that matters, drawn dark.
        roles: What the colour of each row says; without, nothing.
        reference: A value to compare with and its name, drawn dashed; it colours nothing.
        opens: What a row opens.
        ordered: Best first; else as the rows come.
        on_the_right: Whether all numbers stand to the right of their intervals; else those of worse rows to the left.
    """
    rows = _rows(names, intervals, written, roles, ordered=ordered)
    low, high = _reach(rows, [value for value in (line, reference[0] if reference else None) if value is not None])
    rows["left"] &= not on_the_right
    rows["from"], rows["to"] = rows["low"].clip(lower=low), rows["high"].clip(upper=high)
    rows["written_at"] = np.where(rows["left"], rows["from"], rows["to"])
    rows["text_role"] = np.where(rows["role"] == "none", "muted", rows["role"])

    form = _form(axis, line is not None, reference is not None, opens is not None)
    data = {"rows": rows}
    if line is not None:
        data["line"] = pd.DataFrame({"x": [line]})
    if reference is not None:
        data["reference"] = pd.DataFrame({"x": [reference[0]], "text": [reference[1]]})
    height = ROW * len(rows) + 40
    spec = theme.filled(form, height=height, reach=(low, high), **data)
    if len(right := rows[~rows["left"]]):
        end = theme.room_at_the_end(low, float(right["to"].max()), high, max(right["written"], key=theme.wide))
        for layer in spec["layer"]:
            if "scale" in layer["encoding"]["x"]:
                layer["encoding"]["x"]["scale"]["domainMax"] = end
    names_by_row = json.dumps(dict(zip(rows["row"], rows["name"], strict=True)))
    for layer in spec["layer"]:
        y = layer["encoding"].get("y", {})
        if "axis" in y:
            y["sort"], y["axis"]["labelExpr"] = list(rows["row"]), f"{names_by_row}[datum.value]"
    return Chart(spec, height, alt_text, key, opens)


def left_out(intervals: Intervals) -> str:
    """How many rows a plot of these leaves to the table, as a clause of its caption; empty if none."""
    known = int(intervals.known.sum())
    if known <= MOST_ROWS:
        return ""
    return say(
        "the {half} highest and the {half} lowest of {n}; all stand in the table", half=MOST_ROWS // 2, n=f"{known:,}"
    )


def _rows(
    names: Sequence[str],
    intervals: Intervals,
    written: Written,
    roles: Sequence[theme.Role] | None,
    *,
    ordered: bool,
) -> pd.DataFrame:
    """One row per known interval, the highest estimate first where there is an order."""
    rows = pd.DataFrame(
        {
            "name": list(names),
            "place": np.arange(len(intervals)),
            "estimate": intervals.estimate,
            "low": intervals.low,
            "high": intervals.high,
            "role": list(roles or ("none",) * len(intervals)),
        }
    )
    rows = rows[intervals.known]
    if ordered or len(rows) > MOST_ROWS:
        rows = rows.sort_values("estimate", ascending=False, kind="stable")
    if len(rows) > MOST_ROWS:
        rows = pd.concat([rows.head(MOST_ROWS // 2), rows.tail(MOST_ROWS // 2)])
    numbers = list(zip(rows["estimate"], rows["low"], rows["high"], strict=True))
    rows["row"] = [str(position) for position in range(len(rows))]
    rows["written"] = [written(estimate, low, high) for estimate, low, high in numbers]
    rows["hover"] = [
        f"{text} ({written(low, low, high)} – {written(high, low, high)})"
        for text, (_, low, high) in zip(rows["written"], numbers, strict=True)
    ]
    rows["left"] = rows["role"] == "worse"
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


@lru_cache
def _form(axis: str, line: bool, reference: bool, opens: bool) -> dict[str, Any]:
    """A plot without its data, names and reach."""
    scale = alt.Scale(domain=[0, 1], nice=False, zero=False)
    base = theme.of("rows").encode(y=alt.Y("row:N", title=None, axis=theme.names_axis(labelLimit=220)))
    layers: list[Any] = []
    if line:
        layers.append(_rule("line", "line", scale, dash=False))
    if reference:
        layers.append(_rule("reference", "muted", scale, dash=True))
        layers.append(
            theme.of("reference")
            .mark_text(align="left", dx=6, dy=-2, baseline="bottom")
            .encode(x=alt.X("x:Q", scale=scale), y=alt.value(0), text="text:N", color=theme.colour("muted"))
        )
    tooltip = [alt.Tooltip("name:N", title=" "), alt.Tooltip("hover:N", title=" ")]
    colour = theme.colour_by("role")
    dots = base.mark_circle(size=85, opacity=1).encode(
        x=alt.X("estimate:Q", scale=scale), color=colour, tooltip=tooltip
    )
    if opens:
        dots = dots.encode(detail="place:Q").add_params(alt.selection_point(name="opened", fields=["place"]))
    x_axis = alt.Axis(labelExpr=axis, grid=True, tickCount=6, labelOverlap="greedy", labelSeparation=6)
    layers += [
        base.mark_rule(strokeWidth=2).encode(
            x=alt.X("from:Q", scale=scale, axis=x_axis, title=None), x2="to:Q", color=colour, tooltip=tooltip
        ),
        dots,
        *(
            base.transform_filter(f"datum.left === {str(left).lower()}")
            .mark_text(align="right" if left else "left", dx=-7 if left else 7)
            .encode(x=alt.X("written_at:Q", scale=scale), text="written:N", color=theme.colour_by("text_role"))
            for left in (False, True)
        ),
    ]
    return theme.dressed(alt.layer(*layers))


def _rule(data: str, role: theme.Role, scale: alt.Scale, *, dash: bool) -> alt.Chart:
    return (
        theme.of(data)
        .mark_rule(strokeWidth=1.25, strokeDash=[3, 3] if dash else [1, 0])
        .encode(x=alt.X("x:Q", scale=scale, title=None), color=theme.colour(role))
    )
