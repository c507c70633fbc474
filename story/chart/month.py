"""Where a month or season will end: what is booked as a bar, the likely end as an interval, a tick at the target.

What is likely is written above, what is booked and the target below; a text moves aside for another and for the edge.
"""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

import altair as alt
import numpy as np
import pandas as pd
from metrics.estimate import Intervals

from story.chart import theme
from story.parts import Chart

HEIGHT = 88
_APART = 14
"""Pixels between two texts."""


def chart(
    booked: float,
    ends: Intervals,
    written: tuple[str, str],
    *,
    alt_text: str,
    key: str,
    target: tuple[float, str] | None = None,
) -> Chart:
    """The month in one row.

    Args:
        booked: So far, minor units.
        ends: The likely end, one row; limits may be missing.
        written: What stands at the bar and at the interval.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
        target: What was to be reached, and what stands at it.
    """
    estimate, low, high = (float(column[0]) for column in (ends.estimate, ends.low, ends.high))
    known = not np.isnan(low)
    end = high if known else estimate
    rows = pd.DataFrame(
        {
            "zero": [0.0],
            "booked": booked,
            "estimate": estimate,
            "low": low if known else estimate,
            "high": end,
            "so_far": written[0],
            "expected": written[1],
            "target": target[0] if target else np.nan,
            "aim": target[1] if target else "",
            "above": theme.wide(written[1]),
            "below": theme.wide(written[0]) + _APART + theme.wide(target[1] if target else ""),
        }
    )
    aim = target[0] if target else 0.0
    least, most = min(0.0, booked, low if known else 0.0, aim), max(booked, end, aim, 1.0)
    reach = (least, least + (most - least) * 1.04)
    rows["start"] = least
    return Chart(theme.filled(_form(), height=HEIGHT, reach=reach, rows=rows), HEIGHT, alt_text, key)


@lru_cache
def _form() -> dict[str, Any]:
    """What is booked, the interval, its dot, and a word above each."""
    base, scale = theme.of("rows"), alt.Scale(domain=[0, 1], nice=False)

    def x(name: str) -> alt.X:
        return alt.X(f"{name}:Q", axis=None, scale=scale)

    def before(at: str, room: str) -> Any:
        """Up to where a text reaches that ends at a value, or needs so much room from the left edge."""
        return alt.value({"expr": f"min(max(scale('x', datum.{at}), datum.{room}), width)"})

    def text(name: str, at: Any, align: Literal["left", "right"], *, above: bool) -> Any:
        mark = base.mark_text(align=align, baseline="bottom" if above else "top")
        return mark.encode(x=at, y=alt.value(34 if above else 68), text=f"{name}:N", color=theme.colour("text"))

    layers: list[Any] = [
        base.mark_bar(height=18, cornerRadiusEnd=2).encode(
            x=x("zero"), x2="booked:Q", y=alt.value(52), color=theme.colour("none")
        ),
        base.mark_bar(height=8, opacity=0.45).encode(
            x=x("low"), x2="high:Q", y=alt.value(52), color=theme.colour("muted")
        ),
        base.mark_point(filled=True, size=90, opacity=1).encode(
            x=x("estimate"), y=alt.value(52), color=theme.colour("text")
        ),
        text("so_far", x("start"), "left", above=False),
        text("expected", before("high", "above"), "right", above=True),
        base.mark_tick(thickness=2, height=26).encode(x=x("target"), y=alt.value(52), color=theme.colour("text")),
        text("aim", before("target", "below"), "right", above=False),
    ]
    return theme.dressed(alt.layer(*layers))
