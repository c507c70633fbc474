"""A story is told once: kept beside its answer, for each language, as long as the answer lives."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from story.parts import Story
from story.words import language

Answer = TypeVar("Answer")


def once(tell: Callable[[Answer], Story]) -> Callable[[Answer], Story]:
    """Keeps what a function tells of an answer, in each language."""
    told: WeakKeyDictionary[Answer, dict[str, Story]] = WeakKeyDictionary()

    @wraps(tell)
    def story(answer: Answer) -> Story:
        in_languages = told.setdefault(answer, {})
        if language() not in in_languages:
            in_languages[language()] = tell(answer)
        return in_languages[language()]

    return story
