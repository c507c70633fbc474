"""Ranges one below the other, without a mark in their middle: it would be read as the value."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from metrics.moments import Floats

from story.chart import theme
from story.parts import Chart, Opens

ROW = 25
MOST_ROWS = 40


def chart(
    names: Sequence[str],
    low: Floats,
    high: Floats,
    written: Sequence[str],
    *,
    field: int,
    roles: Sequence[theme.Role],
    alt_text: str,
    key: str,
    opens: Opens,
) -> Chart:
    """Draws ranges of ranks as they come, at most `MOST_ROWS`.

    Args:
        names: One for each range.
        low: The best rank that is still plausible; nan is left out.
        high: The worst.
        written: What stands at each range's end.
        field: Number of ranks.
        roles: What the colour of each says.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
        opens: What a range opens.
    """
    rows = pd.DataFrame(
        {
            "place": np.arange(len(names)),
            "name": list(names),
            "low": low - 0.5,
            "high": high + 0.5,
            "text": list(written),
            "role": list(roles),
        }
    ).dropna(subset=["low"])
    rows = rows.head(MOST_ROWS)
    rows["row"] = [str(place) for place in range(len(rows))]
    rows["end"] = field + 0.9
    height = ROW * len(rows) + 40
    middle = pd.DataFrame({"x": [(field + 1) / 2]})
    spec = theme.filled(_form(), height=height, reach=(0.5, field * 1.45 + 1), rows=rows, middle=middle)
    called = json.dumps(dict(zip(rows["row"], rows["name"], strict=True)))
    for layer in spec["layer"]:
        x, y = layer["encoding"].get("x", {}), layer["encoding"].get("y", {})
        if "axis" in y:
            y["sort"], y["axis"]["labelExpr"] = list(rows["row"]), f"{called}[datum.value]"
        if x.get("axis"):
            x["axis"]["values"] = [1, field]
    return Chart(spec, height, alt_text, key, opens)


@lru_cache
def _form() -> dict[str, Any]:
    """Thick lines, the middle of the field, and the range in words."""
    scale = alt.Scale(domain=[0, 1], nice=False, zero=False)
    axis = alt.Axis(values=[1], grid=False)
    base = theme.of("rows").encode(y=alt.Y("row:N", title=None, axis=theme.names_axis(labelLimit=150)))
    layers: list[Any] = [
        theme.of("middle")
        .mark_rule(strokeWidth=1.25)
        .encode(x=alt.X("x:Q", scale=scale, axis=axis, title=None), color=theme.colour("line")),
        base.mark_rule(strokeWidth=7, strokeCap="round", opacity=0.55)
        .encode(
            x=alt.X("low:Q", scale=scale, axis=axis, title=None),
            x2="high:Q",
            color=theme.colour_by("role"),
            detail="place:Q",
        )
        .add_params(alt.selection_point(name="opened", fields=["place"])),
        base.mark_text(align="left").encode(
            x=alt.X("end:Q", scale=scale, axis=axis, title=None), text="text:N", color=theme.colour("muted")
        ),
    ]
    return theme.dressed(alt.layer(*layers))
