"""An administrator's feeds on the page: checked, loaded, left again for the version before; nobody else's."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import duckdb
import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from data_access.door import access, feeds
from data_access.errors import AccessError, BusyError, FeedError, RejectsError, StoreError
from data_access.loading.load import load_feed
from data_access.reading.scope import Role, Scope, Viewer
from data_access.versions import open_store
from story import words
from tests.data_access.loading.conftest import RIGHT
from tests.pages.conftest import ROOT, read, texts
from ui.act import job

IT = Viewer("it@bank.example", "IT", Role.ADMINISTRATOR, Scope(None), True)
MORE = "branch_id,name,region\n003,Hill,South\n"
HALF = "customer_id,branch_id,opened_on\n03,001,2024-01-02\n04,009,2024-01-02\n05,001,2024-13-02\n"
"""One customer that is right, one of a branch that nobody knows, one opened on a day that is none."""


@pytest.fixture
def fed(tmp_path: Path, bank: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A warehouse of a bank's own, with its local administrator; work of this process ends with the test."""
    monkeypatch.setattr("ui.act.job._latest", None)
    before = config.get_option("server.address")
    config.set_option("server.address", "127.0.0.1")
    feed, folder = tmp_path / "feed", tmp_path / "warehouse"
    feed.mkdir()
    for table, text in RIGHT.items():
        (feed / f"{table}.csv").write_text(text)
    load_feed(open_store(str(folder)), feed)
    bank(folder, sign_in="local")
    yield folder
    config.set_option("server.address", before)


@pytest.fixture
def screen(fed: Path) -> Callable[..., AppTest]:
    """Opens the data page."""

    def run(lang: str = "en") -> AppTest:
        words.speak(lang)
        test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        test.switch_page("pages/data.py")
        test.query_params["lang"] = lang
        test.run()
        assert not test.exception
        return test

    return run


def choose(page: AppTest, **files: str) -> AppTest:
    chosen = [(f"{table}.csv", text.encode(), "text/csv") for table, text in files.items()]
    return page.file_uploader(key="feed").set_value(chosen).run()


def press(page: AppTest, label: str) -> AppTest:
    """The page once the button was pressed and the work that it began has ended."""
    page = next(button for button in page.button if button.label == label).click().run()
    assert not page.exception
    begun = job.latest()
    assert begun is not None
    begun.wait()
    return page.run()


def cells(page: AppTest, header: str) -> list[str]:
    """A column of the tables that break their lines, by its header."""
    return [str(value) for table in page.table if header in table.value.columns for value in table.value[header]]


def held(warehouse: Path, table: str) -> list[str]:
    """Keys of the table in the current version, read by a way of its own."""
    versions = json.loads((warehouse / "current.json").read_text())["versions"]
    place = max(versions, key=lambda version: version["number"])["id"]
    # A copy: in one process DuckDB opens a file with one set of settings only, and the app has others.
    copied = shutil.copy(warehouse / f"warehouse-{place}.duckdb", warehouse.parent / "looked_at.duckdb")
    with duckdb.connect(copied, read_only=True) as connection:
        return [row[0] for row in connection.table(table).project(f"{table}_id").order(f"{table}_id").fetchall()]


def audited(warehouse: Path) -> list[str]:
    return [json.loads(line)["event"] for line in (warehouse.parent / "audit.jsonl").read_text("utf-8").splitlines()]


def test_files_are_checked_then_loaded_and_everybody_reads_the_new_version(screen, fed):
    page = choose(screen(), branch=MORE)
    assert "Load these files" not in {button.label for button in page.button}
    page = press(page, "Check these files")
    assert "1 row was read, none was refused. Nothing was loaded yet." in texts(page)
    assert held(fed, "branch") == ["001", "002"]
    page = press(page, "Load these files")
    assert held(fed, "branch") == ["001", "002", "003"]
    assert "1 row was read, none was refused. Version" in texts(page)
    assert {"checked", "loaded"} <= set(audited(fed))
    rows = next(card for card in page.metric if card.label == "Rows")
    assert rows.value == "8"


