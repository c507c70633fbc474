"""Notes on a chart over weeks: a small mark above the week, with what was written and by whom."""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

import altair as alt
import pandas as pd
from data_access.workspace.notes import Note

from story import figures
from story.chart import theme
from story.chart.over_time import dates
from story.parts import Block, Chart, Story
from story.text import one_line
from story.vocabulary import names
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


def along(first: date, last: date) -> dict[str, Any]:
    """Weeks and their places of a chart whose axis reaches from one day to another."""
    monday = first - timedelta(days=first.weekday())
    mondays = [monday + timedelta(weeks=week) for week in range((last - monday).days // 7 + 1)] if first <= last else []
    return {"weeks": tuple(mondays), "week_at": tuple(max(monday, first) for monday in mondays)}


def counted_from(start: date, last: date) -> dict[str, Any]:
    """Weeks and their places of a chart whose axis counts days from a start to a last day."""
    found = along(start, last)
    return {**found, "week_at": tuple(float((day - start).days) for day in found["week_at"])}


def beside(story: Story, found: Sequence[tuple[date, Note]]) -> Story:
    """The story with what people wrote beside its weeks, each with the Monday of its week."""
    authors = names([one.author_name for _, one in found])
    return on_charts(story, [Noted(week, one.text, who) for (week, one), who in zip(found, authors, strict=True)])


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
    at = dict(zip(chart.weeks, map(_place, chart.week_at or chart.weeks), strict=True))
    return replace(block, shown=replace(chart, spec=_with_marks(chart.spec, own, at), alt=alt_text))


def _place(at: date | float) -> str | float:
    return dates.midnight(at) if isinstance(at, date) else at


def _with_marks(spec: Mapping[str, Any], notes: Sequence[Noted], at: Mapping[date, str | float]) -> dict[str, Any]:
    said = _by_week(notes)
    rows = pd.DataFrame({"week": [at[week] for week in said], "hover": list(said.values())})
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
