"""Finds a card, a column, a mark in a story, and reads the numbers in a text as a person does."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from story.columns import Column
from story.parts import Card, Chart, Story, Table, Views

CURRENCY = "CNY"
SCALES = {"": 1, "k": 1e3, "m": 1e6, "bn": 1e9}
NUMBER = re.compile(r"[−+]?\d[\d,]*(?:\.\d+)?")
KINDS = {
    "gifts and points": "gift",
    "venue and catering": "venue",
    "media and messages": "media",
    "print": "print",
    "outside vendors": "vendor",
    "rate concessions": "rate_concession",
    "staff time": "staff_time",
    "incentive pay": "incentive",
}


def blocks(story: Story) -> list[Any]:
    return [block.shown for row in story.rows for block in row]


def view(story: Story, name: str) -> Table:
    views = next(block for block in blocks(story) if isinstance(block, Views))
    return views.tables[name]


def table(story: Story, key: str) -> Table:
    return next(block for block in blocks(story) if isinstance(block, Table) and block.key == key)


def called(of: Table, name: str) -> Column:
    return next(column for column in of.columns if column.name == name)


def chart(story: Story, key: str) -> Chart | None:
    return next((block for block in blocks(story) if isinstance(block, Chart) and block.key == key), None)


def marks(drawn: Chart | None, field: str) -> list[dict[str, Any]]:
    """The data of a chart that have a field."""
    assert drawn is not None
    return next(rows for rows in drawn.spec["datasets"].values() if field in rows[0])


def card(story: Story, name: str) -> Card:
    return next(card for card in story.cards if card.name == name)


def numbers(text: str, unit: float = 1.0) -> list[tuple[float, float]]:
    """The numbers in a text as it is read, each with the half of its last digit."""
    found = []
    for part in NUMBER.findall(text):
        digits = len(part.partition(".")[2])
        value = float(part.replace(",", "").replace("−", "-").replace("+", ""))
        found.append((value * unit, 0.5000001 * 10.0**-digits * unit))
    return found


def unit_of(column: Column) -> float:
    """What one of the numbers in a column is, by its header alone."""
    header = column.header(CURRENCY)
    if amount := re.search(r", ¥ ?(k|m|bn)?$", header):
        return 100 * SCALES[amount[1] or ""]
    return 0.01 if header.partition(", ")[2].startswith(("%", "points")) else 1.0


def agree(text: str, expected: tuple[float, ...] | float, unit: float) -> None:
    """A cell's text says the expected number with its interval, where it has one; or no number at all."""
    wanted = expected if isinstance(expected, tuple) else (expected,)
    if np.isnan(wanted[0]):
        assert NUMBER.search(text) is None, (text, wanted)
        return
    said = numbers(text, unit)
    assert len(said) == len(wanted), (text, wanted)
    for (value, half), want in zip(said, wanted, strict=True):
        assert abs(value - want) <= half + 1e-9, (text, wanted)


def agree_with_unit(text: str, expected: tuple[float, ...] | float, unit: float) -> None:
    """The same of a cell that carries its unit: ``89 (62–115) ¥ k``."""
    mark = re.search(r"¥ ?(k|m|bn)?$", text)
    agree(re.sub(r"[¥%].*$", "", text), expected, 100 * SCALES[mark[1] or ""] if mark else unit)


def agree_with_currency(text: str, minor: float) -> None:
    scale = SCALES[re.sub(r"[^a-z]", "", text)]
    assert "¥" in text
    agree(text.replace("¥", ""), minor, 100 * scale)
