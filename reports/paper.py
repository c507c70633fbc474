"""A story as PDF: A4, tagged for screen readers, set by typst from one template.

Nothing from the data is ever markup: the template (`page.typ`) reads texts and pictures as values of one JSON document.
The same edition gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, Final

import typst
from story.chart.theme import LIGHT
from story.parts import Block, Card, Chart, Claims, Handwriting, Nothing, Story, Table, Views
from story.words import language, say, sentences

from reports import picture, table
from reports.edition import Edition
from reports.fonts import Fonts, fonts

TEMPLATE: Final = Path(__file__).with_name("page.typ")
UPRIGHT: Final = 504.0
"""Points between the margins of an upright A4 page."""

GAP: Final = 18.0
"""Points between neighbours."""

POINT: Final = 0.62
"""Points of a chart's pixel: its text, of 13 pixels, is set in 8 points."""

TALLEST: Final = 650.0
"""Points of the tallest picture: with its heading it fills a page."""

CARDS: Final = 6
"""Cards in a row."""

_LANGUAGES: Final = {"en": ("en", "GB"), "zh": ("zh", "CN")}
_VALUE: Final = 15.0
_VALUE_ROOM: Final = 57.0  # points; bold text is wider than it is measured
_TONES: Final = {
    "blue": ("#17618A", "#E3EFF6"),
    "orange": ("#8F430A", "#FAEADD"),
    "gray": ("#4D5B66", "#EDF2F5"),
}
"""Text and ground of a badge, as the light theme of the screen has them."""


def pdf(edition: Edition) -> bytes:
    """The edition as a PDF, in the language that is spoken.

    Raises:
        FontError: this machine has no font for it.
    """
    used = fonts()
    return typst.compile(
        TEMPLATE,
        font_paths=used.found,
        format="pdf",
        sys_inputs={"story": json.dumps(_sheet(edition, used), ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=datetime.combine(edition.as_of, time(), UTC),  # a document has a moment, data have a day
    )


def _sheet(edition: Edition, used: Fonts) -> dict[str, Any]:
    """All that the template shows."""
    story = edition.story
    spoken, region = _LANGUAGES[language()]
    return {
        "language": spoken,
        "region": region,
        "fonts": used.families,
        "colours": {name: value for name, value in asdict(LIGHT).items() if isinstance(value, str)},
        "day": [edition.as_of.year, edition.as_of.month, edition.as_of.day],
        "kicker": used.set(sentences([edition.title, edition.question])),
        "headline": used.set(story.headline),
        "facts": used.set(edition.facts),
        "findings": [used.set(sentence) for sentence in story.findings],
        "card_columns": min(len(story.cards), CARDS) if len(story.cards) <= CARDS else -(-len(story.cards) // 2),
        "cards": [_card(card, used) for card in story.cards],
        "rows": [row for blocks in story.rows for row in _rows(blocks, story, used)],
        "origin": used.set(edition.origin),
        "page": say("page {n} of {all}", n="{n}", all="{all}"),
    }


def _card(card: Card, used: Fonts) -> dict[str, Any]:
    value = used.written(card.value)
    tone = _TONES[card.badge[1]] if card.badge else ("", "")
    return {
        "name": used.set(card.name),
        "value": value,
        "size": min(_VALUE, _VALUE_ROOM / max(used.width(value), 1.0)),
        "badge": used.set(card.badge[0]) if card.badge else "",
        "ink": tone[0],
        "ground": tone[1],
        "rests_on": used.set(sentences([card.rests_on, card.target])),
        "history": _line(card.history or ()),
    }


def _line(history: Sequence[float]) -> list[list[list[float]]]:
    """Periods as strokes within a square of one, broken where a period has no number."""
    known = [value for value in history if value == value]
    if len(known) < 2:
        return []
    low, span = min(known), (max(known) - min(known)) or 1.0
    strokes: list[list[list[float]]] = [[]]
    for place, value in enumerate(history):
        if value == value:
            strokes[-1].append([place / (len(history) - 1), 1 - (value - low) / span])
        elif strokes[-1]:
            strokes.append([])
    return [stroke for stroke in strokes if stroke]


def _rows(blocks: Sequence[Block], story: Story, used: Fonts) -> Iterator[dict[str, Any]]:
    """A row of the story as rows of the page: side by side where every table has room, else one below the other."""
    widths = _widths(blocks)
    if len(blocks) > 1 and all(
        _fits(block, width, story.currency, used) for block, width in zip(blocks, widths, strict=True)
    ):
        cells = [_cell(block, width, story.currency, used) for block, width in zip(blocks, widths, strict=True)]
        yield {"landscape": False, "widths": widths, "cells": cells}
        return
    for block in blocks:
        for one in _pages(block):
            cell = _cell(one, UPRIGHT, story.currency, used)
            yield {"landscape": cell.get("landscape", False), "widths": [UPRIGHT], "cells": [cell]}


def _widths(blocks: Sequence[Block]) -> list[float]:
    room, parts = UPRIGHT - GAP * (len(blocks) - 1), sum(block.width for block in blocks)
    return [room * block.width / parts for block in blocks]


def _fits(block: Block, width: float, currency: str, used: Fonts) -> bool:
    if isinstance(block.shown, Views):
        return False
    return not isinstance(block.shown, Table) or table.needs(block.shown, currency, used) <= width


def _pages(block: Block) -> list[Block]:
    """Of several views each under its own name: paper cannot be asked for another."""
    if not isinstance(block.shown, Views):
        return [block]
    names = list(block.shown.names.values())
    tables = [block.shown.tables[key] for key in block.shown.names]
    if not names:
        return [Block(block.heading, block.caption, None)]
    parts = [Block(name, "", shown) for name, shown in zip(names, tables, strict=True)]
    # A table may lie across a page of its own: what is said of all stands there, not alone on the page before.
    parts[0] = replace(parts[0], heading=sentences([block.heading, names[0]]), caption=block.caption)
    return [*parts[:-1], replace(parts[-1], after=block.after)]


def _cell(block: Block, width: float, currency: str, used: Fonts) -> dict[str, Any]:
    return {
        "heading": used.set(block.heading),
        "caption": used.set(block.caption),
        "after": used.set(block.after),
        **_shown(block.shown, width, currency, used),
    }


def _shown(shown: object, width: float, currency: str, used: Fonts) -> Mapping[str, Any]:
    if isinstance(shown, Chart):
        return {"kind": "chart", **_chart(shown, width, used)}
    if isinstance(shown, Table):
        return {"kind": "table", **table.laid_out(shown, width, currency, used)}
    if isinstance(shown, Claims):
        said = [[used.set(claim.topic), used.set(claim.sentence)] for claim in shown.claims]
        return {"kind": "claims", "claims": said}
    if isinstance(shown, Nothing):
        said = [used.set(text) for text in shown.printed]
        return {"kind": "nothing", "text": sentences(said[:2]), "command": "".join(said[2:])}
    if isinstance(shown, Handwriting):
        return {"kind": "handwriting", "lines": shown.lines}
    return {"kind": "none"}


def _chart(chart: Chart, width: float, used: Fonts) -> dict[str, Any]:
    drawn = picture.svg(chart, round(width / POINT))
    across, down = (pixels * POINT for pixels in picture.size(drawn))
    shrunk = min(1.0, TALLEST / down, width / across)
    return {"svg": drawn, "width": across * shrunk, "height": down * shrunk, "alt": used.written(chart.alt)}
