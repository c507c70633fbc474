"""Days on an axis of time: in rows, at its ends, and as they are written along it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from story.words import language


def midnight(day: date) -> str:
    """A day as rows hold it; a bare date would be midnight in London."""
    return f"{day:%Y-%m-%d}T00:00:00"


def ends(first: date, last: date) -> dict[str, str]:
    """The domain of an axis; an expression, for of marks with a second end two texts would count as another domain."""
    return {"expr": f'[datetime("{midnight(first)}"), datetime("{midnight(last)}")]'}


def written(days: Sequence[date]) -> str:
    """How dates are written in the reader's language, with the year where they span more than one."""
    several = len({day.year for day in days}) > 1
    forms = {"en": ("%-d %b", "%b %Y"), "zh": ("%-m月%-d日", "%Y年%-m月")}
    return forms[language()][several]
