"""The people of a branch in the reader's language."""
