"""What is seen first is drawn first: how far down a page reaches without scrolling."""

from __future__ import annotations

import time
from typing import Final

from story.parts import Block, Chart, Story, Table, Views

ROW_HEIGHT: Final = 36
SHOWN_ROWS: Final = 15
"""Of a table; the others are scrolled to within it."""

SCREEN: Final = 1_000
"""Pixels that a large screen shows without scrolling."""
FINDING: Final = 0.03
SEEN: Final = 0.15
"""Seconds in which a browser draws the finding, and then what is seen first, before it is sent the rest.

It draws everything that it was sent at once: the finding with cards and charts stands almost twice as late, and seven
charts take three times as long as the two that are seen.
"""
_HEAD: Final = 285
_CARDS: Final = 310
_SENTENCE: Final = 40
_SAID: Final = 110
"""Pixels of the title with the filters, of the cards, of a further finding, of what is said above a block."""
_OTHER: Final = 120
"""Of a block that is neither chart nor table, as a rule."""


def alone(seconds: float) -> None:
    """Gives the browser time for what it was sent so far."""
    time.sleep(seconds)


def seen(story: Story) -> int:
    """How many rows of blocks begin on the first screen; one at least, for a screen may be larger."""
    top = _HEAD + _CARDS * bool(story.cards) + _SENTENCE * len(story.findings)
    for place, row in enumerate(story.rows):
        if top >= SCREEN:
            return max(place, 1)
        top += max(map(_height, row))
    return len(story.rows)


def table_height(rows: int) -> int:
    """Of a table with its header, which scrolls within itself where it is long."""
    return ROW_HEIGHT * (min(rows, SHOWN_ROWS) + 1) + 3


def _height(block: Block) -> int:
    shown = block.shown
    if isinstance(shown, Views):
        shown = next(iter(shown.tables.values()))
    if isinstance(shown, Chart):
        return _SAID + shown.height
    if isinstance(shown, Table):
        return _SAID + table_height(len(shown.columns[0].texts("")))
    return _SAID + _OTHER
