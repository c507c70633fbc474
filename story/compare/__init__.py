"""The comparison in the reader's language."""
