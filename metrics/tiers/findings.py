"""What the movements between tiers say, the most important first."""

from __future__ import annotations

import numpy as np

from metrics.errors import ShapeError
from metrics.estimate import Reason, Tests, Verdict
from metrics.finding import Finding, FindingCode
from metrics.inference.multiplicity import holm
from metrics.tiers.assets_moved import Bridge
from metrics.tiers.markov import OrderTest
from metrics.tiers.projection import Backtest
from metrics.tiers.rates import cell_rates, net_upgrade
from metrics.tiers.transition import Fate, Transitions

REJECTED_BELOW = 0.05
MOSTLY = 0.5
"""Share of a rejection from which the grace clock is called its main cause."""

_NET = {
    Verdict.HIGHER: FindingCode.TIERS_RISE,
    Verdict.LOWER: FindingCode.TIERS_FALL,
    Verdict.NO_DIFFERENCE: FindingCode.TIERS_HOLD,
}


def migration_findings(transitions: Transitions, level: float = 0.95) -> list[Finding]:
    """Whether customers rise or fall, over one horizon and all groups taken together."""
    whole = transitions.pooled()
    months, net = whole.months, net_upgrade(whole, level)
    verdict = Verdict(net.verdict()[0])
    if verdict is Verdict.TOO_FEW:
        return [Finding(FindingCode.TIERS_TOO_FEW, {"months": months})]
    limits = {"estimate": float(net.estimate[0]), "low": float(net.low[0]), "high": float(net.high[0])}
    n, missing = int(net.n[0]), int(whole.missing[0])
    found = [Finding(_NET[verdict], {"months": months, **limits, "n": n})]
    if missing:
        found.append(Finding(FindingCode.TIER_MONTHS_MISSING, {"months": months, "customers": missing, "n": n}))
    return found


def assets_findings(bridge: Bridge) -> list[Finding]:
    """Whether the balance rose or fell, and which part of the bridge did most of it; all groups taken together."""
    before, after = int(bridge.before.sum()), int(bridge.after.sum())
    change = after - before
    totals: dict[str, int | float | str] = {"before": before, "after": after}
    if change == 0:
        found = [Finding(FindingCode.ASSETS_UNCHANGED, totals)]
    else:
        parts = {name: int(amounts.sum()) for name, amounts in bridge.parts.items()}
        part = max(parts, key=lambda name: parts[name] * np.sign(change))
        code = FindingCode.ASSETS_ROSE if change > 0 else FindingCode.ASSETS_FELL
        found = [Finding(code, totals | {"change": change, "part": part, "amount": parts[part]})]
    if not bridge.valuation_known:
        found.append(Finding(FindingCode.VALUATION_INCLUDED))
    return found


def branch_findings(tests: Tests) -> list[Finding]:
    """How many branches move their customers unlike the rest of the bank, allowing for the number of branches.

    `tests` are those of `markov.compare` of the branches with their rest. Nothing where none could be made.
    """
    p_values = holm(tests.p_value)
    if p_values.family == 0:
        return []
    differing = int(np.sum(p_values.adjusted < REJECTED_BELOW))
    if differing:
        values = {"branches": p_values.family, "differing": differing}
        return [Finding(FindingCode.TIER_BRANCHES_DIFFER, values)]
    return [Finding(FindingCode.TIER_BRANCHES_ALIKE, {"branches": p_values.family})]


def change_findings(test: Tests) -> list[Finding]:
    """Whether the rates of this period differ from those of the one before; nothing where no test could be made.

    Raises:
        ShapeError: more than one test.
    """
    if len(test) != 1:
        raise ShapeError(f"Expected the test of one period against another, got {len(test)} tests.")
    if test.reason[0] != Reason.NONE.value:
        return []
    p_value = float(test.p_value[0])
    code = FindingCode.TIER_RATES_CHANGED if p_value < REJECTED_BELOW else FindingCode.TIER_RATES_STEADY
    return [Finding(code, {"p_value": p_value})]


