"""The grace clock: a bar for each month used, and beyond the bars what became of such customers."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import altair as alt
import pandas as pd

from story.chart import theme
from story.parts import Chart, Opens

STEP: Final = 30
HEAD: Final = 24
APART: Final = 10
"""Pixels between a bar and its number, and between that and the column at the right."""


def chart(
    names: Sequence[str],
    n: Sequence[float],
    written: Sequence[str],
    became: Sequence[str],
    roles: Sequence[theme.Role],
    head: str,
    *,
    alt_text: str,
    key: str,
    opens: Opens | None = None,
) -> Chart:
    """Draws the bars in the order of the names.

    Args:
        names: Of each month of grace.
        n: Customers.
        written: The same as text.
        became: What became of such customers.
        roles: What the colour of each bar says.
        head: Over what became of them.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
        opens: What a bar opens.
    """
    rows = pd.DataFrame(
        {
            "name": list(names),
            "n": list(n),
            "written": list(written),
            "became": list(became),
            "role": list(roles),
            "place": range(len(names)),
        }
    )
    height = STEP * len(rows) + HEAD
    spec = theme.filled(_form(opens is not None), height=height, rows=rows, heads=pd.DataFrame({"head": [head]}))
    # However narrow the plot is, the longest bar ends where its number still has room before the column of text.
    text = max(map(theme.wide, written), default=0.0) + max(map(theme.wide, [head, *became])) + 2 * APART
    longest = f"{max([1.0, *n]):.9g} * width / max(width - {text:.9g}, width / 8)"
    for layer in spec["layer"]:
        if "scale" in layer["encoding"]["x"]:
            layer["encoding"]["x"]["scale"]["domainMax"] = {"expr": longest}
    return Chart(spec, height, alt_text, key, opens)


@lru_cache
def _form(opens: bool) -> dict[str, Any]:
    """Bars with their number, and a column of text at the right."""
    scale = alt.Scale(domainMin=0, domainMax=1, nice=False)
    right = alt.value({"expr": "width"})
    base = theme.of("rows").encode(
        y=alt.Y("name:N", sort=None, title=None, axis=theme.names_axis(labelLimit=200)),
        tooltip=[
            alt.Tooltip("name:N", title=" "),
            alt.Tooltip("written:N", title=" "),
            alt.Tooltip("became:N", title=" "),
        ],
    )
    bars = base.mark_bar(height=16, cornerRadiusEnd=2).encode(
        x=alt.X("n:Q", axis=None, scale=scale), color=theme.colour_by("role")
    )
    if opens:
        bars = bars.encode(detail="place:Q").add_params(alt.selection_point(name="opened", fields=["place"]))
    x = alt.X("n:Q", axis=None, scale=scale)
    layers: list[Any] = [
        bars,
        base.mark_text(align="left", dx=7).encode(x=x, text="written:N", color=theme.colour("text")),
        base.mark_text(align="right").encode(x=right, text="became:N", color=theme.colour("muted")),
        theme.of("heads")
        .mark_text(align="right", baseline="bottom", dy=-2)
        .encode(x=right, y=alt.value(0), text="head:N", color=theme.colour("muted")),
    ]
    return theme.dressed(alt.layer(*layers))
