"""The one engine of comparisons: campaigns as each was designed, to the difference of every outcome.

Any number of arms, assigned by chance or by someone, customer by customer or branch by branch. All treated arms of a
campaign are taken together against all its controls. What a difference may be called (effect, or difference) hangs on
`Effects.randomised`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Intervals, Reason, Tests
from metrics.inference.cluster import ClusterComparison
from metrics.inference.comparison.branches import Branches
from metrics.inference.comparison.contrast import Assignment
from metrics.inference.comparison.health import MISMATCH_BELOW, planned_sizes
from metrics.inference.comparison.members import Members
from metrics.inference.comparison.outcomes import Outcome, Rows, not_recorded, outcomes
from metrics.moments import Floats


@dataclass(frozen=True, slots=True)
class BranchEffects:
    """The comparison of branches behind the effects of the campaigns at `rows`."""

    rows: npt.NDArray[np.intp]
    conversion: ClusterComparison


@dataclass(frozen=True, slots=True)
class Effects:
    """Treated against control on every outcome, one row per campaign in the order of `campaign_id`."""

    campaign_id: tuple[str, ...]
    randomised: Rows  # chance assigned: a difference is an effect
    treated: Members
    control: Members
    differences: Mapping[str, Intervals]  # by the catalogue's key, such as ``incremental_conversion``
    tests: Mapping[str, Tests]  # the same: that there is no difference
    unsupported: tuple[tuple[Rows, Reason], ...]  # campaigns whose design supports no comparison of customers
    sample_ratio: Tests  # that the arms are of the planned sizes; a failure withholds every difference
    by_branch: BranchEffects | None
    _outcomes: Mapping[str, Outcome]
    _branches: Branches | None

    def withheld(self, intervals: Intervals) -> Intervals:
        """Another comparison of the same customers, without the campaigns whose design supports none."""
        for rows, reason in self.unsupported:
            intervals = intervals.withheld(rows, reason)
        return intervals

    def test_against(self, key: str, line: Floats) -> Tests:
        """The test that an amount's difference is a line, one for each campaign, such as the cost per customer."""
        if key not in self._outcomes:
            return where_known(self.tests[key], self.differences[key])
        outcome = self._outcomes[key]
        test = outcome.test(line)
        if self._branches is not None and self._branches.records(outcome.entry):
            rows = self._branches.rows
            test = _with_rows(test, rows, self._branches.compared(outcome.entry, line[rows]).test)
        return where_known(test, self.differences[key])


def compare_campaigns(
    designs: pd.DataFrame,
    arms: pd.DataFrame,
    branches: pd.DataFrame | None = None,
    level: float = 0.95,
    *,
    sizes: pd.DataFrame | None = None,
) -> Effects:
    """Compares the arms of campaigns. Rows of campaigns that are not asked for are passed over.

    Args:
        designs: the campaigns in the order wanted: `campaign_id`, `assignment` (a word of `Assignment`; missing is
            not randomised) and, if known, `cluster` ("customer" or "branch"; missing is by customer).
        arms: one row per campaign and arm: `campaign_id`, `is_control`, and the measures that `metrics.catalogue`
            names for the outcomes, as `metrics.campaigns.evaluation.scorecard` describes them.
        branches: the same by `branch_id`, of campaigns that were assigned by branch.
        level: confidence level.
        sizes: planned and actual size of every arm, as `health.planned_sizes`. None: not planned.

    Returns:
        `Effects`. A campaign without a difference says why: no control, randomised arms that are not of their planned
        sizes (`Reason.SAMPLE_RATIO`), nobody's window closed, assigned by branch without rows of branches or with one
        branch in an arm (`Reason.CLUSTERED`), a branch in both arms (`Reason.BOTH_ARMS`), a feed that contradicts
        itself (`Reason.NOT_NESTED`), nothing recorded, too few.

    Raises:
        ShapeError: two rows of `designs` have the same id.
        DomainError: a word for the assignment that is none, or the level is not between 0 and 1.
    """
    order = pd.Index([str(campaign) for campaign in designs["campaign_id"].tolist()], dtype="str")
    if order.has_duplicates:
        raise ShapeError("Campaigns are compared with one row per campaign: two rows have the same campaign_id.")
    randomised, clustered = _randomised(designs), _by_branch(designs)
    treated, control = Members.of_arms(arms, order, level)
    found = {outcome.key: outcome for outcome in outcomes(control, treated, randomised & ~clustered)}
    differences = not_recorded(len(order), level) | {key: outcome.difference(level) for key, outcome in found.items()}
    sample_ratio = planned_sizes(sizes, order, clustered)
    unsupported = (
        (clustered, Reason.CLUSTERED),
        (treated.waiting | control.waiting, Reason.WINDOW_OPEN),
        (randomised & (sample_ratio.p_value < MISMATCH_BELOW), Reason.SAMPLE_RATIO),  # whoever waits waits in vain
        (control.n == 0, Reason.NO_CONTROL),
    )
    for rows, reason in unsupported:
        differences = {key: difference.withheld(rows, reason) for key, difference in differences.items()}
    tests = {key: outcome.test() for key, outcome in found.items()}
    by_branch, compared = None, None
    if branches is not None:
        comparable = order[differences["incremental_conversion"].reason == Reason.CLUSTERED.value]
        compared = Branches.of(branches[branches["campaign_id"].isin(comparable)], order, level)
        differences, tests, by_branch = _of_branches(compared, found, differences, tests)
    tests = {key: where_known(tests.get(key, _no_test(len(order))), differences[key]) for key in differences}
    return Effects(
        tuple(order),
        randomised,
        treated,
        control,
        differences,
        tests,
        unsupported,
        sample_ratio,
        by_branch,
        found,
        compared,
    )