def periods_findings(test: Tests, periods: int, months: int) -> list[Finding]:
    """Whether several whole horizons one after the other share one matrix; nothing where no test could be made.

    Args:
        test: `markov.stationarity` of the periods.
        periods: how many they are.
        months: the horizon of each.
    """
    if test.reason[0] != Reason.NONE.value:
        return []
    p_value = float(test.p_value[0])
    code = FindingCode.TIER_PERIODS_DIFFER if p_value < REJECTED_BELOW else FindingCode.TIER_PERIODS_ALIKE
    return [Finding(code, {"periods": periods, "months": months, "p_value": p_value})]


def largest_move(transitions: Transitions, level: float = 0.95) -> list[Finding]:
    """The move that most of its tier's customers surely made: the cell off the diagonal with the highest lower limit.

    All groups are taken together. Nothing where nobody moved.
    """
    whole = transitions.pooled()
    rates = cell_rates(whole, level)
    k = len(whole.tiers)
    moved = whole.departures[0] * ~np.eye(k, k + 1, dtype=np.bool_)
    low = np.where(moved.ravel() > 0, rates.low, np.nan)
    if np.isnan(low).all():
        return []
    cell = int(np.nanargmax(low))
    start, end = divmod(cell, k + 1)
    values: dict[str, int | float | str] = {
        "from_tier": whole.tiers[start],
        "to_state": (*whole.tiers, Fate.LEFT.value)[end],
        "n": int(moved[start, end]),
        "tier_n": int(rates.n[cell]),
    }
    limits = {name: float(getattr(rates, name)[cell]) for name in ("estimate", "low", "high")}
    return [Finding(FindingCode.TIER_MOVE_LARGEST, values | limits)]


def order_findings(order: OrderTest) -> list[Finding]:
    """Whether the month before matters, and if so whether the rule's own grace months are why."""
    if order.plain.reason[0] != Reason.NONE.value:
        return []
    p_value = float(order.plain.p_value[0])
    values: dict[str, int | float | str] = {"p_value": p_value, "n": int(order.n)}
    if p_value >= REJECTED_BELOW:
        return [Finding(FindingCode.TIER_ORDER_ONE, values)]
    if np.isnan(order.explained_by_clock):
        return [Finding(FindingCode.TIER_ORDER_NO_CLOCK, values)]
    mostly_clock = order.explained_by_clock >= MOSTLY
    code = FindingCode.TIER_ORDER_CLOCK if mostly_clock else FindingCode.TIER_ORDER_HISTORY
    return [Finding(code, values | {"explained": order.explained_by_clock})]


def backtest_findings(backtest: Backtest, transitions: Transitions) -> list[Finding]:
    """By how much last period's matrix missed this one: what is printed beside every projection.

    Beside the largest miss of a single rate it says how many of all customers the matrix put into a wrong tier.

    Args:
        backtest: of the rates (`metrics.tiers.projection.backtest_rates`).
        transitions: the ones it was tested on, the horizon `after`.

    Raises:
        ShapeError: the back-test does not have one row per cell of `transitions`.
    """
    table = transitions.departures
    if len(backtest.actual) != table.size:
        raise ShapeError(f"A back-test of {len(backtest.actual)} rows is not one of {table.size} rates.")
    miss = backtest.miss.reshape(table.shape)
    size = np.where(np.isnan(miss).any(axis=2), 0.0, table.sum(axis=2))
    if size.sum() == 0:
        return []
    group, start, end = np.unravel_index(int(np.nanargmax(np.abs(miss))), table.shape)
    row = int(np.ravel_multi_index((group, start, end), table.shape))
    values: dict[str, int | float | str] = {
        "months": transitions.months,
        "misplaced": float(np.sum(size * np.nan_to_num(np.abs(miss)).sum(axis=2)) / 2 / size.sum()),
        "n": int(size.sum()),
        "from_tier": transitions.tiers[int(start)],
        "to_state": (*transitions.tiers, Fate.LEFT.value)[int(end)],
        "predicted": float(backtest.predicted.estimate[row]),
        "actual": float(backtest.actual[row]),
        "tier_n": int(size[group, start]),
    }
    return [Finding(FindingCode.PROJECTION_MISSED, values)]
