"""The browser of the journeys: an installed Chromium, else Playwright's own, else Debian's package.

Run as a script it makes sure that there is one; the journeys call `find`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


def find() -> str | None:
    """Path of a usable browser, or None."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def install() -> str | None:
    """Install Playwright's browser, or Debian's where that cannot be downloaded."""
    commands = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get") and os.geteuid() == 0:
        commands += [["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]]
    for command in commands:
        subprocess.run(command, check=False)
        if path := find():
            return path
    return None


if __name__ == "__main__":
    path = find() or install()
    if path is None:
        sys.exit("The browser tests need Chromium and none could be installed. On Debian: apt-get install chromium")
    sys.stdout.write(f"Browser of the tests: {path}\n")
