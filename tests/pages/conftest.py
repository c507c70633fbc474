"""The app on a small demo bank, as any of its people; its stories on both engines beside the bank counted by hand."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from answers.campaigns import campaign
from answers.campaigns import overview as campaigns
from answers.campaigns.overview import Choice
from data_access import demo
from data_access.door import access
from data_access.engines import Warehouse
from data_access.reading.reader import Reader
from data_access.reading.scope import Role
from data_access.settings import settings
from data_access.versions import open_store
from data_access.workspace.database import open_database
from story import sitemap, words
from story.campaigns import campaign as campaign_story
from story.campaigns import overview as campaigns_story
from story.parts import Story
from tests.data_access.small_bank import viewer, warehouse_of
from tests.pages.by_hand import Bank
from tests.pages.feeds import DATA, PUBLIC, publish
from tests.pages.shown import view
from ui import first
from ui.door import sign_in

ROOT = Path(__file__).parent.parent.parent
SCALE = 0.004
SCOPES = {"bank": ((), ""), "head": (("B001",), ""), "filter": ((), "B003")}
SEATS = {
    "bank": ("bank", "duckdb"),
    "head": ("head", "duckdb"),
    "filter": ("filter", "duckdb"),
    "head, postgresql": ("head", "postgresql"),
}
"""Who looks, and on which engine; `test_both_engines` holds every page of everyone to be the same on both."""
OWN = {"bank": (), "head": ("B001",)}
ONE = {
    "two arms": "K051",
    "three arms": "K043",
    "by branch": "K041",
    "to win": "K055",
    "targeted": "K049",
    "one arm counts": "K062",
    "none counted": "K066",
}
HOMES = {person.email.partition("@")[0]: sitemap.home(Role(person.role)) for person in demo.people.PEOPLE}


@pytest.fixture(scope="session")
def demo_warehouse(demo_bank: Callable[[float], Path]) -> Path:
    return demo_bank(SCALE)


@pytest.fixture(scope="session")
def feed_of(once: Callable[[str, Callable[[Path], object]], Path]) -> Callable[[str], Path]:
    """The warehouse of a kind that `feeds.publish` knows, loaded once for all tests: who writes takes a copy."""

    @cache
    def of(kind: str) -> Path:
        if kind in PUBLIC and not DATA.is_dir():
            pytest.skip("the public data sets are not beside the project")
        return once(kind.replace(" ", "_"), partial(publish, kind))

    return of


@pytest.fixture(scope="session")
def opened() -> Iterator[Callable[[Path, dict[str, str]], Warehouse]]:
    """The app's warehouse, kept with what it has read for the next test that opens it with the same settings."""
    kept: dict[Path, tuple[dict[str, str], Warehouse]] = {}
    new = access.warehouse.__wrapped__

    def of(place: Path, others: dict[str, str]) -> Warehouse:
        if place not in kept or kept[place][0] != others:
            if place in kept:
                kept.pop(place)[1].close()
            kept[place] = others, new()
        return kept[place][1]

    yield of
    for _, warehouse in kept.values():
        warehouse.close()


@pytest.fixture(scope="session")
def new_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty workspace in its newest shape: who writes takes a copy."""
    file = tmp_path_factory.mktemp("new") / "workspace.sqlite"
    open_database(f"sqlite:///{file}").dispose()
    return file


@pytest.fixture
def bank(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    opened: Callable[[Path, dict[str, str]], Warehouse],
    new_workspace: Path,
) -> Iterator[Callable[..., None]]:
    """Points the app at a warehouse and at a workspace of this test's own."""
    own = tmp_path / "workspace.sqlite"

    def use(warehouse: Path, **others: str) -> None:
        if not own.exists():
            shutil.copy2(new_workspace, own)
        monkeypatch.setenv("BRANCHLIGHT_WAREHOUSE", str(warehouse))
        monkeypatch.setenv("BRANCHLIGHT_WORKSPACE", f"sqlite:///{own}")
        monkeypatch.setenv("BRANCHLIGHT_AUDIT_LOG", str(tmp_path / "audit.jsonl"))
        for name, value in others.items():
            monkeypatch.setenv(f"BRANCHLIGHT_{name.upper()}", value)
        forget()
        monkeypatch.setattr(access, "warehouse", partial(opened, warehouse, others))

    def forget() -> None:
        for cached in (settings, access.workspace):
            cached.cache_clear()

    yield use
    forget()


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a browser that is not there."""
    monkeypatch.setattr(first, "alone", lambda _seconds: None)


@pytest.fixture(autouse=True)
def in_english() -> None:
    """No test is told in the language of the one before: AppTest formats options in this thread."""
    words.speak("en")


@pytest.fixture
def app(bank: Callable[..., None], demo_warehouse: Path) -> Callable[..., AppTest]:
    """Runs a page of the demo bank: ``app("campaign", person="gu.ning", campaign="K001")``."""
    bank(demo_warehouse)

    def run(page: str = "campaigns", person: str = "lu.zhixing", **query: str) -> AppTest:
        words.speak(query.get("lang", "en"))  # AppTest formats options in this thread
        test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        test.session_state[sign_in.CHOSEN] = f"{person}@demo.example"
        if page != HOMES[person]:
            test.switch_page(f"pages/{page}.py")
        test.query_params.update(query)
        test.run()
        return test

    return run


def with_open(test: AppTest, menu: str) -> AppTest:
    """The page with one of its menus open, by the menu's key."""
    test.session_state[menu] = True
    return test.run()


