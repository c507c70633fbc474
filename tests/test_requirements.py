"""What a fresh machine installs from requirements.txt is what the documented ways need."""

from __future__ import annotations

import re
from importlib.metadata import requires
from pathlib import Path

ROOT = Path(__file__).parent.parent


def pinned() -> set[str]:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    return {name.lower() for name in re.findall(r"^([A-Za-z0-9][\w.-]*)==", text, re.MULTILINE)}


def test_sign_in_with_an_identity_provider_is_installed():
    """The tests' own provider needs the same packages: a test that signs in would not miss them."""
    needed = [line for line in requires("streamlit") or [] if re.search(r"extra == ['\"]auth['\"]", line)]
    names = {match[0].lower() for line in needed if (match := re.match(r"[\w.-]+", line))}
    assert {"authlib", "httpx"} <= names
    assert names <= pinned()
