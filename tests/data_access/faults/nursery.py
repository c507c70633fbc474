"""A process that has imported the loader, and forks a child for each load that it is asked for.

Reads lines ``url <tab> feed <tab> seconds until the child is killed, or 0`` and answers each with how the child ended
and after how many seconds: a program that starts anew for each of fifty loads would spend a minute on imports.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from pathlib import Path

import pandas  # noqa: F401 - DuckDB looks for it
import psycopg  # noqa: F401 - a child finds it imported
import pyarrow  # noqa: F401 - DuckDB looks for it

import data_access.versions.postgresql  # noqa: F401 - a child finds it imported
from data_access.loading.load import load_feed
from data_access.versions import open_store


def load(url: str, feed: str) -> None:
    store = open_store(url)
    load_feed(store, Path(feed), wait_seconds=30)
    store.close()


def main() -> None:
    print("ready", flush=True)  # noqa: T201 - the answer to whoever started it
    for line in sys.stdin:
        url, feed, kill_after = line.rstrip("\n").split("\t")
        child = os.fork()
        if child == 0:
            try:
                load(url, feed)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        began = time.perf_counter()
        if float(kill_after):
            time.sleep(float(kill_after))
            os.kill(child, signal.SIGKILL)  # it is not reaped before the next line, so that the id is still its own
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), time.perf_counter() - began, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
