"""Stopping early: what the effect so far advises, by limits that hold at every look, and what stopping would save.

The effect is that of conversions within a few days of assignment, so that a customer counts once those days are over
and no two looks mean different things. The line from which it pays is that of the whole window times the part of the
conversions that come so early.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from metrics.errors import DomainError
from metrics.estimate import Intervals
from metrics.moments import Floats


class Advice(StrEnum):
    """What to do today."""

    HARM = "harm"  # even the upper limit is below no effect: stop
    FUTILITY = "futility"  # even the upper limit is below what pays: stop new calls
    BENEFIT = "benefit"  # even the lower limit is above what pays: enough is known, go on and scale
    GO_ON = "go_on"  # nothing is decided yet
    TOO_EARLY = "too_early"  # too few customers have been watched for long enough

    @property
    def stops(self) -> bool:
        """Whether new calls should stop."""
        return self in (Advice.HARM, Advice.FUTILITY)


@dataclass(frozen=True, slots=True)
class Saved:
    """What stopping today would save."""

    customers: int  # not called
    cost: float  # minor units; nan where the cost of a customer is not known
    hours: float  # of staff


def advise(effect: Intervals, pays_from: Floats) -> tuple[Advice, ...]:
    """The advice of each row.

    Args:
        effect: Treated minus control, with limits that hold at every look at once.
        pays_from: The effect from which it pays; nan where that is not known, and then only harm is told.

    >>> rows = Intervals.of([-3, 0.1, 3, 1], [-5, -1, 2.1, -1], [-1, 1, 4, 3], n=[900] * 4)
    >>> [one.value for one in advise(rows, rows.estimate * 0 + 2)]
    ['harm', 'futility', 'benefit', 'go_on']
    """
    return tuple(
        _one(bool(known), low, high, line)
        for known, low, high, line in zip(effect.known, effect.low, effect.high, pays_from, strict=True)
    )


def saved(planned: float, called: float, cost_each: float, minutes_each: float) -> Saved:
    """What the customers who are not called yet would still take.

    Args:
        planned: Customers who were to be called.
        called: Called so far.
        cost_each: Cost of one of them, minor units; nan where it is not known.
        minutes_each: Staff minutes of one of them.

    Raises:
        DomainError: negative cost or time.

    >>> saved(2400, 1500, 1400, 5)
    Saved(customers=900, cost=1260000, hours=75.0)
    """
    if cost_each < 0 or minutes_each < 0:
        raise DomainError(f"A customer costs {cost_each} and takes {minutes_each} minutes.")
    left = max(round(planned - called), 0)
    return Saved(left, left * cost_each, left * minutes_each / 60)


def _one(known: bool, low: float, high: float, line: float) -> Advice:
    if not known:
        return Advice.TOO_EARLY
    if high < 0:
        return Advice.HARM
    if high < line:
        return Advice.FUTILITY
    return Advice.BENEFIT if low > max(line, 0.0) else Advice.GO_ON
