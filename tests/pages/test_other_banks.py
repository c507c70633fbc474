"""My week and Summary on banks that bring little: every role and both languages see what is there, or why it is not."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data_access.door import access
from data_access.reading.scope import WHOLE_BANK, Role, Scope, Viewer
from story import words
from tests.pages.conftest import ROOT, read, texts
from ui.door import sign_in

RAW = re.compile(r"(?<![\w-])(nan|NaN|NaT|None(?! of)|inf|Traceback)(?![\w-])")
BRANCH = {"uci": "UCI", "berka": "18", "empty": "B1"}
NEEDS = {"uci": set[str](), "berka": {"summary"}, "empty": {"summary"}}


def whoever(role: Role, kind: str) -> Viewer:
    own = Scope(frozenset({BRANCH[kind]})) if role is Role.BRANCH_HEAD else WHOLE_BANK
    return Viewer(f"{role}@bank.example", f"One {role}", role, own, may_see_customers=role is not Role.EXECUTIVE)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("page", ["week", "summary"])
@pytest.mark.parametrize("kind", BRANCH)
def test_the_page_opens_or_says_what_to_load(
    bank: Callable[..., None],
    feed_of: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    page: str,
    role: Role,
    language: str,
):
    bank(feed_of(kind), sign_in="local")
    person = whoever(role, kind)
    monkeypatch.setattr(access, "offered", lambda _version: (person,))
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    test.session_state[sign_in.CHOSEN] = person.email
    test.switch_page(f"pages/{page}.py")
    test.query_params["lang"] = language
    test.run()
    words.speak("en")
    assert not test.exception
    assert not test.error
    said = texts(test)
    assert len(test.title) == 1
    assert RAW.search(said) is None
    assert bool(re.search("[\u4e00-\u9fff]", read(test.title[0].value))) == (language == "zh")
    nothing = {"en": "Nothing to show yet", "zh": "暂无可显示的内容"}[language]
    assert (nothing == test.title[0].value) == (page in NEEDS[kind]), test.title[0].value
    if page in NEEDS[kind]:
        assert "campaign_member" in said, "it is named what to load"
    else:
        assert len(test.metric) == 6
