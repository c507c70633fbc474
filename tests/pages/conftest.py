"""The app on a small demo bank, as any of its people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data_access import demo
from data_access.door import access
from data_access.settings import settings
from data_access.versions import open_store
from story import words
from ui import sign_in

ROOT = Path(__file__).parent.parent.parent
SCALE = 0.004
HEADS = {person.email.partition("@")[0] for person in demo.people.PEOPLE if person.role == "branch_head"}


@pytest.fixture(scope="session")
def demo_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "warehouse"
    demo.build(open_store(str(folder)), scale=SCALE)
    return folder


@pytest.fixture
def bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Points the app at a warehouse and at a workspace of this test's own."""

    def use(warehouse: Path, **others: str) -> None:
        monkeypatch.setenv("BRANCHLIGHT_WAREHOUSE", str(warehouse))
        monkeypatch.setenv("BRANCHLIGHT_WORKSPACE", f"sqlite:///{tmp_path / 'workspace.sqlite'}")
        monkeypatch.setenv("BRANCHLIGHT_AUDIT_LOG", str(tmp_path / "audit.jsonl"))
        for name, value in others.items():
            monkeypatch.setenv(f"BRANCHLIGHT_{name.upper()}", value)
        forget()

    def forget() -> None:
        for cached in (settings, access.warehouse, access.workspace):
            cached.cache_clear()

    yield use
    forget()


@pytest.fixture
def app(bank: Callable[..., None], demo_warehouse: Path) -> Callable[..., AppTest]:
    """Runs a page of the demo bank: ``app("campaign", person="gu.ning", campaign="K001")``."""
    bank(demo_warehouse)

    def run(page: str = "campaigns", person: str = "lu.zhixing", **query: str) -> AppTest:
        words.speak(query.get("lang", "en"))  # AppTest formats options in this thread
        test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        test.session_state[sign_in.CHOSEN] = f"{person}@demo.example"
        if page != "campaigns" or person in HEADS:  # a branch head's first page is the week
            test.switch_page(f"pages/{page}.py")
        test.query_params.update(query)
        test.run()
        return test

    return run


def texts(test: AppTest) -> str:
    """Everything that the page says outside charts and tables, as it is read: without the marks that escape it."""
    kinds = (test.title, test.header, test.caption, test.markdown, test.error, test.metric)
    return "\n".join(read(str(element.value)) for kind in kinds for element in kind)


def read(escaped: str) -> str:
    """A text of the screen as a reader sees it: `ui.markdown.plain` undone by CommonMark's own rules."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", escaped).replace("\N{WORD JOINER}", "")
