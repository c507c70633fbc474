"""Where the year will end is told with its doubt, beside the target where there is one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from answers import period
from answers.summary import year as answers
from answers.summary.year import Year, YearReach
from answers.targets import Goal
from story import words
from story.figures import THIN
from story.parts import Card
from story.summary import year

EARLIER = np.array([1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]) * 1_000_000_00.0
TARGET = Goal(answers.METRIC, 20_000_000_00.0, 24, 24)
NONE = Goal(answers.METRIC, None, 0, 24)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    words.speak("en")
    yield
    words.speak("en")


def reach(months: int, booked: float, goal: Goal) -> YearReach:
    return answers._reach(Year(period.named("2026"), booked * 100, months, EARLIER), goal)


def said(told: YearReach) -> tuple[str, str]:
    block = year.block(told, "CNY")
    return block.heading.replace(THIN, " "), block.caption.replace(THIN, " ")


def test_without_a_target_the_end_is_told_alone():
    """15 m are booked in nine months; three to come bring 2 m each: 21 m, give or take 80 % of t with 11 degrees."""
    heading, caption = said(reach(9, 15e6, NONE))
    assert heading == "Year 2026: about ¥21.0 m of net new money by its last day (¥18.7 m to ¥23.3 m)"
    assert caption.startswith("9 of 12 months are counted · ")
    assert caption.endswith(" · 80 % interval · no target")


def test_beside_a_target_it_says_how_likely_that_is_reached():
    heading, caption = said(reach(9, 15e6, TARGET))
    assert "target of ¥20.0 m" in heading
    assert caption.endswith("target ¥20.0 m, 75 % reached")
    drawn = year.block(reach(9, 15e6, TARGET), "CNY").shown
    (row,) = next(iter(drawn.spec["datasets"].values()))
    assert (row["booked"], row["target"], row["start"]) == (15e8, 20e8, 0.0)


def test_a_year_that_is_over_says_what_it_brought():
    heading, caption = said(reach(12, 25e6, TARGET))
    assert heading == "Year 2026 ended with net new money of ¥25.0 m"
    assert caption == "12 of 12 months are counted · target ¥20.0 m, 125 % reached"


def test_the_card_of_the_money_alone_says_how_much_of_the_years_target_is_reached():
    card = Card("Net new money", "1", "then 2", "", key=answers.METRIC)
    told = reach(9, 15e6, TARGET)
    assert year.on_card(card, told).rests_on.replace(THIN, " ") == "then 2 · 75 % of the target of year 2026"
    assert year.on_card(replace(card, key="top_two_box"), told).rests_on == "then 2"
    assert year.on_card(card, reach(9, 15e6, NONE)).rests_on == "then 2"


def test_of_too_few_months_nothing_is_said():
    few = Year(period.named("2026"), 15e8, 3, EARLIER[:5])
    assert year.block(answers._reach(few, TARGET), "CNY") is None
