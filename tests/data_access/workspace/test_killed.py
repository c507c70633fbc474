"""A process that is killed while it writes leaves all of what it wrote, or nothing, and the next one goes on."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time

import pytest

from data_access.reading.scope import WHOLE_BANK
from data_access.workspace import targets
from data_access.workspace.database import open_database
from data_access.workspace.loop import plans
from data_access.workspace.targets import Key

KEYS = [Key(f"B{number}", "weekly_contacts", "2026-11") for number in range(60)]

_WRITES = """
import sys
from itertools import count
from data_access.workspace import targets
from data_access.workspace.database import open_database
engine = open_database(sys.argv[1])
keys = [targets.Key(f"B{number}", "weekly_contacts", "2026-11") for number in range(60)]
first = max((one.version for one in targets.latest(engine, targets.Scope(None)).values()), default=0) + 1
print("ready", flush=True)
for value in count(first):
    targets.put_all(engine, "gu", dict.fromkeys(keys, float(value)))
"""


_SAVES = """
import sys
from dataclasses import replace
from data_access.workspace.loop import plans
from data_access.workspace.database import open_database
from tests.data_access.workspace.conftest import PLANNER
engine = open_database(sys.argv[1])
kept = next(iter(plans.of(engine, PLANNER.scope)), None)
if kept is None:
    kept = plans.begin(engine, PLANNER, plans.Draft("1", (plans.Scenario("1", {"budget": "1"}),) * 4))
print("ready", flush=True)
while True:
    number = str(kept.version + 1)
    scenario = plans.Scenario(number, {"budget": number})
    kept = plans.save(engine, PLANNER, kept, plans.Draft(number, (scenario,) * 4))
"""


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_process_that_is_killed_while_it_saves_a_plan_leaves_the_version_before_or_after(engine, tmp_path, request):
    url = f"sqlite:///{tmp_path}/workspace.sqlite"
    if engine == "postgresql":
        url = request.getfixturevalue("postgresql_server")("killed_plan")
    moments = random.Random(7)
    reached = 0
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-c", _SAVES, url], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(moments.uniform(0.05, 0.3))
            process.send_signal(signal.SIGKILL)
        workspace = open_database(url)
        (kept,) = plans.of(workspace, WHOLE_BANK)
        beyond = plans.find(workspace, WHOLE_BANK, kept.plan_id, kept.version + 1)
        workspace.dispose()
        written = str(kept.version)
        assert kept.draft == plans.Draft(written, (plans.Scenario(written, {"budget": written}),) * 4)
        assert beyond is None
        reached = kept.version
    assert reached > 3


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_process_that_is_killed_leaves_every_target_of_a_file_or_none(engine, tmp_path, request):
    url = f"sqlite:///{tmp_path}/workspace.sqlite"
    if engine == "postgresql":
        url = request.getfixturevalue("postgresql_server")("killed_workspace")
    moments = random.Random(7)
    reached = 0
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-c", _WRITES, url], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(moments.uniform(0.02, 0.3))
            process.send_signal(signal.SIGKILL)
        workspace = open_database(url)
        kept = targets.latest(workspace, WHOLE_BANK)
        workspace.dispose()
        told = {(one.value, one.version) for one in kept.values()}
        assert len(kept) in (0, len(KEYS))
        assert told == {(float(version), version) for _, version in told}
        assert len(told) <= 1
        reached = max((one.version for one in kept.values()), default=0)
    assert reached > 3
