"""Errors of the data room. Each message says where, what was found, what is expected, and what to do now.

DataError
 +- AccessError       the viewer has no right to this
 |   +- ScopeError        a statement reads what its reader did not hand out, or hides SQL in text
 |   +- IdentityError     nobody proved who it is, or whose session is over, or who has no rights
 +- TooManyRowsError  a statement returns more rows than a page may read at once
 +- StoreError        the warehouse cannot be opened or published
 |   +- NoVersionError    there is no version to show or to return to
 |   +- OutdatedError     an older program published the version; it lacks what this one reads
 |   +- UnreachableError  the server of the warehouse does not answer
 |   +- BusyError         another load is writing
 |   +- TryAgainError     the same question may be answered in a moment, or once it asks for less
 |       +- QueueError        too many queries run at once, and none ended in time
 |       +- SlowError         the query ran longer than a query may
 +- SettingsError     a setting is not what it should be
 +- WorkspaceError    the workspace: an entry that does not exist or contradicts itself
 |   +- ChangedError      somebody else changed the same thing meanwhile
 |   +- TargetFileError   a file of targets holds something that is no target
 +- LoadError         a feed cannot be loaded; nothing was changed
     +- FeedError         the folder or a file of it: what it is called, how it is written, how large it is
     +- MappingError      the mapping file
     +- RejectsError      rows were refused, and more than allowed
"""

from __future__ import annotations

from datetime import datetime
from typing import Self

from data_access.said import Said


class DataError(Exception):
    """Base of every error raised by the data room."""

    @classmethod
    def of(cls, template: str, **values: object) -> Self:
        """An error whose message can be said in another language, too: what a person reads on a page."""
        return cls(Said.of(template, **values))


class AccessError(DataError):
    """The viewer has no right to this. Nothing was read."""


class ScopeError(AccessError):
    """A statement reads what its reader did not hand out, or hides SQL in text. Nothing was read."""


class IdentityError(AccessError):
    """Nobody proved who it is, or their session is over, or they have no rights. Nothing was read.

    Attributes:
        reason: no_email, not_verified, signed_out, expired or no_rights.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class TooManyRowsError(DataError):
    """A statement returns more rows than a page may read at once."""


class StoreError(DataError):
    """The warehouse cannot be opened or published."""


class NoVersionError(StoreError):
    """There is no version to show or to return to."""


class OutdatedError(StoreError):
    """An older program published the version, and it lacks what this one reads. Load it again."""


class UnreachableError(StoreError):
    """The server of the warehouse does not answer. Nothing was read or changed; try again in a moment."""


class BusyError(StoreError):
    """Another load is writing."""


class TryAgainError(StoreError):
    """Nothing is wrong: the same question may be answered in a moment, or once it asks for less."""


class QueueError(TryAgainError):
    """Too many queries run at once, and none ended in time. Try again in a moment."""


class SlowError(TryAgainError):
    """The query ran longer than a query may, and was stopped. Narrow the filter, or try again."""


class SettingsError(DataError):
    """A setting is not what it should be. Nothing was read or changed."""


class WorkspaceError(DataError):
    """The workspace: an entry that does not exist or contradicts itself. Nothing was changed."""


class ChangedError(WorkspaceError):
    """Somebody else changed the same thing since it was read. Nothing was changed; read it again and decide anew.

    Attributes:
        by: Who changed it, empty where that is not known.
        at: When, in UTC, or None.
    """

    def __init__(self, message: str, by: str = "", at: datetime | None = None) -> None:
        super().__init__(message)
        self.by = by
        self.at = at


class TargetFileError(WorkspaceError):
    """A file of targets holds something that is no target. No target was set."""


class LoadError(DataError):
    """A feed cannot be loaded. Nothing was changed."""


class FeedError(LoadError):
    """The folder or a file of the feed: what it is called, how it is written, how large it is."""


class MappingError(LoadError):
    """The mapping file says something that the contract or the feed does not have."""


class RejectsError(LoadError):
    """Rows were refused, and more of them than allowed."""
