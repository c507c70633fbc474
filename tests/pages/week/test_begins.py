"""My week shows its finding before the list of customers is read, and reads that list once for all clicks beside it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from answers.week import to_do as answer
from data_access.queries import to_do
from ui import first, tell

App = Callable[..., AppTest]


@pytest.fixture
def lists_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Sizes of the lists of customers that were read."""
    read: list[int] = []
    original = to_do.rows

    def rows(*args: object, **kwargs: object) -> object:
        found = original(*args, **kwargs)
        read.append(len(found))
        return found

    monkeypatch.setattr(to_do, "rows", rows)
    return read


def test_the_finding_the_cards_and_the_charts_stand_though_the_list_fails(app: App, monkeypatch: pytest.MonkeyPatch):
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("the list cannot be read")

    monkeypatch.setattr(answer, "ask", fails)
    page = app("week", "gu.ruolan")
    assert page.title[0].value
    assert len(page.metric) == 6
    assert any("Against the week before" in str(one.value) for one in page.header)
    assert page.error


@pytest.mark.parametrize("person", ["gu.ruolan", "lu.zhixing"], ids=["one branch", "whole bank"])
def test_a_choice_beside_the_list_does_not_read_it_again(app: App, lists_read: list[int], person: str):
    page = app("week", person)
    assert len(lists_read) == 1
    page.selectbox(key="filter_by").select_index(1).run()
    page.run()
    assert len(lists_read) == 1


def test_another_branch_is_another_list(app: App, lists_read: list[int]):
    page = app("week", "lu.zhixing")
    page.selectbox(key="filter_branch").select_index(1).run()
    assert len(lists_read) == 2


def test_nothing_of_the_list_is_held_when_the_person_has_left(app: App):
    page = app("week", "gu.ruolan")
    assert "customers_seen" in page.session_state
    next(one for one in page.button if one.label == "Switch person or sign out").click().run()
    assert "customers_seen" not in page.session_state


@pytest.mark.parametrize("key", ["week", "tiers"])
def test_a_browser_is_given_time_for_the_finding_and_for_the_first_screen_on_arrival_alone(
    app: App, monkeypatch: pytest.MonkeyPatch, key: str
):
    seen: list[str | float] = []

    def noted(what: str, draw: Callable[..., None]) -> Callable[..., None]:
        return lambda *args: (seen.append(what), draw(*args))[1]

    monkeypatch.setattr(tell, "headline", noted("finding", tell.headline))
    monkeypatch.setattr(tell, "cards", noted("cards", tell.cards))
    monkeypatch.setattr(first, "alone", seen.append)
    page = app(key, "lu.zhixing")
    assert seen == ["finding", first.FINDING, "cards", first.SEEN]
    page.selectbox(key="filter_branch").select_index(1).run()
    assert seen[4:] == ["finding", "cards"]
    page.switch_page("pages/people.py").run()
    assert seen[6:] == ["finding", first.FINDING, "cards", first.SEEN]
