"""Answers that are kept: by version of the data, scope of the viewer, question and choice, bounded in bytes.

Streamlit's cache knows no scope; here it is part of the key. Of several who ask the same at once one works it out and
the others wait for it. What is kept is shared, so nobody changes an answer.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from functools import wraps
from threading import Condition
from typing import Any, Concatenate, Final, ParamSpec, TypeVar, cast

import numpy as np
import pandas as pd
from cachetools import LRUCache, cached
from data_access.cache import size_of
from data_access.reading.reader import Reader

P = ParamSpec("P")
Answer = TypeVar("Answer")

MOST_BYTES: Final = 64_000_000
"""Of all kept answers together, oldest dropped first; an answer takes some hundred kilobytes."""


def size(value: object) -> int:
    """Bytes that a value holds: tables, arrays, and what contains them, with what Python needs around each."""
    if isinstance(value, pd.DataFrame):
        return size_of(value)
    held = sys.getsizeof(value)
    if isinstance(value, np.ndarray):
        return max(held, value.nbytes)
    if is_dataclass(value):
        return held + sum(size(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, Mapping):
        pairs = cast("Mapping[object, object]", value)
        return held + sum(size(key) + size(each) for key, each in pairs.items())
    if isinstance(value, tuple | list):
        return held + sum(size(each) for each in cast("tuple[object, ...]", value))
    return held


_KEPT: Final[LRUCache[Hashable, Any]] = LRUCache(MOST_BYTES, getsizeof=size)
_TURN: Final = Condition()


def kept(
    ask: Callable[Concatenate[Reader, P], Answer],
) -> Callable[Concatenate[Reader, P], Answer]:
    """Keeps what a function of a reader and of hashable choices answers."""
    question = f"{ask.__module__}.{ask.__qualname__}"

    def key(reader: Reader, *args: Hashable, **kwargs: Hashable) -> Hashable:
        who = reader.scope, reader.viewer.may_see_customers, reader.of_holdouts
        return reader.version, who, question, args, tuple(sorted(kwargs.items()))

    @cached(_KEPT, key=key, condition=_TURN)
    @wraps(ask)
    def answer(reader: Reader, *args: P.args, **kwargs: P.kwargs) -> Answer:
        return ask(reader, *args, **kwargs)

    return answer


def forget() -> None:
    """Drops everything that is kept."""
    with _TURN:
        _KEPT.clear()
