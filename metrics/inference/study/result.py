"""What a comparison found of two sides, and the same seen from the other side."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from metrics.estimate import Intervals
from metrics.inference.bayes import Posterior
from metrics.inference.comparison.health import MISMATCH_BELOW, Novelty
from metrics.inference.sceptical import Sceptical
from metrics.inference.study.alike import Alike
from metrics.inference.study.course import Course
from metrics.inference.study.design import Design, Kind
from metrics.inference.study.harm import Harm
from metrics.inference.study.reach import Reach
from metrics.inference.study.segments import Segments
from metrics.inference.study.standing import Standing


@dataclass(frozen=True, slots=True)
class Measured:
    """One metric of both sides. Rows of intervals are single."""

    key: str  # what is compared, in the catalogue
    a: Intervals
    b: Intervals
    difference: Intervals  # a minus b, at the level at which it is judged
    line: float  # what it must reach to pay; nan where that cannot be told
    standing: Standing  # of side a, as laid out; a view from the other side keeps it
    reach: Reach

    def swapped(self) -> Measured:
        """The same with b minus a."""
        return replace(self, a=self.b, b=self.a, difference=self.difference.scaled(-1.0), line=-self.line)


@dataclass(frozen=True, slots=True)
class Study:
    """What a comparison found, a minus b; `swapped` mirrors all of it.

    Attributes:
        design: How it was laid out.
        metrics: The one that decides first. It allows for the looks alone; the others are one family beside it, whose
            intervals allow for their number and the looks.
        harms: The guardrails, each by itself.
        customers: Of side a and of side b.
        matured: Of these, whose window has closed.
        sample_ratio: p value of the planned sizes; nan where none were planned.
        left_out: Campaigns of a programme whose arms are not of their planned sizes.
        contacted: Share contacted of side a and of side b; nan where it is not recorded.
        on_contacted: The deciding metric's effect on those contacted.
        capped: The deciding metric with the largest amounts capped; None of a share.
        returned: Return on the extra cost, of contribution.
        posterior: Chance that a is better, and what a wrong choice costs, from flat priors.
        sceptical: The same, and the chance that it pays, for somebody who needs convincing.
        segments: Groups of customers, allowing for their number.
        course: The effect through time.
        novelty: Whether it fades or grows with the weeks of assignment.
        balance: How unlike the sides were before.
        alike: Like with like, where nobody drew the sides at random.
        own_controls: The difference of what each of two campaigns did to its own control.
        mixed: Share of the customers who were on both sides.
        effective_branches: Branches of one size that would tell as much; nan where customers were assigned.
        few_branches: Whether so few decide, as `metrics.inference.cluster.ClusterComparison.few` says.
        by_lot: The smallest difference of a share that as many customers would show if half were held out by lot; nan
            of an amount.
        swaps: Whether the sides are mirrored: whoever was laid out as b is told as a.
    """

    design: Design
    metrics: tuple[Measured, ...]
    harms: tuple[Harm, ...]
    customers: tuple[float, float]
    matured: tuple[float, float]
    sample_ratio: float
    left_out: tuple[str, ...]
    contacted: tuple[float, float]
    on_contacted: Intervals | None
    capped: Intervals | None
    returned: Intervals
    posterior: Posterior | None
    sceptical: Sceptical
    segments: Segments | None
    course: Course | None
    novelty: Novelty | None
    balance: pd.DataFrame | None
    alike: Alike | None
    own_controls: Intervals | None
    mixed: Intervals | None
    effective_branches: float
    few_branches: bool
    by_lot: float
    swaps: bool = False

    @property
    def primary(self) -> Measured:
        """The metric that decides."""
        return self.metrics[0]

    @property
    def verdict(self) -> Standing:
        """Where the deciding metric stands, as laid out: nothing is believed of arms that are not of their sizes."""
        return Standing.BLOCKED if self.off_plan else self.primary.standing

    @property
    def off_plan(self) -> bool:
        """Whether the arms are not of their planned sizes, which is seen from the first day, before any result.

        A programme leaves such campaigns out (`left_out`) and tells of the others.
        """
        drawn = self.design.randomised and self.design.kind is not Kind.PROGRAMME
        return drawn and self.sample_ratio < MISMATCH_BELOW

    def swapped(self) -> Study:
        """The same comparison seen from the other side: every difference and line has the other sign."""
        turned = None if self.posterior is None else _turned(self.posterior)
        return replace(
            self,
            metrics=tuple(one.swapped() for one in self.metrics),
            harms=tuple(one.swapped() for one in self.harms),
            customers=self.customers[::-1],
            matured=self.matured[::-1],
            contacted=self.contacted[::-1],
            on_contacted=_mirrored(self.on_contacted),
            capped=_mirrored(self.capped),
            posterior=turned,
            sceptical=Sceptical(1 - self.sceptical.above, self.sceptical.pays, -self.sceptical.mean),
            segments=None if self.segments is None else self.segments.swapped(),
            course=None if self.course is None else self.course.swapped(),
            novelty=None if self.novelty is None else replace(self.novelty, trend=self.novelty.trend.scaled(-1.0)),
            balance=None if self.balance is None else _other_way(self.balance),
            alike=None if self.alike is None else self.alike.swapped(),
            own_controls=_mirrored(self.own_controls),
            swaps=not self.swaps,
        )

    def frame(self) -> pd.DataFrame:
        """One row a metric and guardrail: both sides, the difference with its limits, its line and where it stands."""
        rows = [(one.key, one.a, one.b, one.difference, one.line, one.standing.value) for one in self.metrics] + [
            (one.key, one.a, one.b, one.difference, one.accepted, one.guardrail.value) for one in self.harms
        ]
        return pd.DataFrame(
            [
                {
                    "metric": key,
                    "a": a.estimate.item(),
                    "b": b.estimate.item(),
                    "difference": difference.estimate.item(),
                    "low": difference.low.item(),
                    "high": difference.high.item(),
                    "level": difference.level,
                    "line": line,
                    "standing": standing,
                }
                for key, a, b, difference, line, standing in rows
            ]
        )


def _mirrored(difference: Intervals | None) -> Intervals | None:
    return None if difference is None else difference.scaled(-1.0)


def _turned(chance: Posterior) -> Posterior:
    return Posterior(1 - chance.probability_better, chance.loss_if_control, chance.loss_if_treated, chance.reason)


def _other_way(traits: pd.DataFrame) -> pd.DataFrame:
    return traits.assign(a=traits["b"], b=traits["a"], difference=-traits["difference"])