def texts(test: AppTest) -> str:
    """Everything that the page says outside charts and tables, as it is read: without the marks that escape it."""
    kinds = (test.title, test.header, test.caption, test.markdown, test.error, test.metric)
    return "\n".join(read(str(element.value)) for kind in kinds for element in kind)


def read(escaped: str) -> str:
    """A text of the screen as a reader sees it: `ui.markdown.plain` undone by CommonMark's own rules, no image.

    What is small and grey, as below the number of a card, is read as it stands.
    """
    seen = re.sub(r"!\[.*?\]\(data:image/[^)\s]*\)", "", escaped)
    seen = re.sub(r"^:gray\[:small\[(.*)\]\]$", r"\1", seen, flags=re.MULTILINE)
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", seen).replace("\N{WORD JOINER}", "")


@pytest.fixture(scope="session", params=SEATS)
def seat(request: pytest.FixtureRequest) -> tuple[str, str]:
    return SEATS[request.param]


@pytest.fixture(scope="session")
def scope(seat: tuple[str, str]) -> tuple[tuple[str, ...], str]:
    """Branches that the viewer may see, all if empty; and the one they chose."""
    return SCOPES[seat[0]]


@pytest.fixture(scope="module")
def file(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The demo bank's own file, for statements by hand."""
    copied = shutil.copy(next(demo_warehouse.glob("*.duckdb")), tmp_path_factory.mktemp("by_hand") / "bank.duckdb")
    with duckdb.connect(copied, read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module", params=OWN)
def own(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Branches of who looks: none for the whole bank, one for its head."""
    return OWN[request.param]


@pytest.fixture(scope="session")
def on_engine(
    demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory, postgresql_server: Callable[[str], str]
) -> Iterator[Callable[[str], Warehouse]]:
    """The demo bank on an engine, opened once: what changes with a test's parameters, pytest makes anew each time."""
    opened: dict[str, Warehouse] = {}

    def on(engine: str) -> Warehouse:
        if engine not in opened:
            if engine == "postgresql":
                url = postgresql_server("demo")
                demo.build(open_store(url), scale=SCALE)
            else:
                # A copy of its own: in one process DuckDB opens a file with one set of settings, the app has others.
                url = str(shutil.copytree(demo_warehouse, tmp_path_factory.mktemp("shown") / "warehouse"))
            opened[engine] = warehouse_of(url)
        return opened[engine]

    yield on
    for each in opened.values():
        each.close()


@pytest.fixture(scope="session", params=("duckdb", "postgresql"))
def warehouse(request: pytest.FixtureRequest, on_engine: Callable[[str], Warehouse]) -> Warehouse:
    """The demo bank on each engine in turn."""
    return on_engine(request.param)


@pytest.fixture(scope="session")
def copied(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copy(next(demo_warehouse.glob("*.duckdb")), tmp_path_factory.mktemp("by_hand") / "bank.duckdb")


@pytest.fixture(scope="session")
def by_hand(scope, copied: Path) -> Bank:
    own, chosen = scope
    return _bank(copied, (chosen,) if chosen else own)


@pytest.fixture(scope="session")
def scores(by_hand: Bank) -> dict[str, dict[str, Any]]:
    """What is counted by hand of every campaign that has a customer of the scope."""
    return _scores(by_hand)


@pytest.fixture(scope="session")
def verdicts(by_hand: Bank) -> dict[str, dict[str, str]]:
    return _verdicts(by_hand)


_bank = cache(Bank)
_verdicts = cache(Bank.verdicts)


@cache
def _scores(by_hand: Bank) -> dict[str, dict[str, Any]]:
    members = by_hand.sql("SELECT DISTINCT m.campaign_id FROM campaign_member m WHERE {where}")
    return {each: by_hand.scores(each) for each in members["campaign_id"]}


@pytest.fixture(scope="session")
def reader(seat: tuple[str, str], scope, on_engine: Callable[[str], Warehouse]) -> Reader:
    return Reader(viewer(*scope[0]), on_engine(seat[1]))


@pytest.fixture(scope="session")
def shown(scope, reader: Reader) -> Story:
    """The page of all campaigns."""
    words.speak("en")
    return campaigns_story.tell(campaigns.ask(reader, Choice(branch=scope[1])))


@pytest.fixture(scope="session")
def ids(shown: Story) -> list[str]:
    """The campaign of each row of the table."""
    return list(view(shown, "money").opens.values)


@pytest.fixture(scope="session", params=ONE)
def one(request: pytest.FixtureRequest, scope, reader: Reader) -> tuple[str, Story]:
    """The page of one campaign."""
    words.speak("en")
    campaign_id = ONE[request.param]
    return campaign_id, campaign_story.tell(campaign.ask(reader, campaign_id, scope[1]))
