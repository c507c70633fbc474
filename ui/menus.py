"""The menus of a page's tools: what is inside is worked out and drawn once somebody opens them."""

from __future__ import annotations

from typing import Any

import streamlit as st


def tool(label: str, icon: str, key: str) -> Any:
    """A menu by its label and the name of its icon; ``open`` says whether somebody has opened it."""
    return st.popover(label, icon=f":material/{icon}:", type="tertiary", key=key, on_change="rerun")
