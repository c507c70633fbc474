"""The headline of several side by side, of any number that can be judged."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from metrics.estimate import Intervals
from metrics.inference.comparison.verdict import Grade
from story import words
from story.compare import several

UP, DOWN, OPEN, NONE = (0.01, 0.05), (-0.05, -0.01), (-0.01, 0.02), (np.nan, np.nan)


def intervals(limits: Sequence[tuple[float, float]]) -> Intervals:
    low, high = np.array(limits).T
    return Intervals.of((low + high) / 2, low, high, n=np.full(len(low), 100))


def headline(limits: Sequence[tuple[float, float]], *, effects: bool) -> str:
    told = intervals(limits)
    rest = None if effects else told
    found: Any = SimpleNamespace(key="conversion_rate", own=told, rest=rest, between=intervals([NONE]))
    answer: Any = SimpleNamespace(found=found)
    return several.headline(answer)


@pytest.mark.parametrize(
    ("limits", "english", "chinese"),
    [
        ((UP, OPEN, DOWN), "1 of 3 raised conversion; 1 lowered it", "3 个中有 1 个提升了转化率；1 个使其下降"),
        ((OPEN, OPEN, NONE), "None of the 2 is shown to raise conversion", "2 项对转化率的提升均不显著"),
        (
            (OPEN, NONE, NONE),
            "The only one that can be judged is not shown to raise conversion",
            "唯一可评估的一项对转化率的提升不显著",
        ),
        ((NONE, UP), "The only one that can be judged raised conversion", "唯一可评估的一项提升了转化率"),
        ((NONE, DOWN), "The only one that can be judged lowered conversion", "唯一可评估的一项降低了转化率"),
    ],
)
def test_it_says_how_many_raised_it(limits: tuple[tuple[float, float], ...], english: str, chinese: str):
    words.speak("en")
    assert headline(limits, effects=True) == english
    words.speak("zh")
    assert headline(limits, effects=True) == chinese


@pytest.mark.parametrize(
    ("limits", "english"),
    [
        ((UP, OPEN, DOWN), "2 of 3 differ from the rest in conversion"),
        ((UP, OPEN, NONE), "1 of 2 differs from the rest in conversion"),
        ((OPEN, OPEN), "None of the 2 is shown to differ from the rest in conversion"),
        ((OPEN, NONE), "The only one that can be judged is not shown to differ from the rest in conversion"),
    ],
)
def test_it_says_how_many_differ_where_nobody_drew_them(limits: tuple[tuple[float, float], ...], english: str):
    words.speak("en")
    assert headline(limits, effects=False) == english


def test_whose_year_carries_less_is_named_where_effects_are_shown(monkeypatch: pytest.MonkeyPatch):
    words.speak("en")
    monkeypatch.setattr(several, "member", lambda name: name)
    told = intervals([UP, UP, DOWN, OPEN, UP, DOWN, NONE])
    grades = [*Grade, Grade.HINT_RAISED]
    answer: Any = SimpleNamespace(members=tuple("abcdefg"), grades=tuple(grades), found=SimpleNamespace(rest=None))
    assert grades[:6] == ["raised", "lowered", "hint_raised", "hint_lowered", "none_shown", "not_judged"]
    said = "among the campaigns of their year no more than a hint: c, e"
    assert [text.replace(" and ", ", ") for text in several._in_their_years(answer, told)] == [said]
    answer.grades = (Grade.RAISED,) * 7
    assert several._in_their_years(answer, told) == []
    answer.grades, answer.found.rest = tuple(grades), told
    assert several._in_their_years(answer, told) == []
