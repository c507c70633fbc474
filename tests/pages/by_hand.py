"""The numbers of the pages once more: SQL by hand on the warehouse's file, limits by scipy and statsmodels.

Nothing here is the project's code, so that what stands on the screen is compared with something else than itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

Limits = tuple[float, float, float]
NOTHING: Limits = (np.nan, np.nan, np.nan)

_MEMBERS = """
    SELECT m.campaign_id,
        count(*) FILTER (NOT a.is_control) AS n,
        count(*) FILTER (a.is_control) AS n_control,
        count(*) FILTER (NOT a.is_control AND m.matures_on > v.as_of) AS waiting,
        count(*) FILTER (NOT a.is_control AND m.matures_on <= v.as_of) AS closed,
        count(*) FILTER (a.is_control AND m.matures_on <= v.as_of) AS closed_control,
        count(m.contacted_at) FILTER (NOT a.is_control) AS contacted,
        count(m.participated_at) FILTER (NOT a.is_control) AS participated,
        count(*) FILTER (NOT a.is_control AND m.matures_on <= v.as_of
            AND CAST(m.converted_at AS DATE) <= m.matures_on) AS bought,
        count(*) FILTER (a.is_control AND m.matures_on <= v.as_of
            AND CAST(m.converted_at AS DATE) <= m.matures_on) AS bought_control
    FROM campaign_member m JOIN campaign_arm a USING (campaign_id, arm), warehouse_version v
    WHERE {where} GROUP BY m.campaign_id
"""
_ANSWERS = """
    SELECT campaign_id, count(*) AS invited, count(score) AS answered,
        count(score) FILTER (scale = 'csat5') AS five,
        count(*) FILTER (scale = 'csat5' AND score IN (4, 5)) AS satisfied,
        count(score) FILTER (scale = 'nps') AS ten,
        count(*) FILTER (scale = 'nps' AND score IN (9, 10)) AS promoters,
        count(*) FILTER (scale = 'nps' AND score BETWEEN 0 AND 6) AS detractors
    FROM satisfaction m WHERE {where} AND campaign_id IS NOT NULL GROUP BY campaign_id
"""
_COSTS = """
    SELECT m.campaign_id, m.category,
        sum(m.actual_amount) FILTER ({where}) AS own, sum(m.planned_amount) FILTER ({where}) AS own_plan,
        sum(m.actual_amount) FILTER (m.branch_id IS NULL AND NOT ({where_all})) AS shared,
        sum(m.planned_amount) FILTER (m.branch_id IS NULL AND NOT ({where_all})) AS shared_plan
    FROM campaign_cost m GROUP BY m.campaign_id, m.category
"""
_CATALOGUE = "SELECT * FROM campaign"
_COMPLAINTS = "SELECT campaign_id, count(*) AS n FROM complaint m WHERE {where} GROUP BY campaign_id"
_AMOUNTS = """
    SELECT m.campaign_id, a.is_control, m.sales_amount, m.contribution_amount, m.net_new_amount, m.baseline_amount
    FROM campaign_member m JOIN campaign_arm a USING (campaign_id, arm), warehouse_version v
    WHERE {where} AND m.matures_on <= v.as_of
"""


def wilson(part: float, whole: float) -> Limits:
    if not whole > 0:
        return NOTHING
    low, high = proportion_confint(part, whole, method="wilson")
    return part / whole, float(low), float(high)


def total(values: np.ndarray) -> Limits:
    """Sum of independent customers with Student's limits."""
    if not len(values):
        return NOTHING
    if not values.std():
        return float(values.sum()), np.nan, np.nan
    half = stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) * np.sqrt(len(values))
    return float(values.sum()), float(values.sum() - half), float(values.sum() + half)


