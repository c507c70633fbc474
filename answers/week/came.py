"""What came of last week's list: of the rows that were done, and of those that were not?

Nobody drew lots over which row is done. Whoever works the list begins where it promises most, so that the two groups
are not alike: what is told is their difference, never what doing brought.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from data_access.queries.to_do import outcome
from data_access.reading.reader import Reader
from data_access.settings import settings
from data_access.workspace.tasks import State
from metrics.estimate import Intervals
from metrics.inference.effect import difference_in_shares
from metrics.moments import Counts

from answers.week.tasks import LastList

DONE: Final = "done"
NOT_DONE: Final = "not done"
_GROUPS: Final[Mapping[State, str]] = {State.DONE: DONE, State.OPEN: NOT_DONE, State.PUT_OFF: NOT_DONE}


@dataclass(frozen=True, eq=False)
class Came:
    """What came of rows of last week's list by now, a row each kind.

    Attributes:
        kinds: Of which it can be known within a week.
        done: Rows that were done, and of how many it came true.
        not_done: The same of rows that are open or put off; those that were dismissed are in neither.
        difference: The share of the done less that of the others.
    """

    kinds: tuple[str, ...]
    done: Counts
    not_done: Counts
    difference: Intervals


def ask(reader: Reader, last: LastList, on: date) -> Came | None:
    """What had come of the rows by a day; None where of none of them it is known, or the viewer sees no customers.

    Args:
        reader: Whose rows.
        last: What was listed, and what was done with it.
        on: The day.
    """
    if not reader.viewer.may_see_customers:
        return None
    keys: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for key, task in last.tasks.items():
        if group := _GROUPS.get(task.last.state):
            keys.setdefault((key.kind, group), []).append((key.customer_id, key.period))
    since = min(task.listed_on for task in last.tasks.values())
    wanted = [outcome.Rows(kind, group, tuple(rows)) for (kind, group), rows in sorted(keys.items())]
    told = outcome.became(reader, on, since, settings().to_do, wanted)
    kinds = tuple(sorted(set(told["kind"])))
    if not kinds:
        return None
    counted = {(k, g): (n, h) for k, g, n, h in told[["kind", "group", "n", "happened"]].itertuples(index=False)}

    def of(group: str) -> Counts:
        pairs = [counted.get((kind, group), (0, 0)) for kind in kinds]
        return Counts.of([n for n, _ in pairs], [happened for _, happened in pairs])

    done, not_done = of(DONE), of(NOT_DONE)
    return Came(kinds, done, not_done, difference_in_shares(not_done, done))
