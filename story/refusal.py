"""Why the data room did not do something, and what else it says, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from data_access.errors import DataError
from data_access.reading.scope import Role
from data_access.said import Said

from story.text import one_line
from story.vocabulary import term
from story.words import say


def why(error: Exception) -> str:
    """Where it stopped, why, and what to do now; in English where the error speaks English only."""
    return told(error.args[0])


def sayable(error: Exception) -> bool:
    """Whether the error was written for whoever looks, and can be said in their language."""
    return isinstance(error, DataError) and bool(error.args) and isinstance(error.args[0], Said)


def told(message: str) -> str:
    """A message of the data room; one that was never marked for translation stays as it is."""
    return filled(message.template, message.values) if isinstance(message, Said) else one_line(message)


def filled(template: str, values: Mapping[str, object]) -> str:
    """A message completed with names and counts of the feed, with roles and phrases in the reader's language."""
    return one_line(say(template, **{name: _in_language(value) for name, value in values.items()}))


def _in_language(value: object) -> object:
    if isinstance(value, Said):
        return filled(value.template, value.values)
    if isinstance(value, Role):
        return term(value)
    return one_line(value) if isinstance(value, str) else value
