"""What sets the one button apart that a page or a form is about."""

from __future__ import annotations

from typing import Literal

import streamlit as st


def main() -> Literal["primary", "secondary"]:
    """The type of such a button: filled on a light page.

    Streamlit writes white on it, which the light primary colour of the dark page would leave unreadable (2.2 : 1).
    """
    return "primary" if st.context.theme.type == "light" else "secondary"
