"""The audience of a frozen plan by name: who is contacted, who is held out, who is left out and why; as a feed."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final

import pandas as pd
from data_access.queries import audience
from data_access.reading.reader import LARGEST_PAGE, Reader
from data_access.settings import settings
from metrics.planning.assignment import CONTROL, SPARE, assign

from answers.plan.plan import risk_level, whom
from answers.plan.scenario import Scenario

STRATA: Final = ("tier", "branch_id")
"""What is alike among those who are contacted and those who are held out."""

NOT_DRAWN: Final = "not_drawn"
"""Reason of who might have been contacted and was not drawn."""


@dataclass(frozen=True, eq=False)
class Assignment:
    """One row a customer chosen: `customer_id`, `branch_id`, `tier`, `reason` (empty if drawn) and `arm`."""

    customers: pd.DataFrame

    @property
    def drawn(self) -> pd.DataFrame:
        """Those who are contacted or held out."""
        return self.customers[self.customers["arm"] != SPARE]

    @property
    def left_out(self) -> pd.DataFrame:
        """The others, with the reason."""
        return self.customers[self.customers["arm"] == SPARE]


def ask(reader: Reader, scenario: Scenario) -> Assignment:
    """Draw the audience. The same data, settings and seed give the same draw.

    Raises:
        AccessError: the viewer may not see single customers.
    """
    level, chosen = risk_level(reader, scenario.product), whom(scenario)
    pages: list[pd.DataFrame] = []
    while not pages or len(pages[-1]) == LARGEST_PAGE:
        pages.append(
            audience.rows(
                reader,
                chosen,
                settings().planning,
                risk_level=level,
                page=len(pages) + 1,
                size=LARGEST_PAGE,
            )
        )
    every = pd.concat(pages, ignore_index=True)
    every["reason"] = every["reason"].astype(object).where(every["reason"].notna(), "")
    every["tier"] = every["tier"].astype(object).where(every["tier"].notna(), "")
    may = every[every["reason"] == ""]
    size = min(scenario.size or len(may), len(may))
    control = round(size * min(scenario.control, 100) / 100)
    arms = assign(may, STRATA, size=size, control=control, seed=scenario.seed, arms=scenario.shares)
    every["arm"] = SPARE
    every.loc[may.index, "arm"] = arms
    every.loc[(every["reason"] == "") & (every["arm"] == SPARE), "reason"] = NOT_DRAWN
    return Assignment(every)


def feed(drawn: Assignment, scenario: Scenario, campaign_id: str, name: str) -> bytes:
    """A feed in the form of the contract, zipped: the campaign, its arms and its members."""
    campaign = {
        "campaign_id": campaign_id,
        "name": name,
        "theme": scenario.theme,
        "objective": scenario.objective,
        "product_id": scenario.product,
        "starts_on": scenario.starts_on.isoformat(),
        "ends_on": scenario.ends_on.isoformat(),
        "attribution_days": scenario.days,
        "assignment": "randomised",
        "cluster": "customer",
    }
    share = drawn.drawn["arm"].value_counts() / max(len(drawn.drawn), 1)
    arms = [
        {
            "campaign_id": campaign_id,
            "arm": arm,
            "is_control": str(arm == CONTROL).lower(),
            "allocation": f"{share.get(arm, 0.0):.6f}",
        }
        for arm in (*scenario.shares, CONTROL)
    ]
    assigned = datetime.combine(scenario.starts_on, time()).isoformat(sep=" ")
    members = [
        {
            "campaign_id": campaign_id,
            "customer_id": customer,
            "arm": arm,
            "branch_id": branch,
            "channel": scenario.channels[0] if scenario.channels else "",
            "tier": tier,
            "assigned_at": assigned,
        }
        for customer, branch, tier, arm in drawn.drawn[["customer_id", "branch_id", "tier", "arm"]].itertuples(
            index=False
        )
    ]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for table, rows in (("campaign", [campaign]), ("campaign_arm", arms), ("campaign_member", members)):
            # A fixed time, so that the same audience makes the same file.
            archive.writestr(zipfile.ZipInfo(f"{table}.csv", (2000, 1, 1, 0, 0, 0)), _csv(rows))
    return packed.getvalue()


def left_out(drawn: Assignment) -> bytes:
    """Who is left out and why, as CSV; the arm of who was drawn is in the feed."""
    rows = drawn.left_out[["customer_id", "branch_id", "tier", "reason"]].to_dict("records")
    return _csv([{str(key): value for key, value in row.items()} for row in rows])


def _csv(rows: list[dict[str, Any]]) -> bytes:
    if not rows:
        return b""
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue().encode()
