"""The audit and the log of failures: who, when, what, and no secret."""

from __future__ import annotations

import json
import logging
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data_access import logs
from data_access.settings import settings


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def put(where: str) -> Path:
        monkeypatch.setenv("BRANCHLIGHT_AUDIT_LOG", where)
        settings.cache_clear()
        return Path(where)

    yield put
    settings.cache_clear()


@pytest.fixture
def audit(place: Callable[[str], Path], tmp_path: Path) -> Path:
    return place(str(tmp_path / "logs" / "audit.jsonl"))


def lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_deed_is_written_with_time_person_and_reference(audit):
    reference = logs.record("exported", "lin@bank.example", file="campaigns.csv")
    (line,) = lines(audit)
    time = datetime.fromisoformat(line.pop("time"))
    assert abs((datetime.now(UTC) - time).total_seconds()) < 60
    assert line == {
        "event": "exported",
        "person": "lin@bank.example",
        "reference": reference,
        "file": "campaigns.csv",
    }
    assert len(reference) == 8
    assert stat.S_IMODE(audit.stat().st_mode) == 0o600
    assert stat.S_IMODE(audit.parent.stat().st_mode) == 0o700


def test_a_deed_cannot_forge_another(audit):
    logs.record("signed_in", 'x\n{"event": "rights_granted"}\u2028\r')
    assert [line["event"] for line in lines(audit)] == ["signed_in"]


def test_many_write_at_once_and_every_line_is_whole(audit):
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: logs.record("exported", f"p{n}", file="x" * 500), range(200)))
    assert {line["person"] for line in lines(audit)} == {f"p{n}" for n in range(200)}


def test_the_log_may_be_moved_away_while_it_is_written(audit):
    logs.record("signed_in", "a")
    audit.rename(audit.with_suffix(".1"))
    logs.record("signed_in", "b")
    assert [line["person"] for line in lines(audit)] == ["b"]


def test_a_deed_is_not_lost_where_the_file_cannot_be_written(place, tmp_path, capsys):
    place(str(tmp_path))  # a folder is no file
    logs.record("signed_in", "lin@bank.example")
    shown = capsys.readouterr().err
    assert "cannot be written" in shown
    assert json.loads(shown.splitlines()[-1])["person"] == "lin@bank.example"


def test_the_audit_may_go_to_the_error_stream(place, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    place(logs.STREAM)
    logs.record("signed_in", "lin@bank.example")
    assert json.loads(capsys.readouterr().err)["event"] == "signed_in"
    assert list(tmp_path.iterdir()) == []


def test_a_failure_is_logged_with_person_and_reference_and_without_passwords(capsys, caplog):
    try:
        raise ValueError("postgresql://lin:hu/nter@db:5432/bank is down, password='s3cret'")
    except ValueError as error:
        reference = logs.failure("lin@bank.example", error)
    (entry,) = caplog.records
    assert f"Reference {reference}, person lin@bank.example" in entry.getMessage()
    (handler,) = logging.getLogger("branchlight").handlers
    written = handler.format(entry)
    assert written.startswith(f"{datetime.now():%Y-}")
    assert "Traceback" in written
    assert "s3cret" not in written
    assert "***" in written


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://lin:hunter2@db/bank", "postgresql://lin:***@db/bank"),
        ("postgresql+psycopg://:hunter2@db/bank", "postgresql+psycopg://:***@db/bank"),
        ("postgresql://lin:a@b:c@db/bank", "postgresql://lin:***@db/bank"),
        ("postgresql://db/bank?user=lin&password=hunter2&sslmode=require", None),
        ('client_secret = "hunter2"', None),
        ("{'cookie_secret': 'hunter2'}", None),
        ("PGPASSWORD=hunter2", None),
        ("connection to db:5432 failed for lin@bank.example", "connection to db:5432 failed for lin@bank.example"),
        ("http://127.0.0.1:8501/campaigns?x=1", "http://127.0.0.1:8501/campaigns?x=1"),
    ],
)
def test_passwords_are_masked_wherever_they_stand(text, shown):
    masked = logs.masked(text)
    assert "hunter2" not in masked
    assert "a@b" not in masked
    assert shown is None or masked == shown
