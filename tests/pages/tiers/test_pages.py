"""The tiers' pages as people meet them: filters in the URL, lists and what is done with them, banks without tiers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data_access import demo
from data_access.door import access
from data_access.loading.publish import publish_arrow
from data_access.versions import open_store
from data_access.workspace import views
from story import words
from story.tiers import customers as told
from tests.pages.conftest import ROOT, texts
from ui.take import moved

App = Callable[..., AppTest]
FILTERS = {
    "months": "3",
    "rule": "asset_tier",
    "class": "family",
    "stage": "retired",
    "won": "payroll",
    "exposed": "none",
}


def facts(page: AppTest) -> str:
    return "\n".join(caption.value for caption in page.caption)


def test_every_filter_lives_in_the_url_and_is_said(app: App):
    page = app("tiers", **FILTERS, branch="B002")
    assert not page.exception
    said = facts(page)
    for part in ("tier by assets", "families", "retired", "won by payroll", "no campaign", "Jul 2026 to Oct 2026"):
        assert part in said
    for key, value in (FILTERS | {"branch": "B002"}).items():
        assert page.selectbox(key=f"filter_{key}").value == value
    page.selectbox(key="filter_months").select("1").run()
    assert page.query_params["months"] == "1"
    assert "Sep 2026 to Oct 2026" in facts(page)


def test_how_many_more_rise_is_chosen_and_said_in_both_languages(app: App):
    page = app("tiers", **{"class": "family"})
    assert "If 25\N{THIN SPACE}% more rose" in texts(page).replace("\N{NARROW NO-BREAK SPACE}", "\N{THIN SPACE}")
    page.selectbox(key="filter_up").select("100").run()
    assert page.query_params["up"] == "100"
    assert "If 100" in texts(page)
    assert "若升级人数多" in texts(app("tiers", lang="zh"))


def test_a_campaign_is_planned_for_the_customers_whose_moves_are_looked_at(app: App):
    page = app("tiers", branch="B002", **{"class": "family"})
    (link,) = [one.proto for one in page.get("page_link") if one.proto.page.endswith("plan")]
    assert {"objective=grow", "cell=..", "class=family", "branch=B002"} <= set(link.query_string.split("&"))


def test_an_unknown_class_is_said_and_passed_over(app: App):
    page = app("tiers", **{"class": "nobility"})
    assert "which this data or your rights do not hold: all classes" in texts(page)


def test_a_list_is_chosen_paged_and_masked(app: App):
    page = app("moved", cell="basic..basic", months="1")
    assert "stayed in Basic" in page.title[0].value
    first = page.table[0].value
    assert first.iloc[:, 0].str.startswith("•••").all()
    page.selectbox(key="filter_leaf").select("2").run()
    assert page.query_params["leaf"] == "2"
    assert "rows 21 to 40 of" in texts(page)
    assert not page.table[0].value.equals(first)


def test_the_list_of_grace_says_what_became_of_such_customers(app: App):
    page = app("moved", cell="grace")
    assert "in the last month of grace" in page.title[0].value
    assert any("such fell" in header.value for header in page.header)


def test_who_may_not_see_customers_is_told_so_and_may_still_plan(app: App):
    page = app("moved", person="shen.qinghe", cell="basic..potential")
    assert not page.exception
    if "Single customers are shown to those who may see them." in texts(page):
        assert not page.table
        assert "purpose" not in [field.key for field in page.text_input]
    assert "audience_name" in [field.key for field in page.text_input]


def test_a_file_needs_a_purpose(app: App):
    def offered(page: AppTest) -> bool:
        return "moved_file" in str([button.proto.id for button in page.get("download_button")])

    page = app("moved", person="gu.ruolan", cell="basic..potential", months="12")
    assert not offered(page)
    page.text_input(key="purpose").input("   ").run()
    assert not offered(page)
    page.text_input(key="purpose").input("call those who rose").run()
    assert offered(page)


def test_an_audience_is_kept_as_its_filters_for_a_plan(app: App):
    page = app("moved", cell="potential..basic", months="3", **{"class": "family"})
    page.text_input(key="audience_name").input("Slipping families").run()
    next(button for button in page.button if button.label == "Keep the audience").click().run()
    (kept,) = views.of_owner(access.workspace(), demo.people.PEOPLE[1].email)
    assert (kept.page, kept.name) == (moved.PLAN, "Slipping families")
    assert dict(pair.split("=") for pair in kept.query.split("&")) == {
        "cell": "potential..basic",
        "months": "3",
        "class": "family",
    }


def test_where_there_is_no_list_no_audience_is_offered(app: App, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(told, "spelled", lambda _: {})
    page = app("moved")
    assert not page.exception
    assert "filter_cell" not in [one.key for one in page.selectbox]
    assert "audience_name" not in [field.key for field in page.text_input]


@pytest.fixture(scope="module")
def without_tiers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bank that records nothing of its customers' tiers."""
    folder = tmp_path_factory.mktemp("without") / "warehouse"
    tables = [(name, table) for name, table in demo.generate(0.002, 1) if name != "tier_snapshot"]
    publish_arrow(open_store(str(folder)), tables, source="feed", currency="CNY", as_of=demo.AS_OF, note="")
    return folder


def opened(page: str, language: str) -> AppTest:
    words.speak(language)
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=90)
    test.switch_page(f"pages/{page}.py")
    test.query_params["lang"] = language
    return test.run()


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("page", ["tiers", "moved"])
@pytest.mark.parametrize("name", ["without tiers", "uci", "berka"])
def test_a_bank_without_tiers_says_what_to_load_and_one_without_a_clock_shows_the_rest(
    bank: Callable[..., None], feed_of: Callable[[str], Path], without_tiers: Path, name: str, page: str, language: str
):
    bank(without_tiers if name == "without tiers" else feed_of(name), sign_in="local")
    test = opened(page, language)
    assert not test.exception
    assert not test.error
    assert len(test.title) == 1
    if name == "berka":
        assert len(test.metric) == (6 if page == "tiers" else 0)
    elif language == "en":
        assert test.title[0].value == "Nothing to show yet"
        assert "tier_snapshot" in texts(test)
