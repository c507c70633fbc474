"""What a row of a table, or a mark of a chart, leads to."""

from __future__ import annotations

from collections.abc import Sequence

from story.parts import Opens

from ui import filters, navigation


def follow(opens: Opens | None, rows: Sequence[int]) -> None:
    """Opens what the first of the chosen rows stands for; nothing where none is chosen."""
    if opens and rows:
        others = {name: values[rows[0]] for name, values in opens.others.items()}
        filters.go(navigation.path(opens.page), **{opens.parameter: opens.values[rows[0]]}, **others)
