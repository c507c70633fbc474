"""Branchlight: who is it, which pages may they open, run one."""

import streamlit as st

from story import words
from ui import errors, filters, navigation, page, warm

st.set_page_config(page_title="Branchlight", page_icon=str(navigation.ICON), layout="wide")
words.speak(filters.language())

with errors.shown(), warm.visited():
    # Before anyone has signed in every page is known and none is run, so that a link survives the sign-in.
    st.navigation(navigation.pages(), position="hidden")
    who = page.viewer(warm.beside)
    chosen = st.navigation(navigation.pages(who.role))
    st.set_page_config(page_title=f"{chosen.title} · Branchlight")
    page.sidebar(who)
    with page.kept():
        chosen.run()
