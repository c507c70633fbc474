"""The time of staff that a campaign took: hours planned and used, what they cost, and how much a conversion takes.

Nobody writes hours down by customer, so hours are customers or contacts times the minutes that the bank allows for one
in their channel. What was booked as the cost of time is shared out among the roles by the hours they used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from metrics.campaigns.return_on_investment import cost_per
from metrics.errors import DomainError
from metrics.estimate import Intervals
from metrics.moments import Counts, Floats


@dataclass(frozen=True, slots=True)
class StaffTime:
    """One row a role, the one with most hours first, and in the last row all of them together.

    Attributes:
        role: Empty where it is not recorded, and of all together.
        assigned: Customers whom they were to serve.
        contacts: That they made; nan where contacts are not recorded.
        planned: Hours for the customers whom they were to serve.
        used: Hours for the contacts that they made.
        cost: Booked for their time, minor units, shared out by hours used.
        per_contact: The same for one contact.
        hours_per_conversion: Hours used for one conversion.
        cost_per_conversion: The same in minor units.
    """

    role: tuple[str, ...]
    assigned: Floats
    contacts: Floats
    planned: Floats
    used: Floats
    cost: Floats
    per_contact: Floats
    hours_per_conversion: Intervals
    cost_per_conversion: Intervals

    def __len__(self) -> int:
        """Number of roles and one."""
        return len(self.role)


def staff_time(
    served: pd.DataFrame,
    contacts: pd.DataFrame | None,
    minutes: Mapping[str, float],
    cost: float = float("nan"),
    level: float = 0.95,
) -> StaffTime | None:
    """The time of staff by role; None where nobody of the staff was to serve anybody.

    Args:
        served: one row a `role` and `channel`: `assigned`, and of these whose window has closed `matured` and
            `matured_converted`.
        contacts: one row a `role` and `channel`: `contacts`. None: not recorded.
        minutes: that one customer takes, by channel; a channel that is not named takes none.
        cost: booked for time, minor units; nan where it is not known.
        level: confidence level of what a conversion takes: the image of Wilson's limits of the share who converted.

    Raises:
        DomainError: negative minutes, or the level is not between 0 and 1.

    >>> served = pd.DataFrame({"role": ["adviser"], "channel": ["phone"], "assigned": [90], "matured": [90],
    ...     "matured_converted": [9]})
    >>> made = pd.DataFrame({"role": ["adviser"], "channel": ["phone"], "contacts": [60]})
    >>> time = staff_time(served, made, {"phone": 10.0}, cost=50000.0)
    >>> time.planned.tolist(), time.used.tolist(), time.hours_per_conversion.estimate.round(2).tolist()
    ([15.0, 15.0], [10.0, 10.0], [1.11, 1.11])
    """
    if any(value < 0 for value in minutes.values()):
        raise DomainError("Nobody takes less than no minutes.")
    if served.empty:
        return None
    counted = ("assigned", "matured", "matured_converted")
    table = _by_role(served, counted, "assigned", minutes).rename(columns={"hours": "planned"})
    made = pd.DataFrame(columns=["contacts", "used"], dtype="float64")
    if contacts is not None:
        made = _by_role(contacts, ("contacts",), "contacts", minutes).rename(columns={"hours": "used"})
    roles = table.index.union(made.index)
    nobody = 0.0 if contacts is not None else np.nan
    table = table.reindex(roles, fill_value=0.0).join(made.reindex(roles, fill_value=nobody))
    table = table.loc[table[["used", "planned"]].max(axis=1).sort_values(ascending=False, kind="stable").index]
    names = tuple(str(role) for role in table.index)
    table = pd.concat([table, table.sum(skipna=False).to_frame().T])
    column = {str(name): table[name].to_numpy(dtype=np.float64) for name in table.columns}
    used = column["used"]
    booked = np.divide(used * cost, used[-1], out=np.full_like(used, np.nan), where=used[-1] > 0)
    bought = Counts(column["matured"], column["matured_converted"])
    even = [_of_matured(amount, column) for amount in (used, booked)]
    return StaffTime(
        (*names, ""),
        column["assigned"],
        column["contacts"],
        column["planned"],
        used,
        booked,
        np.divide(booked, column["contacts"], out=np.full_like(booked, np.nan), where=column["contacts"] > 0),
        cost_per(even[0], bought, level),
        cost_per(even[1], bought, level),
    )


def _by_role(frame: pd.DataFrame, counts: tuple[str, ...], of: str, minutes: Mapping[str, float]) -> pd.DataFrame:
    """Counts by role, and the hours that one of them takes for each customer."""
    each = np.array([minutes.get(str(channel), 0.0) for channel in frame["channel"].tolist()])
    numbers = frame[list(counts)].astype("float64")
    told = numbers.assign(role=frame["role"].fillna("").astype(str), hours=numbers[of] * each / 60)
    return told.groupby("role", sort=False).sum(min_count=1)


def _of_matured(amount: Floats, column: Mapping[str, Floats]) -> Floats:
    """The even share of those whose window has closed: the others may still buy."""
    assigned = column["assigned"]
    return np.divide(amount * column["matured"], assigned, out=np.full_like(amount, np.nan), where=assigned > 0)
