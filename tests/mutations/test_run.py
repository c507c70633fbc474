"""`python -m tests.mutations` lists what no test noticed, ends with 1, and goes on where it stopped."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutations import __main__ as run
from tests.mutations.mutation import ROOT, Mutation

_TESTS = "story/text.py --doctest-modules"
TWICE = f"""
import sys
from pathlib import Path
from tests.mutations import __main__ as run
from tests.mutations.mutation import Mutation
run.LIBRARIES = ()
run.MEMORY = Path(sys.argv[1])
run.every = lambda: {{"mine": [
    Mutation("story/text.py", "    return ", "    return  ", {_TESTS!r}),
    Mutation("story/text.py", "    return ", "    return None  # ", {_TESTS!r}),
    Mutation("story/text.py", "    return ", "    return None  # ", {_TESTS + " -k nothing"!r}),
]}}
print([run.main(["mine"]), run.main([])])
"""


def test_what_no_test_noticed_is_listed_and_tried_again_and_what_one_did_is_remembered(tmp_path: Path):
    command = [sys.executable, "-c", TWICE, str(tmp_path)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=300).stdout
    assert said.splitlines()[-1] == "[1, 1]"
    assert [line for line in said.splitlines() if " noticed before." in line or " no test noticed." in line] == [
        "3 faults, 0 of them noticed before.",
        "2 faults that no test noticed.",
        "3 faults, 1 of them noticed before.",
        "2 faults that no test noticed.",
    ]
    assert f"    {_TESTS}: NOT NOTICED" in said
    assert f"    {_TESTS} -k nothing: No test ran" in said


def test_a_fault_is_tried_again_when_it_or_its_file_or_its_tests_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(run, "ROOT", tmp_path)
    fault = Mutation("a.py", "1", "2", "test_a.py::test_one -k 'some thing'")
    (tmp_path / "a.py").write_text("1")
    (tmp_path / "test_a.py").write_text("assert True")
    digests = [run.digest(fault), run.digest(Mutation("a.py", "1", "3", fault.killed_by))]
    (tmp_path / "a.py").write_text("1 ")
    digests.append(run.digest(fault))
    (tmp_path / "test_a.py").write_text("assert 1")
    digests.append(run.digest(fault))
    assert len(set(digests)) == 4
    assert run.digest(fault) == digests[-1]


def test_a_list_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]):
    assert run.main(["storey"]) == 2
    assert "No list of faults: storey." in capsys.readouterr().out
