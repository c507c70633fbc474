"""The summary in the reader's language."""
