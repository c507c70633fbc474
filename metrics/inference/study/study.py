"""A whole comparison in one function: what a page, a report and a notebook say of two sides comes from here.

>>> arms = pd.DataFrame({"side": ["a", "b"], "n": 8000, "matured": 8000, "matured_converted": [440, 320]})
>>> found = study(Design(planned=16000.0), Inputs(arms))
>>> found.verdict, found.primary.difference.low.round(4).item()
(<Standing.MORE: 'more'>, 0.0084)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeVar

import numpy as np
import pandas as pd
from scipy import stats

from metrics.catalogue import OUTCOMES, Metric, Unit
from metrics.estimate import Intervals, Reason
from metrics.inference.bayes import Posterior, posterior_of_means, posterior_of_shares
from metrics.inference.comparison.health import MISMATCH_BELOW, Novelty, contamination, novelty, planned_sizes
from metrics.inference.comparison.members import Members
from metrics.inference.mean import student
from metrics.inference.sceptical import Sceptical, sceptical
from metrics.inference.study.alike import alike, balance
from metrics.inference.study.course import course
from metrics.inference.study.design import Counted, Design, Kind
from metrics.inference.study.differences import Compared, compared, contact_gap
from metrics.inference.study.harm import harms
from metrics.inference.study.inputs import Inputs
from metrics.inference.study.levels import level_each
from metrics.inference.study.reach import halved, reach
from metrics.inference.study.result import Measured, Study
from metrics.inference.study.segments import segments
from metrics.inference.study.sides import Paired, counts, moments, outcome_for, paired
from metrics.inference.study.standing import standing

Told = TypeVar("Told")

CONTRIBUTION: Final = "contribution_per_customer"
AMOUNTS: Final = ("sales", "net_new", "contribution")
"""Amounts that are explored beside the metric that decides; a capped amount stands in their place, not beside them."""

NOTHING: Final = Intervals.of(np.nan, np.nan, np.nan, n=0.0, reason=Reason.NOT_RECORDED.value)


def study(design: Design, inputs: Inputs) -> Study:
    """A whole comparison from its aggregates: no table is read, nothing is drawn at random.

    Args:
        design: how the comparison was laid out.
        inputs: its aggregates; what is not given is not told.

    Returns:
        `Study`. Numbers that the data do not give say why, in their interval's reason.

    Raises:
        DomainError: a level outside 0 to 1, a negative margin, looks that do not rise to 1.
    """
    everybody = paired(inputs.arms, level=design.level)
    seen = float(np.nansum(everybody.a.matured) + np.nansum(everybody.b.matured))
    entry = outcome_for(design.primary)
    entries = [entry, *(one for one in OUTCOMES if one is not entry and _told(everybody.a, one))]
    level = _level(design, seen, 1)
    others = _level(design, seen, max(len(entries) - 1, 1))
    decides, explores = compared(design, inputs, level), compared(design, inputs, others)
    sides = paired(_without(inputs.arms, decides.left_out), level=design.level) if decides.left_out else everybody
    effect = _design_effect(decides)
    metrics = tuple(
        _measured(design, inputs, sides, one, found.differences[one.compares], at, effect)
        for one, found, at in zip(
            entries, [decides, *[explores] * (len(entries) - 1)], [level, *[others] * (len(entries) - 1)], strict=True
        )
    )
    customers = float(sides.a.n[0]), float(sides.b.n[0])
    matured = float(sides.a.matured[0]), float(sides.b.matured[0])
    touched = tuple(float(side.counts("matured_contacted", "matured").share[0]) for side in (sides.a, sides.b))
    first, p_value = metrics[0], float(decides.sample_ratio.p_value[0])
    blocked = design.randomised and design.kind is not Kind.PROGRAMME and p_value < MISMATCH_BELOW
    by_customer = not design.by_branch and not blocked
    return Study(
        design,
        metrics,
        () if inputs.harm is None or blocked else harms(inputs.harm, design.accepted, design.level),
        customers,
        matured,
        p_value,
        decides.left_out,
        (touched[0], touched[1]),
        _on_contacted(design, inputs, entry, level) if by_customer and design.kind is Kind.ARMS else None,
        _capped(design, inputs, entry, level) if not blocked else None,
        _returned(design, explores if entry.compares != CONTRIBUTION else decides),
        _posterior(sides, entry) if by_customer and design.kind is not Kind.PROGRAMME else None,
        _sceptical(first),
        _where(inputs.segments, by_customer, lambda frame: segments(frame, entry, design.level)),
        _where(
            inputs.days,
            by_customer,
            lambda frame: course(frame, entry, max(design.planned, seen), design.looks, design.level),
        ),
        _where(inputs.weeks, by_customer and design.randomised, lambda frame: _novelty(frame, entry, design.level)),
        _where(inputs.traits, True, balance),
        _where(
            inputs.strata,
            not design.randomised and bool(design.steps),
            lambda frame: alike(frame, entry, design.steps, level),
        ),
        _own_controls(inputs, sides, entry, level),
        _where(inputs.mixed, True, lambda frame: contamination(frame["customers"], frame["both"], design.level)),
        np.nan if decides.branches is None else float(decides.branches.effective_clusters[0]),
        decides.branches is not None and bool(decides.branches.few[0]),
        halved(sides, entry, design.level, design.power),
    )


def _without(arms: pd.DataFrame, campaigns: tuple[str, ...]) -> pd.DataFrame:
    return arms[~arms["campaign_id"].astype(str).isin(campaigns)]


def _where(frame: pd.DataFrame | None, asked: bool, tell: Callable[[pd.DataFrame], Told]) -> Told | None:
    return None if frame is None or not asked or frame.empty else tell(frame)


def _told(members: Members, entry: Metric) -> bool:
    """Whether an outcome is one to explore: an amount that is recorded as it stands."""
    return entry.unit is Unit.POINTS or (entry.numerator in AMOUNTS and members.records(entry.numerator))


def _level(design: Design, seen: float, metrics: int) -> float:
    return level_each(design.level, metrics=metrics, looks=design.looks, seen=seen, planned=max(design.planned, seen))


def _design_effect(found: Compared) -> float:
    """How many times the variance of customers' is that of branches."""
    if found.branches is None:
        return 1.0
    effect = float(found.branches.design_effect[0])
    return effect if np.isfinite(effect) else 1.0


