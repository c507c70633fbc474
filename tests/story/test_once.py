"""A story is told once for each language and for each of the further arguments."""

from __future__ import annotations

from dataclasses import dataclass

from story import words
from story.once import once


@dataclass(frozen=True, eq=False)
class _Answer:
    n: int


def test_it_is_told_again_in_another_language_of_another_answer_and_with_other_arguments_alone():
    told: list[tuple[str, int, str]] = []

    @once
    def tell(answer: _Answer, currency: str, *, swap: bool = False) -> str:
        told.append((words.language(), answer.n, currency))
        return f"{words.language()} {answer.n} {currency} {swap}"

    one, two = _Answer(1), _Answer(2)
    words.speak("en")
    assert [tell(one, "CNY"), tell(one, "CNY"), tell(two, "CNY"), tell(one, "JPY")] == [
        "en 1 CNY False",
        "en 1 CNY False",
        "en 2 CNY False",
        "en 1 JPY False",
    ]
    assert tell(one, "CNY", swap=True) == "en 1 CNY True"
    words.speak("zh")
    try:
        assert tell(one, "CNY") == "zh 1 CNY False"
    finally:
        words.speak("en")
    assert told == [("en", 1, "CNY"), ("en", 2, "CNY"), ("en", 1, "JPY"), ("en", 1, "CNY"), ("zh", 1, "CNY")]
