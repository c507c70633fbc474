"""Makes sure of what the tests need of the machine beside packages of Python: a browser, and the font of reports.

Run: python -m tests.prepare
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence

from reports import fonts
from tests.journeys import chromium


def ready(found: Callable[[], bool], packages: Sequence[str], *ways: Sequence[str]) -> bool:
    """Whether it is there, or is once one of the ways was gone; Debian's packages are the last."""
    if found():
        return True
    last = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    debian = [["apt-get", "update", "-qq"], last] if shutil.which("apt-get") and os.geteuid() == 0 else []
    unasked = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in [*ways, *debian]:
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, env=unasked)
        if found():
            return True
    return False


def has_font() -> bool:
    """Whether reports can be written."""
    fonts.fonts.cache_clear()
    fonts.missing.cache_clear()
    return not fonts.missing()


if __name__ == "__main__":
    own = [sys.executable, "-m", "playwright", "install", "chromium"]
    if not ready(lambda: chromium.find() is not None, ["chromium"], own):
        sys.exit("The browser tests need Chromium and none could be installed. On Debian: apt-get install chromium")
    if not ready(has_font, [fonts.PACKAGE]):
        sys.exit(fonts.missing())
    sys.stdout.write(f"Browser of the tests: {chromium.find()}. The font of reports is there.\n")
