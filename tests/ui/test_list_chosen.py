"""What a link to a list of customers says goes where it belongs."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from answers.customers import Choice
from ui import choose


def a_page():
    import streamlit as st

    from ui import choose

    st.session_state["choice"] = choose.customers(None)


def test_every_part_of_a_link_restricts_its_own_part_of_the_list(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(choose.places, "offered", lambda _: {"B001": "Lakeside", "B003": "Harbour"})
    test = AppTest.from_function(a_page)
    asked = {"list": "assigned", "period": "2026", "campaign": "K051", "arm": "control", "branch": "B003"}
    test.query_params.update(asked | {"objective": "grow", "theme": "savings", "line": "fund", "leaf": "2"})
    test.run()
    assert not test.exception
    expected = Choice("assigned", "2026", "K051", "control", "B003", 2, "grow", "savings", "fund")
    assert test.session_state["choice"] == expected
    assert (expected.objective, expected.theme, expected.line) == ("grow", "savings", "fund")
