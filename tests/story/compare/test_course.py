"""What the effect through time says above it, on either side of nothing; and what an open window means."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from answers.compare.pair import Doubt, Why
from metrics.estimate import Intervals
from metrics.inference.study.course import Course
from story import words
from story.compare import evidence, verdict


@pytest.fixture(autouse=True)
def english():
    words.speak("en")


def course(middle: Sequence[float]) -> Course:
    """A band of 1 on either side, from 1 June on."""
    centre = np.array(middle)
    days = tuple(pd.date_range("2026-06-01", periods=len(centre)))
    band = Intervals.of(centre, centre - 1, centre + 1, n=np.full(len(centre), 90.0))
    return Course(days, band, pd.DataFrame({"row": []}))


def heading(middle: Sequence[float], *, line: float = 0.0, randomised: bool = True, swaps: bool = False) -> str:
    found = course(middle)
    seen: Any = SimpleNamespace(novelty=None, swaps=swaps, design=SimpleNamespace(randomised=randomised))
    return evidence._course_heading(seen, found.swapped() if swaps else found, line)


@pytest.mark.parametrize(
    ("middle", "said", "turned"),
    [
        ((0.5, 2.0, 3.0), "More is shown on every day since 2 Jun 2026", "Less is shown on every day since 2 Jun 2026"),
        ((-2.0, -2.0), "Less is shown on every day since 1 Jun 2026", "More is shown on every day since 1 Jun 2026"),
        (
            (2.0, 0.5),
            "An effect was shown on some days, and is not by now",
            "An effect was shown on some days, and is not by now",
        ),
        (
            (0.5, -0.5),
            "The band has held no effect on every day so far",
            "The band has held no effect on every day so far",
        ),
    ],
)
def test_the_band_is_told_on_the_side_where_it_lies(middle: tuple[float, ...], said: str, turned: str):
    assert heading(middle) == said
    assert heading(middle, swaps=True) == turned


def test_a_line_and_groups_that_nobody_drew():
    assert heading((2.0, 4.0), line=2.5) == "The effect left the break-even line behind by 2 Jun 2026"
    assert heading((2.0, 2.0), line=2.5) == "More is shown on every day since 1 Jun 2026"
    assert heading((2.0, 0.0), randomised=False) == "A difference was shown on some days, and is not by now"


def test_nobody_who_waits_is_not_said_to_be_still_counting():
    waiting = Doubt(Why.OPEN_WINDOWS, {"open": 20.0, "customers": 90.0})
    assert verdict.doubt(waiting).startswith("20 of 90 customers are still counting")
    nobody = Doubt(Why.OPEN_WINDOWS, {"open": 0.0, "customers": 90.0})
    assert verdict.doubt(nobody).startswith("the last window is not closed: more customers may still be added")
