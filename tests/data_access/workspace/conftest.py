"""An empty workspace on both engines, and people of each role."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from data_access.reading.scope import WHOLE_BANK, Role, Scope, Viewer
from data_access.settings import settings
from data_access.workspace.database import open_database
from data_access.workspace.tables import metadata

HEAD = Viewer("lin@bank.example", "林越", Role.BRANCH_HEAD, Scope(frozenset({"B1", "B2"})), True)
OTHER_HEAD = Viewer("an@bank.example", "An", Role.BRANCH_HEAD, Scope(frozenset({"B2", "B3"})), True)
PLANNER = Viewer("gu@bank.example", "Gu", Role.PLANNER, WHOLE_BANK)
REGION = Viewer("he@bank.example", "He", Role.PLANNER, Scope(frozenset({"B1"})))
EXECUTIVE = Viewer("wu@bank.example", "Wu", Role.EXECUTIVE, WHOLE_BANK)
ADMINISTRATOR = Viewer("xu@bank.example", "Xu", Role.ADMINISTRATOR, WHOLE_BANK)


@pytest.fixture(autouse=True)
def audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where what is done here is written down."""
    monkeypatch.setenv("BRANCHLIGHT_AUDIT_LOG", str(tmp_path / "audit.jsonl"))
    settings.cache_clear()
    yield tmp_path / "audit.jsonl"
    settings.cache_clear()


@pytest.fixture(scope="module")
def urls(request, tmp_path_factory, postgresql_server):
    folder = tmp_path_factory.mktemp("workspace") / "not" / "there" / "yet"
    name = request.module.__name__.rpartition(".")[2]
    return {"sqlite": f"sqlite:///{folder}/workspace.sqlite", "postgresql": postgresql_server(f"workspace_{name}")}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def opened(request, urls) -> Iterator[sa.Engine]:
    engine = open_database(urls[request.param])
    yield engine
    engine.dispose()


@pytest.fixture
def workspace(opened: sa.Engine) -> sa.Engine:
    with opened.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(sa.delete(table))
    return opened
