"""Campaigns in the reader's language: all of them, and one."""
