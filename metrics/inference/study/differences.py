"""Side a minus side b on every outcome, by the method that the layout of the comparison asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from metrics.catalogue import OUTCOMES, Metric, Unit
from metrics.estimate import Intervals, Reason, Tests
from metrics.inference.adjustment import standardised
from metrics.inference.cluster import ClusterComparison
from metrics.inference.comparison.effects import compare_campaigns
from metrics.inference.comparison.health import MISMATCH_BELOW, planned_sizes
from metrics.inference.comparison.members import Members
from metrics.inference.complier import effect_on_contacted
from metrics.inference.multiplicity import holm
from metrics.inference.study.design import Counted, Design, Kind
from metrics.inference.study.inputs import Inputs
from metrics.inference.study.sides import as_arms, moments, paired
from metrics.moments import Floats, JointMoments, Moments, floats


@dataclass(frozen=True, slots=True)
class Compared:
    """Every outcome's difference, by what is compared, one row each."""

    differences: Mapping[str, Intervals]
    sample_ratio: Tests  # one row
    left_out: tuple[str, ...]  # campaigns of a programme whose arms are not of their planned sizes
    branches: ClusterComparison | None  # behind conversion, where whole branches were assigned


def compared(design: Design, inputs: Inputs, level: float) -> Compared:
    """The differences of a comparison, each interval at one level.

    Returns:
        `Compared`. Arms of one campaign and whole campaigns go through the engine of all comparisons (`effects`); of
        those contacted Bloom's quotient with Fieller's limits; a programme adds up its campaigns, each against its own
        control, weighted by its treated customers.
    """
    if design.kind is Kind.PROGRAMME:
        return _programme(inputs, level)
    found = compare_campaigns(
        pd.DataFrame(
            {
                "campaign_id": [""],
                "assignment": [design.assignment.value],
                "cluster": ["branch" if design.by_branch else "customer"],
            }
        ),
        as_arms(inputs.arms),
        as_arms(inputs.branches) if design.by_branch and inputs.branches is not None else None,
        level,
        # Sizes of two campaigns are each its own draw: they say nothing of the two sides.
        sizes=None if inputs.sizes is None or design.kind is Kind.CAMPAIGNS else inputs.sizes.assign(campaign_id=""),
    )
    differences = {entry.compares: found.differences[entry.key] for entry in OUTCOMES}
    if design.counted is Counted.CONTACTED and not design.by_branch:
        sides = paired(inputs.arms, level=level)
        differences = {
            entry.compares: found.withheld(
                effect_on_contacted(with_contact(sides.b, entry), with_contact(sides.a, entry), level)
            )
            for entry in OUTCOMES
        }
    by_branch = found.by_branch
    branches = by_branch.conversion if by_branch is not None and len(by_branch.rows) else None
    return Compared(differences, found.sample_ratio, (), branches)


def with_contact(members: Members, entry: Metric) -> JointMoments:
    """An outcome with contact, 0 or 1, of the members whose window has closed; nothing where it is not recorded."""
    if entry.unit is Unit.POINTS:
        return members.outcome_and_contact()
    measure = entry.numerator
    outcome = members.moments(measure) if members.records(measure) else Moments(*(floats(np.nan),) * 3)
    touched = members.count(f"contacted_known_{measure}")
    share = np.divide(touched, outcome.n, out=np.full_like(touched, np.nan), where=outcome.n > 0)
    of_touched = np.where(touched == 0, 0.0, members.count(f"contacted_sum_{measure}"))  # nobody's sum is missing
    product = of_touched - touched * outcome.mean
    return JointMoments(outcome, Moments(outcome.n, share, touched * (1 - share)), product)


def contact_gap(inputs: Inputs) -> float:
    """How many more customers of side a than of side b were contacted, as a share."""
    sides = paired(inputs.arms)
    a, b = (side.counts("matured_contacted", "matured").share for side in (sides.a, sides.b))
    return float(a[0] - b[0])


def _programme(inputs: Inputs, level: float) -> Compared:
    """All campaigns together: in each the treated against its own control."""
    sizes, left_out = inputs.sizes, tuple[str, ...]()
    arms = inputs.arms.assign(campaign_id=inputs.arms["campaign_id"].astype(str))
    ids = pd.Index(sorted(arms["campaign_id"].unique()), dtype="str")
    dealt = planned_sizes(sizes, ids)
    if sizes is not None:
        wrong = holm(dealt.p_value).adjusted < MISMATCH_BELOW
        left_out = tuple(ids[wrong])
        arms = arms[~arms["campaign_id"].isin(left_out)]
    sides = paired(arms, ("campaign_id",), level)
    rows = np.zeros(len(sides), dtype=np.intp)
    weight = np.nan_to_num(sides.a.matured)
    differences = {entry.compares: _added(rows, sides.a, sides.b, entry, weight, level) for entry in OUTCOMES}
    worst = dealt[:1]
    if np.isfinite(dealt.p_value).any():
        row = slice(int(np.nanargmin(dealt.p_value)), int(np.nanargmin(dealt.p_value)) + 1)
        smallest = np.nanmin(holm(dealt.p_value).adjusted)
        worst = Tests(dealt.statistic[row], floats(smallest), dealt.method[row], dealt.reason[row])
    return Compared(differences, worst, left_out, None)


def _added(
    rows: np.ndarray[tuple[int], np.dtype[np.intp]], a: Members, b: Members, entry: Metric, weight: Floats, level: float
) -> Intervals:
    if entry.unit is not Unit.POINTS and not (a.records(entry.numerator) and b.records(entry.numerator)):
        nothing = floats(np.nan)
        return Intervals.of(nothing, nothing, nothing, n=0.0, level=level, reason=Reason.NOT_RECORDED.value)
    means = moments(b, entry), moments(a, entry)
    usable = np.isfinite(means[0].mean) & np.isfinite(means[1].mean)
    put = [Moments(np.where(usable, m.n, 0.0), m.mean, m.squares) for m in means]
    return standardised(rows, put[0], put[1], standard=np.where(usable, weight, 0.0), level=level).adjusted
