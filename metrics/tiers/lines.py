"""Who crossed each tier's line: up and down, and whether more went one way than the other shows.

Between two tiers there is one line. Whoever was below it and is above it now has crossed it, by however many tiers;
who came to the bank or left it has not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metrics.estimate import Intervals, Verdict, checked_level
from metrics.finding import Finding, FindingCode
from metrics.moments import Floats
from metrics.tiers.rates import net_upgrade
from metrics.tiers.transition import Transitions


@dataclass(frozen=True, slots=True)
class Crossings:
    """Customers who crossed each line, the lowest line first."""

    tiers: tuple[str, ...]  # the tier above each line
    up: Floats
    down: Floats
    net: Intervals  # up less down, in customers; the limits of all lines hold together


def crossings(transitions: Transitions, level: float = 0.95) -> Crossings:
    """Crossings of each line, all groups taken together, with limits that hold for all lines at once (Bonferroni).

    >>> year = Transitions.of([[[90, 8, 2], [5, 15, 0], [6, 1, 0]]], tiers=("basic", "wealth"), months=12)
    >>> lines = crossings(year)
    >>> lines.tiers, lines.up, lines.down, lines.net.estimate
    (('wealth',), array([8.]), array([5.]), array([3.]))
    """
    whole = transitions.pooled()
    tiers = whole.tiers[1:]
    each = 1 - (1 - checked_level(level)) / max(len(tiers), 1)
    tables = np.stack([_two(whole, line) for line in range(1, len(whole.tiers))]) if tiers else np.zeros((0, 3, 3))
    sides = Transitions(tiers, ("below", "above"), whole.months, tables, np.zeros(len(tiers)))
    net = net_upgrade(sides, each)
    return Crossings(tiers, tables[:, 0, 1], tables[:, 1, 0], net.scaled(sides.base))


def crossing_findings(lines: Crossings, months: int) -> list[Finding]:
    """Lines that lose customers, then lines that gain them, the furthest from balance first; nothing if none shows."""
    verdict = lines.net.verdict()
    found: list[Finding] = []
    for shown, code in (
        (Verdict.LOWER, FindingCode.TIER_LINE_LOSES),
        (Verdict.HIGHER, FindingCode.TIER_LINE_GAINS),
    ):
        rows = np.flatnonzero(verdict == shown.value)
        # By the share of those who crossed: a high line is crossed by few.
        balance = np.abs(lines.net.estimate) / np.maximum(lines.up + lines.down, 1)
        for row in rows[np.argsort(-balance[rows], kind="stable")]:
            values: dict[str, int | float | str] = {
                "tier": lines.tiers[row],
                "up": int(lines.up[row]),
                "down": int(lines.down[row]),
            }
            limits = {name: float(getattr(lines.net, name)[row]) for name in ("estimate", "low", "high")}
            found.append(Finding(code, values | limits | {"months": months}))
    return found


def _two(whole: Transitions, line: int) -> Floats:
    """The matrix of two tiers, below and above a line, entries and exits kept."""
    place = (np.arange(len(whole.tiers) + 1) >= line).astype(np.intp)
    place[-1] = 2  # came, or left
    table = np.zeros((3, 3))
    np.add.at(table, np.ix_(place, place), whole.counts[0])
    return table
