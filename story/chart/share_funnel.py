"""A funnel plot: each unit's share against its size, between the limits that chance alone would keep."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import altair as alt
import numpy as np
import pandas as pd
from metrics.catalogue import Unit
from metrics.inference.funnel_plot import Funnel, shares_limits

from story import figures
from story.chart import theme
from story.parts import Chart

HEIGHT: Final = 290
POINTS: Final = 60
"""Sizes at which the limits are drawn."""

Named = tuple[str, theme.Role, str]
"""Name on the plot, role and hover of a unit; without a name it is a dot."""


def chart(funnel: Funnel, named: Sequence[Named], centre: str, sizes: str, *, alt_text: str, key: str) -> Chart:
    """Draws shares of units that have a customer.

    Args:
        funnel: Of shares.
        named: What each unit says of itself, in the funnel's order.
        centre: Name of the line in the middle.
        sizes: Title of the axis of sizes.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
    """
    known = ~np.isnan(funnel.value)
    rows = pd.DataFrame(
        {
            "n": funnel.volume,
            "share": funnel.value,
            "name": [each[0] for each in named],
            "role": [each[1] for each in named],
            "hover": [each[2] for each in named],
            "size": [110.0 if each[0] else 46.0 for each in named],
        }
    )[known]
    most = float(rows["n"].max()) * 1.05
    least = max(float(rows["n"].min()) * 0.6, 1.0)
    rows["left"] = rows["n"] > (least + most) / 2  # beyond the plot the names of the limits stand
    # Chance puts limits around whole customers only.
    grid = np.unique(np.linspace(max(least, 1.0), most, POINTS).round())
    low, high = shares_limits(grid, funnel.target, funnel.levels)
    stretch = np.sqrt(funnel.dispersion)
    band = pd.DataFrame({"n": grid})
    for place, side in enumerate(("inner", "outer")):
        band[f"{side}_low"] = np.maximum(funnel.target + (low[place] - funnel.target) * stretch, 0.0)
        band[f"{side}_high"] = np.minimum(funnel.target + (high[place] - funnel.target) * stretch, 1.0)
    ends = band.iloc[[-1]]
    limits = pd.DataFrame(
        {
            "n": most,
            "at": [float(ends["outer_high"].iloc[0]), float(ends["inner_high"].iloc[0]), funnel.target],
            "text": [*(figures.percent(level, 1 if level > 0.99 else 0) for level in reversed(funnel.levels)), centre],
        }
    )
    # Names of limits that lie close would cross: they stand at least a line's height apart.
    reach = max(float(band["outer_high"].max()), float(rows["share"].max())) or 1.0
    limits["at"] = _apart(limits["at"].to_numpy(dtype=np.float64), 0.062 * reach)
    middle = pd.DataFrame({"n": [least], "until": [most], "at": [funnel.target]})
    spec = theme.filled(
        _form(theme.axis_label(Unit.SHARE), sizes),
        height=HEIGHT,
        reach=(least, most * 1.16),
        rows=rows,
        band=band,
        limits=limits,
        centre=middle,
    )
    for layer in spec["layer"]:
        layer["encoding"]["y"]["scale"]["domain"] = [0.0, max(reach, *limits["at"])]
    return Chart(spec, HEIGHT, alt_text, key)


def _apart(heights: np.ndarray, room: float) -> list[float]:
    """Heights from the top one down, each at least `room` below the one before."""
    placed: list[float] = []
    for height in reversed(heights.tolist()):
        placed.append(max(height, placed[-1] + room) if placed else height)
    return placed[::-1]


@lru_cache
def _form(share: str, sizes: str) -> dict[str, Any]:
    """Two bands around a line, a dot a unit, the name beside those that have one."""
    scale = alt.Scale(domain=[0, 1], nice=False, zero=False)
    x = alt.X("n:Q", title=sizes, axis=alt.Axis(grid=False, tickCount=5, format=",d"), scale=scale)
    axis = alt.Axis(labelExpr=share, tickCount=4, grid=False)

    def y(name: str) -> alt.Y:
        return alt.Y(f"{name}:Q", title=None, axis=axis, scale=alt.Scale(domain=[0, 1], nice=True))

    def band(side: str, opacity: float) -> Any:
        return (
            theme.of("band")
            .mark_area(opacity=opacity)
            .encode(x=x, y=y(f"{side}_low"), y2=f"{side}_high:Q", color=theme.colour("soft"))
        )

    dots = (
        theme.of("rows")
        .mark_circle(opacity=0.9)
        .encode(
            x=x,
            y=y("share"),
            color=theme.colour_by("role"),
            size=alt.Size("size:Q", scale=None, legend=None),
            tooltip=[alt.Tooltip("hover:N", title=" ")],
        )
    )
    layers: list[Any] = [
        band("outer", 0.45),
        band("inner", 0.8),
        theme.of("centre").mark_rule(strokeWidth=1.25).encode(x=x, x2="until:Q", y=y("at"), color=theme.colour("line")),
        theme.of("limits")
        .mark_text(align="left", dx=7)
        .encode(x=x, y=y("at"), text="text:N", color=theme.colour("muted")),
        dots,
        *(
            theme.of("rows")
            .transform_filter(f"datum.name !== '' && datum.left === {str(left).lower()}")
            .mark_text(align="right" if left else "left", dx=-10 if left else 10, dy=-9)
            .encode(x=x, y=y("share"), text="name:N", color=theme.colour_by("role"))
            for left in (False, True)
        ),
    ]
    return theme.dressed(alt.layer(*layers))
