"""Several campaigns or arms side by side: each against its own control, or against the rest, and every pair.

All intervals of one kind hold together (Bonferroni): those of the members are one family, those of the pairs another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
import pandas as pd
from scipy import stats

from metrics.catalogue import OUTCOMES
from metrics.errors import ShapeError
from metrics.estimate import Intervals, Tests
from metrics.inference.comparison.contrast import Assignment
from metrics.inference.comparison.effects import Effects, compare_campaigns
from metrics.inference.study.alike import stacked
from metrics.inference.study.harm import rate_difference
from metrics.inference.study.levels import level_each
from metrics.inference.study.segments import heterogeneity

MOST: Final = 6
"""Members that are set side by side: of more the pairs cost each other all they could show."""


@dataclass(frozen=True, slots=True)
class Member:
    """One campaign or arm.

    Attributes:
        campaign: Of members of one campaign the control is shared.
        randomised: Whether chance dealt its customers and some were held out.
        by_branch: Whether whole branches were dealt.
        treated: One row an arm, with the counts and moments that `compare_campaigns` reads.
        control: The same of those held out; empty where nobody was.
        branches: Treated and control by `branch_id`, told apart by `is_control`; None where customers were dealt.
        sizes: Planned and actual size of the campaign's arms; None where none were planned.
    """

    campaign: str
    randomised: bool
    by_branch: bool
    treated: pd.DataFrame
    control: pd.DataFrame
    branches: pd.DataFrame | None = None
    sizes: pd.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class Several:
    """What was found, a row a member or a pair.

    Attributes:
        key: What is compared, in the catalogue.
        effects: Whether every member was dealt at random and had a control, so that differences are effects.
        own: Each against its own control; without one it says so.
        rest: Each against all others together, where not all are effects; None elsewhere.
        pairs: Places of the members of each pair.
        between: Of each pair the first less the second: of their effects, or of their customers where not all are.
        alike: That all effects are one and the same; nan where that cannot be asked: of members that share a control.
        few_branches: Places of the members whose own limits lean on few branches, as
            `metrics.inference.cluster.ClusterComparison.few` says.
    """

    key: str
    effects: bool
    own: Intervals
    rest: Intervals | None
    pairs: tuple[tuple[int, int], ...]
    between: Intervals
    alike: Tests
    few_branches: tuple[int, ...]

    def frame(self) -> pd.DataFrame:
        """One row a difference: `what` it is against, places `first` and `second` (-1: none), and its interval."""
        places = range(len(self.own))
        parts = [("own control", self.own, [(place, -1) for place in places])]
        if self.rest is not None:
            parts.append(("the others", self.rest, [(place, -1) for place in places]))
        parts.append(("each other", self.between, list(self.pairs)))
        return pd.concat(
            [
                pd.DataFrame(
                    {
                        "what": what,
                        "first": [first for first, _ in pairs],
                        "second": [second for _, second in pairs],
                        "estimate": told.estimate,
                        "low": told.low,
                        "high": told.high,
                        "reason": told.reason,
                    }
                )
                for what, told, pairs in parts
            ],
            ignore_index=True,
        )


@dataclass(frozen=True, slots=True)
class _Contrast:
    """Side a less side b, as one campaign."""

    assignment: Assignment
    by_branch: bool
    a: pd.DataFrame
    b: pd.DataFrame
    branches: pd.DataFrame | None
    sizes: pd.DataFrame | None


def several(key: str, members: Sequence[Member], looks: Sequence[float] = (1.0,), level: float = 0.95) -> Several:
    """Compares two to six campaigns or arms on one outcome.

    Args:
        key: what is compared, in the catalogue: ``conversion_rate``, ``contribution_per_customer`` ...
        members: two to `MOST`.
        looks: shares of the customers at which one planned to look, rising to 1.
        level: that all intervals of the members hold together, and all of the pairs.

    Raises:
        ShapeError: fewer than two members or more than `MOST`.
        DomainError: the level is not between 0 and 1, or the looks do not rise to 1.
    """
    if not 2 <= len(members) <= MOST:
        raise ShapeError(f"Two to {MOST} are set side by side, got {len(members)}.")
    pairs = tuple(combinations(range(len(members)), 2))
    effects = all(one.randomised for one in members)
    each = _levels(members, len(members), looks, level)
    paired = _levels(members, len(pairs), looks, level)
    own = _at(each, lambda at: _told([_against_control(one) for one in members], key, at))
    others = [_against_rest(members, place) for place in range(len(members))]
    between = _at(
        [max(paired[first], paired[second]) for first, second in pairs],
        lambda at: _between(members, pairs, key, at) if effects else _told(_directly(members, pairs), key, at),
    )
    return Several(
        key,
        effects,
        own,
        None if effects else _at(each, lambda at: _told(others, key, at)),
        pairs,
        between,
        _alike(members if effects else (), own, each),
        _on_few_branches(members, level),
    )


def _levels(members: Sequence[Member], family: int, looks: Sequence[float], level: float) -> list[float]:
    """The level of each member's interval: wider of one that is still counting, which may be looked at any day."""
    found: list[float] = []
    for one in members:
        both = pd.concat([one.treated, one.control])
        seen, planned = float(both["matured"].sum()), float(both["n"].sum())
        # Of a member that nobody has seen there is no number, which makes no other's wider.
        found.append(level_each(level, metrics=family, looks=looks, seen=seen or planned, planned=max(planned, 1.0)))
    return found


