"""A story by hand with everything that a story may hold, and what a reader of paper must find of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import numpy as np

from metrics.catalogue import Unit
from metrics.estimate import Intervals
from reports.edition import Edition
from story.chart import bars, bridge, interval, theme
from story.chart.over_time import trend
from story.columns import Column
from story.parts import Block, Card, Chart, Claim, Claims, Link, Nothing, Story, Table, Views

AS_OF = date(2026, 11, 15)
HOSTILE = (
    '#import "x.typ": * #read("/etc/passwd") $a_b$ *bold* _it_ @ref <label> '
    "\\ \\u{41} // no /* no */ `raw` [x](y) = h - i"
)
LONG = "W" * 90
SHARES = Intervals.of([0.2, 0.1, 0.3], [0.1, 0.05, 0.2], [0.3, 0.2, 0.4], n=[40, 40, 40])
RETURNS = Intervals.of([1.5, -0.5, -2.0], [0.5, -2.0, -3.0], [2.5, 1.0, -1.0], n=[40, 40, 40])


def forest() -> Chart:
    return interval.chart(
        ["seven", "three", "nine"],
        RETURNS,
        written=lambda estimate, *_: f"{estimate:+g}",
        axis=theme.axis_label(Unit.RATIO),
        line=0.0,
        roles=["better", "none", "worse"],
        alt_text="three returns",
        key="forest",
    )


def funnel() -> Chart:
    steps = ["Assigned", "Took part"]
    return bars.funnel(steps, [200.0, 50.0], ["200 all", "50 part"], alt_text="two steps", key="funnel")


def costs() -> Chart:
    return bars.planned_and_actual(
        ["Gifts", "Print"], [90.0, 40.0], [100.0, np.nan], ["100 of 90", "not booked"], alt_text="costs", key="costs"
    )


def weeks() -> Chart:
    starts = [date(2026, 10, 26), date(2026, 11, 2)]
    counts = {"contacted": [30.0, 12.0], "bought": [3.0, 4.0]}
    return trend.weeks(starts, counts, alt_text="two weeks", key="weeks")


def curves() -> Chart:
    curve = ([0.0, 0.25, 0.5], [0.0, 0.125, 0.25], [0.0, 0.5, 0.75])
    return trend.survival(range(3), {"treated": curve}, ["text"], alt_text="a curve", key="age")


def balance() -> Chart:
    return bridge.chart(
        ["Before", "New", "After"], 100.0, [25.0], ["100", "+25", "125"], ["better"], alt_text="bridge", key="bridge"
    )


def rows(count: int) -> Table:
    names = [f"campaign {row:03d}" for row in range(count)]
    return Table((Column("Campaign", names), Column("Assigned", np.arange(count) + 1000.0, Unit.COUNT)), "all", "all")


def wide() -> Table:
    """Twelve columns of numbers that need more than an upright page."""
    numbers = np.array([123_456_789.0, 1.0])
    return Table(tuple(Column(f"measure {place}", numbers, Unit.COUNT) for place in range(12)), "wide", "wide")


def story(*shown: Chart | Table | Views | Claims | Nothing, headline: str = "Three of nine paid", **others) -> Story:
    blocks = tuple((Block(f"finding {place}", f"caption {place}", one),) for place, one in enumerate(shown))
    return Story(headline, ("Autumn", "9 campaigns"), rows=blocks, currency="CNY", **others)


def edition(told: Story) -> Edition:
    return Edition(told, "Campaigns", "what ran?", AS_OF, "v-1", "for Lin (planner)")


def full() -> Story:
    """One of everything."""
    cards = (
        Card(
            "Conversion",
            "6.1 %",
            "412 assigned · 4.2 to 8.8",
            "hover",
            ("↓ below the limit", "orange"),
            (1.0, 3.0, 2.0),
        ),
        Card("Cost", "¥1.2 m", "all kinds", "hover"),
    )
    views = Views("view", "Columns", {"a": "Response", "b": "Money"}, {"a": rows(3), "b": wide()})
    claims = Claims((Claim("Money.", "It grew by 3 %", (Link("Campaigns", "campaigns"),)),))
    nothing = Nothing("Nobody has bought yet.", "Load a feed.", "python -m data_access load FOLDER")
    told = story(
        forest(), funnel(), views, claims, nothing, cards=cards, findings=("It fell twice.",), choice=("2026",)
    )
    pair = (Block("left", "l", weeks(), after="below left"), Block("right", "r", rows(2)))
    return Story(told.headline, told.facts, told.findings, told.cards, (*told.rows, pair), told.choice, told.currency)


def texts(told: Story) -> Iterator[str]:
    """Every text that a reader of paper must find; charts draw their own."""
    yield from (told.headline, *told.facts, *told.findings, *told.choice)
    for card in told.cards:
        yield from (card.name, card.value, card.rests_on, *([card.badge[0]] if card.badge else []))
    for block in (block for row in told.rows for block in row):
        yield from (block.heading, block.caption, block.after)
        shown = block.shown
        tables = list(shown.tables.values()) if isinstance(shown, Views) else [shown]
        yield from shown.names.values() if isinstance(shown, Views) else ()
        for table in (table for table in tables if isinstance(table, Table)):
            for column in table.columns:
                yield from (column.header(told.currency), *column.texts(told.currency))
        if isinstance(shown, Claims):
            yield from (text for claim in shown.claims for text in (claim.topic, claim.sentence))
        if isinstance(shown, Nothing):
            yield from shown.printed


def squeezed(text: str) -> str:
    """Text without what a page breaks lines with: white space, and marks that have no picture."""
    return re.sub(r"[\s\u200b\u2060\u202f\u00a0]+", "", text)
