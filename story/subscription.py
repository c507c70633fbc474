"""What somebody wants by mail, in words: which day, which hour, which form."""

from __future__ import annotations

from typing import Final

from babel.dates import get_day_names
from data_access.workspace.subscriptions import Subscription
from metrics.catalogue.entry import marked as _

from story.words import LANGUAGES, locale, say

_FORMATS: Final = {"pdf": _("PDF"), "pptx": _("Slides (PPTX)")}


def weekday(number: int) -> str:
    """A day of the week by its ISO number, 1 for Monday.

    >>> weekday(7)
    'Sunday'
    """
    return get_day_names("wide", locale=locale())[number - 1]


def hour(number: int) -> str:
    """An hour of the day.

    >>> hour(8)
    '08:00'
    """
    return f"{number:02}:00"


def form(key: str) -> str:
    """PDF or slides, by the key of the format."""
    return say(_FORMATS[key])


def sentence(wanted: Subscription) -> str:
    """What a subscription brings and when."""
    return say(
        "You get this page by mail every {weekday} at {hour}: {format}, {language}.",
        weekday=weekday(wanted.weekday),
        hour=hour(wanted.hour),
        format=form(wanted.format),
        language=LANGUAGES[wanted.language],
    )
