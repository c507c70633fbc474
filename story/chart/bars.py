"""Horizontal bars: the steps of a funnel, each nested in the one before it; costs planned and actual by kind."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from story.chart import theme
from story.parts import Chart

STEP = 46
KIND = 30
_NAMES = theme.names_axis(labelLimit=200)


def funnel(
    steps: Sequence[str],
    counts: Sequence[float],
    written: Sequence[str],
    *,
    alt_text: str,
    key: str,
    beyond: float = 1.35,
) -> Chart:
    """Customers at each step, the largest first; what is written stands at the bar's end.

    Args:
        steps: Names.
        counts: Customers.
        written: What stands at each bar's end.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
        beyond: How many times longer than the longest bar the plot is; a narrow one needs more for its texts.
    """
    rows = pd.DataFrame({"step": list(steps), "count": list(counts), "written": list(written)})
    height = STEP * len(rows)
    reach = (0.0, float(rows["count"].max()) * beyond)
    return Chart(theme.filled(_funnel(), height=height, reach=reach, rows=rows), height, alt_text, key)


def planned_and_actual(
    kinds: Sequence[str],
    planned: Sequence[float],
    actual: Sequence[float],
    written: Sequence[str],
    *,
    alt_text: str,
    key: str,
) -> Chart:
    """Actual amounts as bars, the planned amount a dark mark across; the largest first.

    Args:
        kinds: Name of each kind.
        planned: Planned amounts, nan where none was recorded.
        actual: Actual amounts, nan where none was recorded.
        written: What stands at each bar's end, and on hover.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
    """
    rows = pd.DataFrame({"kind": list(kinds), "planned": list(planned), "actual": list(actual), "text": list(written)})
    rows["end"] = rows[["planned", "actual"]].max(axis=1)
    height = KIND * len(rows) + 10
    reach = (0.0, float(rows["end"].max()) * 1.5)
    return Chart(theme.filled(_costs(), height=height, reach=reach, rows=rows), height, alt_text, key)


@lru_cache
def _funnel() -> dict[str, Any]:
    """Bars in the order of the rows."""
    x = alt.X("count:Q", axis=None, scale=alt.Scale(domain=[0, 1]))
    base = theme.of("rows").encode(x=x, y=alt.Y("step:N", sort=None, title=None, axis=_NAMES))
    tooltip = [alt.Tooltip("step:N", title=" "), alt.Tooltip("written:N", title=" ")]
    bars = base.mark_bar(height=22, cornerRadiusEnd=2).encode(color=theme.colour("none"), tooltip=tooltip)
    ends = base.mark_text(align="left", dx=7).encode(text="written:N", color=theme.colour("muted"))
    return theme.dressed(alt.layer(bars, ends))


@lru_cache
def _costs() -> dict[str, Any]:
    """Bars and marks in the order of the rows."""
    x = alt.X("actual:Q", axis=None, scale=alt.Scale(domain=[0, 1]))
    base = theme.of("rows").encode(
        y=alt.Y("kind:N", sort=None, title=None, axis=_NAMES),
        tooltip=[alt.Tooltip("kind:N", title=" "), alt.Tooltip("text:N", title=" ")],
    )
    bars = base.mark_bar(height=14, cornerRadiusEnd=2).encode(x=x, color=theme.colour("none"))
    marks = base.mark_tick(thickness=2, height=22).encode(x="planned:Q", color=theme.colour("line"))
    ends = base.mark_text(align="left", dx=8).encode(x="end:Q", text="text:N", color=theme.colour("muted"))
    return theme.dressed(alt.layer(bars, marks, ends))
