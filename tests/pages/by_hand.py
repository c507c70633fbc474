"""The numbers of the pages once more: SQL by hand on the warehouse's file, limits as in `limits_by_hand`.

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

from tests.pages.limits_by_hand import (
    NO_EFFECT,
    NOTHING,
    Effect,
    difference_in_means,
    difference_in_shares,
    difference_of_branches,
    grades,
    mean,
    poisson,
    promoter_score,
    total,
    wilson,
)

AMOUNTS = ("contribution", "net_new")
JUDGES = {
    "acquire": ("conversion", "contribution", "net_new"),
    "activate": ("conversion", "contribution", "net_new"),
    "retain": ("net_new", "contribution", "conversion"),
    "grow": ("net_new", "contribution", "conversion"),
}
"""What a campaign of each objective is judged by: the first that is known."""

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
    SELECT m.campaign_id, m.branch_id, a.is_control, m.sales_amount, m.contribution_amount, m.net_new_amount,
        m.baseline_amount, coalesce(CAST(m.converted_at AS DATE) <= m.matures_on, false) AS bought,
        least(m.sales_amount, quantile_disc(m.sales_amount, 0.99) OVER (PARTITION BY m.campaign_id)) AS capped_amount
    FROM campaign_member m JOIN campaign_arm a USING (campaign_id, arm), warehouse_version v
    WHERE {where} AND m.matures_on <= v.as_of
"""


def counted(treated: pd.DataFrame, control: pd.DataFrame, name: str) -> tuple[np.ndarray, np.ndarray]:
    """An amount of both arms as recorded."""
    return tuple(arm[f"{name}_amount"].dropna().to_numpy(float) for arm in (treated, control))


def without_past(treated: pd.DataFrame, control: pd.DataFrame, name: str) -> tuple[np.ndarray, np.ndarray]:
    """An amount less what sales of the period before predict, by one line through both arms (CUPED)."""
    both = pd.concat([treated, control])[["baseline_amount", f"{name}_amount"]].astype(float)
    arms = counted(treated, control, name)
    if both["baseline_amount"].isna().any() or not both["baseline_amount"].std() > 0:
        return arms
    slope = stats.linregress(both["baseline_amount"], both[f"{name}_amount"]).slope
    pasts = [arm["baseline_amount"].to_numpy(float) for arm in (treated, control)]
    return arms[0] - slope * pasts[0], arms[1] - slope * pasts[1]


@cache
def opened(file: Path) -> duckdb.DuckDBPyConnection:
    """The file, read-only. A copy of the one that the app has open: DuckDB opens none twice with other settings."""
    return duckdb.connect(str(file), read_only=True)


