"""The page of all campaigns as people meet it: its filters and headings, and banks with other campaigns or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from story import words
from tests.pages.conftest import ROOT, read, texts
from tests.pages.feeds import PUBLIC

App = Callable[..., AppTest]


@pytest.fixture
def at_home() -> Iterator[None]:
    """An app of one's own machine: whoever opens it is its administrator."""
    before = config.get_option("server.address")
    config.set_option("server.address", "127.0.0.1")
    yield
    config.set_option("server.address", before)


def open_feed(bank: Callable[..., None], folder: Path, **query: str) -> AppTest:
    bank(folder, sign_in="local")
    words.speak(query.get("lang", "en"))
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=90)
    test.query_params.update(query)
    return test.run()


def headings(page: AppTest) -> list[str]:
    return [read(str(header.value)) for header in page.header]


def test_maturity_lives_in_the_url_and_is_said(app: App):
    page = app(maturity="counting", period="2026")
    assert not page.exception
    assert page.selectbox(key="filter_maturity").value == "counting"
    assert "still counting" in texts(page).splitlines()[2]
    assert page.title[0].value.startswith(("Too early to judge", "None of"))
    page.selectbox(key="filter_maturity").select("all").run()
    assert "maturity" not in page.query_params


def test_every_picture_of_the_page_stands_under_its_sentence(app: App):
    page = app(period="2026")
    said = headings(page)
    parts = (
        "campaigns ran at once",
        "Together they added",
        "were also reached by",
        "break-even",
        "took part and",
        "By day",
    )
    for part in parts:
        assert any(part in heading for heading in said), part
    assert len(page.get("vega_lite_chart") or page.get("arrow_vega_lite_chart")) == len(parts)


def test_a_branch_head_sees_pairs_of_their_own_customers(app: App):
    head, planner = app("campaigns", "gu.ruolan", period="2026"), app(period="2026")
    both = [page.dataframe[-1].value["2"].map(float).max() for page in (head, planner)]
    assert 10 <= both[0] < both[1]


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("kind", [*PUBLIC, "three arms", "empty"])
def test_a_feed_says_what_it_can_or_what_to_load(
    bank: Callable[..., None], at_home: None, feed_of: Callable[[str], Path], kind: str, language: str
):
    page = open_feed(bank, feed_of(kind), lang=language, period="all")
    assert not page.exception
    assert not page.error
    said = headings(page)
    if kind == "three arms" and language == "en":
        assert page.title[0].value == "The one campaign of this choice raised conversion"
        assert "Spring mail ran from 2 Mar 2026 to 31 Mar 2026" in said
        assert "No campaign shares its customers" in said
    if kind == "uci" and language == "en":
        assert any("campaigns ran at once" in heading or "ran from" in heading for heading in said)
        assert "Cost against what was added" in said
    if kind in ("berka", "empty"):
        assert page.title[0].value == {"en": "Nothing to show yet", "zh": "暂无可显示的内容"}[language]
