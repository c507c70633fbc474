"""Plans that are named in both languages are listed, and headed, in the reader's."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data_access.reading.scope import WHOLE_BANK
from data_access.workspace.database import open_database
from data_access.workspace.loop import plans


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_plan_is_called_by_its_name_in_the_readers_language(
    app: Callable[..., AppTest],
    bank: Callable[..., None],
    demo_warehouse: Path,
    planned_past: Path,
    tmp_path: Path,
    language: str,
):
    address = f"sqlite:///{shutil.copy(planned_past, tmp_path / 'past.sqlite')}"
    workspace = open_database(address)
    last = plans.of(workspace, WHOLE_BANK)[0]
    workspace.dispose()
    chinese, english = re.fullmatch(r"(\D*[^\x00-\x7f]) (\w.*)", last.draft.name).groups()  # pyright: ignore[reportOptionalMemberAccess]
    bank(demo_warehouse, workspace=address)
    page = app("plan", lang=language, plan=last.plan_id)
    heads = [one.proto.popover.label for one in page.get("popover")]
    links = [one.proto.label for one in page.get("page_link")]
    called, other = (english, chinese) if language == "en" else (chinese, english)
    assert [label for label in links if called in label]
    assert [label for label in heads if called in label]
    assert not [label for label in (*links, *heads) if other in label]
