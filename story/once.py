"""A story is told once: kept beside its answer, for each language, as long as the answer lives."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from story.words import language

Answer = TypeVar("Answer")
Further = ParamSpec("Further")
Told = TypeVar("Told")


def once(tell: Callable[Concatenate[Answer, Further], Told]) -> Callable[Concatenate[Answer, Further], Told]:
    """Keeps what a function tells of an answer, in each language and for each of its further arguments, hashable all.

    What is kept is shared, so nobody changes what is told.
    """
    told: WeakKeyDictionary[Answer, dict[tuple[Hashable, ...], Told]] = WeakKeyDictionary()

    @wraps(tell)
    def story(answer: Answer, *args: Further.args, **kwargs: Further.kwargs) -> Told:
        kept = told.setdefault(answer, {})
        asked = language(), args, tuple(sorted(kwargs.items()))
        if asked not in kept:
            kept[asked] = tell(answer, *args, **kwargs)
        return kept[asked]

    return story
