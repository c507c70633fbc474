"""A table on paper: how wide its columns are, in which size, upright or across.

Numbers are never broken into lines nor cut; text is broken where its column is narrow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from story.columns import Column
from story.parts import Table

from reports.fonts import Fonts

SIZE: Final = 8.0
"""Points of a table's text."""

SMALLEST: Final = 5.5
ACROSS: Final = 751.0
"""Points between the margins of an A4 page that lies across."""

INSET: Final = 8.2
"""Points around the text of a cell, both sides together."""

TICK: Final = 15.0
"""Points of a column of boxes to tick."""

_TEXT: Final = 11.0
"""Least width of a column of text, in the text's size: about eleven Chinese characters, twenty Latin ones."""

_SHORT: Final = 5.0
"""Width, in the text's size, up to which a header is not broken."""

_FEW: Final = 3
"""Columns that keep together at the left; more fill the page."""

_MOST_CELLS: Final = 0.75
"""Part of a column's cells that decides how wide it is before the others."""

_TOGETHER: Final = 8
"""Rows of a table that stays on one page: it leaves little room where it goes on to the next."""


@dataclass(frozen=True, slots=True)
class _Room:
    """What one column needs, in the text's size.

    Attributes:
        least: So that no number and no word is cut.
        usual: So that most of its cells are not broken into lines.
        most: So that none is.
        text: Whether it may take what is left.
    """

    least: float
    usual: float
    most: float
    text: bool


def needs(table: Table, currency: str, used: Fonts) -> float:
    """Points that the table needs to stand in its own size."""
    return sum(column.least for column in _rooms(table, currency, used)) * SIZE + INSET * len(table.columns)


def laid_out(table: Table, room: float, currency: str, used: Fonts) -> dict[str, Any]:
    """The table as the template takes it; it lies across the page where it has too little room upright.

    Args:
        table: What is shown.
        room: Points that it has upright.
        currency: Of its amounts.
        used: The fonts that write it.
    """
    rooms, insets = _rooms(table, currency, used), INSET * len(table.columns)
    if table.ticks:
        room -= TICK
    least = sum(column.least for column in rooms)
    across = least * SIZE + insets > room
    free = (ACROSS if across else room) - insets
    size = max(SMALLEST, min(SIZE, free / max(least, 1.0)))
    texts = [column.texts(currency) for column in table.columns]
    widths = [width * size + INSET for width in _widths(rooms, free / size)]
    return {
        "landscape": across,
        "size": size,
        "ticks": table.ticks,
        "together": len(table.columns[0].texts(currency)) <= _TOGETHER if table.columns else True,
        "widths": [TICK, *widths] if table.ticks else widths,
        "header": [used.set(column.header(currency)) for column in table.columns],
        "numeric": [not column.is_text for column in table.columns],
        "rows": [[used.set(cell) for cell in row] for row in zip(*texts, strict=True)],
        "alt": used.written(table.alt),
    }


def _rooms(table: Table, currency: str, used: Fonts) -> list[_Room]:
    return [_room(column, currency, used) for column in table.columns]


def _room(column: Column, currency: str, used: Fonts) -> _Room:
    header = column.header(currency)
    cells = sorted(used.width(text) for text in column.texts(currency))
    longest, usual = (cells[-1], cells[int(_MOST_CELLS * (len(cells) - 1))]) if cells else (0.0, 0.0)
    # A header may stand in two lines: its words in a language that has spaces, its halves in one that has none.
    half = max(used.width(header) / 2 + 1, _SHORT)
    word = max((min(used.width(word), half) for word in header.split()), default=0.0)
    least = min(longest, _TEXT) if column.is_text else longest
    least, most = max(word, least), max(longest, used.width(header))
    return _Room(least, max(least, usual) if column.is_text else most, most, column.is_text)


def _widths(rooms: Sequence[_Room], free: float) -> list[float]:
    """Room shared out: the least to all, then to each as far as it needs more, then what is left to text.

    One cell that is much longer than the others of its column takes nothing from those of its neighbours.
    """
    widths = [column.least for column in rooms]
    for wanted in ([column.usual for column in rooms], [column.most for column in rooms]):
        lacking = [max(want - width, 0.0) for want, width in zip(wanted, widths, strict=True)]
        more = max(0.0, min(free - sum(widths), sum(lacking)))
        if sum(lacking):
            widths = [width + more * lack / sum(lacking) for width, lack in zip(widths, lacking, strict=True)]
    left = free - sum(widths)
    if left > 0 and len(rooms) > _FEW:
        takers = [place for place, column in enumerate(rooms) if column.text] or list(range(len(rooms)))
        for place in takers:
            widths[place] += left / len(takers)
    return widths
