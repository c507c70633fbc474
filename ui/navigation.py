"""The pages as Streamlit navigates them: the sitemap's rows, their files and addresses."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st
from data_access.reading.scope import Role
from story import sitemap
from story.words import say
from streamlit.runtime.pages_manager import PagesManager

ICON: Final = Path(__file__).parent / "icon.svg"
"""The tab's icon: a file of our own, for an icon by name is fetched from another host."""


def ours_alone() -> None:
    """Tells Streamlit that the navigation is this one: until a first run it would list the names of files in pages/."""
    PagesManager.uses_pages_directory = False


def path(key: str) -> str:
    """The file of a page, as links within the app name it."""
    return f"pages/{key}.py"


def pages(role: Role | None = None) -> dict[str, list[st.Page]]:
    """The pages that a role may open, by section; without a role all of them."""

    def home() -> None:
        """The bare address: the role's first page, at its own address, with what the link asked for."""
        st.switch_page(path(sitemap.home(role or Role.PLANNER)), query_params=st.query_params.to_dict())

    sections = {"": [st.Page(home, default=True, visibility="hidden")]}
    for row in sitemap.ROWS:
        if role is None or role in row.roles:
            page = st.Page(
                path(row.key),
                title=say(row.title),
                icon=row.icon,
                url_path=row.key,
                visibility="visible" if row.listed else "hidden",
            )
            sections.setdefault(say(row.section), []).append(page)
    return sections
