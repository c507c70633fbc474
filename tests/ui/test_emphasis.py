"""A filled button only where its text can be read: as wide a contrast as WCAG 2.2 asks of text, 4.5 : 1."""

from __future__ import annotations

import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st

from ui import emphasis


def luminance(colour: str) -> float:
    """Relative, as WCAG 2.2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_white_can_be_read_on_what_is_filled(mode: str, monkeypatch: pytest.MonkeyPatch):
    theme = tomllib.loads(Path(".streamlit/config.toml").read_text())["theme"][mode]
    monkeypatch.setattr(st, "context", SimpleNamespace(theme=SimpleNamespace(type=mode)))
    readable = 1.05 / (luminance(theme["primaryColor"]) + 0.05) >= 4.5
    assert (emphasis.main() == "primary") == readable


def test_nobody_fills_a_button_otherwise():
    written = [path for path in Path("ui").rglob("*.py") if 'type="primary"' in path.read_text()]
    assert written == []
