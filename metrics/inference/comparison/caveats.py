"""What has to be said beside a verdict: few branches, a mix that misleads, an effect that fades, a harm done.

Each function returns the findings of the rows that need one, in the rows' order, and none where nothing is amiss.
"""

from __future__ import annotations

import numpy as np

from metrics.estimate import Intervals
from metrics.finding import Finding, FindingCode
from metrics.inference.adjustment import Adjusted, CommonOddsRatio
from metrics.inference.cluster import ClusterComparison
from metrics.inference.comparison.guardrail import Guardrail, non_inferiority
from metrics.inference.comparison.health import Novelty

STRATA_DIFFER_BELOW = 0.05  # Breslow-Day: from here on one number for all strata hides something


def few_branches(branches: ClusterComparison) -> tuple[Finding, ...]:
    """Comparisons whose limits lean on few branches, with the design effect that customers alone would hide.

    Sixty branches of which one holds most customers tell as much as `effective` branches of one size.
    """
    return tuple(
        Finding(
            FindingCode.FEW_BRANCHES,
            {
                "comparison": int(row),
                "clusters": int(branches.clusters[row]),
                "effective": int(branches.effective_clusters[row]),
                "design_effect": float(branches.design_effect[row]),
            },
        )
        for row in np.flatnonzero(branches.few & branches.effect.known)
    )


def reversed_by_mix(strata: Adjusted) -> tuple[Finding, ...]:
    """Comparisons whose sign turns round once customers are compared with their like (Simpson's paradox)."""
    return tuple(
        Finding(
            FindingCode.REVERSED_BY_MIX,
            {
                "comparison": int(row),
                "crude": float(strata.crude.estimate[row]),
                "adjusted": float(strata.adjusted.estimate[row]),
                "compared": float(strata.compared[row]),
            },
        )
        for row in np.flatnonzero(strata.reversed)
    )


def strata_differ(odds: CommonOddsRatio) -> tuple[Finding, ...]:
    """Whether the difference is not the same in all strata, so that one number for all of them hides something."""
    p_value = odds.homogeneity.p_value.item()
    return (Finding(FindingCode.STRATA_DIFFER, {"p_value": p_value}),) if p_value < STRATA_DIFFER_BELOW else ()


def fades_or_grows(weekly: Novelty) -> tuple[Finding, ...]:
    """Whether the effect moves with the weeks, so that its average says little of what lasts."""
    trend = weekly.trend
    codes = {"lower": FindingCode.EFFECT_FADES, "higher": FindingCode.EFFECT_GROWS}
    code = codes.get(str(trend.verdict()[0]))
    if code is None:
        return ()
    values = {"estimate": trend.estimate.item(), "low": trend.low.item(), "high": trend.high.item()}
    return (Finding(code, values | {"weeks": weekly.weeks}),)


def contaminated(in_two_arms: Intervals, accepted: float = 0.001) -> tuple[Finding, ...]:
    """Experiments in which more than an accepted share of the customers were in two arms."""
    return tuple(
        Finding(
            FindingCode.CONTAMINATED,
            {"comparison": int(row), "estimate": float(in_two_arms.estimate[row]), "n": float(in_two_arms.n[row])},
        )
        for row in np.flatnonzero(in_two_arms.estimate > accepted)
    )


def guardrails(metric: str, change: Intervals, margin: float, *, higher_is_better: bool = True) -> tuple[Finding, ...]:
    """What a guardrail says of every comparison: that it holds is worth saying too.

    >>> fall = Intervals.of([-0.1], [-0.2], [0.0], n=[900])
    >>> guardrails("csat_mean", fall, margin=0.3)[0].code
    <FindingCode.GUARDRAIL_HOLDS: 'guardrail_holds'>
    """
    verdicts = non_inferiority(change, margin, higher_is_better=higher_is_better)
    return tuple(
        Finding(
            _GUARDRAIL[Guardrail(verdict)],
            {
                "comparison": row,
                "metric": metric,
                "margin": margin,
                "n": float(change.n[row]),
                "estimate": float(change.estimate[row]),
                "low": float(change.low[row]),
                "high": float(change.high[row]),
            },
        )
        for row, verdict in enumerate(verdicts)
    )


_GUARDRAIL = {
    Guardrail.HOLDS: FindingCode.GUARDRAIL_HOLDS,
    Guardrail.BROKEN: FindingCode.GUARDRAIL_BROKEN,
    Guardrail.UNDECIDED: FindingCode.GUARDRAIL_UNDECIDED,
    Guardrail.TOO_FEW: FindingCode.GUARDRAIL_TOO_FEW,
}
