"""What was chosen on a page comes back with it; when and where are those of the page before, also where it has none."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def a_page():
    import streamlit as st

    from ui import filters

    filters.recall(st.session_state["opened"])


def opened(test: AppTest, page: str, **query: str) -> dict[str, str]:
    """What the URL says once a page was opened with it."""
    test.session_state["opened"] = page
    test.query_params.clear()
    test.query_params.update(query)
    test.run()
    return {key: value if isinstance(value, str) else value[0] for key, value in test.query_params.items()}


def test_a_period_that_was_taken_back_elsewhere_does_not_come_back():
    test = AppTest.from_function(a_page)
    opened(test, "campaigns", period="2026-Q2", objective="grow")
    assert opened(test, "summary") == {"period": "2026-Q2"}
    assert opened(test, "summary") == {}  # the reader chose the default, which the URL does not hold
    assert opened(test, "campaigns") == {"objective": "grow"}


def test_a_link_is_not_mixed_with_what_was_chosen_before():
    test = AppTest.from_function(a_page)
    opened(test, "campaigns", period="2026-Q2", objective="grow")
    opened(test, "summary", against="year")
    assert opened(test, "campaigns", theme="savings") == {"theme": "savings"}
