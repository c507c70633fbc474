"""How many campaigns of a programme lack a cost is said with how many there are; of none or all it is not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from story import words
from story.compare.compare import _uncosted


@pytest.mark.parametrize(
    ("without", "every", "said"),
    [
        (0, 19, ""),
        (19, 19, ""),
        (1, 19, "1 of 19 campaigns has no cost recorded"),
        (2, 19, "2 of 19 campaigns have no cost recorded"),
    ],
)
def test_of_how_many_a_cost_is_lacking(without: int, every: int, said: str):
    words.speak("en")
    answer: Any = SimpleNamespace(uncosted=(without, every))
    told = _uncosted(answer)
    assert told.startswith(said)
    assert bool(told) == bool(said)
