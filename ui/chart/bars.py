"""Horizontal bars: the steps of a funnel, each nested in the one before it; costs planned and actual by kind."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from ui.chart import theme

STEP = 46
KIND = 30


def funnel(
    steps: Sequence[str], counts: Sequence[float], written: Sequence[str], *, alt_text: str, key: str | None = None
) -> None:
    """Customers at each step, the largest first; what is written stands at the bar's end."""
    colours = theme.palette()
    rows = pd.DataFrame({"step": list(steps), "count": list(counts), "written": list(written)})
    x = alt.X("count:Q", axis=None, scale=alt.Scale(domain=[0, float(rows["count"].max()) * 1.35]))
    y = alt.Y("step:N", sort=list(steps), title=None, axis=_names(colours))
    base = alt.Chart(rows).encode(x=x, y=y)
    bars = base.mark_bar(height=22, color=colours.better, cornerRadiusEnd=2)
    ends = base.mark_text(align="left", dx=7, color=colours.muted).encode(text="written:N")
    theme.show(alt.layer(bars, ends), height=STEP * len(rows), alt_text=alt_text, key=key)


def planned_and_actual(
    kinds: Sequence[str],
    planned: Sequence[float],
    actual: Sequence[float],
    written: Sequence[str],
    *,
    plan: str,
    alt_text: str,
    key: str | None = None,
) -> None:
    """Actual amounts as bars, the planned amount a dark mark across; the largest first, the overspent in orange.

    Args:
        kinds: Name of each kind.
        planned: Planned amounts, nan where none was recorded.
        actual: Actual amounts, nan where none was recorded.
        written: What stands at each bar's end.
        plan: The word for the mark, shown on hover.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
    """
    colours = theme.palette()
    rows = pd.DataFrame({"kind": list(kinds), "planned": list(planned), "actual": list(actual), "text": list(written)})
    rows["end"] = rows[["planned", "actual"]].max(axis=1)
    x = alt.X("actual:Q", axis=None, scale=alt.Scale(domain=[0, float(rows["end"].max()) * 1.5]))
    y = alt.Y("kind:N", sort=list(kinds), title=None, axis=_names(colours))
    base = alt.Chart(rows).encode(y=y)
    bars = base.mark_bar(height=14, color=colours.none, cornerRadiusEnd=2).encode(x=x)
    marks = base.mark_tick(color=colours.line, thickness=2, height=22).encode(
        x=alt.X("planned:Q"), tooltip=[alt.Tooltip("planned:Q", title=plan, format=",.0f")]
    )
    ends = base.mark_text(align="left", dx=8, color=colours.muted).encode(x="end:Q", text="text:N")
    theme.show(alt.layer(bars, marks, ends), height=KIND * len(rows) + 10, alt_text=alt_text, key=key)


def _names(colours: theme.Palette) -> alt.Axis:
    return alt.Axis(labelColor=colours.text, labelLimit=200, labelPadding=10)
