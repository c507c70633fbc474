"""What stopped a load that nothing in the feed stopped: no room, no memory, a file that may not be read or written."""

from __future__ import annotations

import errno
import os

import duckdb
import psycopg

from data_access.said import Said, marked
from data_access.versions.store import first_line

STOPS = (OSError, duckdb.Error, psycopg.Error)
"""Errors that end a load in words; any other is a fault of the program, unless the data room raised it."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def why(error: Exception) -> Said:
    """One of `STOPS` in words, with what to do now.

    >>> str(why(PermissionError(13, "Permission denied", "sale.csv"))).partition(". ")[0]
    'sale.csv cannot be read or written'
    """
    if isinstance(error, duckdb.OutOfMemoryException):
        return Said.of(
            marked(
                "The memory for a load is used up. Nothing was published; the warehouse is unchanged. Raise the "
                "setting `memory_limit`, or load fewer rows at once. Where the disk is what was full, make room. In "
                "detail: “{why}”"
            ),
            why=first_line(error),
        )
    if any(os.strerror(code) in str(error) for code in _FULL):
        return Said.of(
            marked(
                "The disk is full, or a file may grow no further: make room. Nothing was published; the warehouse is "
                "unchanged. In detail: “{why}”"
            ),
            why=first_line(error),
        )
    if isinstance(error, OSError) and error.filename is not None:
        return Said.of(
            marked(
                "{file} cannot be read or written. Nothing was published; the warehouse is unchanged. Check the path "
                "and the rights to it. In detail: “{why}”"
            ),
            file=error.filename,
            why=error.strerror,
        )
    return Said.of(
        marked(
            "The load came to an end that nobody foresaw. Nothing was published; the warehouse is unchanged. Try "
            "again. In detail: “{why}”"
        ),
        why=first_line(error),
    )
