"""A page by mail: subscribed, changed, ended and brought back on the page itself, where a mail server is set."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data_access.door import access
from data_access.settings import settings
from data_access.workspace import subscriptions
from data_access.workspace.subscriptions import Subscription, What
from tests.pages.conftest import texts, with_open
from ui.act import subscribe

App = Callable[..., AppTest]
ME = "shen.qinghe@demo.example"


@pytest.fixture
def app_with_mail(app: App, monkeypatch: pytest.MonkeyPatch) -> App:
    monkeypatch.setenv("BRANCHLIGHT_MAIL__HOST", "mail.bank.example")
    settings.cache_clear()
    return lambda *of, **query: with_open(app(*of, **query), subscribe.MENU)


def mine() -> dict[What, Subscription]:
    return subscriptions.of(access.workspace(), ME)


def labels(page: AppTest) -> set[str]:
    return {button.label for button in page.button}


def press(page: AppTest, label: str) -> AppTest:
    pressed = next(button for button in page.button if button.label == label).click().run()
    assert not pressed.exception
    return pressed


def audited(folder: Path) -> list[tuple[str, str]]:
    lines = (folder / "audit.jsonl").read_text("utf-8").splitlines()
    deeds = [json.loads(line) for line in lines]
    return [(deed["event"], deed.get("again", "")) for deed in deeds if "subscribed" in deed["event"]]


def test_who_subscribes_changes_ends_and_undoes_it_sees_what_holds(app_with_mail: App, tmp_path: Path):
    page = app_with_mail("summary", "shen.qinghe")
    assert "This page each week, as you may see it then." in texts(page)
    assert "Unsubscribe" not in labels(page)
    page = press(page, "Subscribe")
    assert mine() == {What.SUMMARY: Subscription(What.SUMMARY, 1, 8, "en", "pdf")}
    assert "every Monday at 08:00: PDF, English." in texts(page)
    page.selectbox(key="subscribe_summary_weekday").set_value(5)
    page.selectbox(key="subscribe_summary_hour").set_value(17)
    page.selectbox(key="subscribe_summary_language").set_value("zh")
    page.selectbox(key="subscribe_summary_format").set_value("pptx")
    page = press(page, "Change")
    changed = {What.SUMMARY: Subscription(What.SUMMARY, 5, 17, "zh", "pptx")}
    assert mine() == changed
    assert "every Friday at 17:00: Slides (PPTX), 中文." in texts(page)
    page = press(page, "Unsubscribe")
    assert mine() == {}
    page = press(page, "Undo: subscribe again")
    assert mine() == changed
    assert "Undo: subscribe again" not in labels(page)
    assert audited(tmp_path) == [("subscribed", ""), ("subscribed", ""), ("unsubscribed", ""), ("subscribed", "yes")]


def test_what_was_ended_in_another_window_is_ended(app_with_mail: App):
    page = press(app_with_mail("summary", "shen.qinghe"), "Subscribe")
    viewer = next(one for one in access.offered(access.current()) if one.email == ME)
    subscriptions.unsubscribe(access.workspace(), viewer, What.SUMMARY)
    assert "Subscribe" in labels(press(page, "Unsubscribe"))


def test_the_week_proposes_the_language_that_is_spoken(app_with_mail: App):
    page = app_with_mail("week", "shen.qinghe", lang="zh")
    press(page, "订阅")
    assert mine() == {What.WEEK: Subscription(What.WEEK, 1, 8, "zh", "pdf")}


def test_a_week_with_customers_is_sent_for_a_purpose_alone(app_with_mail: App, tmp_path: Path):
    page = app_with_mail("week", "gu.ruolan")
    assert "Subscribe" not in labels(page)
    assert "Write the purpose; then the list can be taken along." in texts(page)
    page.text_input(key="purpose_mail").set_value("Monday's round").run()
    press(page, "Subscribe")
    assert list(subscriptions.of(access.workspace(), "gu.ruolan@demo.example")) == [What.WEEK]
    audit = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text("utf-8").splitlines()]
    (deed,) = (line for line in audit if line["event"] == "subscribed")
    assert (deed["person"], deed["what"], deed["purpose"]) == ("gu.ruolan@demo.example", "week", "Monday's round")


def test_nothing_is_offered_elsewhere_or_without_a_mail_server(app: App, monkeypatch: pytest.MonkeyPatch):
    assert "Subscribe" not in labels(app("summary", "shen.qinghe"))
    monkeypatch.setenv("BRANCHLIGHT_MAIL__HOST", "mail.bank.example")
    settings.cache_clear()
    assert "Subscribe" not in labels(app("campaigns", "shen.qinghe"))
