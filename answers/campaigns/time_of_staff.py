"""What time of staff a campaign took, by role."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from data_access.queries.campaigns import time_of_staff
from data_access.reading.reader import Reader
from data_access.settings import settings
from metrics.campaigns.evaluation import Scorecard
from metrics.campaigns.staff_time import StaffTime, staff_time

CATEGORY = "staff_time"


@dataclass(frozen=True, eq=False)
class TimeOfStaff:
    """The time of staff.

    Attributes:
        time: By role; None where nobody of the staff was to serve anybody, or that is not recorded.
        planned: Planned cost of time, minor units; nan where not recorded.
        actual: Booked.
        steps: Steps with customers in a branch that were timed.
        hours: That they took; nan where not recorded.
    """

    time: StaffTime | None
    planned: float
    actual: float
    steps: float
    hours: float


def ask(reader: Reader, campaign_id: str, scores: Scorecard, branches: tuple[str, ...]) -> TimeOfStaff:
    """The time of staff of one campaign, in some branches or all of the viewer's; `scores` are its own, one row."""
    kinds = scores.booked.kinds(0).set_index("category").reindex([CATEGORY])
    planned, actual = (float(kinds[f"{name}_amount"].iloc[0]) for name in ("planned", "actual"))
    known = reader.has("contact", "campaign_id", "staff_id")
    made = time_of_staff.contacts(reader, campaign_id, branches=branches) if known else None
    served = time_of_staff.served(reader, campaign_id, branches=branches)
    timed = time_of_staff.measured(reader, campaign_id, branches=branches).iloc[0]
    steps, minutes = (float(timed[name]) if pd.notna(timed[name]) else float("nan") for name in ("steps", "minutes"))
    return TimeOfStaff(
        staff_time(served, made, settings().planning.minutes, actual), planned, actual, steps, minutes / 60
    )
