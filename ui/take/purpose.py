"""What single customers are taken along for: asked before they leave, and written to the audit."""

from __future__ import annotations

from typing import Final

import streamlit as st
from story.text import one_line
from story.words import say

from ui.markdown import plain

LONGEST: Final = 120
"""Signs of a purpose."""

SHORTEST: Final = 4

_KEY: Final = "purpose"


def asked(at: str = "") -> str:
    """The purpose as it was written; empty, and it is said what to do, while there is none.

    Args:
        at: Where on the page it is asked, if in several places.
    """
    key = f"{_KEY}_{at}" if at else _KEY
    st.caption(plain(say("Customers leave Branchlight with a purpose alone. It is written down with your name.")))
    st.text_input(say("What is the list for?"), key=key, max_chars=LONGEST)
    purpose = one_line(str(st.session_state.get(key) or ""))
    if len(purpose) >= SHORTEST:
        return purpose
    st.caption(say("Write the purpose; then the list can be taken along."))
    return ""
