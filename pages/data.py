"""Data and definitions: can I trust this, what does it mean?"""

import streamlit as st
from data_access.queries import data
from metrics.catalogue import Section
from ui import card, catalogue_tables, empty, export, filters, page, table
from ui.words import say

here = page.open("data")
reader, currency = here.reader, here.reader.currency
version, tables, recorded = data.version(reader), data.tables(reader), data.columns(reader)
files, rejections = data.files(reader), data.rejections(reader)

here.headline(catalogue_tables.headline(reader, tables), catalogue_tables.facts(version))
held = catalogue_tables.holdings(tables, recorded)
with here.tools:
    export.buttons(held, name="data", about=here.about([]), currency=currency)
    here.share()
card.row(catalogue_tables.cards(tables, files))
st.caption(version["note"].fillna("").iloc[0])

st.header(say("What is missing, and whom that silences"), anchor=False)
st.caption(say("A page without its tables says so; a metric without its table is not recorded, which is never 0"))
silent = catalogue_tables.missing(tables)
if silent:
    table.show(silent, currency=currency, alt=say("Missing tables"), key="missing")
else:
    empty.state(say("Every table of the contract has rows."))

st.header(say("What this version holds"), anchor=False)
st.caption(say("Rows refused and flagged by the last load · columns without a single value are not recorded"))
table.show(held, currency=currency, alt=say("Tables of this version"), key="held")

st.header(say("Why rows were refused"), anchor=False)
if rejections.empty:
    empty.state(say("The last load refused no row."))
else:
    table.show(catalogue_tables.refusals(rejections), currency=currency, alt=say("Refused rows"), key="refused")
if not files.empty:
    st.header(say("Files of this version"), anchor=False)
    table.show(catalogue_tables.loaded(files), currency=currency, alt=say("Files of this version"), key="files")

st.header(say("Metrics"), anchor=False)
st.caption(say("Each metric once: two metrics with different denominators have two names"))
section = filters.select("section", "campaign", catalogue_tables.sections(), say("Section"))
table.definitions(catalogue_tables.metrics(Section(section), reader))

st.header(say("Data dictionary"), anchor=False)
chosen = filters.pick("table", say("Table"), catalogue_tables.table_names(), 240)
st.caption(catalogue_tables.meaning(chosen))
table.definitions(catalogue_tables.dictionary_of(chosen, recorded))
