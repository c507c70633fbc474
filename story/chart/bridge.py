"""From one balance to another: totals as marks, every change between them as a bar from where the last one ended."""

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

from story.chart import theme
from story.parts import Chart

STEP = 30
_ASIDE = 16
"""Pixels between the end of a bar and the edge, besides the text there."""
_NARROWEST = 24
"""Pixels that the bars take at least."""


def chart(
    names: Sequence[str],
    before: float,
    changes: Sequence[float],
    written: Sequence[str],
    roles: Sequence[theme.Role],
    *,
    alt_text: str,
    key: str,
) -> Chart:
    """Draws the steps from top to bottom; they add up by construction.

    Args:
        names: Of the balance before, of each change, and of the balance after.
        before: The balance before.
        changes: From it, in the order in which they are drawn.
        written: What stands beside each mark, one for each name.
        roles: What the colour of each change says.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
    """
    reached = before + np.concatenate([[0.0], np.cumsum(np.asarray(changes, dtype=float))])
    starts, ends = np.concatenate([reached[:1], reached]), np.concatenate([reached, reached[-1:]])
    order = [str(place) for place in range(len(names))]  # two of one name, such as two colleagues, are two bars
    rows = pd.DataFrame(
        {
            "row": order,
            "name": list(names),
            "from": starts,
            "to": ends,
            "end": np.maximum(starts, ends),
            "text": list(written),
            "role": ["line", *roles, "line"],
            "total": [True, *(False for _ in changes), True],
        }
    )
    least, most = float(reached.min()), float(reached.max())
    room = (most - least) or 1.0
    least -= 0.05 * room
    height = STEP * len(rows) + 10
    spec = theme.filled(_form(), height=height, reach=(least, most + 0.45 * room), rows=rows)
    beside = _ASIDE + max(map(theme.wide, written))
    far = f"{least:.9g} + {most - least:.9g} * width / max(width - {beside:.0f}, {_NARROWEST})"
    called = json.dumps(dict(zip(order, names, strict=True)))
    for layer in spec["layer"]:
        layer["encoding"]["y"]["sort"] = order
        layer["encoding"]["y"]["axis"]["labelExpr"] = f"{called}[datum.value]"
        layer["encoding"]["x"]["scale"]["domainMax"] = {"expr": far}
    return Chart(spec, height, alt_text, key)


@lru_cache
def _form() -> dict[str, Any]:
    """Bars between their two ends, totals as marks; the order is that of the rows."""
    scale = alt.Scale(domain=[0, 1], zero=False, nice=False)
    tooltip = [alt.Tooltip("name:N", title=" "), alt.Tooltip("text:N", title=" ")]
    base = theme.of("rows").encode(y=alt.Y("row:N", title=None, axis=theme.names_axis(labelLimit=200)), tooltip=tooltip)
    x = alt.X("from:Q", axis=None, scale=scale)
    bars = (
        base.transform_filter("!datum.total").mark_bar(height=16).encode(x=x, x2="to:Q", color=theme.colour_by("role"))
    )
    marks = (
        base.transform_filter("datum.total").mark_tick(thickness=3, height=18).encode(x=x, color=theme.colour("line"))
    )
    ends = base.mark_text(align="left", dx=8).encode(
        x=alt.X("end:Q", axis=None, scale=scale), text="text:N", color=theme.colour("muted")
    )
    return theme.dressed(alt.layer(bars, marks, ends))
