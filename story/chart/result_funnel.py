"""A funnel plot: each result against its volume, between the limits that chance alone would keep."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

import altair as alt
import numpy as np
import pandas as pd
from metrics.moments import Floats

from story.chart import theme
from story.parts import Chart, Opens

HEIGHT = 400
_BEYOND = 1.12
"""How much longer the axis is than the band: names of the limits stand beyond it."""

_WIDTH = 320
"""Pixels of the plot where it is narrowest, on paper and on a phone: names that are apart there are apart anywhere."""

_ABOVE, _BELOW, _BESIDE = -12, 13, 9
"""Pixels from a dot to the middle of its name above and below, and to its start beside."""

_SIDES: Final[tuple[tuple[str, Literal["center", "left"], int, int], ...]] = (
    ("above", "center", 0, _ABOVE),
    ("below", "center", 0, _BELOW),
    ("beside", "left", _BESIDE, 0),
)
"""Where names stand: on which side, how aligned, and how far to the right and down."""

_HALF, _DOT = 6.5, 5.0
"""Pixels of half a line of text, and of half a dot."""

_LEAST_TOP, _MOST_TOP = 2.5, 4.0
"""Ratios between which the plot ends; what lies above its end stands at the upper edge."""


def chart(
    names: Sequence[str],
    volume: Floats,
    ratio: Floats,
    roles: Sequence[theme.Role],
    hover: Sequence[str],
    *,
    others: tuple[Floats, Floats],
    band: tuple[Floats, Floats, Floats],
    limits: tuple[str, str],
    axis: str,
    alt_text: str,
    key: str,
    opens: Opens,
) -> Chart:
    """Draws known results; 100 is what was expected.

    Args:
        names: One for each result.
        volume: What was expected of each.
        ratio: Observed over expected; nan is left out.
        roles: What the colour of each says.
        hover: What is said of each.
        others: Volume and ratio of results without a name, drawn small.
        band: Volumes, lower and upper limits of shape (2, volumes), the inner ones first.
        limits: Names of the inner and the outer limits.
        axis: Name of the volume.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
        opens: What a result opens.
    """
    top = _top(ratio, others[1])
    rows = pd.DataFrame(
        {
            "place": np.arange(len(names)),
            "name": list(names),
            "x": volume,
            "y": np.minimum(ratio, top) * 100,
            "role": list(roles),
            "hover": list(hover),
        }
    ).dropna(subset=["y"])
    last = float(band[0][-1])
    rows["side"] = _sides(rows, last * _BEYOND, top * 100)
    known = ~np.isnan(others[1])
    dots = pd.DataFrame({"x": others[0][known], "y": np.minimum(others[1][known], top) * 100})
    x, low, high = band
    drawn = pd.DataFrame({"x": x})
    for place, which in enumerate(("inner", "outer")):
        drawn[f"{which}_low"] = np.minimum(low[place], top) * 100
        drawn[f"{which}_high"] = np.minimum(high[place], top) * 100
    ends = pd.DataFrame(
        {"x": last, "y": [drawn["inner_high"].iloc[-1], drawn["outer_high"].iloc[-1]], "text": list(limits)}
    )
    line = pd.DataFrame({"y": [100.0]})
    spec = theme.filled(_form(axis), height=HEIGHT, rows=rows, dots=dots, band=drawn, ends=ends, line=line)
    for layer in spec["layer"]:
        encoding = layer["encoding"]
        if "scale" in encoding.get("x", {}):
            encoding["x"]["scale"]["domain"] = [0, last * _BEYOND]
        encoding["y"]["scale"]["domain"] = [0, top * 100]
    return Chart(spec, HEIGHT, alt_text, key, opens)


def _top(ratio: Floats, others: Floats) -> float:
    seen = np.concatenate([ratio, others])
    reached = float(np.nanquantile(seen, 0.98)) * 1.05 if np.isfinite(seen).any() else 0.0
    return min(max(reached, _LEAST_TOP), _MOST_TOP)


def _sides(rows: pd.DataFrame, right: float, top: float) -> list[str]:
    """On which side of its dot each name stands where it covers no other; nowhere, where it would."""
    across, down = rows["x"].to_numpy() / right * _WIDTH, HEIGHT - rows["y"].to_numpy() / top * HEIGHT
    dots = [_Box(x, y, _DOT, _DOT) for x, y in zip(across, down, strict=True)]
    names: list[_Box] = []
    found: list[str] = []
    for place, (dot, name) in enumerate(zip(dots, rows["name"], strict=True)):
        half = theme.wide(str(name)) / 2
        sides = {
            "above": _Box(dot.x, dot.y + _ABOVE, half, _HALF),
            "below": _Box(dot.x, dot.y + _BELOW, half, _HALF),
            "beside": _Box(dot.x + _BESIDE + half, dot.y, half, _HALF),
        }
        others = [*names, *dots[:place], *dots[place + 1 :]]
        side = next((side for side, box in sides.items() if box.inside and not any(map(box.meets, others))), "")
        found.append(side)
        names += [sides[side]] if side else []
    return found


@dataclass(frozen=True, slots=True)
class _Box:
    """Where something stands: its middle in pixels from the left and from the top, and half its width and height."""

    x: float
    y: float
    half_width: float
    half_height: float

    @property
    def inside(self) -> bool:
        """Whether it covers no axis: only at the right there is room beyond the plot."""
        return self.x >= self.half_width and self.y + self.half_height <= HEIGHT

    def meets(self, other: _Box) -> bool:
        """Whether both would cover each other."""
        beside = abs(self.x - other.x) >= self.half_width + other.half_width
        return not beside and abs(self.y - other.y) < self.half_height + other.half_height


@lru_cache
def _form(axis: str) -> dict[str, Any]:
    """Bands, the line of what was expected, small dots, and the dots with a name."""
    scale = alt.Scale(domain=[0, 1], nice=False, zero=True)
    x = alt.X(
        "x:Q", title=axis, scale=scale, axis=alt.Axis(grid=False, tickCount=5, titleAlign="right", titleAnchor="end")
    )
    height = alt.Scale(domain=[0, 1], nice=False)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", title=None, scale=height, axis=alt.Axis(grid=False, tickCount=5))

    band = theme.of("band").encode(x=x)
    rows = theme.of("rows").encode(x=x, y=y("y"))
    layers: list[Any] = [
        band.mark_area(opacity=0.45).encode(y=y("outer_low"), y2="outer_high:Q", color=theme.colour("soft")),
        band.mark_area(opacity=1).encode(y=y("inner_low"), y2="inner_high:Q", color=theme.colour("soft")),
        theme.of("line").mark_rule(strokeWidth=1.25).encode(y=y("y"), color=theme.colour("line")),
        theme.of("dots").mark_circle(size=16, opacity=0.55).encode(x=x, y=y("y"), color=theme.colour("none")),
        rows.mark_circle(size=85, opacity=1)
        .encode(color=theme.colour_by("role"), detail="place:Q", tooltip=[alt.Tooltip("hover:N", title=" ")])
        .add_params(alt.selection_point(name="opened", fields=["place"])),
        *(
            rows.transform_filter(f"datum.side === '{side}'")
            .mark_text(align=align, dx=dx, dy=dy, fontSize=12)
            .encode(text="name:N", color=theme.colour("text"))
            for side, align, dx, dy in _SIDES
        ),
        theme.of("ends")
        .mark_text(align="left", dx=5)
        .encode(x=x, y=y("y"), text="text:N", color=theme.colour("muted")),
    ]
    return theme.dressed(alt.layer(*layers))
