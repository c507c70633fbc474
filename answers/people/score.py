"""The score: what counts for how much, what each gets for it, and what other weights would have made of it.

Compliance has no weight: who sold without a rating that bore the risk has no score to be paid by, whatever the results.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from data_access.workspace import weights as kept_weights
from data_access.workspace.weights import WHOLE, Weights
from metrics.estimate import Intervals, Reason
from metrics.inference.shrinkage import Shrunken, beta_binomial, gamma_poisson
from metrics.moments import Counts, Floats
from metrics.staff.performance import Performance
from metrics.staff.scorecard import BLOCKS, Item, Scorecard, scorecard
from metrics.staff.sheet import Sheet, scorecard_sheet

from answers.people.breadth import Breadth

Workspace = Any

MINIMUM: Final = 10
"""Customers or answers from which an item gives points: what few there are is shrunk to the colleagues' middle."""

AT_FIRST: Final[Mapping[str, int]] = {block: round(share * WHOLE) for block, share in BLOCKS.items()}
"""Weights in percent as long as nobody has set any."""


@dataclass(frozen=True)
class Held:
    """The weights that hold.

    Attributes:
        percent: By block.
        versions: All that were ever set, the one that holds first.
    """

    percent: Mapping[str, int]
    versions: tuple[Weights, ...]

    def __hash__(self) -> int:
        """Of what is compared, as far as it can be hashed."""
        return hash((frozenset(self.percent.items()), len(self.versions)))

    @property
    def version(self) -> int:
        """Number of the version that holds; 0 where none was set."""
        return self.versions[0].version if self.versions else 0


@dataclass(frozen=True, eq=False)
class Rehearsal:
    """What other weights would have made of a year that is over.

    Attributes:
        year: That year.
        people: Identifiers of who was scored then.
        names: What they are called.
        held: Scores by the weights that hold.
        proposed: Scores by the others.
        percent: The others.
    """

    year: str
    people: tuple[str, ...]
    names: Mapping[str, str]
    held: Scorecard
    proposed: Scorecard
    percent: Mapping[str, int]


def held(workspace: Workspace) -> Held:
    """The weights that hold now."""
    versions = tuple(kept_weights.history(workspace))
    return Held(versions[0].percent if versions else AT_FIRST, versions)


def proposed(written: str) -> Mapping[str, int] | None:
    """Weights as the URL has them, in the order of the blocks; None where they are none.

    >>> proposed("25-25-25-25")["service"], proposed("90-20-0-0"), proposed("")
    (25, None, None)
    """
    parts = written.split("-")
    if len(parts) != len(AT_FIRST) or not all(part.isascii() and part.isdecimal() and len(part) < 4 for part in parts):
        return None
    percent = dict(zip(AT_FIRST, map(int, parts), strict=True))
    return percent if sum(percent.values()) == WHOLE else None


def items(performance: Performance | None, breadth: Breadth) -> tuple[Item, ...]:
    """The measures that give points, each shrunk so that a lucky few count for little."""
    due = _due(breadth)
    found = [
        ("observed_to_expected", "results", None if performance is None else _of(performance)),
        ("cross_sell_ratio", "cross_selling", _share(breadth.cross_sold)),
        ("retention_rate", "won_and_kept", _share(breadth.kept)),
        ("customers_won", "won_and_kept", None if due is None else gamma_poisson(breadth.won, due, n=breadth.kept.n)),
        ("top_two_box", "service", _share(breadth.satisfied)),
    ]
    return tuple(Item.of(key, block, _known(one)) for key, block, one in found if one is not None)


def scored(of: Sequence[Item], breached: Floats, percent: Mapping[str, int]) -> Scorecard | None:
    """The scores by some weights; None where there is nothing that could be weighed."""
    blocks = {item.block for item in of}
    if not blocks or not any(percent[block] for block in blocks):
        return None
    return scorecard(of, weights=percent, breaches=np.nan_to_num(breached), minimum=MINIMUM)


def sheet(of: Sequence[Item], names: Sequence[str], breached: Floats, percent: Mapping[str, int]) -> Sheet:
    """The same as cells and formulas that a spreadsheet computes."""
    return scorecard_sheet(list(names), of, weights=percent, breaches=np.nan_to_num(breached), minimum=MINIMUM)


def _of(performance: Performance) -> Shrunken | None:
    return performance.shrunken if performance.shrunken.estimate.known.any() else None


def _share(counts: Counts) -> Shrunken | None:
    """Shares of colleagues, shrunk; None where nothing is recorded or too few have any."""
    if np.isnan(counts.n).all() or np.isnan(counts.successes).all():
        return None
    shrunken = beta_binomial(counts)
    return shrunken if shrunken.estimate.known.any() else None


def _due(breadth: Breadth) -> Floats | None:
    """Customers won that would fall to each by the days they were there; None where none can be."""
    total, present = float(np.nansum(breadth.won)), float(np.nansum(breadth.present))
    if np.isnan(breadth.won).all() or total <= 0 or present <= 0:
        return None
    return breadth.present * total / present


def _known(shrunken: Shrunken) -> Intervals:
    """The estimates; of somebody without customers of their own there is none: they would have the group's."""
    return shrunken.estimate.withheld(~(shrunken.exposure > 0), Reason.TOO_FEW)