def _of_branches(
    branches: Branches, found: Mapping[str, Outcome], differences: dict[str, Intervals], tests: dict[str, Tests]
) -> tuple[dict[str, Intervals], dict[str, Tests], BranchEffects]:
    """Differences and tests with those of branches put in their rows."""
    rows, level = branches.rows, branches.level
    for key, outcome in found.items():
        if not branches.records(outcome.entry):
            lacking = not_recorded(len(rows), level)[key]
            differences[key] = differences[key].with_rows(rows, lacking)
            continue
        comparison = branches.compared(outcome.entry)
        # A branch head sees one branch of such a campaign: too few to compare, however many its customers.
        alone = comparison.effect.reason == Reason.TOO_FEW.value
        effect = comparison.effect.withheld(alone, Reason.CLUSTERED).withheld(outcome.unusable[rows], outcome.why)
        differences[key] = differences[key].with_rows(rows, effect)
        tests[key] = _with_rows(tests[key], rows, comparison.test)
    conversion = branches.compared(found["incremental_conversion"].entry)
    return differences, tests, BranchEffects(rows, conversion)


def _randomised(designs: pd.DataFrame) -> Rows:
    """Campaigns whose arms chance dealt."""
    words = designs["assignment"].astype(object).where(designs["assignment"].notna(), Assignment.TARGETED.value)
    unknown = sorted({str(word) for word in words} - set(Assignment))
    if unknown:
        raise DomainError(
            f"An assignment is {' or '.join(repr(word.value) for word in Assignment)}, got {unknown[0]!r}: "
            "whether a difference may be called an effect hangs on it."
        )
    return (words == Assignment.RANDOMISED.value).to_numpy(dtype=np.bool_)


def _by_branch(designs: pd.DataFrame) -> Rows:
    if "cluster" not in designs:
        return np.zeros(len(designs), dtype=np.bool_)
    return np.asarray((designs["cluster"] == "branch").fillna(False), dtype=np.bool_)


def where_known(test: Tests, difference: Intervals) -> Tests:
    """The test where there is a difference to test."""
    known = difference.known
    statistic, p_value = (np.where(known, column, np.nan) for column in (test.statistic, test.p_value))
    return replace(test, statistic=statistic, p_value=p_value, reason=np.where(known, test.reason, difference.reason))


def _no_test(rows: int) -> Tests:
    nan, text = np.full(rows, np.nan), np.full(rows, "")
    return Tests(nan, nan, text, np.full(rows, Reason.NOT_RECORDED.value))


def _with_rows(test: Tests, rows: npt.NDArray[np.intp], other: Tests) -> Tests:
    """The tests with those at some positions taken from others, one each."""
    columns: dict[str, npt.NDArray[np.generic]] = {}
    for name in ("statistic", "p_value", "method", "reason"):
        column = getattr(test, name).astype(object)
        column[rows] = getattr(other, name)
        columns[name] = column
    return Tests(
        columns["statistic"].astype(np.float64),
        columns["p_value"].astype(np.float64),
        columns["method"].astype(np.str_),
        columns["reason"].astype(np.str_),
    )
