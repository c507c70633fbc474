"""A matrix of moves: where customers of each row went, shaded by what is sure, the diagonal without colour."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import altair as alt
import pandas as pd

from story.chart import theme
from story.parts import Chart, Opens

ROW: Final = 54
HEAD: Final = 26

NARROW: Final = 400
"""Pixels of the plot below which a cell shows its number alone; what it rests on is said on hover and on its list."""

ROOMY: Final = 75
"""Pixels of a cell in which "3 of 12,470" has room in the size of all text."""

STEPS: Final = (0.02, 0.10, 0.25)
"""Lower limits of a share from which a cell is a step darker; the step before the last carries no readable text."""

_SHADES: Final = (0, 1, 2, 4)
_DARKEST: Final = 4


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes:
        row: Its row, from 0.
        column: Its column, from 0.
        above: The number, large.
        below: What it rests on, small.
        sure: Lower limit of the share, which shades it; None leaves it without colour.
        hover: The same as a sentence.
        place: Row of what it opens; -1 for nothing.
    """

    row: int
    column: int
    above: str
    below: str = ""
    sure: float | None = None
    hover: str = ""
    place: int = -1


def chart(
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Cell],
    *,
    alt_text: str,
    key: str,
    opens: Opens | None = None,
) -> Chart:
    """Draws the cells; a row or a column without a cell stays empty.

    Args:
        rows: Names from top to bottom.
        columns: Names from left to right.
        cells: In any order.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
        opens: What a cell opens, by its `place`.
    """
    shades = [_shade(cell.sure) for cell in cells]
    drawn = pd.DataFrame(
        {
            "row": [rows[cell.row] for cell in cells],
            "column": [columns[cell.column] for cell in cells],
            "above": [cell.above for cell in cells],
            "below": [cell.below for cell in cells],
            "hover": [cell.hover or cell.above for cell in cells],
            "place": [cell.place for cell in cells],
            "shade": shades,
            "filled": [cell.sure is not None for cell in cells],
            "boxed": [bool(cell.below) or cell.place >= 0 for cell in cells],
            "ink": [_ink(cell, shade) for cell, shade in zip(cells, shades, strict=True)],
        }
    )
    height = ROW * len(rows) + HEAD
    spec = theme.filled(_form(opens is not None), height=height, rows=drawn)
    for layer in spec["layer"]:
        layer["encoding"]["x"]["scale"] = {"domain": list(columns), "paddingInner": 0.04}
        layer["encoding"]["y"]["scale"] = {"domain": list(rows), "paddingInner": 0.08}
    return Chart(spec, height, alt_text, key, opens)


def _shade(sure: float | None) -> int:
    return 0 if sure is None else _SHADES[sum(sure >= step for step in STEPS)]


def _ink(cell: Cell, shade: int) -> str:
    """The colour of a cell's text: the ramp's own lightest on its darkest; of what did not move, muted."""
    if cell.sure is None:
        return "muted"
    return "inverse" if shade == _DARKEST else "text"


def _size(otherwise: float) -> alt.ExprRef:
    """Size of a cell's number: smaller where "3 of 12,470" would reach into the next cell, else as given."""
    return alt.ExprRef(f"bandwidth('x') < {ROOMY} ? 11 : width < {NARROW} ? {theme.TEXT_SIZE} : {otherwise}")


def _on_a_phone(narrow: float, wide: float) -> alt.ExprRef:
    """A value where cells have no room for two lines, and where they have."""
    return alt.ExprRef(f"width < {NARROW} ? {narrow} : {wide}")


@lru_cache
def _form(opens: bool) -> dict[str, Any]:
    """Boxes, coloured or in the colour of a band, with two lines of text in each."""
    shade = alt.Scale(domain=[0, _DARKEST], range="heatmap")
    heads = alt.Axis(
        orient="top",
        labelAngle=0,
        labelLimit=110,
        labelPadding=8,
        labelOverlap=False,
        labelFontSize=_on_a_phone(10, theme.TEXT_SIZE),
    )
    base = theme.of("rows").encode(
        x=alt.X("column:N", title=None, axis=heads),
        y=alt.Y("row:N", title=None, axis=theme.names_axis(labelLimit=200)),
        tooltip=[alt.Tooltip("hover:N", title=" ")],
    )
    moved = (
        base.transform_filter("datum.filled")
        .mark_rect(cornerRadius=3)
        .encode(fill=alt.Fill("shade:Q", scale=shade, legend=None))
    )
    stayed = (
        base.transform_filter("datum.boxed && !datum.filled")
        .mark_rect(cornerRadius=3, opacity=0.45)
        .encode(color=theme.colour("soft"))
    )
    if opens:
        moved = moved.encode(detail="place:Q").add_params(alt.selection_point(name="opened", fields=["place"]))
    layers: list[Any] = [stayed, moved]
    # Words of a cell without a number have no room on a phone.
    words = f"width < {NARROW} && test(regexp('^[A-Za-z]'), datum.above)"
    alone = alt.ExprRef(f"{words} ? '\u2013' : datum.above")
    inks: dict[str, dict[str, Any]] = {
        "inverse": {"fill": alt.FillDatum(0, scale=shade, legend=None)},
        "text": {"color": theme.colour("text")},
        "muted": {"color": theme.colour("muted")},
    }
    for ink, colour in inks.items():
        rows = base.transform_filter(f"datum.ink === '{ink}'")
        layers += [
            rows.transform_filter("datum.below !== ''")
            .mark_text(dy=_on_a_phone(0, -8), fontSize=_size(14))
            .encode(text="above:N", **colour),
            rows.transform_filter("datum.below === ''")
            .mark_text(text=alone, fontSize=_size(theme.TEXT_SIZE))
            .encode(**colour),
            rows.mark_text(dy=10, fontSize=11, opacity=_on_a_phone(0, 1)).encode(text="below:N", **colour),
        ]
    return theme.dressed(alt.layer(*layers))
