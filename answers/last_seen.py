"""The customers that one session looked at last: a click beside a list does not read the list anew.

Lists of customers are in no cache that people share. A session holds what its own screen showed last, which its browser
holds as well: one list at a time, of one version of the data, for one viewer with the rights of this very run.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

import pandas as pd
from data_access.reading.reader import Reader


class LastSeen:
    """The list that a session read last; another list, version, viewer or right takes its place."""

    def __init__(self) -> None:
        self._seen: tuple[Hashable, pd.DataFrame] | None = None

    def rows(self, reader: Reader, asked: Hashable, read: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """The rows of a list, which nobody changes.

        Args:
            reader: Whose rows; a reader of other rights or of another version finds nothing here.
            asked: What tells this list from all others of the reader.
            read: Reads it; it refuses who may not see customers.
        """
        key = (reader.version, reader.viewer, asked)
        if self._seen is None or self._seen[0] != key:
            self._seen = None  # of two lists at once the session would hold both while the second is read
            self._seen = (key, read())
        return self._seen[1]
