"""Do a branch's customers slip more than chance explains? All branches, or a head's own among nameless dots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from data_access.queries import tiers
from data_access.reading.reader import Reader
from data_access.settings import settings
from data_access.tier_pairs import EVERYBODY
from metrics.inference.funnel_plot import Funnel, funnel_of_shares
from metrics.moments import Counts, Floats
from metrics.tiers.transition import Movement, Transitions

from answers.tiers.choice import Choice, Span

FEWEST: Final = 5
"""Branches below which there is nothing to be among."""


@dataclass(frozen=True, eq=False)
class Branches:
    """Customers above the lowest tier, and who of them slipped, by branch.

    Attributes:
        identifiers: Of each branch; empty where it may not be named.
        fell: Counts by branch.
        funnel: Each share between the limits of chance; None for too few branches.
        looked_at: Rows that the viewer looks at: the branch chosen, or a head's own.
        moves: All moves by branch, where the viewer sees the whole bank.
        hidden: Whether other branches cannot be told for the choice of customers.
    """

    identifiers: tuple[str, ...]
    fell: Counts
    funnel: Funnel | None
    looked_at: tuple[int, ...]
    moves: Transitions | None
    hidden: bool


def ask(reader: Reader, choice: Choice, order: tuple[str, ...], span: Span) -> Branches:
    """The branches, whichever of them the rest of the page looks at."""
    counts = tiers.transition_counts(
        reader,
        span.months,
        rule=choice.rule,
        first=span.start,
        last=span.start,
        by=("branch_id",),
        audience=choice.audience,
    )
    own = Transitions.from_frame(counts, order, span.months, by="branch_id")
    seen = reader.scope.branches
    n, fell = _above_lowest(own)
    hidden = seen is not None and (choice.audience != EVERYBODY or not _of_the_rule(order))
    others = reader.branches_that_fell(span.months, choice.rule) if seen is not None and not hidden else _NOBODY
    every = Counts.of([*n, *others["n"]], [*fell, *others["fell"]])
    looked_at = [row for row, branch in enumerate(own.groups) if branch == choice.branch or seen is not None]
    return Branches(
        (*own.groups, *("" for _ in range(len(others)))),
        every,
        funnel_of_shares(every) if len(every.n) >= FEWEST and not hidden else None,
        tuple(looked_at),
        own if seen is None and len(own) > 1 else None,
        hidden,
    )


_NOBODY: Final = pd.DataFrame({"n": [], "fell": []}, dtype="int64")


def _of_the_rule(order: tuple[str, ...]) -> bool:
    """Whether these are the tiers of the bank's rule, by which other branches are told."""
    return order == tuple(tier.key for tier in settings().tier_rules[-1].tiers)


def _above_lowest(moves: Transitions) -> tuple[Floats, Floats]:
    """Customers who could slip, and who did, by branch."""
    n = moves.departures[:, 1:].sum(axis=(1, 2))
    fell = moves.by_tier(Movement.DOWNGRADE)[:, 1:].sum(axis=1)
    return np.asarray(n, dtype=np.float64), np.asarray(fell, dtype=np.float64)
