"""`python -m tests.mutations` lists what no test noticed, ends with 1, and goes on where it stopped."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutations import __main__ as run
from tests.mutations.mutation import ROOT, Mutation, every

_TESTS = "story/text.py --doctest-modules"
TWICE = f"""
import sys
from pathlib import Path
from tests.mutations import __main__ as run
from tests.mutations.mutation import Mutation
run.LIBRARIES = ()
run.every = lambda: {{"mine": [
    Mutation("story/text.py", "    return ", "    return  ", {_TESTS!r}),
    Mutation("story/text.py", "    return ", "    return None  # ", {_TESTS!r}),
    Mutation("story/text.py", "    return ", "    return None  # ", {_TESTS + " -k nothing"!r}),
]}}
print([run.main(lists, Path(sys.argv[1])) for lists in (["mine"], [])])
"""
QUICK = """
import sys
from pathlib import Path
from tests.mutations import __main__ as run
sys.exit(run.main(["quick"], Path(sys.argv[1]), workers=1))
"""


def said(program: str, folder: Path) -> tuple[int, list[str]]:
    """How a program ended, and the lines it wrote."""
    command = [sys.executable, "-c", program, str(folder)]
    ended = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return ended.returncode, ended.stdout.splitlines()


def test_the_faults_of_every_run_are_noticed(tmp_path: Path):
    """One after the other in one process: most of the time goes into the libraries, which are then there."""
    code, lines = said(QUICK, tmp_path)
    assert code == 0, "\n".join(lines)
    assert lines[-1] == "0 faults that no test noticed."
    assert len(lines) == 2 + sum(mutation.quick for mutations in every().values() for mutation in mutations)


def test_what_no_test_noticed_is_listed_and_tried_again_and_what_one_did_is_remembered(tmp_path: Path):
    _code, lines = said(TWICE, tmp_path)
    assert lines[-1] == "[1, 1]", "\n".join(lines)
    assert [line for line in lines if " noticed before." in line or " no test noticed." in line] == [
        "3 faults, 0 of them noticed before.",
        "2 faults that no test noticed.",
        "3 faults, 1 of them noticed before.",
        "2 faults that no test noticed.",
    ]
    assert f"    {_TESTS}: NOT NOTICED" in lines
    assert f"    {_TESTS} -k nothing: No test ran: {_TESTS} -k nothing" in lines


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
