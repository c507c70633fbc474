"""Filters that are seldom asked for: behind one button, which says how many of them narrow the page."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from story import words


def drawn():
    from ui import filters
    from ui.filters import Filter

    first, second, third = (Filter(key, key, ["all", "a", "b"], str.upper) for key in ("x", "y", "z"))
    filters.bar(first, more=[second, third])


@pytest.mark.parametrize(
    ("asked", "label"),
    [
        ({}, "More filters"),
        ({"x": "a"}, "More filters"),
        ({"x": "a", "y": "b"}, "More filters: 1"),
        ({"y": "b", "z": "a"}, "More filters: 2"),
        ({"y": "all", "z": "nowhere"}, "More filters"),
    ],
)
def test_the_button_counts_what_narrows_behind_it(asked: dict[str, str], label: str):
    words.speak("en")
    page = AppTest.from_function(drawn)
    page.query_params.update(asked)
    page.run()
    assert [button.proto.popover.label for button in page.get("popover")] == [label]
    assert [box.value for box in page.selectbox] == [asked.get(key, "all").replace("nowhere", "all") for key in "xyz"]
    assert [box.proto.label_visibility.value for box in page.selectbox] == [2, 0, 0]  # named only where there is room


def test_what_a_link_asks_for_in_vain_is_said_of_a_filter_behind_the_button_too():
    words.speak("en")
    page = AppTest.from_function(drawn)
    page.query_params["z"] = "nowhere"
    page.run()
    assert [text.value for text in page.caption if "nowhere" in text.value]
