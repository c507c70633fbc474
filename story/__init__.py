"""An answer in the reader's language: headline, facts, cards, charts, tables, as values. No screen, no SQL."""
