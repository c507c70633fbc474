"""Pages on feeds that are not the demo bank: what the public sets can tell, and what nobody can of an empty one."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from data_access.door import access
from data_access.reading.scope import WHOLE_BANK, Role, Scope, Viewer
from story import words
from tests.pages.conftest import ROOT, read, texts
from tests.pages.feeds import PUBLIC
from ui.door import sign_in

PAGES = ("tiers", "people", "campaigns", "campaign", "compare", "data")
BRANCH = {"uci": "UCI", "berka": "18", "three arms": "B1", "empty": "B1"}
RAW = re.compile(r"(?<![\w-])(nan|NaN|NaT|None(?! of)|inf|Traceback)(?![\w-])")


@pytest.fixture(scope="module", params=[*PUBLIC, "three arms", "empty"])
def feed(
    request: pytest.FixtureRequest, feed_of: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path, str]:
    """Its kind, its folder, and its first campaign."""
    folder = feed_of(request.param)
    copied = shutil.copy(next(folder.glob("*.duckdb")), tmp_path_factory.mktemp("by_hand"))
    with duckdb.connect(copied, read_only=True) as file:
        first = file.execute("SELECT min(campaign_id) FROM campaign").fetchone()
    return request.param, folder, (first[0] if first else None) or ""


def whoever(role: Role, kind: str) -> Viewer:
    own = Scope(frozenset({BRANCH[kind]})) if role is Role.BRANCH_HEAD else WHOLE_BANK
    return Viewer(f"{role}@bank.example", f"One {role}", role, own, may_see_customers=role is not Role.EXECUTIVE)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", PAGES)
def test_the_page_says_what_it_can_in_both_languages(
    bank: Callable[..., None], feed: tuple[str, Path, str], monkeypatch: pytest.MonkeyPatch, name: str, role: Role
):
    kind, folder, campaign = feed
    bank(folder, sign_in="local")
    person = whoever(role, kind)
    monkeypatch.setattr(access, "offered", lambda _version: (person,))
    for language in words.LANGUAGES:
        words.speak(language)
        page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
        page.session_state[sign_in.CHOSEN] = person.email
        page.switch_page(f"pages/{name}.py")
        page.query_params.update({"lang": language, **({"campaign": campaign} if name == "campaign" else {})})
        page.run()
        assert not page.exception
        assert not page.error
        assert len(page.title) == 1
        assert RAW.search(texts(page)) is None
        assert bool(re.search("[\u4e00-\u9fff]", read(page.title[0].value))) == (language == "zh")
        if kind == "empty" and name != "data":
            assert {"en": "Nothing to show yet", "zh": "暂无可显示的内容"}[language] in texts(page)
        if kind == "three arms" and name == "campaign":
            # Who serves whom, complaints and plans are not in this feed, and each block says so.
            assert {"en": "that is not recorded", "zh": "未作记录"}[language] in texts(page)
            assert {"en": "Neither complaints nor opt-outs", "zh": "投诉和退订均无记录"}[language] in texts(page)
            assert {"en": "no plan", "zh": "没有对应方案"}[language] in texts(page)
