"""What ran when: bars in lanes under the heading of their group, with seasons and holidays behind them."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple

import altair as alt
import pandas as pd

from story.chart import theme
from story.chart.over_time import dates, noted
from story.parts import Chart, Opens

LANE: Final = 30
HEAD: Final = 44

MOST: Final = 80
"""Bars that one chart shows: more are not read."""

_WIDE: Final = 900
"""Pixels of a plot on a desk, by which lanes are filled; on a phone a name without room is left to the touch."""

_LETTER, _SIGN = 7.0, 13.5
"""Width of a letter and of a Chinese sign, in pixels."""

_BAR: Final = {"top": 0.6, "middle": 0.73, "bottom": 0.86}
"""Where a bar lies in its lane, below its name."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Attributes:
        name: Stands above it.
        first: First day.
        last: Last day.
        until: Last day of the thin line behind it.
        role: What its colour says.
        hollow: Drawn as an outline: there is nothing to colour.
        hover: The same in a sentence.
        place: Row of what it opens.
    """

    name: str
    first: date
    last: date
    until: date
    role: theme.Role
    hollow: bool
    hover: str
    place: int


class Placed(NamedTuple):
    """A bar in its lane, and the room for its name as shares of the axis.

    `room` reaches from its first day to the next bar or the end of the axis. Of the last bar of a lane, whose name may
    end with the axis instead, `back` reaches from the bar before it to that end; it is 0 for all others.
    """

    bar: Bar
    lane: int
    room: float
    back: float


@dataclass(frozen=True, slots=True)
class Span:
    """Some named days behind the bars."""

    name: str
    first: date
    last: date


def chart(
    groups: Sequence[tuple[str, Sequence[Bar]]],
    first: date,
    last: date,
    *,
    seasons: Sequence[Span],
    holidays: Sequence[Span],
    today: tuple[date, str],
    alt_text: str,
    key: str,
    opens: Opens | None = None,
) -> Chart:
    """Draws the groups one below the other, the bars of each in as few lanes as their names leave.

    Args:
        groups: Their names with their bars, at most `MOST` in all.
        first: First day of the axis.
        last: Last day.
        seasons: Bands named at the top; they may meet, not overlap.
        holidays: Days named below them.
        today: The last day of the data, and what it is called.
        alt_text: What the chart shows, for those who cannot see it.
        key: Identity of the chart on the page.
        opens: What a bar opens.
    """
    total = max((last - first).days + 1, 1)
    rows: list[dict[str, Any]] = []
    heads: list[dict[str, Any]] = []
    lane = 0
    for name, bars in groups:
        heads.append({"lane": lane, "name": name})
        placed, used = lanes(bars, first, total)
        rows += [_row(one, lane + 1 + one.lane, first, last) for one in placed]
        lane += 1 + used
    height = HEAD + LANE * lane
    day, called = today
    data: dict[str, pd.DataFrame] = {
        "rows": pd.DataFrame(rows),
        "heads": pd.DataFrame(heads),
        "seasons": _spans(seasons, first, last, total),
        "holidays": _spans(holidays, first, last, total),
        "today": pd.DataFrame(
            {"at": [dates.midnight(day)], "name": [called]} if first <= day <= last else {"at": [], "name": []}
        ),
    }
    spec = theme.filled(_form(dates.written([first, last]), opens is not None), height=height, reach=None, **data)
    for layer in spec["layer"]:
        x, y = layer["encoding"].get("x", {}), layer["encoding"].get("y", {})
        if "scale" in x:
            x["scale"]["domain"] = dates.ends(first, last + timedelta(days=1))
        if "scale" in y:
            y["scale"]["domain"] = [-HEAD / LANE, lane]
    return Chart(spec, height, alt_text, key, opens, **noted.along(first, min(last, max(day, first))))


def lanes(bars: Sequence[Bar], first: date, total: int) -> tuple[list[Placed], int]:
    """The bars in their lanes, and the number of lanes.

    A bar takes the first lane that is free from its first day on, for as long as the bar or its name is and a day more:
    two that touched would look like one.
    """
    free: list[int] = []
    taken: list[tuple[Bar, int, int]] = []
    for bar in sorted(bars, key=lambda bar: (bar.first, bar.last, bar.place)):
        start = max((bar.first - first).days, 0)
        until = max((bar.until - first).days + 1, start + round(_pixels(bar.name) / _WIDE * total)) + 1
        own = next((number for number, day in enumerate(free) if day <= start), len(free))
        if own == len(free):
            free.append(0)
        free[own] = until
        taken.append((bar, own, start))
    placed: list[Placed] = []
    for bar, own, start in taken:
        before = [
            min((other.until - first).days, total) for other, lane, begins in taken if lane == own and begins < start
        ]
        after = [begins for _, lane, begins in taken if lane == own and begins > start]
        room = (min(after, default=total) - start) / total
        placed.append(Placed(bar, own, room, (total - max(before, default=0)) / total if not after else 0.0))
    return placed, len(free)


def _row(placed: Placed, lane: int, first: date, last: date) -> dict[str, Any]:
    """A bar as it is drawn, cut where the axis ends."""
    bar = placed.bar
    return {
        "name": bar.name,
        "from": dates.midnight(max(bar.first, first)),
        "to": dates.midnight(max(min(bar.last, last), first) + timedelta(days=1)),
        "until": dates.midnight(max(min(bar.until, last), first) + timedelta(days=1)),
        "lane": lane,
        **{name: lane + part for name, part in _BAR.items()},
        "role": bar.role,
        "hollow": bar.hollow,
        "hover": bar.hover,
        "place": bar.place,
        "room": placed.room,
        "back": placed.back,
        "pixels": _pixels(bar.name),
    }


def _spans(spans: Sequence[Span], first: date, last: date, total: int) -> pd.DataFrame:
    """Spans cut to the axis, each with the room that its name has until the next one."""
    drawn = [span for span in spans if span.last >= first and span.first <= last]
    begins = [max((span.first - first).days, 0) for span in drawn]
    return pd.DataFrame(
        [
            {
                "name": span.name,
                "from": dates.midnight(max(span.first, first)),
                "to": dates.midnight(min(span.last, last) + timedelta(days=1)),
                "room": ((begins[number + 1] if number + 1 < len(begins) else total) - begins[number]) / total,
                "pixels": _pixels(span.name),
            }
            for number, span in enumerate(drawn)
        ],
        columns=["name", "from", "to", "room", "pixels"],
    )


def _pixels(text: str) -> float:
    """About how wide a text is drawn."""
    return sum(_LETTER if ord(sign) < 0x2E80 else _SIGN for sign in text) + 8


def _where(room: str) -> alt.ExprRef:
    """The name where there is room for it; an unseen one would still make the plot narrower."""
    return alt.ExprRef(f"{room} ? datum.name : ''")


@lru_cache
def _form(written: str, opens: bool) -> dict[str, Any]:
    """Bands, the day of the data, thin lines, bars, and names above them."""
    scale = alt.Scale(domain=[0, 1], nice=False)
    axis = alt.Axis(
        format=written, grid=False, orient="bottom", labelOverlap="greedy", labelSeparation=14, tickCount=12
    )
    y_scale = alt.Scale(domain=[0, 1], nice=False, zero=False, reverse=True)
    x = alt.X("from:T", title=None, scale=scale, axis=axis)
    y = alt.Y("lane:Q", axis=None, scale=y_scale)
    fits = "datum.room * width > datum.pixels"
    room = _where(fits)
    bands = (
        theme.of("seasons")
        .mark_rect(opacity=0.32, y=0, y2=alt.ExprRef("height"))
        .encode(x=x, x2="to:T", color=theme.colour("soft"), tooltip=[alt.Tooltip("name:N", title=" ")]),
        theme.of("holidays")
        .mark_rect(opacity=0.16, y=20, y2=alt.ExprRef("height"))
        .encode(x=x, x2="to:T", color=theme.colour("muted"), tooltip=[alt.Tooltip("name:N", title=" ")]),
        theme.of("seasons")
        .mark_text(align="left", dx=4, y=10, text=room, fontWeight=600)
        .encode(x=x, color=theme.colour("muted")),
        theme.of("holidays")
        .mark_text(align="left", dx=2, y=29, text=room, fontSize=12)
        .encode(x=x, color=theme.colour("muted")),
        theme.of("today")
        .mark_rule(strokeDash=[3, 3], y=20, y2=alt.ExprRef("height"))
        .encode(
            x=alt.X("at:T", title=None, scale=scale),
            color=theme.colour("muted"),
            tooltip=[alt.Tooltip("name:N", title=" ")],
        ),
    )
    hover = [alt.Tooltip("name:N", title=" "), alt.Tooltip("hover:N", title=" ")]
    base = theme.of("rows").encode(x=x, y=y, tooltip=hover)
    hues = alt.Scale(domain=list(theme.ROLES))
    drawn = base.mark_rect(cornerRadius=2, strokeWidth=1.5, fillOpacity=alt.ExprRef("datum.hollow ? 0.05 : 1")).encode(
        y=alt.Y("top:Q", axis=None, scale=y_scale),
        x2="to:T",
        y2="bottom:Q",
        color=alt.Color("role:N", scale=hues, legend=None),
        stroke=alt.Stroke("role:N", scale=hues, legend=None),
    )
    if opens:
        drawn = drawn.encode(detail="place:Q").add_params(alt.selection_point(name="opened", fields=["place"]))
    above = theme.of("rows").encode(y=y, color=theme.colour("text"), tooltip=hover)
    at_end = _where(f"!({fits}) && datum.back * width > datum.pixels")
    names = (
        above.mark_text(align="left", dy=9, text=room).encode(x=x),
        above.mark_text(align="right", dy=9, text=at_end, x=alt.ExprRef("width")),
    )
    layers = [
        *bands,
        base.mark_rule(strokeWidth=1.5).encode(
            x=alt.X("to:T", title=None, scale=scale),
            x2="until:T",
            y=alt.Y("middle:Q", axis=None, scale=y_scale),
            color=theme.colour_by("role"),
        ),
        drawn,
        *names,
        theme.of("heads")
        .mark_text(align="left", x=0, dy=19, fontWeight=600)
        .encode(y=y, text="name:N", color=theme.colour("text")),
    ]
    return theme.dressed(alt.layer(*layers))
