"""My week in the reader's language: headline, cards, charts and the list to act on."""
