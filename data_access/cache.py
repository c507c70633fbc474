"""Aggregates that were read before: bounded in bytes, least recently used first out, safe among threads.

A key holds the data version, the SQL text and every bound value. Branches are bound values, so that two
scopes never share an entry. Frames are copied on the way in and on the way out.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

import pandas as pd


class Key(NamedTuple):
    """What a cached frame is the answer to."""

    version: str
    sql: str
    values: str  # written out, because 1, True and 1.0 are equal as values and are different questions


class FrameCache:
    """Frames by `Key`, at most `limit` bytes of them."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = 0
        self._frames: OrderedDict[Key, tuple[pd.DataFrame, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> pd.DataFrame | None:
        """A copy of the frame, or None."""
        with self._lock:
            entry = self._frames.get(key)
            if entry is None:
                return None
            self._frames.move_to_end(key)
        return entry[0].copy()

    def put(self, key: Key, frame: pd.DataFrame) -> None:
        """Keep a copy of the frame, unless it alone exceeds the limit."""
        size = int(frame.memory_usage(deep=True).sum()) + len(key.sql) + len(key.values)
        if size > self._limit:
            return
        with self._lock:
            if (replaced := self._frames.pop(key, None)) is not None:
                self._held -= replaced[1]
            self._frames[key] = (frame.copy(), size)
            self._held += size
            while self._held > self._limit:
                _, (_, dropped) = self._frames.popitem(last=False)
                self._held -= dropped

    @property
    def held(self) -> int:
        """Bytes held now."""
        return self._held