def test_refused_rows_are_told_with_place_and_remedy_and_left_out_only_by_will(screen, fed):
    page = press(choose(screen(), customer=HALF), "Check these files")
    assert "3 rows were read, 2 rows were refused. Nothing was loaded yet." in texts(page)
    assert {"customer.branch_id · customer.csv, line 3", "customer.opened_on · customer.csv, line 4"} <= {
        read(where).replace("\N{ZERO WIDTH SPACE}", "") for where in cells(page, "Where")
    }
    load = next(button for button in page.button if button.label == "Load these files")
    assert load.disabled
    page = page.checkbox(key="put_up_with").check().run()
    page = press(page, "Load these files")
    assert held(fed, "customer") == ["01", "02", "03", "05"]  # of 05 the day alone is left out


def test_the_way_back_leads_to_the_version_before(screen, fed):
    page = press(press(choose(screen(), branch=MORE), "Check these files"), "Load these files")
    assert held(fed, "branch") == ["001", "002", "003"]
    (back,) = [button for button in page.button if button.label.startswith("Return to 2")]
    page = back.click().run()
    assert held(fed, "branch") == ["001", "002"]
    assert "rolled_back" in audited(fed)
    assert not [button for button in page.button if button.label.startswith("Return to 2")]


def test_a_way_back_that_is_no_longer_there_is_refused_in_the_readers_language(screen, fed):
    page = press(press(choose(screen("zh"), branch=MORE), "检查这些文件"), "加载这些文件")
    (back,) = [button for button in page.button if button.label.startswith("恢复到 2")]
    feeds.load(IT, {"branch.csv": f"{MORE}004,Lake,South\n".encode()})
    (said,) = back.click().run().error
    assert said.value.endswith("未作任何改动。请先查看。")
    assert held(fed, "branch") == ["001", "002", "003", "004"]


def test_a_file_that_is_none_of_the_contract_is_refused_in_the_readers_language(screen, fed):
    page = press(choose(screen("zh"), brunch=MORE), "检查这些文件")
    (said,) = page.error
    assert "brunch.csv" in said.value.replace("\\", "")
    assert held(fed, "branch") == ["001", "002"]


def test_other_files_than_those_that_were_checked_are_not_loaded(screen):
    page = press(choose(screen(), branch=MORE), "Check these files")
    page = choose(page, branch=MORE.replace("Hill", "Lake"))
    assert "Load these files" not in {button.label for button in page.button}


def test_the_list_of_refused_values_is_for_who_may_see_customers(screen, monkeypatch: pytest.MonkeyPatch):
    page = press(choose(screen(), customer=HALF), "Check these files")
    assert [button.label for button in page.get("download_button") if "Refused" in button.proto.label]
    blind = Viewer("administrator@localhost", "Administrator", Role.ADMINISTRATOR, Scope(None), False)
    monkeypatch.setattr(access, "offered", lambda _version: (blind,))
    page = page.run()
    assert "2 rows were refused" in texts(page)
    assert not [button for button in page.get("download_button") if "Refused" in button.proto.label]


def test_what_came_of_somebody_elses_check_is_theirs_alone(screen):
    page = press(choose(screen(), customer=HALF), "Check these files")
    assert "2 rows were refused" in texts(page)
    job.latest().person = "another@bank.example"
    assert "2 rows were refused" not in texts(page.run())


def test_whose_rights_were_taken_since_begins_nothing(screen, monkeypatch: pytest.MonkeyPatch):
    page = choose(screen(), branch=MORE)
    before = job.latest()
    monkeypatch.setattr(access, "offered", lambda _version: (IT,))
    next(button for button in page.button if button.label == "Check these files").click().run()
    assert job.latest() is before


def test_work_runs_one_at_a_time():
    """And the second piece is refused, not queued."""
    gate = Event()
    assert job.begin("check", IT.email, (), lambda told: (told("loading tables", 1, 2), gate.wait(10)))
    first = job.latest()
    assert not job.begin("load", IT.email, (), lambda _told: True)
    assert job.latest() is first
    gate.set()
    first.wait()
    assert first.step == ("loading tables", 1, 2)
    assert not first.runs
    assert job.begin("check", IT.email, (), lambda _told: True)
    job.latest().wait()


