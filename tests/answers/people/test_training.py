"""Before and after a course, counted by hand, and what is too little to be judged."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from answers.people.training import compared

PEOPLE = ["A", "B", "C", "D", "E", "F"]
COURSE = 8100  # 2025, first quarter


def results(change: dict[str, float], season: dict[int, float] | None = None) -> pd.DataFrame:
    """100 expected of each in each of eight quarters; `change` is what each does more of after the course."""
    rows = []
    for person in PEOPLE:
        for quarter in range(COURSE - 4, COURSE + 5):
            ratio = 1.0 + (change.get(person, 0.0) if quarter > COURSE else 0.0) + (season or {}).get(quarter, 0.0)
            rows.append((person, quarter, 60 * ratio, 60.0))
            rows.append((person, quarter, 40 * ratio, 40.0))  # another campaign
    return pd.DataFrame(rows, columns=["staff_id", "quarter", "converted", "expected"])


def done(*people: str, on: str = "2025-02-10", course: str = "talk") -> pd.DataFrame:
    return pd.DataFrame({"staff_id": list(people), "course": course, "completed_on": on})


def test_what_changed_for_the_trained_less_what_changed_for_the_others():
    """The trained gain .3, .4 and .5, the others .1, .0 and .2; a season lifts all of the half year after."""
    change = {"A": 0.3, "B": 0.4, "C": 0.5, "D": 0.1, "E": 0.0, "F": 0.2}
    season = {COURSE + 1: 0.25, COURSE + 2: 0.25}
    (course,) = compared(results(change, season), done("A", "B", "C"), PEOPLE)
    assert (course.name, course.taken, course.without, course.judged) == ("talk", 3, 3, True)
    wanted = stats.ttest_ind([0.3, 0.4, 0.5], [0.1, 0.0, 0.2], equal_var=False).confidence_interval(0.95)
    effect = course.effect.difference
    assert effect.estimate[0] == pytest.approx(0.3)
    assert (effect.low[0], effect.high[0]) == pytest.approx((wanted.low, wanted.high))
    assert course.effect.began.estimate[0] == pytest.approx(0)


def test_only_the_two_quarters_on_either_side_count():
    """What happened earlier, in the quarter of the course, or later than half a year is not its doing."""
    season = dict.fromkeys((COURSE - 4, COURSE - 3, COURSE, COURSE + 3, COURSE + 4), 5.0)
    frame = results({}, season)
    trained = frame["staff_id"].isin(["A", "B", "C"])
    frame.loc[~trained, "converted"] = frame.loc[~trained, "expected"]
    frame.loc[trained & (frame["quarter"] == COURSE - 1), "converted"] *= 0.5
    (course,) = compared(frame, done("A", "B", "C"), PEOPLE)
    assert course.effect.trained.estimate[0] == pytest.approx(1.0 - 0.75)
    assert course.effect.untrained.estimate[0] == pytest.approx(0.0)


def test_others_are_compared_over_the_quarters_in_which_the_course_was_taken():
    """One took it two quarters later: the others' change is the mean of both spans, twice the first."""
    season = {COURSE + 3: 0.4, COURSE + 4: 0.4}
    taken = pd.concat([done("A", "B"), done("C", on="2025-08-10")])
    (course,) = compared(results({}, season), taken, PEOPLE)
    assert course.effect.untrained.estimate[0] == pytest.approx((0.0 + 0.0 + 0.4) / 3)
    assert course.effect.difference.estimate[0] == pytest.approx(0.0)


@pytest.mark.parametrize("people", [("A", "B"), ("A", "B", "C", "D")])
def test_two_with_or_without_a_course_judge_nothing(people: tuple[str, ...]):
    (course,) = compared(results({"A": 1.0, "B": 1.0}), done(*people), PEOPLE)
    assert not course.judged


def test_a_course_taken_too_late_or_too_early_has_no_half_year():
    late, early = done("A", "B", "C", on="2025-11-01"), done("A", "B", "C", on="2024-02-01", course="old")
    found = compared(results({}), pd.concat([late, early]), PEOPLE)
    assert [(course.name, course.taken) for course in found] == [("old", 0), ("talk", 0)]


def test_limits_allow_for_all_courses_that_are_judged():
    change = {"A": 0.3, "B": 0.4, "C": 0.5, "D": 0.1, "E": 0.0, "F": 0.2}
    one = compared(results(change), done("A", "B", "C"), PEOPLE)
    two = compared(results(change), pd.concat([done("A", "B", "C"), done("D", "E", "F", course="b")]), PEOPLE)
    assert [course.name for course in two] == ["b", "talk"]
    assert two[1].effect.difference.level == pytest.approx(0.975)
    assert two[1].effect.difference.low[0] < one[0].effect.difference.low[0]


def test_a_course_taken_twice_counts_when_it_was_first_taken():
    twice = pd.concat([done("A", "B", "C"), done("A", on="2025-08-01")])
    (course,) = compared(results({"A": 0.2, "B": 0.2, "C": 0.2}), twice, PEOPLE)
    assert course.taken == 3
    assert course.effect.trained.estimate[0] == pytest.approx(0.2)


def test_who_had_no_customers_in_a_span_is_left_out():
    frame = results({})
    frame = frame[~((frame["staff_id"] == "D") & (frame["quarter"] < COURSE))]
    (course,) = compared(frame, done("A", "B", "C"), PEOPLE)
    assert (course.taken, course.without) == (3, 2)
    assert np.isnan(course.effect.difference.n[0]) or course.effect.difference.n[0] == 5
