"""What the page says while the past of the demo bank is planned and judged: how far it is, and that it fills itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event, Thread

import pytest
from streamlit.testing.v1 import AppTest

from story import words
from ui.loop import judging

PLANS = "plans its past campaigns, then judges them: 12 of 39 planned"
JUDGES = "judges its past campaigns: 5 of 22"
BEGINS = "about to be planned and judged"


@pytest.fixture
def at_work(monkeypatch: pytest.MonkeyPatch) -> Iterator[judging.Past]:
    """Work that goes on until the test is over."""
    over = Event()
    thread = Thread(target=over.wait)
    thread.start()
    past = judging.Past(thread)
    monkeypatch.setattr(judging, "PAST", past)
    yield past
    over.set()
    thread.join()


def test_an_empty_loop_says_how_far_its_past_is(app: Callable[..., AppTest], at_work: judging.Past):
    page = app("loop")
    assert BEGINS in _bar(page)
    at_work.at(12, 39, judges=False)
    assert PLANS in _bar(page.run())
    at_work.at(5, 22, judges=True)
    assert JUDGES in _bar(page.run())
    at_work.over()
    page.run()
    assert not page.exception
    assert _bar(page) == ""


def test_a_loop_that_was_judged_before_does_not_wait_for_the_start(
    loop_app: Callable[..., AppTest], at_work: judging.Past
):
    page = loop_app()
    assert at_work.runs
    assert _bar(page) == ""


def test_a_look_between_runs_of_the_page_speaks_the_reader_s_language(
    at_work: judging.Past, monkeypatch: pytest.MonkeyPatch
):
    told: list[str] = []
    monkeypatch.setattr(judging.filters, "language", lambda: "zh")
    monkeypatch.setattr(judging.st, "progress", lambda _part, text: told.append(text))
    at_work.at(5, 22, judges=True)
    words.speak("en")
    judging.watch()
    words.speak("en")
    assert "演示银行正在复盘以往活动：已完成 5/22" in told[0]


def _bar(page: AppTest) -> str:
    return " ".join(str(one.proto.text) for one in page.get("progress"))