def _measured(
    design: Design, inputs: Inputs, sides: Paired, entry: Metric, difference: Intervals, level: float, effect: float
) -> Measured:
    line = pays_from(design, sides, entry)
    if design.counted is Counted.CONTACTED:
        gap = contact_gap(inputs)
        line = line / gap if gap > 0 else np.nan
    a, b = (_value(side, entry, design.level) for side in (sides.a, sides.b))
    able = reach(sides, entry, difference, line=line, level=level, power=design.power, design_effect=effect)
    return Measured(entry.compares, a, b, difference, line, standing(difference, line), able)


def pays_from(design: Design, sides: Paired, entry: Metric) -> float:
    """What the difference of an outcome must reach for the contribution that goes with it to cover the extra cost.

    The contribution that goes with one more conversion, or with one more unit of an amount, is what side a's customers
    brought for each of theirs. nan where there is no cost, or no contribution to set against it.
    """
    cost, contribution = (
        design.cost,
        sides.a.moments("contribution").mean[0] if sides.a.records("contribution") else np.nan,
    )
    if entry.compares == CONTRIBUTION:
        return float(cost)
    with_it = moments(sides.a, entry).mean[0]
    return float(cost * with_it / contribution) if contribution > 0 and with_it > 0 else np.nan


def _value(members: Members, entry: Metric, level: float) -> Intervals:
    if entry.unit is Unit.POINTS:
        value = members.share(entry.numerator, entry.denominator)
    elif members.records(entry.numerator):
        value = student(members.moments(entry.numerator), level)
    else:
        return NOTHING
    return members.once_closed(value)


def _on_contacted(design: Design, inputs: Inputs, entry: Metric, level: float) -> Intervals:
    return compared(replace(design, counted=Counted.CONTACTED), inputs, level).differences[entry.compares]


def _capped(design: Design, inputs: Inputs, entry: Metric, level: float) -> Intervals | None:
    if inputs.capped is None or entry.unit is Unit.POINTS:
        return None
    return compared(design, replace(inputs, arms=inputs.capped, branches=None), level).differences[entry.compares]


def _returned(design: Design, found: Compared) -> Intervals:
    """Contribution beyond the extra cost, over the extra cost; the interval is that of the contribution."""
    contribution = found.differences[CONTRIBUTION]
    if not design.cost > 0:
        return contribution.withheld(np.array([True]), Reason.NO_COST)
    return contribution.scaled(1 / design.cost, shift=-1.0)


def _posterior(sides: Paired, entry: Metric) -> Posterior:
    if entry.unit is Unit.POINTS:
        return posterior_of_shares(counts(sides.b, entry), counts(sides.a, entry))
    return posterior_of_means(moments(sides.b, entry), moments(sides.a, entry))


def _sceptical(first: Measured) -> Sceptical:
    """From the interval: its half width is so many standard errors at its level."""
    difference = first.difference
    error = (difference.high - difference.low) / 2 / stats.norm.isf((1 - difference.level) / 2)
    return sceptical(difference.estimate, error, first.reach.detectable, first.line)


def _novelty(weeks: pd.DataFrame, entry: Metric, level: float) -> Novelty:
    sides = paired(weeks.sort_values("assigned_week", kind="stable"), ("assigned_week",), level)
    first = pd.to_datetime(sides.keys["assigned_week"])
    number = ((first - first.min()).dt.days / 7).to_numpy(float)
    return novelty(number, moments(sides.b, entry), moments(sides.a, entry), level)


def _own_controls(inputs: Inputs, sides: Paired, entry: Metric, level: float) -> Intervals | None:
    """What side a did to its own control, less what side b did to its own."""
    if inputs.held_out is None:
        return None
    if inputs.sizes is not None:
        dealt = planned_sizes(inputs.sizes, pd.Index(inputs.sizes["campaign_id"].unique()))
        if (dealt.p_value < MISMATCH_BELOW).any():
            return NOTHING.withheld(np.array([True]), Reason.SAMPLE_RATIO)
    held_out = paired(inputs.held_out, level=level)
    four = [moments(members, entry) for members in (sides.a, held_out.a, sides.b, held_out.b)]
    squared = sum(arm.variance / np.where(arm.n > 1, arm.n, np.nan) for arm in four)
    gap = (four[0].mean - four[1].mean) - (four[2].mean - four[3].mean)
    error = np.sqrt(squared)
    margin = stats.norm.isf((1 - level) / 2) * error
    n = sum(arm.n for arm in four)
    return Intervals.of(gap, gap - margin, gap + margin, n=n, level=level, method="Wald", standard_error=error)
