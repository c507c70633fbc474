"""Every page, in every role and both languages: it shows the data, or says why it can't."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data_access import demo
from data_access.door import access
from data_access.loading.publish import publish_arrow
from data_access.versions import open_store
from data_access.workspace import views
from story import sitemap, words
from tests.pages.conftest import ROOT, read, texts, with_open
from ui.act import views as menus

PEOPLE = [person.email.partition("@")[0] for person in demo.people.PEOPLE]
RAW = re.compile(r"(?<![\w-])(nan|NaN|NaT|None(?! of)|inf|Traceback)(?![\w-])")
App = Callable[..., AppTest]


def english_words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z]{4,}", re.sub(r"`[^`]*`|:material/\w+:", "", text))


def assigned(page: AppTest) -> int:
    found = re.search(r"([\d,]+) customers assigned", texts(page))
    assert found is not None
    return int(found[1].replace(",", ""))


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("row", sitemap.ROWS, ids=lambda row: row.key)
def test_every_page_opens_for_everyone_in_both_languages(app: App, row: sitemap.Row, person: str, language: str):
    page = app(row.key, person, lang=language, campaign="K040")
    assert not page.exception
    assert not page.error
    assert len(page.title) == 1
    said = texts(page)
    assert RAW.search(said) is None
    if language == "zh":  # a Chinese page says hardly anything in English
        assert len(english_words(said)) < len(re.findall(r"[\u4e00-\u9fff]", said)) / 20


def test_a_filter_in_the_url_is_applied_and_an_unknown_value_is_passed_over(app: App):
    every, quarter, unknown = app(), app(period="2026-q2"), app(period="next-year")
    assert "2nd quarter" in texts(quarter)
    said = "The link asks for Period “next-year”, which this data or your rights do not hold: year 2026."
    assert sorted(texts(unknown).splitlines()) == sorted([*texts(every).splitlines(), said])
    assert quarter.title[0].value != every.title[0].value
    assert app(objective="GROW").selectbox(key="filter_objective").value == "grow"


def test_changing_a_filter_writes_it_to_the_url_and_the_default_leaves_it(app: App):
    page = app()
    page.selectbox(key="filter_objective").select("grow").run()
    assert page.query_params["objective"] == "grow"
    page.selectbox(key="filter_objective").select("all").run()
    assert "objective" not in page.query_params


def test_a_branch_head_is_offered_no_other_branch_and_counts_fewer_customers(app: App):
    head, planner = app(person=PEOPLE[2]), app(person=PEOPLE[1])
    assert [box.key for box in head.selectbox if box.key == "filter_branch"] == []
    assert "filter_branch" in [box.key for box in planner.selectbox]
    assert 0 < assigned(head) < assigned(planner)


def test_a_link_carries_no_identity(app: App):
    assert PEOPLE[1].split(".")[0] not in str(app(campaign="K040").query_params)


def test_a_campaign_that_does_not_exist_is_said_so(app: App):
    assert app("campaign", campaign="nothing").title[0].value == "Which campaign?"


def test_a_choice_without_campaigns_says_what_to_do(app: App):
    page = app(objective="retain", line="credit_card", period="2024-q2")
    assert page.title[0].value == "No campaign ran in this choice"
    assert "Choose a longer period" in texts(page)


def test_nobody_signs_in_without_a_proof_where_the_bank_is_not_the_demo(bank: Callable[..., None], tmp_path: Path):
    publish_arrow(
        open_store(str(tmp_path / "warehouse")),
        demo.generate(0.002, 1),
        source="feed",
        currency="CNY",
        as_of=demo.AS_OF,
        note="",
    )
    bank(tmp_path / "warehouse")
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert page.title[0].value == "Sign-in is not set up yet"
    assert [button.key for button in page.button if str(button.key).startswith("as_")] == []


def test_the_first_start_offers_the_demo_bank(bank: Callable[..., None], tmp_path: Path):
    bank(tmp_path / "nothing")
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert page.title[0].value == "There is no data yet"
    assert [button.label for button in page.button] == ["Build the demo bank"]


def test_a_failure_shows_a_reference_and_keeps_its_cause_to_the_log(
    app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr("ui.tell.cards", lambda *_: 1 / 0)
    page = app()
    said = page.error[0].value
    reference = re.fullmatch(r"This page could not be shown\. Your data is unchanged\. Reference ([0-9A-F]{8})\.", said)
    assert reference is not None
    assert reference[1] in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_a_new_version_is_shown_without_a_restart(bank: Callable[..., None], demo_warehouse: Path, tmp_path: Path):
    store = open_store(str(shutil.copytree(demo_warehouse, tmp_path / "warehouse")))
    first = store.current()
    assert first is not None
    bank(tmp_path / "warehouse")
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    page.button(key=f"as_{demo.people.PEOPLE[1].email}").click().run()
    page.switch_page("pages/data.py").run()
    assert first.id in texts(page)
    second = demo.build(store, scale=0.001, seed=2)
    assert second.id in texts(page.run())


def test_a_view_is_saved_deleted_and_brought_back(app: App):
    page = with_open(app(period="2026-q2"), menus.MENU)
    page.text_input(key="view_name").input("Spring").run()
    press(page, "Save this view")
    assert [view.name for view in views.of_owner(access.workspace(), demo.people.PEOPLE[1].email)] == ["Spring"]
    press(page, "Delete")
    assert views.of_owner(access.workspace(), demo.people.PEOPLE[1].email) == []
    page.switch_page("pages/data.py").run()
    assert "Undo the deletion" not in [button.label for button in with_open(page, menus.MENU).button]
    page.switch_page("pages/campaigns.py").run()
    with_open(page, menus.MENU)
    press(page, "Undo the deletion")
    (view,) = views.of_owner(access.workspace(), demo.people.PEOPLE[1].email)
    assert view.query == "period=2026-q2"


def press(page: AppTest, label: str) -> None:
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception
    assert not page.error


def test_a_link_to_no_page_is_said_once_on_the_first_page(app: App):
    page = app("campaigns", asked="nosuch *page*")
    said = [read(str(one.value)) for one in page.caption if "does not exist" in str(one.value)]
    assert said == ["The link asks for a page “nosuch *page*” that does not exist. This is your first page."]
    assert "asked" not in page.query_params
    assert not [one for one in page.run().caption if "does not exist" in str(one.value)]
