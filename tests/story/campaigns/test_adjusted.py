"""An effect that allows for the past says so, wherever its number stands; another does not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from story import words
from story.campaigns import adjusted

KEY = "incremental_contribution_per_customer"


@pytest.fixture(autouse=True)
def english():
    words.speak("en")


def scores(*rows: bool) -> Any:
    return SimpleNamespace(adjusted=lambda key: np.array(rows) if key == KEY else np.zeros(len(rows), dtype=bool))


@pytest.mark.parametrize(
    ("rows", "said"), [((False, True), True), ((True,), True), ((False, False), False), ((), False)]
)
def test_the_definition_and_the_caption_say_that_a_number_is_no_plain_difference(rows: tuple[bool, ...], said: bool):
    assert ("so it is not the plain difference" in adjusted.definition(scores(*rows), KEY)) == said
    assert ("CUPED" in adjusted.note(scores(*rows), "sales", KEY)) == said
    assert "CUPED" not in adjusted.definition(scores(*rows), "sales")
    assert adjusted.note(scores(*rows), "sales") == ""
