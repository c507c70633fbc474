"""A small demo bank for the command line, as the pages' tests have it."""

from tests.pages.conftest import bank, demo_warehouse, new_workspace, opened

__all__ = ["bank", "demo_warehouse", "new_workspace", "opened"]
