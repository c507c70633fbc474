"""Tiers in the reader's language."""
