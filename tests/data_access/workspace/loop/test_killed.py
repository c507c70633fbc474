"""A process that is killed while a loop goes round leaves every deed whole or undone, and the next one goes on."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from itertools import pairwise

import pytest
import sqlalchemy as sa

from data_access.reading.scope import WHOLE_BANK
from data_access.workspace.database import open_database
from data_access.workspace.loop import alarms, decisions, evaluations, frozen, matches, plans
from data_access.workspace.loop.alarms import Deed
from data_access.workspace.loop.decisions import State
from data_access.workspace.loop.plan_tables import action

ASKED = 25
"""Actions of each decision."""

_GOES_ROUND = f"""
import sys
from datetime import date
from data_access.workspace.database import open_database
from data_access.workspace.loop import actions, alarms, decisions, evaluations, frozen, matches, plans
from tests.data_access.workspace.conftest import EXECUTIVE, PLANNER
day, engine = date(2026, 11, 15), open_database(sys.argv[1])
kept = next(iter(plans.of(engine, PLANNER.scope)), None)
if kept is None:
    kept = plans.begin(engine, PLANNER, plans.Draft("Spring", (plans.Scenario("A", {{}}),)))
evaluated, decided = evaluations.latest(engine).get("K1"), decisions.latest(engine).get("K1")
while True:
    said = next(iter(matches.of(engine, PLANNER.scope)), None)
    if said is not None:
        matches.undo(engine, PLANNER, said)
    matches.put(engine, PLANNER, kept.plan_id, "K1", matches.State.CONFIRMED, None)
    alarms.keep(engine, [alarms.Alarm(kept.plan_id, kind, day, {{"n": 1.0}}, "v") for kind in ("behind", "ahead")])
    for one in alarms.of(engine, [kept.plan_id]):
        answered = one if one.settled else alarms.answer(engine, PLANNER, one, alarms.Deed.GO_ON, "one branch only")
        alarms.undo(engine, PLANNER, answered)
    number = evaluated.version + 1 if evaluated else 1
    evaluated = evaluations.write(engine, PLANNER, "K1", str(number), {{"n": number}}, "v", seen=number - 1)
    content = frozen.Content(
        kept.plan_id, kept.version, 1, day, day, "v", number, "1", {{"n": number}}
    )
    frozen.freeze(engine, PLANNER, kept, content)
    seen = decided.version if decided else 0
    if decided is None or decided.state is decisions.State.APPROVED:
        draft = decisions.Draft(decisions.Verdict.SCALE, str(seen + 1), PLANNER.email, day)
        asks = [actions.Asked(str(seen + 1), PLANNER.email, day)] * {ASKED}
        decided = decisions.decide(engine, PLANNER, "K1", draft, asked=asks, seen=seen)
    decided = decisions.approve(engine, EXECUTIVE, decided)
    for one in actions.of(engine, PLANNER.scope)[:2]:
        (actions.close if one.closed_at is None else actions.reopen)(engine, PLANNER, one)
    print("round", flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_process_that_is_killed_in_a_loop_leaves_each_deed_whole_or_undone(engine, tmp_path, request):
    url = f"sqlite:///{tmp_path}/workspace.sqlite"
    if engine == "postgresql":
        url = request.getfixturevalue("postgresql_server")("killed_loop")
    moments = random.Random(7)
    for _ in range(4):
        with subprocess.Popen([sys.executable, "-c", _GOES_ROUND, url], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "round\n"
            time.sleep(moments.uniform(0.0, 0.3))
            process.send_signal(signal.SIGKILL)
        workspace = open_database(url)
        reached = whole(workspace)
        workspace.dispose()
    assert reached >= 4


def whole(workspace: sa.Engine) -> int:
    """Asserts that nothing is half there; returns how many decisions were made."""
    (plan,) = plans.of(workspace, WHOLE_BANK)
    judged = evaluations.history(workspace, "K1")
    assert [one.version for one in judged] == list(range(len(judged), 0, -1))
    assert all((one.text, one.figures) == (str(one.version), {"n": one.version}) for one in judged)
    held = decisions.history(workspace, "K1")
    assert [one.version for one in held] == list(range(len(held), 0, -1))
    for later, earlier in pairwise(held):
        assert (earlier.state, later.state) in {(State.WAITING, State.APPROVED), (State.APPROVED, State.WAITING)}
    made = [one.version for one in held if one.state is State.WAITING]
    assert all(one.draft.reason == str(one.version if one.state is State.WAITING else one.version - 1) for one in held)
    with workspace.connect() as connection:
        asked = connection.execute(sa.select(action.c.text, action.c.decision_version, action.c.closed_at,
                                             action.c.closed_by)).all()  # fmt: skip
    assert sorted(int(one.text) for one in asked) == sorted(made * ASKED)
    assert {one.decision_version for one in asked} <= {len(held)}
    assert all((one.closed_at is None) == (one.closed_by is None) for one in asked)
    assert [one.state for one in matches.of(workspace, WHOLE_BANK)] in ([], [matches.State.CONFIRMED])
    raised = alarms.of(workspace, [plan.plan_id])
    assert len(raised) in (0, 2)
    for one in raised:
        assert (one.deed, one.answer, bool(one.by), one.at is None) in {
            (None, "", False, True),
            (Deed.GO_ON, "one branch only", True, False),
        }
    for forecast in frozen.of(workspace, WHOLE_BANK, plan.plan_id):
        assert forecast.content.kept == {"n": forecast.content.seed}
    return len(made)
