"""A budget over cells: three dots a cell, as planned, as it would bring the most, and as it was the last time."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import altair as alt
import pandas as pd
from metrics.moments import Floats

from story.chart import theme
from story.parts import Chart

ROW: Final = 30


def chart(
    names: Sequence[str],
    own: Floats,
    best: Floats,
    last: Floats,
    written: Sequence[str],
    *,
    words: tuple[str, str, str],
    alt_text: str,
    key: str,
) -> Chart:
    """Draws the cells as they come.

    Args:
        names: Of the cells.
        own: As planned, in the unit of the axis.
        best: What would bring the most.
        last: The last time; nan where it is not known.
        written: What is said of a cell on hover.
        words: What the dots of the last time, as planned and best are called.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
    """
    rows = pd.DataFrame(
        {
            "row": [str(place) for place in range(len(names))],
            "name": list(names),
            "own": own,
            "best": best,
            "last": last,
            "hover": list(written),
        }
    )
    rows["from"], rows["to"] = rows[["own", "best", "last"]].min(axis=1), rows[["own", "best", "last"]].max(axis=1)
    told = [("last", "muted", words[0]), ("own", "none", words[1]), ("best", "better", words[2])]
    dots = pd.concat([rows.assign(x=rows[name], kind=word, role=role) for name, role, word in told])
    most = float(rows["to"].max()) or 1.0
    height = ROW * len(rows) + 60
    spec = theme.filled(
        _form(words),
        height=height,
        reach=(-0.03 * most, 1.06 * most),
        rows=rows,
        dots=dots.dropna(subset=["x"]),
    )
    called = json.dumps(dict(zip(rows["row"], rows["name"], strict=True)))
    for layer in spec["layer"]:
        y = layer["encoding"]["y"]
        y["sort"] = list(rows["row"])
        y["axis"]["labelExpr"] = f"{called}[datum.value]"
    return Chart(spec, height, alt_text, key)


@lru_cache
def _form(words: tuple[str, str, str]) -> dict[str, Any]:
    scale = alt.Scale(domain=[0, 1], nice=False, zero=False)
    y = alt.Y("row:N", title=None, axis=theme.names_axis(labelLimit=220))
    axis = alt.Axis(labelExpr="format(datum.value, ',~g')", grid=True, tickCount=5)
    muted = alt.ExprRef("scale('color', 'muted')")
    line = (
        theme.of("rows")
        .mark_rule(strokeWidth=3, opacity=0.45)
        .encode(x=alt.X("from:Q", scale=scale, title=None, axis=axis), x2="to:Q", y=y, color=theme.colour("muted"))
    )
    dots = (
        theme.of("dots")
        .mark_point(size=95, strokeWidth=1.75, opacity=1)
        .encode(
            x=alt.X("x:Q", scale=scale, title=None, axis=axis),
            y=y,
            color=theme.colour_by("role"),
            fill=theme.fill_by("role"),
            shape=alt.Shape(
                "kind:N",
                scale=alt.Scale(domain=list(words), range=["diamond", "circle", "square"]),
                legend=alt.Legend(
                    orient="top",
                    title=None,
                    labelFontSize=theme.TEXT_SIZE,
                    labelFont=theme.FONT,
                    labelColor=muted,
                    symbolFillColor=muted,
                    symbolStrokeColor=muted,
                ),
            ),
            tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip("hover:N", title=" ")],
        )
    )
    return theme.dressed(alt.layer(line, dots))
