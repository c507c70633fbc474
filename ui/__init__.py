"""The screen: frame, filters, cards, tables, charts and words. With the pages, the only room that knows Streamlit."""