def test_a_load_of_somebody_else_is_told_and_waits_for_nobody(screen):
    page = press(choose(screen(), branch=MORE), "Check these files")
    with open_store(str(feeds.settings().warehouse)).loading():
        page = press(page, "Load these files")
    assert isinstance(job.latest().error, BusyError)
    assert len(page.error) == 1


@pytest.mark.parametrize(
    ("failure", "en", "zh"),
    [
        (OSError(28, "No space left on device"), "The disk is full", "请腾出空间"),
        (duckdb.OutOfMemoryException("could not allocate block"), "memory_limit", "请调大设置 `memory_limit`"),
        (PermissionError(13, "Permission denied", "/feeds/sale.csv"), "Check the path", "请检查路径"),
    ],
    ids=["full disk", "no memory", "no right"],
)
def test_a_load_that_the_machine_stopped_says_so_in_the_readers_language(screen, monkeypatch, failure, en, zh):
    def stopped(*_arguments: object) -> None:
        raise failure

    monkeypatch.setattr(feeds, "check", stopped)
    for language, said in (("en", en), ("zh", zh)):
        page = choose(screen(language), branch=MORE)
        page = press(page, {"en": "Check these files", "zh": "检查这些文件"}[language])
        assert [said in read(error.value) for error in page.error] == [True], page.error


def test_a_fault_of_the_program_is_logged_once_however_often_it_is_looked_at(screen, monkeypatch, caplog):
    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(feeds, "check", broken)
    page = press(choose(screen(), branch=MORE), "Check these files")
    first = page.error[0].value
    assert re.search(r"Reference [0-9A-F]{8}", first)
    assert page.run().error[0].value == first
    assert len([entry for entry in caplog.records if "Reference" in entry.getMessage()]) == 1


@pytest.mark.parametrize("person", ["lu.zhixing", "shen.qinghe", "gu.ruolan"])
def test_nobody_else_is_offered_any_of_it(app: Callable[..., AppTest], person: str):
    page = app("data", person)
    assert "Load data" not in [header.value for header in page.header]
    assert not page.file_uploader


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_may_do_any_of_it(fed: Path, role: Role):
    other = Viewer("x@bank.example", "X", role, Scope(None), True)
    for viewer in (other, Viewer("y@bank.example", "Y", Role.ADMINISTRATOR, Scope(frozenset({"001"})), True)):
        for deed in (
            lambda viewer=viewer: feeds.check(viewer, {"branch.csv": MORE.encode()}),
            lambda viewer=viewer: feeds.load(viewer, {"branch.csv": MORE.encode()}),
            lambda viewer=viewer: feeds.history(viewer),
            lambda viewer=viewer: feeds.rollback(viewer, feeds.history(IT)[-1].id),
        ):
            with pytest.raises(AccessError):
                deed()
    assert held(fed, "branch") == ["001", "002"]


@pytest.mark.usefixtures("fed")
@pytest.mark.parametrize("name", ["../branch.csv", "/branch.csv", ".hidden.csv", "a/branch.csv"])
def test_a_name_that_leads_elsewhere_is_refused(name: str):
    with pytest.raises(FeedError, match="not the name of a file"):
        feeds.check(IT, {name: MORE.encode()})


@pytest.mark.usefixtures("fed")
def test_more_refused_rows_than_were_accepted_load_nothing():
    with pytest.raises(RejectsError):
        feeds.load(IT, {"customer.csv": HALF.encode()}, put_up_with=1)
    done = feeds.load(IT, {"customer.csv": HALF.encode()}, put_up_with=2)
    assert done.report.version is not None
    assert b"2024-13-02" in (done.refused or b"")


def test_the_way_back_from_a_version_that_is_no_longer_current_is_refused(fed: Path):
    left = feeds.history(IT)[-1].id
    feeds.load(IT, {"branch.csv": MORE.encode()})
    with pytest.raises(StoreError, match="is current by now"):
        feeds.rollback(IT, left)
    assert held(fed, "branch") == ["001", "002", "003"]
