"""Limits and p values once more, by scipy and statsmodels or by a published formula on single rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, stats
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest

from tests.oracles.cluster import dense_chance, dense_cr2
from tests.oracles.multiplicity import multipletests

Limits = tuple[float, float, float]
NOTHING: Limits = (np.nan, np.nan, np.nan)


@dataclass(frozen=True)
class Effect:
    """A difference with its limits, and the p value of the test that there is none."""

    limits: Limits = NOTHING
    p_value: float = np.nan


NO_EFFECT = Effect()


def wilson(part: float, whole: float) -> Limits:
    if not whole > 0:
        return NOTHING
    low, high = proportion_confint(part, whole, method="wilson")
    return part / whole, float(low), float(high)


def mean(values: np.ndarray) -> Limits:
    """Of independent customers, with Student's limits; one customer, or all alike, tell nothing of others."""
    if len(values) < 2 or not values.std():
        return NOTHING
    half = stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    return float(values.mean()), float(values.mean() - half), float(values.mean() + half)


def total(values: np.ndarray) -> Limits:
    """The sum of independent customers, as uncertain as their mean."""
    return tuple(len(values) * each for each in mean(values))


def poisson(events: float, of: float) -> Limits:
    if not of > 0:
        return NOTHING
    low = stats.chi2.ppf(0.025, 2 * events) / 2 if events else 0.0
    return tuple(1000 * float(value) / of for value in (events, low, stats.chi2.ppf(0.975, 2 * events + 2) / 2))


def promoter_score(promoters: float, detractors: float, answers: float) -> Limits:
    """Each answer as 100, 0 or -100; below 30, or all alike, three are added (Rocks 2016, AW(3, T))."""
    if not answers > 0:
        return NOTHING
    counts = np.array([promoters, answers - promoters - detractors, detractors])
    worth = np.array([100.0, 0.0, -100.0])
    score = float(worth @ counts / answers)
    if answers < 30 or counts.max() == answers:
        counts = counts + np.array([0.75, 1.5, 0.75])
    middle = np.average(worth, weights=counts)
    half = stats.norm.ppf(0.975) * np.sqrt(np.average((worth - middle) ** 2, weights=counts) / counts.sum())
    return score, min(max(middle - half, -100.0), score), max(min(middle + half, 100.0), score)


def difference_in_shares(bought: float, n: float, bought_control: float, n_control: float) -> Effect:
    """Newcombe's limits; the score test, or Fisher's where a cell expects fewer than five."""
    if not (n > 0 and n_control > 0):
        return NO_EFFECT
    low, high = confint_proportions_2indep(bought, n, bought_control, n_control, method="newcomb")
    table = [[bought, n - bought], [bought_control, n_control - bought_control]]
    share = (bought + bought_control) / (n + n_control)
    if min(n, n_control) * min(share, 1 - share) < 5:
        p_value = stats.fisher_exact(table).pvalue
    else:
        _, p_value = proportions_ztest([bought, bought_control], [n, n_control])
    return Effect((bought / n - bought_control / n_control, float(low), float(high)), float(p_value))


def difference_in_means(treated: np.ndarray, control: np.ndarray) -> Effect:
    """Welch's, by Satterthwaite's degrees of freedom."""
    if min(len(treated), len(control)) < 2 or not treated.std() + control.std() > 0:
        return NO_EFFECT
    squared = [arm.var(ddof=1) / len(arm) for arm in (treated, control)]
    freedom = sum(squared) ** 2 / sum(
        each**2 / (len(arm) - 1) for each, arm in zip(squared, (treated, control), strict=True)
    )
    error, estimate = np.sqrt(sum(squared)), float(treated.mean() - control.mean())
    half = float(stats.t.ppf(0.975, freedom) * error)
    return Effect((estimate, estimate - half, estimate + half), float(2 * stats.t.sf(abs(estimate) / error, freedom)))


def difference_of_branches(rows: pd.DataFrame, column: str) -> Effect:
    """By branch: customers' means, the CR2 error by full matrices, variance components by expected mean squares."""
    rows = rows.dropna(subset=[column]).astype({column: float})
    held_out, treated = (set(rows.loc[rows["is_control"] == control, "branch_id"]) for control in (True, False))
    by_branch = rows.groupby(["is_control", "branch_id"], as_index=False)[column].agg(
        ["count", "mean", lambda y: float(((y - y.mean()) ** 2).sum())]
    )
    by_branch.columns = ["is_control", "branch_id", "n", "mean", "squares"]
    arms = [rows.loc[rows["is_control"] == control, column].to_numpy() for control in (False, True)]
    of_arm = [by_branch[by_branch["is_control"] == control] for control in (False, True)]
    if held_out & treated or min(len(branches) for branches in of_arm) < 2:
        return NO_EFFECT
    within = by_branch["squares"].sum() / (len(rows) - len(by_branch))
    about = sum((b["n"] * (b["mean"] - y.mean()) ** 2).sum() for b, y in zip(of_arm, arms, strict=True))
    size = sum(len(y) - (b["n"] ** 2).sum() / len(y) for b, y in zip(of_arm, arms, strict=True))
    between = max((about - (len(by_branch) - 2) * within) / size, 0.0)
    if not between + within > 0:
        return NO_EFFECT
    sizes, treats = by_branch["n"].to_numpy(), ~by_branch["is_control"].to_numpy(bool)
    error, _ = dense_cr2(sizes, treats, by_branch["mean"].to_numpy(), between, within)
    beyond, normal = dense_chance(sizes, treats, between, within), stats.norm.ppf(0.975)
    estimate, critical = arms[0].mean() - arms[1].mean(), normal
    if beyond(normal) > 0.05:
        critical = optimize.brentq(lambda t: beyond(t) - 0.05, normal, 100.0, xtol=1e-10)
    half, t = critical * error, abs(estimate) / error
    return Effect((estimate, estimate - half, estimate + half), max(beyond(t), float(2 * stats.norm.sf(t))))


def grades(effects: list[Effect], years: list[int]) -> list[str]:
    """What holds by Benjamini and Hochberg among those of its year, what hints, what shows nothing."""
    p_values, of_year = np.array([each.p_value for each in effects]), np.array(years)
    holds = np.zeros(len(effects), dtype=bool)
    for year in set(years):
        rows = np.flatnonzero((of_year == year) & ~np.isnan(p_values))
        if len(rows):
            holds[rows] = multipletests(p_values[rows], 0.05, method="fdr_bh")[0]

    def grade(limits: Limits, held: bool) -> str:
        if np.isnan(limits[1]):
            return ""
        if not (limits[1] > 0 or limits[2] < 0):
            return "none"
        return ("" if held else "hint ") + ("up" if limits[1] > 0 else "down")

    return [grade(each.limits, bool(held)) for each, held in zip(effects, holds, strict=True)]


def curve(days: np.ndarray, bought: np.ndarray) -> dict[int, Limits]:
    """Share that bought by the end of each day on which somebody did: Kaplan-Meier, Greenwood, limits on log-log."""
    found = SurvfuncRight(days + 1, bought)  # a purchase on the day of assignment is a day's wait
    shares: dict[int, Limits] = {}
    for time, staying, error in zip(found.surv_times, found.surv_prob, found.surv_prob_se, strict=True):
        spread = np.exp(stats.norm.ppf(0.975) * error / (staying * abs(np.log(staying)))) if 0 < staying < 1 else np.nan
        shares[int(time) - 1] = (1 - staying, 1 - staying ** (1 / spread), 1 - staying**spread)
    return shares
