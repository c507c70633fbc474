"""Where an interval stands: against no effect, and against the line from which an effect pays."""

from __future__ import annotations

from enum import StrEnum

from metrics.estimate import Intervals, Reason


class Standing(StrEnum):
    """What the interval of side a minus side b says."""

    PAYS = "pays"  # wholly above the line
    MORE = "more"  # above no effect; whether it pays is open, or there is no line
    SHORT = "short"  # above no effect and wholly below the line: it does not pay
    NONE = "none"  # neither shown
    NOT_ENOUGH = "not_enough"  # no effect shown, and one that pays is ruled out
    LESS = "less"  # below no effect
    BLOCKED = "blocked"  # the arms are not of their planned sizes: nothing is believed
    UNKNOWN = "unknown"  # there is no number, and the interval says why

    @property
    def sign(self) -> int:
        """1 where more is shown, -1 where less is, else 0."""
        return {Standing.PAYS: 1, Standing.MORE: 1, Standing.SHORT: 1, Standing.LESS: -1}.get(self, 0)


def standing(difference: Intervals, line: float = float("nan"), row: int = 0) -> Standing:
    """The standing of a row; a line of nan, 0 or less asks nothing.

    >>> four = Intervals.of([3, 2, 1, 0], [2.1, 0.5, 0.5, -1], [4, 3, 1.5, 1], n=[9] * 4)
    >>> [standing(four, 2.0, row).value for row in range(4)]
    ['pays', 'more', 'short', 'not_enough']
    """
    if difference.reason[row] == Reason.SAMPLE_RATIO.value:
        return Standing.BLOCKED
    if not difference.known[row]:
        return Standing.UNKNOWN
    low, high = float(difference.low[row]), float(difference.high[row])
    asked = line > 0
    if high < 0:
        return Standing.LESS
    if low <= 0:
        return Standing.NOT_ENOUGH if asked and high < line else Standing.NONE
    if not asked:
        return Standing.MORE
    return Standing.PAYS if low > line else Standing.SHORT if high < line else Standing.MORE
