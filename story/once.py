"""A story is told once: kept beside its answer, for each language, as long as the answer lives."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from story.words import language

Answer = TypeVar("Answer")
Told = TypeVar("Told")


def once(tell: Callable[[Answer], Told]) -> Callable[[Answer], Told]:
    """Keeps what a function tells of an answer, in each language."""
    told: WeakKeyDictionary[Answer, dict[str, Told]] = WeakKeyDictionary()

    @wraps(tell)
    def story(answer: Answer) -> Told:
        in_languages = told.setdefault(answer, {})
        if language() not in in_languages:
            in_languages[language()] = tell(answer)
        return in_languages[language()]

    return story
