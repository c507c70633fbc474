"""A change in parts: both totals as bars from zero, and between them each part from where the one before it ended."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import altair as alt
import pandas as pd

from story.chart import theme
from story.parts import Chart

ROW = 32


def chart(names: Sequence[str], amounts: Sequence[int], written: Sequence[str], *, alt_text: str, key: str) -> Chart:
    """The first row is the total before, the last the total after; those between are the parts of their difference.

    Args:
        names: Of each row.
        amounts: Whole minor units; the first and all parts add up to the last.
        written: What stands beside each bar.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.

    Raises:
        ValueError: the parts do not add up.
    """
    before, *parts, after = amounts
    if before + sum(parts) != after:
        raise ValueError(f"{before} and the parts {parts} do not add up to {after}.")
    ends = list(accumulate([before, *parts]))
    rows = pd.DataFrame(
        {
            "name": list(names),
            "start": [0, *ends[:-1], 0],
            "end": [*ends, after],
            "text": list(written),
            "role": ["none", *("better" if part > 0 else "worse" if part < 0 else "none" for part in parts), "none"],
        }
    )
    rows["right"] = rows[["start", "end"]].max(axis=1)
    low, high = float(min(rows[["start", "end"]].min().min(), 0)), float(rows["right"].max())
    span = (high - low) or 1.0
    scale = alt.Scale(domain=[low, high + span * 0.32], nice=False)
    base = alt.Chart(rows).encode(
        y=alt.Y("name:N", sort=list(names), title=None, axis=theme.names_axis(labelLimit=190)),
        tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip("text:N", title=" ")],
    )
    bars = base.mark_bar(height=16).encode(
        x=alt.X("start:Q", axis=None, scale=scale), x2="end:Q", color=theme.colour_by("role")
    )
    texts = base.mark_text(align="left", dx=7).encode(
        x=alt.X("right:Q", axis=None, scale=scale), text="text:N", color=theme.colour("text")
    )
    height = ROW * len(rows)
    return Chart(theme.dressed(alt.layer(bars, texts), height=height), height, alt_text, key)
