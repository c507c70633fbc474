"""A story as slides that a person can edit: native text, tables and charts, in the bank's own template."""

from reports.slides.deck import pptx

__all__ = ["pptx"]