def without_past(treated: pd.DataFrame, control: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Contributions less what sales of the period before predict, by one line through both arms (CUPED)."""
    both = pd.concat([treated, control])[["baseline_amount", "contribution_amount"]].astype(float)
    arms = [arm["contribution_amount"].to_numpy(float) for arm in (treated, control)]
    if both["baseline_amount"].isna().any() or not both["baseline_amount"].std() > 0:
        return arms[0], arms[1]
    slope = stats.linregress(both["baseline_amount"], both["contribution_amount"]).slope
    pasts = [arm["baseline_amount"].to_numpy(float) for arm in (treated, control)]
    return arms[0] - slope * pasts[0], arms[1] - slope * pasts[1]


def difference_in_means(treated: np.ndarray, control: np.ndarray) -> Limits:
    if not treated.std() + control.std() > 0:
        return float(treated.mean() - control.mean()), np.nan, np.nan
    limits = stats.ttest_ind(treated, control, equal_var=False).confidence_interval()
    return float(treated.mean() - control.mean()), float(limits.low), float(limits.high)


def poisson(events: float, of: float) -> Limits:
    if not of > 0:
        return NOTHING
    low = stats.chi2.ppf(0.025, 2 * events) / 2 if events else 0.0
    return tuple(1000 * float(value) / of for value in (events, low, stats.chi2.ppf(0.975, 2 * events + 2) / 2))


@cache
def opened(file: Path) -> duckdb.DuckDBPyConnection:
    """The file, read-only. A copy of the one that the app has open: DuckDB opens none twice with other settings."""
    return duckdb.connect(str(file), read_only=True)


@dataclass
class Bank:
    """The warehouse's file, read for some branches or for all of them."""

    file: Path
    branches: tuple[str, ...] = ()
    frames: dict[str, pd.DataFrame] = field(default_factory=dict)

    def sql(self, statement: str) -> pd.DataFrame:
        chosen = f"m.branch_id IN ({', '.join(repr(branch) for branch in self.branches)})" if self.branches else "true"
        return opened(self.file).execute(statement.format(where=chosen, where_all=not self.branches)).df()

    def rows(self, statement: str, campaign: str) -> pd.DataFrame:
        if statement not in self.frames:
            self.frames[statement] = self.sql(statement)
        frame = self.frames[statement]
        return frame[frame["campaign_id"] == campaign]

    def row(self, statement: str, campaign: str) -> dict[str, float]:
        """A campaign's counts; 0 where it has no row."""
        found = self.rows(statement, campaign)
        names = [name for name in found.columns if name != "campaign_id"]
        return {name: float(found[name].iloc[0]) if len(found) else 0.0 for name in names}

    def campaigns(self, where: str = "true") -> pd.DataFrame:
        """The catalogue, latest first."""
        return self.sql(f"SELECT * FROM campaign c WHERE {where} ORDER BY starts_on DESC, campaign_id")

    @property
    def as_of(self) -> date:
        return self.sql("SELECT as_of FROM warehouse_version")["as_of"].iloc[0].date()

    def costs(self, campaign: str) -> dict[str, tuple[float, float]]:
        """Actual and planned by kind: the branches' own, and their share of the bank's by treated customers."""
        with_share = self.rows(_COSTS, campaign).set_index("category").drop(columns="campaign_id")
        part = 0.0
        if self.branches:
            everybody = whole(self.file).row(_MEMBERS, campaign)["n"]
            part = self.row(_MEMBERS, campaign)["n"] / everybody if everybody else 0.0
        borne = {
            str(kind): tuple(
                float(np.nansum([row[own], part * row[shared]]))
                if not np.isnan([row[own], row[shared]]).all()
                else np.nan
                for own, shared in (("own", "shared"), ("own_plan", "shared_plan"))
            )
            for kind, row in with_share.astype(float).iterrows()
        }
        return {kind: both for kind, both in borne.items() if not np.isnan(both).all()}

    def amounts(self, campaign: str, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Of treated and control customers whose window has closed, as far as recorded."""
        rows = self.rows(_AMOUNTS, campaign)
        return tuple(
            rows.loc[rows["is_control"] == control, f"{name}_amount"].dropna().to_numpy(float)
            for control in (False, True)
        )

    def scores(self, campaign: str) -> dict[str, Any]:
        """Everything that the table of campaigns says of one, by the catalogue's key."""
        m, asked = self.row(_MEMBERS, campaign), self.row(_ANSWERS, campaign)
        about = self.rows(_CATALOGUE, campaign).iloc[0]
        spent = [actual for actual, _ in self.costs(campaign).values()]
        cost = float(np.nansum(spent)) if spent and not np.isnan(spent).all() else np.nan
        closed_cost = cost * m["closed"] / m["n"] if m["n"] else np.nan
        randomised = about["assignment"] == "randomised" and m["n_control"] > 0
        compared = randomised and about["cluster"] != "branch" and m["closed"] > 0 and m["closed_control"] > 0
        contribution, _ = self.amounts(campaign, "contribution")
        closed = self.rows(_AMOUNTS, campaign)
        of_treated, of_control = (closed[closed["is_control"] == control] for control in (False, True))
        complaints = self.row(_COMPLAINTS, campaign)["n"]
        effect, returned, attributed = NOTHING, NOTHING, NOTHING
        if compared:
            low, high = confint_proportions_2indep(
                m["bought"], m["closed"], m["bought_control"], m["closed_control"], method="newcomb"
            )
            effect = (m["bought"] / m["closed"] - m["bought_control"] / m["closed_control"], float(low), float(high))
        if compared and closed_cost > 0:
            added = difference_in_means(*without_past(of_treated, of_control))
            returned = tuple(value * len(of_treated) / closed_cost - 1 for value in added)
        if closed_cost > 0:
            attributed = tuple(value / closed_cost - 1 for value in total(contribution))
        share_of = (asked["promoters"] - asked["detractors"]) / asked["ten"] if asked["ten"] else np.nan
        return {
            "by_branch": about["cluster"] == "branch",
            "compared": compared,
            "members": m["n"],
            "open_members": m["waiting"],
            "participation_rate": wilson(m["participated"], m["contacted"]),
            "conversion_rate": wilson(m["bought"], m["closed"]),
            "incremental_conversion": effect,
            "sales": total(self.amounts(campaign, "sales")[0]),
            "net_new_money": total(self.amounts(campaign, "net_new")[0]),
            "contribution": total(contribution),
            "campaign_cost": cost,
            "closed_cost": closed_cost,
            "roi_attributed": attributed,
            "roi_incremental": returned,
            "top_two_box": wilson(asked["satisfied"], asked["five"]),
            "answers": asked["five"],
            "response_rate": wilson(asked["answered"], asked["invited"]),
            "net_promoter_score": 100 * share_of,
            "complaint_rate": poisson(float(complaints), m["contacted"]),
            "counts": m,
            "asked": asked,
            "judged_on": about["ends_on"].date() + timedelta(days=int(about["attribution_days"])),
        }

    def arms(self, campaign: str) -> pd.DataFrame:
        """One row an arm: counts, and the sums of those whose window has closed."""
        return self.sql(f"""
            SELECT m.arm, any_value(a.is_control) AS is_control, count(*) AS n,
                count(*) FILTER (m.matures_on > v.as_of) AS waiting,
                count(*) FILTER (m.matures_on <= v.as_of) AS closed,
                count(m.contacted_at) AS contacted, count(m.participated_at) AS participated,
                count(*) FILTER (m.matures_on <= v.as_of AND CAST(m.converted_at AS DATE) <= m.matures_on) AS bought,
                count(*) FILTER (m.matures_on <= v.as_of AND m.contacted_at IS NOT NULL) AS closed_contacted,
                count(*) FILTER (m.matures_on <= v.as_of AND m.participated_at IS NOT NULL) AS closed_participated,
                count(*) FILTER (m.matures_on <= v.as_of AND m.participated_at IS NOT NULL
                    AND CAST(m.converted_at AS DATE) <= m.matures_on) AS took_part_and_bought,
                avg(m.sales_amount) FILTER (m.matures_on <= v.as_of) AS sales,
                avg(m.contribution_amount) FILTER (m.matures_on <= v.as_of) AS contribution
            FROM campaign_member m JOIN campaign_arm a USING (campaign_id, arm), warehouse_version v
            WHERE {{where}} AND m.campaign_id = '{campaign}' GROUP BY m.arm ORDER BY m.arm""")

    def weeks(self, campaign: str) -> pd.DataFrame:
        """Treated customers by Monday: contacted, took part, bought inside the window."""
        parts = [
            f"""SELECT CAST(date_trunc('week', m.{column}) AS DATE) AS week, '{step}' AS step
                FROM campaign_member m JOIN campaign_arm a USING (campaign_id, arm)
                WHERE {{where}} AND NOT a.is_control AND m.campaign_id = '{campaign}'
                AND m.{column} IS NOT NULL {inside}"""
            for step, column, inside in (
                ("contacted", "contacted_at", ""),
                ("took part", "participated_at", ""),
                ("bought", "converted_at", "AND CAST(m.converted_at AS DATE) <= m.matures_on"),
            )
        ]
        return self.sql(f"SELECT week, step, count(*) AS n FROM ({' UNION ALL '.join(parts)}) GROUP BY week, step")


@cache
def whole(file: Path) -> Bank:
    """The whole bank."""
    return Bank(file)
