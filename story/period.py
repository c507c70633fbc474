"""A period in the reader's language."""

from __future__ import annotations

from answers.period import ALL

from story.figures import quarter
from story.words import say


def written(key: str) -> str:
    """The period: "2026, 3rd quarter", "year 2026", "all periods"."""
    if key == ALL:
        return say("all periods")
    year, _, part = key.partition("-q")
    return quarter(int(year), int(part)) if part else say("year {year}", year=year)
