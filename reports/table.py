"""A table on paper: how much room its columns need, in which size, upright or across.

Numbers are never broken into lines nor cut; text is broken where its column is narrow.
"""

from __future__ import annotations

import unicodedata
from typing import Any, Final

from story.columns import Column
from story.parts import Table

from reports.fonts import Fonts

SIZE: Final = 8.0
"""Points of a table's text."""

SMALLEST: Final = 5.5
ACROSS: Final = 751.0
"""Points between the margins of an A4 page that lies across."""

INSET: Final = 8.0
"""Points around the text of a cell, both sides together."""

_LATIN: Final = 0.56
"""Width of a Latin letter or digit in the text's size, on the average; a Chinese character is 1 wide."""

_LEAST_TEXT: Final = 11.0
_MOST_TEXT: Final = 60.0


def width(text: str) -> float:
    """About how wide a text is, in its own size."""
    return sum(1.0 if unicodedata.east_asian_width(character) in "WF" else _LATIN for character in text)


def needs(table: Table, currency: str) -> float:
    """Points that the table needs to stand in its own size."""
    return sum(_least(column, column.texts(currency), currency) for column in table.columns) * SIZE + _insets(table)


def laid_out(table: Table, room: float, currency: str, used: Fonts) -> dict[str, Any]:
    """The table as the template takes it; it lies across the page where it has more room there.

    Args:
        table: What is shown.
        room: Points that it has.
        currency: Of its amounts.
        used: The fonts that write it.
    """
    texts = [column.texts(currency) for column in table.columns]
    needed = needs(table, currency)
    landscape = needed > room
    text_room = (ACROSS if landscape else room) - _insets(table)
    size = min(SIZE, SIZE * text_room / max(needed - _insets(table), 1.0))
    return {
        "landscape": landscape,
        "size": max(size, SMALLEST),
        "header": [used.set(column.header(currency)) for column in table.columns],
        "numeric": [not column.is_text for column in table.columns],
        # A text column takes its part of what the numbers leave; 0 is as wide as its numbers.
        "parts": [_part(column, cells) if column.is_text else 0.0 for column, cells in zip(table.columns, texts, strict=True)],
        "rows": [[used.set(cell) for cell in row] for row in zip(*texts, strict=True)],
        "alt": used.written(table.alt),
    }


def _insets(table: Table) -> float:
    return INSET * len(table.columns)


def _least(column: Column, texts: list[str], currency: str) -> float:
    """The narrowest that a column may be, in its text's size."""
    longest = max((width(text) for text in texts), default=0.0)
    header = max((width(word) for word in column.header(currency).split()), default=0.0)
    header = min(header, width(column.header(currency)) / 2 + 1) if not column.header(currency).isascii() else header
    return max(header, min(longest, _LEAST_TEXT) if column.is_text else longest)


def _part(column: Column, texts: list[str]) -> float:
    longest = max((width(text) for text in [*texts, column.name]), default=1.0)
    return max(min(longest, _MOST_TEXT), 4.0)
