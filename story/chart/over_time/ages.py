"""Curves at equal age: some by name, the others faint behind them."""

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
from story.chart.over_time.rates import spread
from story.parts import Chart
from story.words import say

HEIGHT: Final = 300
_APART: Final = 0.062
"""Part of the height that the name of a line takes."""

_BEYOND: Final = 0.56
"""Room for the names, in parts of the time that the curves take."""

_HUES: Final[tuple[theme.Role, ...]] = ("text", "fourth", "fifth", "muted")
"""Of the named curves in turn: none of them says better or worse."""

_DASHES: Final = ([1, 0], [6, 4])


@dataclass(frozen=True, slots=True)
class Curve:
    """One campaign: its share by some days, what each says on hover; an empty name for one behind the others."""

    name: str
    days: Sequence[int]
    shares: Sequence[float]
    hover: Sequence[str]


def chart(curves: Sequence[Curve], at: int | None, *, alt_text: str, key: str) -> Chart:
    """Draws the curves, and the day on which they are read.

    Args:
        curves: Those with a name in front.
        at: The day on which they are read; None where there is no common one.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
    """
    named = [place for place, curve in enumerate(curves) if curve.name]
    rows = pd.DataFrame(
        [
            (
                str(place),
                curve.name,
                day,
                share,
                hover,
                _HUES[named.index(place) % len(_HUES)] if place in named else "none",
                named.index(place) // len(_HUES) if place in named else -1,
            )
            for place, curve in enumerate(curves)
            for day, share, hover in zip(curve.days, curve.shares, curve.hover, strict=True)
            if share == share
        ],
        columns=["line", "name", "day", "share", "hover", "role", "dash"],
    )
    top, long = max(float(rows["share"].max()), 1e-9), max(int(rows["day"].max()), 1)
    front = rows[rows["dash"] >= 0]
    ends = front.groupby("line", sort=False).tail(1).sort_values("share")
    ends["at"] = spread(ends["share"].tolist(), _APART * top)
    ends["text_at"] = long * 1.03
    tall = max(top, float(ends["at"].max()) if len(ends) else 0.0) * 1.04
    read = pd.DataFrame({"day": [] if at is None else [at]})
    spec = theme.filled(
        _form(say("days since assignment"), theme.axis_label(Unit.SHARE)),
        height=HEIGHT,
        rows=front,
        behind=rows[rows["dash"] < 0],
        ends=ends,
        read=read,
    )
    step = next((step for step in (1, 2, 5, 10, 15, 30, 60, 90) if long / step <= 6), 180)
    for layer in spec["layer"]:
        layer["encoding"]["x"]["scale"]["domain"] = [0, long * (1 + _BEYOND)]
        layer["encoding"]["x"]["axis"]["values"] = list(range(0, long + 1, step))
        if "y" in layer["encoding"]:
            layer["encoding"]["y"]["scale"]["domain"] = [0, tall]
    return Chart(spec, HEIGHT, alt_text, key)


@lru_cache
def _form(title: str, share: str) -> dict[str, Any]:
    """Step lines, the faint ones behind them thin, a rule at the day on which they are read, names beyond the end."""
    axis = alt.Axis(grid=False, values=[], titleAnchor="start")
    scale, y_scale = alt.Scale(domain=[0, 1], nice=False), alt.Scale(domain=[0, 1], nice=False)

    def x(name: str) -> alt.X:
        return alt.X(f"{name}:Q", title=title, axis=axis, scale=scale)

    def y(name: str) -> alt.Y:
        return alt.Y(f"{name}:Q", title=None, axis=alt.Axis(labelExpr=share, tickCount=4), scale=y_scale)

    tip = alt.Tooltip("hover:N", title=" ")
    layers: list[Any] = [
        theme.of("read").mark_rule(strokeWidth=1, strokeDash=[2, 3]).encode(x=x("day"), color=theme.colour("muted")),
        *(
            theme.of("rows")
            .transform_filter(f"datum.dash === {place}")
            .mark_line(strokeWidth=2, interpolate="step-after", strokeDash=dash)
            .encode(x=x("day"), y=y("share"), color=theme.colour_by("role"), detail="name:N", tooltip=tip)
            for place, dash in enumerate(_DASHES)
        ),
        # After the named ones: a slide draws the first lines that it finds, by their names.
        theme.of("behind")
        .mark_line(strokeWidth=1, opacity=0.35, interpolate="step-after")
        .encode(x=x("day"), y=y("share"), color=theme.colour("none"), detail="line:N", tooltip=tip),
        theme.of("ends")
        .mark_text(align="left", limit=alt.ExprRef(f"width * {_BEYOND / (1 + _BEYOND):.3f} + 8"))
        .encode(x=x("text_at"), y=y("at"), text="name:N", color=theme.colour_by("role")),
    ]
    return theme.dressed(alt.layer(*layers))