def _at(levels: Sequence[float], tell: Callable[[float], Intervals]) -> Intervals:
    """Rows each at its own level."""
    told = {level: tell(level) for level in dict.fromkeys(levels)}
    return stacked([told[level][np.array([row])] for row, level in enumerate(levels)])


def _against_control(one: Member) -> _Contrast:
    assignment = Assignment.RANDOMISED if one.randomised else Assignment.TARGETED
    return _Contrast(assignment, one.by_branch, one.treated, one.control, one.branches, one.sizes)


def _against_rest(members: Sequence[Member], place: int) -> _Contrast:
    others = pd.concat([one.treated for at, one in enumerate(members) if at != place])
    return _Contrast(Assignment.TARGETED, False, members[place].treated, others, None, None)


def _directly(members: Sequence[Member], pairs: Sequence[tuple[int, int]]) -> list[_Contrast]:
    """The treated of both; arms that chance dealt within one campaign are compared as such."""
    found: list[_Contrast] = []
    for first, second in pairs:
        a, b = members[first], members[second]
        dealt = a.campaign == b.campaign and a.randomised
        branches = None
        if dealt and a.branches is not None and b.branches is not None:
            of_a, of_b = (
                one.branches[one.branches["is_control"].eq(False)] for one in (a, b) if one.branches is not None
            )
            branches = pd.concat([of_a, of_b.assign(is_control=True)])
        assignment = Assignment.RANDOMISED if dealt else Assignment.TARGETED
        found.append(_Contrast(assignment, dealt and a.by_branch, a.treated, b.treated, branches, None))
    return found


def _between(members: Sequence[Member], pairs: Sequence[tuple[int, int]], key: str, level: float) -> Intervals:
    """Differences of effects: of two that share a control the treated directly, so that it cancels out."""
    own = _told([_against_control(one) for one in members], key, level)
    direct = _told(_directly(members, pairs), key, level)
    rows = [
        direct[np.array([at])]
        if members[first].campaign == members[second].campaign
        else rate_difference(own[np.array([first])], own[np.array([second])])
        for at, (first, second) in enumerate(pairs)
    ]
    return stacked(rows)


def _alike(members: Sequence[Member], own: Intervals, levels: Sequence[float]) -> Tests:
    """Cochran's Q over effects that share no control."""
    shared = len({one.campaign for one in members}) < len(members)
    half = (own.high - own.low) / 2 / stats.norm.isf((1 - np.array(levels)) / 2)
    nothing = np.full_like(half, np.nan)
    return heterogeneity(own.estimate, nothing if shared or not members else half)


def _on_few_branches(members: Sequence[Member], level: float) -> tuple[int, ...]:
    places = [place for place, one in enumerate(members) if one.by_branch and one.branches is not None]
    if not places:
        return ()
    found = _compared([_against_control(members[place]) for place in places], level).by_branch
    if found is None:
        return ()
    few = found.conversion.few & found.conversion.effect.known
    return tuple(places[int(row)] for row, told in zip(found.rows.tolist(), few.tolist(), strict=True) if told)


def _told(contrasts: Sequence[_Contrast], key: str, level: float) -> Intervals:
    """One row each."""
    differences = _compared(contrasts, level).differences
    return differences[next(entry.key for entry in OUTCOMES if entry.compares == key)]


def _compared(contrasts: Sequence[_Contrast], level: float) -> Effects:
    """All of them by the one engine of comparisons."""
    designs: list[dict[str, str]] = []
    arms: list[pd.DataFrame] = []
    branches: list[pd.DataFrame] = []
    sizes: list[pd.DataFrame] = []
    for place, one in enumerate(contrasts):
        name = str(place)
        cluster = "branch" if one.by_branch else "customer"
        designs.append({"campaign_id": name, "assignment": one.assignment.value, "cluster": cluster})
        arms += [side.assign(campaign_id=name, is_control=held) for side, held in ((one.a, False), (one.b, True))]
        if one.by_branch and one.branches is not None:
            branches.append(one.branches.assign(campaign_id=name))
        if one.sizes is not None:
            sizes.append(one.sizes.assign(campaign_id=name))
    return compare_campaigns(
        pd.DataFrame(designs),
        pd.concat([arm for arm in arms if len(arm)], ignore_index=True),
        pd.concat(branches, ignore_index=True) if branches else None,
        level,
        sizes=pd.concat(sizes, ignore_index=True) if sizes else None,
    )
