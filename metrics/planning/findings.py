"""What a plan says before, while and after it runs, and what past plans and a split budget say.

A forecast is a chance and not a promise: something is called likely from a chance of `finding.LIKELY` on.
"""

from __future__ import annotations

import numpy as np

from metrics.estimate import Intervals, Verdict
from metrics.finding import LIKELY, UNLIKELY, Finding, FindingCode
from metrics.inference.power import Design, SampleSize
from metrics.moments import Floats
from metrics.planning.allocation import Allocation, Constraints, ResponseCurves
from metrics.planning.calibration import Calibration
from metrics.planning.forecast import Forecast
from metrics.planning.monitoring import Progress

FEWEST_DRAWS = 100
"""Draws of a forecast that still speak for what was counted; under this it has been overtaken."""

_MONEY_TOLERANCE = 1e-3  # of the contribution: the piecewise curves of an allocation are no more exact than that


def forecast_findings(planned: Forecast, level: float = 0.8) -> list[Finding]:
    """Whether the plan will pay, how many conversions that takes, and which assumption it hangs on most."""
    roi = planned.interval("roi", level)
    if np.isnan(roi.estimate[0]):
        return [Finding(FindingCode.FORECAST_NO_COST)]
    chance = planned.chance("roi")
    if chance >= LIKELY:
        code = FindingCode.FORECAST_PAYS
    else:
        code = FindingCode.FORECAST_LOSES if chance <= UNLIKELY else FindingCode.FORECAST_OPEN
    found = [Finding(code, {"chance": chance, **_limits(roi), "level": level})]
    needed = planned.break_even_conversions()
    if not np.isnan(needed):
        converted = planned.interval("converted", level)
        values = {
            "needed": float(np.ceil(needed)),
            "expected": float(converted.estimate[0]),
            "low": float(converted.low[0]),
            "high": float(converted.high[0]),
            "level": level,
            "chance": planned.chance("converted", above=float(np.ceil(needed)) - 1),
        }
        found.append(Finding(FindingCode.BREAK_EVEN, values))
    first = planned.sensitivity("roi", level).iloc[0]
    if float(first["swing"]) > 0:
        ends = sorted([float(first["low"]), float(first["high"])])
        values = {"assumption": str(first["assumption"]), "low": ends[0], "high": ends[1], "level": level}
        found.append(Finding(FindingCode.MATTERS_MOST, values))
    return found


def control_findings(customers: float, needed: SampleSize, design: Design) -> list[Finding]:
    """Whether a control group of so many customers can show the difference that is planned for.

    Args:
        customers: of the planned control group.
        needed: from `metrics.inference.power`, one row.
        design: the layout that `needed` was computed with.
    """
    if np.isnan(needed.control[0]):
        return [Finding(FindingCode.CONTROL_NEVER_ENOUGH)]
    least = float(np.ceil(needed.control[0]))
    code = FindingCode.CONTROL_TOO_SMALL if customers < least else FindingCode.CONTROL_LARGE_ENOUGH
    return [Finding(code, {"customers": float(customers), "needed": least, "power": design.power})]


def progress_findings(
    outcome: str, seen: Progress, counted: float, target: float | None = None, fewest_draws: float = FEWEST_DRAWS
) -> list[Finding]:
    """Where a running campaign stands in its forecast, and its chance of the target.

    A forecast that hardly a draw still speaks for is called overtaken: no projection is then made from it.

    Args:
        outcome: ``participated`` or ``converted``.
        seen: From `metrics.planning.monitoring.progress`.
        counted: What it was computed with.
        target: What it was computed with.
        fewest_draws: Effective draws below which the forecast has been overtaken.
    """
    by_now: dict[str, int | float | str] = {
        "outcome": outcome,
        "counted": float(counted),
        "expected": float(seen.expected.estimate[0]),
        "expected_low": float(seen.expected.low[0]),
        "expected_high": float(seen.expected.high[0]),
        "level": seen.expected.level,
    }
    if seen.effective_draws < fewest_draws:
        return [Finding(FindingCode.FORECAST_OVERTAKEN, by_now)]
    code = FindingCode.ON_TRACK
    if seen.alarm:
        ahead = counted > float(seen.expected.estimate[0])
        code = FindingCode.AHEAD_OF_FORECAST if ahead else FindingCode.BEHIND_FORECAST
    found = [Finding(code, by_now | _limits(seen.projected))]
    if target is not None:
        values = {"outcome": outcome, "target": float(target), "chance": seen.chance}
        found.append(Finding(FindingCode.TARGET_CHANCE, values))
    return found


def calibration_findings(past: Calibration) -> list[Finding]:
    """Whether past limits held what they promised, and whether plans were hopeful or cautious."""
    coverage, bias = past.coverage, past.bias
    if not coverage.known[0] or not bias.known[0]:
        return [Finding(FindingCode.FORECASTS_TOO_FEW, {"n": float(coverage.n[0])})]
    held = {
        Verdict.LOWER: FindingCode.COVERAGE_TOO_NARROW,
        Verdict.HIGHER: FindingCode.COVERAGE_TOO_WIDE,
        Verdict.NO_DIFFERENCE: FindingCode.COVERAGE_HONEST,
    }
    leaning = {
        Verdict.LOWER: FindingCode.FORECASTS_HOPEFUL,
        Verdict.HIGHER: FindingCode.FORECASTS_CAUTIOUS,
        Verdict.NO_DIFFERENCE: FindingCode.FORECASTS_UNBIASED,
    }
    ratio = {name: float(np.expm1(value)) for name, value in _limits(bias).items()}
    return [
        Finding(
            held[Verdict(coverage.verdict(past.level)[0])],
            {"level": past.level, **_limits(coverage), "n": float(coverage.n[0])},
        ),
        Finding(leaning[Verdict(bias.verdict()[0])], ratio | {"n": float(bias.n[0])}),
    ]


def allocation_findings(curves: ResponseCurves, limits: Constraints, best: Allocation, other: Floats) -> list[Finding]:
    """What the best split would bring over another one, and what the last unit of money brings.

    Args:
        curves: What past spending brought; nobody randomised it, so the gain is what the past suggests.
        limits: What the split was made under.
        best: From `metrics.planning.allocation.allocate`.
        other: Spend of each cell in the split compared with, such as `equal_split` or last year's.
    """
    compared = float(curves.contribution(other).sum())
    gain = best.contribution - compared
    spent = float(best.spend.sum())
    values = {"gain": gain, "contribution": best.contribution, "other": compared, "spent": spent}
    shown = gain > _MONEY_TOLERANCE * abs(best.contribution)
    found = [Finding(FindingCode.SPLIT_GAINS if shown else FindingCode.SPLIT_GAINS_NOTHING, values)]
    left = limits.budget - spent
    if left > _MONEY_TOLERANCE * limits.budget:
        return [*found, Finding(FindingCode.BUDGET_LEFT, {"left": left, "budget": limits.budget})]
    code = FindingCode.LAST_YUAN_PAYS if best.last_unit > 1 else FindingCode.LAST_YUAN_LOSES
    return [*found, Finding(code, {"last_unit": best.last_unit})]


def _limits(interval: Intervals) -> dict[str, float]:
    return {
        "estimate": float(interval.estimate[0]),
        "low": float(interval.low[0]),
        "high": float(interval.high[0]),
    }
