"""A colour means what its verdict means: blue is better, orange is worse, and nothing else has a colour."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from metrics.catalogue import Direction
from metrics.inference.comparison.verdict import Grade
from story import words
from story.campaigns import campaign
from story.chart.theme import role_of
from tests.metrics.campaigns.test_verdict import card

BADGES = {
    Grade.RAISED: ("↑ better", "blue"),
    Grade.LOWERED: ("↓ worse", "orange"),
    Grade.HINT_RAISED: ("a hint: ↑", "gray"),
    Grade.HINT_LOWERED: ("a hint: ↓", "gray"),
    Grade.NONE_SHOWN: ("no difference shown", "gray"),
    Grade.NOT_JUDGED: None,
}
ROLES = {Grade.RAISED: ("better", "worse"), Grade.LOWERED: ("worse", "better")}


@pytest.mark.parametrize("grade", Grade)
def test_a_badge_says_the_verdict_and_is_coloured_where_it_holds(grade: Grade):
    words.speak("en")
    verdicts = {"roi_incremental": SimpleNamespace(grade=np.array([str(grade)]))}
    answer: Any = SimpleNamespace(scores=SimpleNamespace(verdicts=verdicts))
    assert campaign._badge(answer, "roi_incremental") == BADGES[grade]


@pytest.mark.parametrize(
    ("objective", "name", "badge"),
    [("grow", "Net new money", ("↓ worse", "orange")), ("acquire", "Effect, points", ("↑ better", "blue"))],
)
def test_the_card_of_the_effect_is_that_of_the_objective_and_so_is_its_badge(objective: str, name: str, badge: Any):
    words.speak("en")
    scores = card({"A": {"objective": objective, "bought": (200, 320), "net_new": (0.0, -100.0)}})
    answer: Any = SimpleNamespace(scores=scores, currency="CNY")
    shown = campaign._effect(answer)
    assert (shown.name, shown.badge) == (name, badge)


@pytest.mark.parametrize("grade", Grade)
def test_a_mark_has_the_colour_of_its_verdict(grade: Grade):
    up, down = ROLES.get(grade, ("none", "none"))
    assert role_of(grade, Direction.UP) == up
    assert role_of(grade, Direction.DOWN) == down
