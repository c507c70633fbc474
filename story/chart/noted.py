"""Notes on a chart over weeks: a small mark above the week, with what was written and by whom."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, Final

import altair as alt
import pandas as pd

from story import figures
from story.chart import theme
from story.parts import Block, Chart, Story
from story.text import one_line
from story.words import say, sentences

TOP: Final = 6
"""Pixels from the upper edge of the plot to the marks."""

LONGEST: Final = 160
"""Signs of a note that a hover shows; the whole of it stands below the page."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A note at a week.

    Attributes:
        week: Its Monday.
        text: What was written.
        author: Who wrote it.
    """

    week: date
    text: str
    author: str


def weeks(story: Story) -> set[date]:
    """Mondays of all weeks that the story's charts draw."""
    return {week for row in story.rows for block in row if isinstance(block.shown, Chart) for week in block.shown.weeks}


def on_charts(story: Story, notes: Sequence[Noted]) -> Story:
    """The story with its notes on every chart of their weeks."""
    if not notes:
        return story
    return replace(story, rows=tuple(tuple(_on_block(block, notes) for block in row) for row in story.rows))


def _on_block(block: Block, notes: Sequence[Noted]) -> Block:
    chart = block.shown
    if not isinstance(chart, Chart) or not (own := [note for note in notes if note.week in chart.weeks]):
        return block
    said = [say("week of {day}: {value}", day=figures.day(week), value=text) for week, text in _by_week(own).items()]
    alt_text = sentences([chart.alt, say("Notes: {notes}", notes=sentences(said))])
    return replace(block, shown=replace(chart, spec=_with_marks(chart.spec, own), alt=alt_text))


def _with_marks(spec: Mapping[str, Any], notes: Sequence[Noted]) -> dict[str, Any]:
    rows = pd.DataFrame(
        {
            "week": [f"{week:%Y-%m-%d}T00:00:00" for week in _by_week(notes)],  # a bare date would be London's midnight
            "hover": list(_by_week(notes).values()),
        }
    )
    layer = deepcopy(_form())
    layer["encoding"]["x"] = {**spec["layer"][0]["encoding"]["x"], "field": "week"}
    filled = theme.filled({"layer": []}, height=0, notes=rows)["datasets"]
    return {**spec, "layer": [*spec["layer"], layer], "datasets": {**spec["datasets"], **filled}}


def _by_week(notes: Sequence[Noted]) -> dict[date, str]:
    """What a week's mark says: all of its notes, each with its author."""
    said: dict[date, list[str]] = {}
    for note in sorted(notes, key=lambda one: one.week):
        text = one_line(note.text)
        shown = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
        said.setdefault(note.week, []).append(say("{text} ({author})", text=shown, author=one_line(note.author)))
    return {week: sentences(texts) for week, texts in said.items()}


@lru_cache
def _form() -> dict[str, Any]:
    mark = theme.of("notes").mark_point(shape="triangle-down", filled=True, size=80, opacity=1)
    encoded = mark.encode(
        y=alt.value(TOP), color=theme.colour("text"), tooltip=[alt.Tooltip("hover:N", title=" ")]
    ).to_dict(validate=False)
    return {key: encoded[key] for key in ("data", "mark", "encoding")}
