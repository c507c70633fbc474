"""Mentors: the larger and surer gap, no more mentees than one can bear, and silence on chance."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from metrics.errors import ShapeError
from metrics.finding import FindingCode
from metrics.inference.shrinkage import beta_binomial
from metrics.moments import Counts
from metrics.staff.mentoring import findings, suggest_pairs

STAFF = np.array(list("abcdef"), dtype=object)


def skill(*converted: int, n: int = 600):
    return beta_binomial(Counts.of([n] * len(converted), converted))


def test_the_pair_is_formed_on_the_skill_with_the_largest_gap():
    skills = {"wealth": skill(60, 62, 58, 61, 60, 240), "fund": skill(150, 60, 61, 59, 62, 60)}
    pairs = suggest_pairs(STAFF, skills)
    assert {(pair.mentor, pair.skill) for pair in pairs} == {("f", "wealth"), ("a", "fund")}
    top = pairs[0]
    assert (top.mentor, top.skill) == ("f", "wealth")
    assert top.probability > 0.99
    assert top.gap == pytest.approx(0.3, abs=0.02)
    assert top.gain == pytest.approx(top.gap * 600)


def test_the_gain_is_what_the_mentee_handles_times_the_gap():
    n = [200, 400, 600, 800, 1000, 3000]
    pairs = suggest_pairs(STAFF, {"wealth": beta_binomial(Counts.of(n, [20, 40, 60, 80, 100, 1200]))})
    assert [pair.mentee for pair in pairs] == ["e", "d"]
    assert [pair.gain / pair.gap for pair in pairs] == pytest.approx([1000, 800])


def test_nobody_has_more_mentees_than_allowed_and_nobody_two_mentors():
    pairs = suggest_pairs(STAFF, {"wealth": skill(60, 62, 58, 61, 60, 240)}, mentees_each=3)
    assert Counter(pair.mentor for pair in pairs) == {"f": 3}
    assert max(Counter(pair.mentee for pair in pairs).values()) == 1
    assert all(pair.mentee != pair.mentor for pair in pairs)


def test_a_lucky_small_book_is_no_model():
    lucky = beta_binomial(Counts.of([600, 600, 600, 600, 600, 4], [60, 64, 57, 61, 66, 2]))
    assert suggest_pairs(STAFF, {"wealth": lucky}) == []


def test_few_people_and_no_skill_give_no_pair():
    assert suggest_pairs(STAFF[:1], {"wealth": skill(9)}) == []
    assert suggest_pairs(STAFF[:2], {"wealth": skill(9, 300)}) == []
    assert suggest_pairs(STAFF, {}) == []
    with pytest.raises(ShapeError):
        suggest_pairs(STAFF, {"wealth": skill(9, 10, 11)})


def test_findings_name_the_pair():
    pairs = suggest_pairs(STAFF, {"wealth": skill(60, 62, 58, 61, 60, 240)})
    said = findings(pairs)
    assert said[0].code == FindingCode.MENTOR_SUGGESTED
    assert said[0].values["mentor"] == "f"


def test_whoever_has_nothing_recorded_is_neither_mentor_nor_mentee():
    """Nobody knows what the seventh did; nothing is not far behind everybody else."""
    counts = Counts.of([600] * 6 + [np.nan], [60, 62, 58, 61, 60, 240, np.nan])
    names = np.array(list("abcdefg"), dtype=object)
    pairs = suggest_pairs(names, {"wealth": beta_binomial(counts)})
    assert {pair.mentor for pair in pairs} == {"f"}
    assert "g" not in {pair.mentee for pair in pairs}
    assert all(np.isfinite([pair.gap, pair.gain]).all() for pair in pairs)


def test_whoever_has_no_customer_is_not_a_mentor_by_the_average_of_the_others():
    """Two do well and may take one each; the third is left without, not sent to who did nothing yet."""
    counts = Counts.of([3000] * 5 + [0], [900, 900, 150, 150, 150, 0])
    pairs = suggest_pairs(STAFF, {"wealth": beta_binomial(counts)}, certainty=0.3, mentees_each=1)
    assert {pair.mentor for pair in pairs} == {"a", "b"}
    assert {pair.mentee for pair in pairs} < {"c", "d", "e"}
