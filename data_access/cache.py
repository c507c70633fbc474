"""Answers that were read before, and the statements that were found to read what they may.

Answers are bounded in bytes, least recently used first out, one flight a question. A key holds the data version, what
the viewer may see, what is asked and every bound value. Frames are copied on the way in and on the way out.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Any, NamedTuple, cast

import numpy as np
import pandas as pd

FRAME_BYTES, COLUMN_BYTES, TEXT_BYTES = 3_000, 150, 1_300
"""What pandas needs beside the values: for a frame, for each of its columns, and more for each of text. Measured."""


class Key(NamedTuple):
    """What a cached frame is the answer to."""

    version: str
    viewer: tuple[Any, ...]  # the branches seen, whether single customers may be, and how the answer is told
    question: tuple[Any, ...]  # SQLAlchemy's own key of a statement: all of it but the bound values
    values: str  # written out, because 1, True and 1.0 are equal as values and are different questions


class FrameCache:
    """Frames by `Key`, at most `limit` bytes of them."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = 0
        self._frames: OrderedDict[Key, tuple[pd.DataFrame, int]] = OrderedDict()
        self._under_way: dict[Key, Future[pd.DataFrame]] = {}
        self._lock = Lock()

    def answer(self, key: Key, read: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """The frame of `key`, the caller's own; `read` once, however many ask at the same time.

        Who waits for another's reading that fails, reads for itself: the failure may be the other's alone.
        """
        while True:
            with self._lock:
                kept, waiting = self._kept(key), self._under_way.get(key)
                if kept is None and waiting is None:
                    mine = self._under_way[key] = Future[pd.DataFrame]()
                    break
            try:
                frame = kept if waiting is None else waiting.result()
                return cast("pd.DataFrame", frame).copy()
            except _FlightError:
                continue
        try:
            frame = read()
            self.put(key, frame)
            mine.set_result(frame.copy())
        except BaseException:
            mine.set_exception(_FlightError())
            raise
        finally:
            with self._lock:
                del self._under_way[key]
        return frame

    def get(self, key: Key) -> pd.DataFrame | None:
        """A copy of the frame, or None."""
        with self._lock:
            kept = self._kept(key)
        return None if kept is None else kept.copy()

    def put(self, key: Key, frame: pd.DataFrame) -> None:
        """Keep a copy of the frame, unless it alone exceeds the limit."""
        size = size_of(frame) + _size_of_key(key)
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

    def _kept(self, key: Key) -> pd.DataFrame | None:
        if (entry := self._frames.get(key)) is None:
            return None
        self._frames.move_to_end(key)
        return entry[0]


class Passed:
    """Statements that were found to read what they may, by SQLAlchemy's own key of them; at most `most`."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[tuple[Any, ...], None] = OrderedDict()
        self._lock = Lock()

    def __contains__(self, key: tuple[Any, ...]) -> bool:
        with self._lock:
            if key not in self._held:
                return False
            self._held.move_to_end(key)
            return True

    def add(self, key: tuple[Any, ...]) -> None:
        """Remember one, and forget what was asked least recently where they are too many."""
        with self._lock:
            self._held[key] = None
            while len(self._held) > self._most:
                self._held.popitem(last=False)


class _FlightError(Exception):
    """Whoever was reading came back without an answer."""


def size_of(frame: pd.DataFrame) -> int:
    """Bytes of a frame in memory, those of pandas' own objects included."""
    kinds = list(enumerate(frame.dtypes))
    texts = sum(not isinstance(kind, np.dtype) for _, kind in kinds)  # every extension type has a block of its own
    wide = [place for place, kind in kinds if not isinstance(kind, np.dtype) or kind.hasobject]
    plain = [kind.itemsize for _, kind in kinds if isinstance(kind, np.dtype) and not kind.hasobject]
    # To be asked, a column is made a series of: that is left to those that are not of one width.
    held = frame.index.memory_usage() + len(frame) * sum(plain)
    held += sum(frame.iloc[:, place].memory_usage(index=False, deep=True) for place in wide)
    return held + FRAME_BYTES + COLUMN_BYTES * len(frame.columns) + TEXT_BYTES * texts


def _size_of_key(part: object) -> int:
    """Bytes of a key: tuples within tuples; what else stands in it is shared by all keys, or small."""
    if isinstance(part, tuple):
        parts = cast("tuple[object, ...]", part)
        return sys.getsizeof(parts) + sum(map(_size_of_key, parts))
    return sys.getsizeof(part) if isinstance(part, str) else 0
