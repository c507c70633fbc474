"""The loop in the reader's language."""
