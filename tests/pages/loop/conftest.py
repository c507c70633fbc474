"""The demo bank with its planned and judged past: what the page of the loop is looked at with."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from answers.loop import past
from data_access import demo
from data_access.engines import Warehouse
from data_access.reading.reader import Reader
from data_access.reading.scope import WHOLE_BANK, Role, Viewer
from data_access.workspace.database import open_database
from story import words
from tests.data_access.small_bank import warehouse_of
from tests.pages.conftest import HOMES, ROOT
from ui.door import sign_in


@pytest.fixture(scope="session")
def loop_warehouse(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    opened = warehouse_of(str(shutil.copytree(demo_warehouse, tmp_path_factory.mktemp("loop") / "warehouse")))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def readers(loop_warehouse: Warehouse) -> dict[str, Reader]:
    """Of the demo people of the whole bank, by role."""
    people = [one for one in demo.people.PEOPLE if not one.branches]
    viewers = [Viewer(one.email, one.name, Role(one.role), WHOLE_BANK, True) for one in people]
    return {one.role.value: Reader(one, loop_warehouse) for one in viewers}


@pytest.fixture(scope="session")
def judged_past(planned_past: Path, readers: dict[str, Reader], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which what was planned and is over has been judged; whoever writes takes a copy."""
    path = Path(shutil.copy(planned_past, tmp_path_factory.mktemp("judged_past") / "workspace.sqlite"))
    work = open_database(f"sqlite:///{path}")
    assert past.judge_the_past(list(readers.values()), work) > 20
    assert past.judge_the_past(list(readers.values()), work) == 0, "what is said is not said again"
    work.dispose()
    return path


@pytest.fixture(scope="session")
def judged(judged_past: Path) -> Iterator[sa.Engine]:
    """The same, to be read."""
    engine = open_database(f"sqlite:///{judged_past}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def sql(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Any]]:
    copied = shutil.copy(next(demo_warehouse.glob("*.duckdb")), tmp_path_factory.mktemp("loop_sql") / "bank.duckdb")
    with duckdb.connect(str(copied), read_only=True) as connection:
        yield lambda statement: connection.execute(statement).fetchall()


@pytest.fixture
def loop_app(
    bank: Callable[..., None], demo_warehouse: Path, judged_past: Path, tmp_path: Path
) -> Callable[..., AppTest]:
    """Runs a page of the demo bank on a copy of its judged past."""
    bank(demo_warehouse, workspace=f"sqlite:///{shutil.copy(judged_past, tmp_path / 'judged.sqlite')}")

    def run(page: str = "loop", person: str = "lu.zhixing", **query: str) -> AppTest:
        words.speak(query.get("lang", "en"))
        test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        test.session_state[sign_in.CHOSEN] = f"{person}@demo.example"
        if page != HOMES[person]:
            test.switch_page(f"pages/{page}.py")
        test.query_params.update(query)
        return test.run()

    return run
