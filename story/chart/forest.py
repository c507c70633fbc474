"""Intervals one below the other with their numbers in columns beside them, and the lines that matter.

Where there is no room for columns, as on a phone, the plot takes it all; whoever shows it lists the numbers elsewhere.
"""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

import altair as alt
import pandas as pd

from story.chart import theme
from story.parts import Chart
from story.words import sentences

Align = Literal["left", "center", "right"]

ROW: Final = 28
HEAD: Final = 34
"""Pixels above the rows for the names of columns and lines."""

ROOMY: Final = 660
"""Pixels of the plot and its columns from which several columns have room, if their texts are short."""

APART: Final = 6
"""Pixels between the texts of neighbouring columns, at least."""


@dataclass(frozen=True, slots=True)
class Row:
    """One interval.

    Attributes:
        name: What it is of.
        estimate: Where its dot stands, in the unit of the axis; nan for none.
        low: Lower limit.
        high: Upper limit.
        role: What its colour means.
        hover: Said on hover.
        cells: One text for each column.
    """

    name: str
    estimate: float
    low: float
    high: float
    role: theme.Role
    hover: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A line that matters: where, its name, from which row to which; dashed unless it is that of no effect."""

    at: float
    name: str
    first: int
    last: int
    dashed: bool = True
    below: bool = False  # its name stands below it
    align: Align = "center"  # of its name


@dataclass(frozen=True, slots=True)
class Columns:
    """The numbers beside the plot.

    Attributes:
        names: Of the columns; empty where a column needs none.
        ends: Right end of each, as a part of the whole width.
        plot: Part of the width that the plot takes beside them.
    """

    names: tuple[str, ...] = ()
    ends: tuple[float, ...] = ()
    plot: float = 1.0
    roomy: int = ROOMY  # pixels from which they are shown, if their texts are short


def chart(
    rows: Sequence[Row],
    marks: Sequence[Mark],
    columns: Columns,
    *,
    reach: tuple[float, float],
    alt_text: str,
    key: str,
    axis: str = "",
    band: tuple[float, float] | None = None,
) -> Chart:
    """Draws the rows in their order.

    Args:
        rows: From the top.
        marks: Lines that matter.
        columns: What stands beside the plot.
        reach: From where to where the plot reaches; longer intervals are cut there.
        alt_text: What the chart shows, for those who cannot see it; its rows are told behind it.
        key: Identity of the chart on the page.
        axis: The Vega expression of a value on the axis; empty for no axis.
        band: A range drawn soft behind the rows.
    """
    low, high = reach
    height = ROW * len(rows) + HEAD
    data: dict[str, pd.DataFrame] = {
        "rows": pd.DataFrame(
            {
                "row": [float(place) for place in range(len(rows))],
                "name": [row.name for row in rows],
                # A dot beyond the reach would take its room from the plot.
                "estimate": [row.estimate if low <= row.estimate <= high else math.nan for row in rows],
                "start": [min(max(row.low, low), high) for row in rows],
                "end": [max(min(row.high, high), low) for row in rows],
                "role": [row.role for row in rows],
                "hover": [row.hover for row in rows],
                **{f"cell{n}": [row.cells[n] for row in rows] for n in range(len(columns.names))},
            }
        ),
        "marks": pd.DataFrame(
            {
                "at": [mark.at for mark in marks],
                "from": [mark.first - 0.6 for mark in marks],
                "to": [mark.last + 0.6 for mark in marks],
                "name": [mark.name for mark in marks],
                "dashed": [mark.dashed for mark in marks],
                "below": [mark.below for mark in marks],
                "align": [mark.align for mark in marks],
            }
        ),
        "heads": pd.DataFrame({f"head{n}": [name] for n, name in enumerate(columns.names)} or {"none": [""]}),
        **({"bands": pd.DataFrame({"least": [band[0]], "most": [band[1]]})} if band else {}),
    }
    roomy = _roomy(columns, rows)
    named = tuple(sorted({(mark.align, mark.below) for mark in marks if mark.name}))
    form = _form(columns.ends, roomy, axis, named, banded=band is not None)
    spec = theme.filled(form, height=height, reach=None, **data)
    wide = low + (high - low) / columns.plot
    names = {place: row.name for place, row in enumerate(rows)}
    for layer in spec["layer"]:
        x, y = layer["encoding"].get("x", {}), layer["encoding"].get("y", {})
        if "scale" in x:
            x["scale"]["domain"] = {"expr": f"[{low:.9g}, width > {roomy} ? {wide:.9g} : {high:.9g}]"}
        if x.get("axis"):
            x["axis"]["labelExpr"] = f"datum.value > {high:.9g} ? '' : {axis}"
            x["axis"]["gridOpacity"] = {"condition": {"test": f"datum.value > {high:.9g}", "value": 0}, "value": 1}
        if "scale" in y:
            y["scale"]["domain"] = [-0.8, len(rows) - 0.2]
        if y.get("axis"):
            y["axis"]["values"] = list(names)
            y["axis"]["labelExpr"] = f"{json.dumps(names)}[datum.value]"
    return Chart(spec, height, sentences([alt_text, *(f"{row.name} {row.hover}" for row in rows)]), key)


def _roomy(columns: Columns, rows: Sequence[Row]) -> int:
    """Pixels from which no text of a column reaches into the column before it."""
    widest = [max(map(theme.wide, [name, *(row.cells[n] for row in rows)])) for n, name in enumerate(columns.names)]
    needed = [(widest[n] + APART) / (end - columns.ends[n - 1]) for n, end in enumerate(columns.ends) if n]
    return max([columns.roomy, *map(math.ceil, needed)])


def _named(scale: Any, x_axis: Any, y_scale: Any, y_axis: Any, align: Align, *, below: bool) -> Any:
    """Names of lines, at their upper or lower end."""
    return (
        theme.of("marks")
        .transform_filter(f"datum.below === {str(below).lower()} && datum.align === '{align}'")
        .mark_text(dy=11 if below else -9, align=align, dx={"left": 4, "center": 0, "right": -4}[align])
        .encode(
            x=alt.X("at:Q", scale=scale, axis=x_axis),
            y=alt.Y("to:Q" if below else "from:Q", scale=y_scale, axis=y_axis),
            text="name:N",
            color=theme.colour("muted"),
        )
    )


@lru_cache
def _form(
    ends: tuple[float, ...], roomy: int, axis: str, named: tuple[tuple[Align, bool], ...], *, banded: bool
) -> dict[str, Any]:
    """The plot without its data and reach: a browser takes its time for each layer, also for one without a mark."""
    scale = alt.Scale(domain=[0, 1], nice=False, zero=False)
    x_axis = alt.Axis(labelExpr="''", grid=True, tickCount=6) if axis else None
    y_scale = alt.Scale(domain=[0, 1], reverse=True, nice=False, zero=False)
    y_axis = theme.names_axis(labelLimit=215, grid=False)
    x = alt.X("estimate:Q", scale=scale, axis=x_axis, title=None)
    y = alt.Y("row:Q", scale=y_scale, axis=y_axis, title=None)
    tooltip = [alt.Tooltip("name:N", title=" "), alt.Tooltip("hover:N", title=" ")]
    base, hue = theme.of("rows").encode(y=y), theme.colour_by("role")
    rule = theme.of("marks").encode(
        x=alt.X("at:Q", scale=scale, axis=x_axis, title=None), y=alt.Y("from:Q", scale=y_scale, axis=y_axis), y2="to:Q"
    )
    band = (
        theme.of("bands")
        .mark_rect(opacity=0.55)
        .encode(x=alt.X("least:Q", scale=scale, axis=x_axis, title=None), x2="most:Q", color=theme.colour("soft"))
    )
    layers: list[Any] = [
        *([band] if banded else []),
        rule.transform_filter("!datum.dashed").mark_rule(strokeWidth=1.25).encode(color=theme.colour("line")),
        rule.transform_filter("datum.dashed")
        .mark_rule(strokeWidth=1.25, strokeDash=[3, 3])
        .encode(color=theme.colour("muted")),
        *(_named(scale, x_axis, y_scale, y_axis, align, below=below) for align, below in named),
        base.mark_rule(strokeWidth=2).encode(
            x=alt.X("start:Q", scale=scale, axis=x_axis, title=None), x2="end:Q", color=hue, tooltip=tooltip
        ),
        base.mark_point(size=85, filled=True, opacity=1, shape="circle").encode(x=x, color=hue, tooltip=tooltip),
    ]
    heads: list[Any] = []
    for n, end in enumerate(ends):
        place = alt.value({"expr": f"width * {end}"})
        # Text that is not shown must not be measured either: it would take room on the left.
        cell, head = (alt.condition(f"width > {roomy}", f"{name}{n}:N", alt.value("")) for name in ("cell", "head"))
        layers.append(base.mark_text(align="right").encode(x=place, text=cell, color=theme.colour("text")))
        heads.append(
            theme.of("heads")
            .mark_text(align="right")
            .encode(x=place, y=alt.value(2), text=head, color=theme.colour("muted"))
        )
    return theme.dressed(alt.layer(*layers, *heads))
