"""Who crossed each line: down to the left, up to the right, the net beyond the bars."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, Literal

import altair as alt
import numpy as np
import pandas as pd

from story.chart import theme
from story.parts import Chart

STEP: Final = 52
HEAD: Final = 26


def chart(
    names: Sequence[str],
    down: Sequence[float],
    up: Sequence[float],
    net: Sequence[str],
    roles: Sequence[theme.Role],
    heads: tuple[str, str, str],
    written: Sequence[tuple[str, str]],
    *,
    alt_text: str,
    key: str,
) -> Chart:
    """Draws the lines from the top one down.

    Args:
        names: Of the lines.
        down: Customers who fell below.
        up: Customers who rose above.
        net: Up less down with its limits, as text.
        roles: What the colour of the net says.
        heads: Over the three columns: down, up, net.
        written: The two counts of each line as text.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
    """
    most = max([1.0, *down, *up])
    rows = pd.DataFrame(
        {
            "line": list(names),
            "down": -np.asarray(down, dtype=np.float64),
            "up": np.asarray(up, dtype=np.float64),
            "zero": 0.0,
            "net": list(net),
            "role": list(roles),
            "text_role": ["muted" if role == "none" else role for role in roles],
            "written_down": [each[0] for each in written],
            "written_up": [each[1] for each in written],
            "net_at": 1.75 * most,
        }
    )
    over = pd.DataFrame(
        {"at": [-0.06 * most, 0.06 * most, 1.75 * most], "head": list(heads), "left": [True, False, False]}
    )
    height = STEP * len(rows) + HEAD
    spec = theme.filled(
        _form(),
        height=height,
        reach=(-1.35 * most, 3.3 * most),
        rows=rows,
        heads=over,
        line=pd.DataFrame({"zero": [0.0]}),
    )
    end = theme.room_at_the_end(-1.35 * most, 1.75 * most, 3.3 * most, max(net, key=theme.wide, default=""))
    for layer in spec["layer"]:
        layer["encoding"]["x"]["scale"]["domainMax"] = end
        if "sort" in layer["encoding"].get("y", {}):
            layer["encoding"]["y"]["sort"] = list(names)
    return Chart(spec, height, alt_text, key)


@lru_cache
def _form() -> dict[str, Any]:
    """Bars either side of a dark line, their counts outside, the net at a fixed place."""
    scale = alt.Scale(domain=[0, 1], nice=False)

    def x(name: str) -> alt.X:
        return alt.X(f"{name}:Q", axis=None, scale=scale)

    base = theme.of("rows").encode(
        y=alt.Y(
            "line:N", title=None, sort=[], axis=theme.names_axis(labelLimit=170), scale=alt.Scale(paddingInner=0.35)
        )
    )

    def number(name: str, at: str, align: Literal["left", "right"], role: str = "") -> Any:
        colour = theme.colour_by(role) if role else theme.colour("muted")
        return base.mark_text(align=align, dx=-7 if align == "right" else 7).encode(
            x=x(at), text=f"{name}:N", color=colour
        )

    def heads(*, left: bool) -> Any:
        return (
            theme.of("heads")
            .transform_filter(f"datum.left === {str(left).lower()}")
            .mark_text(align="right" if left else "left", baseline="bottom", dy=-4)
            .encode(x=x("at"), y=alt.value(0), text="head:N", color=theme.colour("muted"))
        )

    layers: list[Any] = [
        base.mark_bar(height=18, opacity=0.45).encode(x=x("zero"), x2="down:Q", color=theme.colour("none")),
        base.mark_bar(height=18, opacity=0.8).encode(x=x("zero"), x2="up:Q", color=theme.colour("none")),
        theme.of("line").mark_rule(strokeWidth=1.25).encode(x=x("zero"), color=theme.colour("line")),
        number("written_down", "down", "right"),
        number("written_up", "up", "left"),
        number("net", "net_at", "left", "text_role"),
        heads(left=True),
        heads(left=False),
    ]
    return theme.dressed(alt.layer(*layers))
