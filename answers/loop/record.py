"""How good are our forecasts: those that were frozen before a campaign began, held against what came?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from data_access.reading.reader import Reader
from metrics.estimate import Intervals
from metrics.moments import Floats
from metrics.planning import track
from metrics.planning.calibration import Calibration
from metrics.planning.naive import MEASURES
from metrics.planning.track import COLUMNS, Groups

from answers.campaigns.scored import scored
from answers.kept import kept
from answers.loop.evaluated import actual, courses
from answers.loop.forecasts import NEAR, Forecast
from answers.plan.learned import learned

GROUPS: Final = ("planner", "theme", "channel", "quarter")


@dataclass(frozen=True, eq=False)
class Record:
    """All frozen forecasts whose campaign has finished.

    Attributes:
        rows: One a campaign and measure, as `metrics.planning.track` describes them, with `name`, `ends_on` and the
            labels of `GROUPS`, by end of the campaign.
        place: Of each row, where what came lies in its limits: 0 at the median, -1 and 1 at the 80 % limits.
        measures: By measure.
        held: Of all measures together, one row; the campaigns are the units.
        groups: By each of `GROUPS`.
        nearer: Share of the forecasts that came nearer than the `average` of the past, and than the `alike` campaign.
        promised: Contribution after cost that the forecasts of `summed` campaigns promised, minor units.
        arrived: What these brought.
        summed: Campaigns of which both are known.
    """

    rows: pd.DataFrame
    place: Floats
    measures: Mapping[str, Calibration]
    held: Groups
    groups: Mapping[str, Groups]
    nearer: Mapping[str, Intervals]
    promised: float
    arrived: float
    summed: int

    @property
    def campaigns(self) -> int:
        """How many campaigns."""
        return len(self.rows["campaign_id"].unique())


def record(reader: Reader, forecasts: Mapping[str, Forecast]) -> Record:
    """The track record of some forecasts, by campaign."""
    return _record(reader, tuple(forecasts.items()))


@kept
def _record(reader: Reader, by_campaign: tuple[tuple[str, Forecast], ...]) -> Record:
    forecasts = dict(by_campaign)
    past = learned(reader).past
    finished = past[past["campaign_id"].isin(list(forecasts))]
    finished = finished.sort_values(["ends_on", "campaign_id"]).reset_index(drop=True)
    scores = scored(reader).among([str(key) for key in finished["campaign_id"]])
    came = {kind: actual(finished, scores, incremental=kind) for kind in (True, False)}
    sums = {kind: courses(finished, scores, incremental=kind).net for kind in (True, False)}
    rows: list[dict[str, Any]] = []
    promised: list[float] = []
    arrived: list[float] = []
    for place, row in enumerate(finished.to_dict("records")):
        forecast = forecasts[str(row["campaign_id"])]
        labels = {
            "planner": forecast.head.frozen_by,
            "theme": str(row["theme"]),
            "channel": str(row["channel"]),
            "quarter": f"{row['ends_on'].year}-Q{row['ends_on'].quarter}",
        }
        promised.append(forecast.course.net.item())
        arrived.append(float(sums[forecast.incremental][place]))
        rows += [
            {
                "campaign_id": str(row["campaign_id"]),
                "measure": measure,
                "median": forecast.bands[measure].median,
                "low": forecast.bands[measure].near[0],
                "high": forecast.bands[measure].near[1],
                "actual": came[forecast.incremental][measure][place],
                "average": forecast.average[measure],
                "alike": forecast.alike[measure],
                "name": str(row["name"]),
                "ends_on": row["ends_on"],
                **labels,
            }
            for measure in MEASURES
        ]
    table = pd.DataFrame(rows, columns=[*COLUMNS, "name", "ends_on", *GROUPS])
    both = ~np.isnan(np.array(promised, dtype=float) + np.array(arrived, dtype=float))
    return Record(
        table,
        track.places(table),
        {measure: track.calibration(table, measure, NEAR) for measure in MEASURES},
        track.groups(table, pd.Series("all", index=table.index, dtype="str")),
        {label: track.groups(table, table[label].astype("str")) for label in GROUPS},
        {other: track.nearer(table, other) for other in ("average", "alike")},
        float(np.array(promised, dtype=float)[both].sum()),
        float(np.array(arrived, dtype=float)[both].sum()),
        int(both.sum()),
    )
