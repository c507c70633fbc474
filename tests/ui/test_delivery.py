"""A file that is handed out at a click, which may come long after the page was shown."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from data_access.errors import AccessError
from data_access.settings import settings
from ui.page import Page
from ui.take.withheld import WithheldError


class Admitted:
    """Rights that may be changed between the run and the click."""

    changed = False

    def confirm(self) -> None:
        if self.changed:
            raise AccessError.of(
                "Your rights have changed. Nothing was changed or handed out. Here is what you may see now."
            )


@pytest.fixture
def audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BRANCHLIGHT_AUDIT_LOG", str(tmp_path / "audit.jsonl"))
    settings.cache_clear()
    yield tmp_path / "audit.jsonl"
    settings.cache_clear()


def test_rights_are_looked_at_again_when_a_file_is_handed_out(audit: Path):
    page = Page.__new__(Page)  # without the screen
    page._pass = admitted = Admitted()
    page.reader = SimpleNamespace(viewer=SimpleNamespace(email="lin@bank.example"), version="v1")
    made: list[str] = []

    def make() -> bytes:
        made.append("file")
        return b"rows"

    deliver = page.delivered("campaigns.csv", make)
    assert made == []
    assert not audit.exists()
    assert deliver() == b"rows"
    (line,) = [json.loads(line) for line in audit.read_text("utf-8").splitlines()]
    assert (line["event"], line["person"], line["file"], line["version"]) == (
        "exported",
        "lin@bank.example",
        "campaigns.csv",
        "v1",
    )
    admitted.changed = True
    with pytest.raises(WithheldError, match="Your rights have changed"):
        deliver()
    assert made == ["file"]
    assert len(audit.read_text("utf-8").splitlines()) == 1
