"""What a campaign may have cost its customers' goodwill: complaints and opt-outs beside its control and the usual."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd
from data_access.queries import campaigns, comparison
from data_access.queries.comparison import Sides
from data_access.reading.reader import Reader
from data_access.settings import settings
from metrics.estimate import Intervals
from metrics.inference.rate import poisson
from metrics.inference.study.harm import COMPLAINTS, OPT_OUTS, PER, Harm, harms

BEFORE: Final = 365
"""Days before a campaign in which the usual is counted."""

FEWEST_DAYS: Final = 28
"""Days of records from which there is a usual."""


@dataclass(frozen=True, eq=False)
class Harmed:
    """Complaints and opt-outs of a campaign's customers while their windows were open, whatever they were about.

    Attributes:
        harms: Of treated and control, those that are recorded.
        usual: By the same keys, what as many customers of the same branches did in as many days of the year before.
        days: Of the window.
        watched: Treated customers and those held out who were watched to the end.
    """

    harms: tuple[Harm, ...]
    usual: dict[str, Intervals]
    days: int
    watched: tuple[float, float]


def ask(reader: Reader, starts_on: date, days: int, sides: Sides) -> Harmed:
    """The harm of one campaign.

    Args:
        reader: Whose rows.
        starts_on: First day of the campaign, before which the usual is counted.
        days: Of its window.
        sides: Its treated customers, and those held out.
    """
    rules = settings().comparison
    accepted = {OPT_OUTS: rules.opt_outs_rise, COMPLAINTS: rules.complaints_rise}
    if not any(reader.has(table) for table in ("complaint", "consent")):
        return Harmed((), {}, days, (0.0, 0.0))
    found = comparison.harm(reader, sides)
    n = found.set_index("side")["matured"].astype(float).reindex(["a", "b"]).fillna(0.0)
    told = harms(found, accepted) if len(found) else ()
    return Harmed(told, _usual(reader, starts_on, days, sides.branches), days, (float(n["a"]), float(n["b"])))


def _usual(reader: Reader, starts_on: date, days: int, branches: tuple[str, ...]) -> dict[str, Intervals]:
    first, last = starts_on - timedelta(days=BEFORE), starts_on - timedelta(days=1)
    row: dict[Any, Any] = campaigns.as_usual(reader, first, last, branches=branches).iloc[0].to_dict()
    found: dict[str, Intervals] = {}
    for key, name, per in ((COMPLAINTS, "complaints", PER), (OPT_OUTS, "opted_out", 1.0)):
        since = row[f"{name}_from"]
        if pd.isna(row[name]) or pd.isna(since):
            continue
        # Before the first that was ever recorded nobody wrote them down.
        recorded = (last - max(first, pd.Timestamp(since).date())).days + 1
        if recorded >= FEWEST_DAYS and days > 0:
            exposure = float(row["customers"]) * recorded / days
            found[key] = poisson([float(row[name])], [exposure], per=per)
    return found
