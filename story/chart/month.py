"""Where a month will end: what is booked as a bar, the likely end as an interval with a dot."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from metrics.estimate import Intervals

from story.chart import theme
from story.parts import Chart

HEIGHT = 84


def chart(booked: float, ends: Intervals, written: tuple[str, str], *, alt_text: str, key: str) -> Chart:
    """The month in one row.

    Args:
        booked: So far, minor units.
        ends: The likely end, one row; limits may be missing.
        written: What stands at the bar and at the interval.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
    """
    estimate, low, high = (float(column[0]) for column in (ends.estimate, ends.low, ends.high))
    known = not np.isnan(low)
    rows = pd.DataFrame({"zero": [0.0], "booked": booked, "estimate": estimate, "low": low, "high": high})
    least, most = min(0.0, booked, low if known else 0.0), max(booked, high if known else estimate, 1.0)
    x: dict[str, Any] = {"axis": None, "scale": alt.Scale(domain=[least, least + (most - least) * 1.04], nice=False)}
    base = alt.Chart(rows)
    layers: list[Any] = [
        base.mark_bar(height=18, cornerRadiusEnd=2).encode(
            x=alt.X("zero:Q", **x), x2="booked:Q", color=theme.colour("none"), y=alt.value(52)
        ),
        base.mark_text(align="left", baseline="bottom").encode(
            x=alt.X("zero:Q", **x), y=alt.value(34), text=alt.value(written[0]), color=theme.colour("muted")
        ),
        base.mark_point(filled=True, size=90, opacity=1).encode(
            x=alt.X("estimate:Q", **x), y=alt.value(52), color=theme.colour("text")
        ),
        base.mark_text(align="right", baseline="bottom").encode(
            x=alt.X("high:Q" if known else "estimate:Q", **x),
            y=alt.value(34),
            text=alt.value(written[1]),
            color=theme.colour("text"),
        ),
    ]
    if known:
        interval = base.mark_bar(height=8, opacity=0.45).encode(
            x=alt.X("low:Q", **x), x2="high:Q", y=alt.value(52), color=theme.colour("muted")
        )
        layers.insert(2, interval)
    return Chart(theme.dressed(alt.layer(*layers), height=HEIGHT), HEIGHT, alt_text, key)