@dataclass(eq=False)
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

    def effects(self, campaign: str, *, plain: bool = False) -> dict[str, Effect]:
        """What the campaign changed: conversion, contribution and net new money a customer, and its return."""
        m, about = self.row(_MEMBERS, campaign), self.rows(_CATALOGUE, campaign).iloc[0]
        if about["assignment"] != "randomised" or not (m["n_control"] and m["closed"] and m["closed_control"]):
            return {}
        closed, cost = self.rows(_AMOUNTS, campaign), self.closed_cost(campaign)
        treated, control = (closed[closed["is_control"] == control] for control in (False, True))
        each = cost / m["closed"]
        if about["cluster"] == "branch":
            found = {
                name: difference_of_branches(closed, column)
                for name, column in (("conversion", "bought"), *((name, f"{name}_amount") for name in AMOUNTS))
            }
            less = closed.assign(contribution_amount=closed["contribution_amount"] - each * ~closed["is_control"])
            returned = difference_of_branches(less, "contribution_amount") if cost > 0 else NO_EFFECT
        else:
            found = {
                "conversion": difference_in_shares(m["bought"], m["closed"], m["bought_control"], m["closed_control"])
            }
            arms = {
                name: counted(treated, control, name) if plain else without_past(treated, control, name)
                for name in AMOUNTS
            }
            found |= {name: difference_in_means(*both) for name, both in arms.items()}
            of_treated, of_control = arms["contribution"]
            returned = difference_in_means(of_treated - each, of_control) if cost > 0 else NO_EFFECT
        limits = (
            tuple(value * m["closed"] / cost - 1 for value in found["contribution"].limits) if cost > 0 else NOTHING
        )
        return found | {"return": Effect(limits, returned.p_value)}

    def closed_cost(self, campaign: str) -> float:
        """What the customers whose window has closed cost: their even share of the whole."""
        m = self.row(_MEMBERS, campaign)
        return self.cost(campaign) * m["closed"] / m["n"] if m["n"] else np.nan

    def cost(self, campaign: str) -> float:
        """Of every kind."""
        spent = [actual for actual, _ in self.costs(campaign).values()]
        return float(np.nansum(spent)) if spent and not np.isnan(spent).all() else np.nan

    def verdicts(self) -> dict[str, dict[str, str]]:
        """The grade of every campaign of the scope on every effect, and the one that it is judged by, as ``judge``."""
        every = self.sql("SELECT DISTINCT m.campaign_id FROM campaign_member m WHERE {where}")["campaign_id"]
        about = self.campaigns().set_index("campaign_id").loc[sorted(every)]
        last = about["ends_on"] + pd.to_timedelta(about["attribution_days"], unit="D")
        effects = {campaign: self.effects(str(campaign)) for campaign in about.index}
        found: dict[str, dict[str, str]] = {campaign: {} for campaign in about.index}
        for name in ("conversion", *AMOUNTS, "return"):
            graded = grades([each.get(name, NO_EFFECT) for each in effects.values()], list(last.dt.year))
            for campaign, grade in zip(effects, graded, strict=True):
                found[campaign][name] = grade
        for campaign, graded in found.items():
            chain = JUDGES[about.loc[campaign, "objective"]]
            graded["judge"] = next((name for name in chain if graded[name]), "")
        return found

    def scores(self, campaign: str) -> dict[str, Any]:
        """Everything that the table of campaigns says of one, by the catalogue's key."""
        m, asked = self.row(_MEMBERS, campaign), self.row(_ANSWERS, campaign)
        about = self.rows(_CATALOGUE, campaign).iloc[0]
        closed_cost, contribution = self.closed_cost(campaign), self.amounts(campaign, "contribution")[0]
        complaints, effects = self.row(_COMPLAINTS, campaign)["n"], self.effects(campaign)
        attributed = NOTHING
        if closed_cost > 0:
            attributed = tuple(value / closed_cost - 1 for value in total(contribution))
        return {
            "by_branch": about["cluster"] == "branch",
            "objective": about["objective"],
            "compared": bool(effects) and not np.isnan(effects["conversion"].limits[1]),
            "members": m["n"],
            "open_members": m["waiting"],
            "participation_rate": wilson(m["participated"], m["contacted"]),
            "conversion_rate": wilson(m["bought"], m["closed"]),
            "incremental_conversion": effects.get("conversion", NO_EFFECT).limits,
            "incremental_contribution_per_customer": effects.get("contribution", NO_EFFECT).limits,
            "incremental_net_new_money_per_customer": effects.get("net_new", NO_EFFECT).limits,
            "sales": total(self.amounts(campaign, "sales")[0]),
            "sales_per_customer_winsorised": mean(self.amounts(campaign, "capped")[0]),
            "net_new_money": total(self.amounts(campaign, "net_new")[0]),
            "contribution": total(contribution),
            "campaign_cost": self.cost(campaign),
            "closed_cost": closed_cost,
            "roi_attributed": attributed,
            "roi_incremental": effects.get("return", NO_EFFECT).limits,
            "top_two_box": wilson(asked["satisfied"], asked["five"]),
            "answers": asked["five"],
            "response_rate": wilson(asked["answered"], asked["invited"]),
            "net_promoter_score": promoter_score(asked["promoters"], asked["detractors"], asked["ten"]),
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
                list(m.sales_amount) FILTER (m.matures_on <= v.as_of) AS sales,
                list(m.contribution_amount) FILTER (m.matures_on <= v.as_of) AS contribution
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

    def waits(self, campaign: str) -> pd.DataFrame:
        """How many days each customer was watched since assignment, and whether the watch ended with a purchase."""
        return self.sql(f"""
            SELECT a.is_control,
                date_diff('day', CAST(m.assigned_at AS DATE), CASE WHEN CAST(m.converted_at AS DATE) <= m.matures_on
                    THEN CAST(m.converted_at AS DATE) ELSE least(m.matures_on, v.as_of) END) AS days,
                coalesce(CAST(m.converted_at AS DATE) <= m.matures_on, false) AS bought
            FROM campaign_member m JOIN campaign_arm a USING (campaign_id, arm), warehouse_version v
            WHERE {{where}} AND m.campaign_id = '{campaign}'""").query("days >= 0")

    def origin(self, campaign: str) -> tuple[float, float]:
        """Share of sales of the one customer in a hundred who bought most, and of sales moved inside the bank."""
        sales = np.sort(self.amounts(campaign, "sales")[0])[::-1]
        top = sales[: int(np.ceil(len(sales) / 100))].sum() / sales.sum() if sales.sum() else np.nan
        moved = self.sql(f"""
            SELECT sum(m.internally_funded_amount) AS moved,
                sum(m.amount) FILTER (m.internally_funded_amount IS NOT NULL) AS known
            FROM sale m WHERE {{where}} AND m.campaign_id = '{campaign}' AND m.reversed_at IS NULL""").iloc[0]
        return top, moved["moved"] / moved["known"] if moved["known"] > 0 else np.nan


@cache
def whole(file: Path) -> Bank:
    """The whole bank."""
    return Bank(file)
