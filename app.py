"""Branchlight: who is it, which pages may they open, run one."""

import streamlit as st

from story import words
from ui import errors, filters, navigation, page

words.speak(filters.language())

with errors.shown():
    with navigation.outside():
        who = page.viewer()
    chosen = st.navigation(navigation.pages(who.role))
    navigation.title(f"{chosen.title} · Branchlight")
    page.sidebar(who)
    with page.kept():
        chosen.run()
