"""Scenarios side by side: which is likeliest to pay, and none where the chances written are the same."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from story import words
from story.plan import scenarios


def scenario(chance: float) -> Any:
    return SimpleNamespace(
        chance_pays=chance, chance_target=np.nan, treated=80, control=20, fan=None, could_tell=None, currency="CNY"
    )


@pytest.mark.parametrize(
    ("chances", "heading"),
    [
        ((0.221, 0.218), "All as likely to pay: 22 %"),
        ((0.22, 0.24), "Likeliest to pay: B, 24 %"),
        ((0.24, 0.22, 0.238), "Likeliest to pay: A, C, 24 %"),
        ((0.22, np.nan, 0.22), "Likeliest to pay: A, C, 22 %"),
        ((0.22, np.nan), "Scenarios side by side"),
    ],
)
def test_the_likeliest_to_pay_are_named_as_far_as_the_written_chances_differ(chances, heading):
    words.speak("en")
    beside = [(name, scenario(chance)) for name, chance in zip("ABC", chances, strict=False)]
    assert scenarios.block(beside).heading.replace("\N{NARROW NO-BREAK SPACE}", " ") == heading
