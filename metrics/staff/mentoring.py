"""Whom to learn from: pairs of staff by the skill in which the gap is largest and most certainly real.

A skill is a measure (conversion by line or by channel); its shrunken estimates keep a lucky small book from becoming
a model. A pair is suggested only when the mentor is probably better, by simulation from both posteriors, and pairs
are chosen together so that the gain over all is largest and nobody mentors too many.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize

from metrics.errors import ShapeError
from metrics.finding import Finding, FindingCode
from metrics.inference.shrinkage import Shrunken
from metrics.moments import Floats


@dataclass(frozen=True, slots=True)
class Pair:
    """A suggestion: who could learn what from whom."""

    mentee: str
    mentor: str
    skill: str
    gap: float  # mentor minus mentee, in the skill's unit
    probability: float  # that the mentor is better
    gain: float  # gap x what the mentee handles: results more, if the whole gap were closed


def suggest_pairs(
    staff: npt.NDArray[np.object_],
    skills: Mapping[str, Shrunken],
    *,
    certainty: float = 0.9,
    mentees_each: int = 2,
    draws: int = 2000,
    seed: int = 0,
) -> list[Pair]:
    """Pairs with the largest total gain, the largest gain first; each mentee appears once.

    Args:
        staff: names, in the order of every skill's rows.
        skills: posteriors by name of the skill.
        certainty: least probability that the mentor is better.
        mentees_each: most mentees of one mentor.
        draws: of the simulation.
        seed: the same seed gives the same pairs.

    Raises:
        ShapeError: a skill has another number of persons than `staff`.
    """
    k = len(staff)
    if any(len(skill.raw) != k for skill in skills.values()):
        raise ShapeError("Every skill has one row for each member of staff.")
    if k < 2 or not skills:
        return []
    better = np.stack([_probably_better(skill, draws, seed) for skill in skills.values()])
    gap = np.stack([_gaps(skill) for skill in skills.values()])
    handled = np.stack([skill.exposure for skill in skills.values()])
    # Somebody without customers of their own has the group's estimate, which is nothing to learn from.
    proven = (better >= certainty) & (gap > 0) & (handled[:, None, :] > 0)
    gain = np.where(proven, gap * handled[:, :, None], 0.0)

    best = gain.argmax(axis=0)  # the skill, for each mentee (row) and mentor (column)
    worth = np.take_along_axis(gain, best[None], axis=0)[0]
    rows, columns = optimize.linear_sum_assignment(np.tile(worth, mentees_each), maximize=True)
    names = list(skills)
    pairs: list[Pair] = []
    for mentee, column in zip(rows.tolist(), columns.tolist(), strict=True):
        mentor = column % k
        if worth[mentee, mentor] <= 0:
            continue
        skill = int(best[mentee, mentor])
        pairs.append(
            Pair(
                str(staff[mentee]),
                str(staff[mentor]),
                names[skill],
                float(gap[skill, mentee, mentor]),
                float(better[skill, mentee, mentor]),
                float(worth[mentee, mentor]),
            )
        )
    return sorted(pairs, key=lambda pair: -pair.gain)


def findings(pairs: list[Pair]) -> list[Finding]:
    """One sentence per pair."""
    return [
        Finding(
            FindingCode.MENTOR_SUGGESTED,
            {
                "mentee": pair.mentee,
                "mentor": pair.mentor,
                "skill": pair.skill,
                "gap": pair.gap,
                "probability": pair.probability,
                "gain": pair.gain,
            },
        )
        for pair in pairs
    ]


def _probably_better(skill: Shrunken, draws: int, seed: int) -> Floats:
    """Probability that the person of the column is better than that of the row; 0 where nothing is known."""
    values = skill.draw(draws, seed)
    if len(values) == 0:
        return np.zeros((len(skill.raw), len(skill.raw)))
    return np.stack([(values > values[:, [row]]).mean(axis=0) for row in range(values.shape[1])])


def _gaps(skill: Shrunken) -> Floats:
    """How far the person of the column is ahead of that of the row; nan where either has no number."""
    estimate = skill.estimate.estimate
    return estimate[None, :] - estimate[:, None]
