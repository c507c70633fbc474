"""Streamlit shows no pages but those of the sitemap, not even before the first run of a process."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.runtime.pages_manager import PagesManager

from ui import navigation

APP = Path(__file__).parents[2] / "app.py"


def test_the_files_of_pages_are_no_pages_of_streamlits(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(PagesManager, "uses_pages_directory", None)
    navigation.ours_alone()
    PagesManager(str(APP))  # a session: it looks for the folder where nobody said anything
    assert PagesManager.uses_pages_directory is False
