"""What past campaigns taught a plan: in the reader's language, those with a lesson first, decided or not."""

from __future__ import annotations

import pytest

from answers.plan.cited import Lesson
from data_access.workspace.loop.decisions import Draft, State, Verdict
from story import words
from story.plan import lessons

BOTH = "参与符合预期；盈亏尚不能判断。 As many took part as forecast; whether it paid cannot be told."
DECIDED = Draft(Verdict.SCALE, "it paid", "lu@bank.example", None)


@pytest.mark.parametrize(
    ("language", "learned", "decided"),
    [
        ("en", "As many took part as forecast; whether it paid cannot be told.", "Scale · approved"),
        ("zh", "参与符合预期；盈亏尚不能判断。", "扩大 · 已批准"),
    ],
)
def test_a_lesson_that_was_written_in_both_languages_is_read_in_one(language: str, learned: str, decided: str):
    words.speak(language)
    every = [Lesson("K1", "First", None, None, None), Lesson("K2", "Second", BOTH, DECIDED, State.APPROVED)]
    block = lessons.block(every)
    names, texts, said = (column.texts("CNY") for column in block.shown.columns)
    assert list(names) == ["Second", "First"]
    assert texts[0] == learned
    assert said[0] == decided
    assert texts[1] != texts[0]


def test_a_long_lesson_is_cut_where_the_rest_stands_on_the_loop():
    words.speak("en")
    block = lessons.block([Lesson("K1", "First", "x" * 161, None, None), Lesson("K2", "Second", "y" * 160, None, None)])
    texts = block.shown.columns[1].texts("CNY")
    assert [len(text) for text in texts] == [160, 160]
    assert texts[0].endswith("x…")
    assert texts[1].endswith("yy")
