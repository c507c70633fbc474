"""Serves Branchlight: `streamlit run server.py`. What surrounds every page, whoever asks for it.

`app.py` says what a page is; here stand the headers of every answer, the document that browsers
load first, who may fetch a file, and what is said of failures outside a page.
"""

import logging

import streamlit as st
from starlette.middleware import Middleware

from ui import errors, navigation, warm
from ui.door.document import Document
from ui.door.files import Files
from ui.door.headers import Headers
from ui.door.way_back import WayBack
from ui.take import withheld

logging.getLogger("streamlit.error_util").addFilter(errors.not_twice)
navigation.ours_alone()
withheld.in_words()
warm.up()
app = st.App(
    "app.py",
    on_script_error=errors.tell,
    middleware=[Middleware(Headers), Middleware(WayBack), Middleware(Document), Middleware(Files)],
)
