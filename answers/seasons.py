"""Which seasons has the bank set?"""

from __future__ import annotations

from data_access.queries import data
from data_access.reading.reader import Reader

from answers.kept import kept
from answers.period import Season


@kept
def ask(reader: Reader) -> tuple[Season, ...]:
    """The bank's own seasons, the latest first."""
    rows = data.seasons(reader)
    dates = (rows[name].dt.date for name in ("starts_on", "ends_on"))
    return tuple(Season(*row) for row in zip(rows["season_id"], rows["name"], *dates, strict=True))
