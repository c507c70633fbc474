"""Cost against what came of it: a dot with its interval for each campaign, between lines of equal return."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import altair as alt
import pandas as pd
from metrics.catalogue import Unit

from story.chart import theme
from story.parts import Chart, Opens

HEIGHT: Final = 380

_ROOM: Final = 0.6
"""How far beyond the dots the plot reaches, in their own range; a longer interval is cut."""

_RIGHT: Final = 1.06
"""The axis of cost goes on a little beyond the dearest campaign."""

_FAR: Final = 0.6
"""Part of that axis beyond which a name stands to the left of its dot: the names of the lines are at the right."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One campaign; amounts in the unit of the axes.

    Attributes:
        name: Shown on hover, and beside it where `named`.
        cost: What it cost.
        added: What it added.
        low: Lower limit of that.
        high: Upper limit.
        role: What its colour says.
        hover: The numbers in words.
        place: Row of what it opens.
        named: Whether its name stands beside it.
    """

    name: str
    cost: float
    added: float
    low: float
    high: float
    role: theme.Role
    hover: str
    place: int
    named: bool


def chart(
    dots: Sequence[Dot],
    lines: Sequence[tuple[float, str]],
    titles: tuple[str, str],
    *,
    alt_text: str,
    key: str,
    opens: Opens | None = None,
) -> Chart:
    """Draws the dots and, behind them, the lines.

    Args:
        dots: At least one.
        lines: Returns and what each is called; that of 0 is the darkest.
        titles: What the axes say: cost, and what was added.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
        opens: What a dot opens.
    """
    right = max(dot.cost for dot in dots) * _RIGHT or 1.0
    added = [0.0, *(dot.added for dot in dots)]
    room = max((max(added) - min(added)) * _ROOM, right * 0.5)
    bottom = max(min(dot.low for dot in dots), min(added) - room)
    top = max(min(max(dot.high for dot in dots), max(added) + room), right * 0.5)
    rows = pd.DataFrame(
        [
            {
                "name": dot.name,
                "cost": dot.cost,
                "added": dot.added,
                "from": max(dot.low, bottom),
                "to": min(dot.high, top),
                "role": dot.role,
                "hover": dot.hover,
                "place": dot.place,
                "named": dot.named,
                "left": dot.cost > right * _FAR,
            }
            for dot in dots
        ]
    )
    ends = [_end(roi, right, top) for roi, _ in lines]
    equal = pd.DataFrame(
        {
            "x": 0.0,
            "y": 0.0,
            "x2": [x for x, _ in ends],
            "y2": [y for _, y in ends],
            "name": [name for _, name in lines],
            "role": ["line" if roi == 0 else "muted" for roi, _ in lines],
            "dash": [roi != 0 for roi, _ in lines],
            "above": [x < right for x, _ in ends],
        }
    )
    spec = theme.filled(_form(*titles, opens is not None), height=HEIGHT, rows=rows, equal=equal)
    for layer in spec["layer"]:
        layer["encoding"]["x"]["scale"]["domain"] = [0.0, right]
        layer["encoding"]["y"]["scale"]["domain"] = [bottom, top]
    return Chart(spec, HEIGHT, alt_text, key, opens)


def _end(roi: float, right: float, top: float) -> tuple[float, float]:
    """Where the line of a return leaves the plot."""
    slope = roi + 1
    x = right if slope * right <= top else top / slope
    return x, slope * x


@lru_cache
def _form(cost: str, added: str, opens: bool) -> dict[str, Any]:
    """Lines with their names at the end, intervals, dots, and some names."""
    scale = alt.Scale(domain=[0, 1], nice=False, zero=False)
    label = theme.axis_label(Unit.COUNT)

    def x(field: str) -> alt.X:
        return alt.X(field, title=cost, scale=scale, axis=alt.Axis(labelExpr=label, grid=False, tickCount=5))

    def y(field: str) -> alt.Y:
        return alt.Y(field, title=added, scale=scale, axis=alt.Axis(labelExpr=label, grid=True, tickCount=5))

    lines = theme.of("equal").encode(x=x("x:Q"), y=y("y:Q"), x2="x2:Q", y2="y2:Q", color=theme.colour_by("role"))
    tooltip = [alt.Tooltip("name:N", title=" "), alt.Tooltip("hover:N", title=" ")]
    base = theme.of("rows").encode(x=x("cost:Q"), color=theme.colour_by("role"), tooltip=tooltip)
    dots = base.mark_circle(size=85, opacity=1).encode(y=y("added:Q"))
    names = theme.of("equal").encode(x=x("x2:Q"), y=y("y2:Q"), text="name:N", color=theme.colour("muted"))
    named = theme.of("rows").transform_filter("datum.named")
    named = named.encode(x=x("cost:Q"), y=y("added:Q"), text="name:N", color=theme.colour("text"))
    if opens:
        dots = dots.encode(detail="place:Q").add_params(alt.selection_point(name="opened", fields=["place"]))
    return theme.dressed(
        alt.layer(
            lines.transform_filter("!datum.dash").mark_rule(strokeWidth=1.25),
            lines.transform_filter("datum.dash").mark_rule(strokeWidth=1, strokeDash=[3, 3]),
            names.transform_filter("!datum.above").mark_text(align="left", dx=5),
            names.transform_filter("datum.above").mark_text(align="center", dy=-8),
            base.mark_rule(strokeWidth=1.5, opacity=0.75).encode(y=y("from:Q"), y2="to:Q"),
            dots,
            named.transform_filter("!datum.left").mark_text(align="left", dx=9),
            named.transform_filter("datum.left").mark_text(align="right", dx=-9),
        )
    )
