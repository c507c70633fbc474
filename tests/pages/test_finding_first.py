"""The finding is sent before all that a page draws beside its filters: nobody waits for inputs and menus to read it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.testing.v1 import AppTest

from story import sitemap
from ui import first
from ui.page import Page

FRAME = ["empty", "button_group", "markdown", "button", "markdown"]
"""The switch of languages, who is signed in, the way out, and the page's question."""

FILTERS = {"selectbox", "multiselect", "page_link"}
PAGES = [row.key for row in sitemap.ROWS if row.listed]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kinds of elements of the last run, in the order in which they were sent; a title is told apart."""
    kinds: list[str] = []
    own = DeltaGenerator._enqueue

    def recorded(self: DeltaGenerator, delta_type: str, element_proto: Any, *args: Any, **kwargs: Any) -> Any:
        kinds.append("title" if getattr(element_proto, "tag", "") == "h1" else delta_type)
        return own(self, delta_type, element_proto, *args, **kwargs)

    monkeypatch.setattr(DeltaGenerator, "_enqueue", recorded)
    return kinds


@pytest.mark.parametrize("key", PAGES)
def test_the_finding_comes_before_all_but_the_filters(
    monkeypatch: pytest.MonkeyPatch, app: Callable[..., AppTest], sent: list[str], key: str
):
    for drawn in ("asked", "decisions"):  # of a new bank nothing is asked
        monkeypatch.setattr(Page, drawn, lambda *_: st.json({"asked": 1}))
    page = app(key)
    assert not page.exception
    title = sent.index("title")
    begun = max(place for place in range(title) if sent[place : place + len(FRAME)] == FRAME)
    assert set(sent[begun + len(FRAME) : title]) <= FILTERS
    assert sent[begun:].count("title") == 1
    assert ("json" in sent) is (key in {"week", "summary"})


def test_nobody_waits_on_a_page_that_stands_already(monkeypatch: pytest.MonkeyPatch, app: Callable[..., AppTest]):
    waited: list[float] = []
    page = app("tiers")
    monkeypatch.setattr(first, "alone", waited.append)
    page.run()
    assert not page.exception
    assert waited == []
