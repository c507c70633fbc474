"""Targets on cards in both languages."""

from __future__ import annotations

import math

import pytest

from answers.targets import Goal, Part
from story import target
from story.figures import THIN
from story.words import speak


@pytest.mark.parametrize(
    ("goal", "actual", "english", "chinese"),
    [
        (Goal("weekly_sales", 120_000_000.0, 1, 1), 100_800_000.0, "target ¥1.20 m, 84 % reached",
         "目标 120 万元，完成 84%"),
        (Goal("weekly_conversions", 1_200.0, 1, 1), 600.0, "target 1,200, 50 % reached", "目标 1,200，完成 50%"),
        (Goal("top_two_box", 0.855, 1, 1), 0.855, "target 85.5 %, 100 % reached", "目标 85.5%，完成 100%"),
        (Goal("weekly_conversions", 0.0, 1, 1), 600.0, "target 0", "目标 0"),
        (Goal("weekly_conversions", 5.0, 1, 1), math.nan, "target 5", "目标 5"),
        (Goal("weekly_sales", None, 2, 3), 5.0, "targets: 2 of 3 set", "目标：已设 2 项，共 3 项"),
        (Goal("weekly_sales", None, 0, 3), 5.0, "no target", "未设目标"),
        (Goal("weekly_sales", None, 0, 0), 5.0, "no target", "未设目标"),
        (Goal("top_two_box", None, 2, 2), 0.5, "no target", "未设目标"),
        (Goal("weekly_conversions", 50.0, 1, 1, (Part("season-R", 5, 118, "Red"),)), 25.0,
         "part of the season's target 50, 50 % reached", "营销季目标分摊 50，完成 50%"),
    ],
)  # fmt: skip
def test_a_card_says_the_target_and_how_much_was_reached_or_what_lacks(goal, actual, english, chinese):
    for language, said in (("en", english), ("zh", chinese)):
        speak(language)
        assert target.reached(goal, actual, "CNY").replace(THIN, " ") == said
    speak("en")


def test_a_card_without_a_target_says_how_to_set_one():
    speak("en")
    assert target.how_to_set().endswith("from a file: python -m data_access targets FILE")


def test_limits_of_the_number_are_limits_of_what_was_reached():
    speak("en")
    said = target.reached(Goal("top_two_box", 0.8, 1, 1), 0.6, "CNY", (0.56, 0.64)).replace(THIN, " ")
    assert said == "target 80.0 %, 75 % (70 % to 80 %) reached"
