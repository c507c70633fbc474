"""The command line says what happened, in words, and ends with a code."""

import errno

import duckdb
import pytest
from typer.testing import CliRunner

from data_access.__main__ import app, main
from data_access.loading.files.template import dictionary
from data_access.schema import CONTRACT, metadata
from tests.data_access.loading.conftest import RIGHT


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == code, result.output
    return result.output


def test_template_check_load_status_and_rollback(feed, tmp_path):
    folder, warehouse = tmp_path / "mine", ("--warehouse", feed.store.url)
    run("template", str(folder))
    assert (folder / "README.md").read_text("utf-8").count("## ") == len(CONTRACT)
    for table, text in RIGHT.items():
        (folder / f"{table}.csv").write_text(text, "utf-8")
    assert "Nothing was loaded" in run("check", str(folder), *warehouse)
    assert "No version yet" in run("status", *warehouse)
    assert "is current" in run("load", str(folder), *warehouse)
    assert "The warehouse is unchanged" in run("load", str(folder), *warehouse)
    (folder / "branch.csv").write_text("branch_id,name\n001,New\n\n", "utf-8")
    run("load", str(folder), *warehouse)
    shown = run("status", *warehouse)
    assert "source: feed" in shown
    assert "note: Passed over: README.md.\nbranch.csv: 1 blank lines were passed over.\n" in shown
    assert "campaign_member" in shown
    assert "is current again" in run("rollback", *warehouse)
    assert feed.rows("SELECT name FROM branch WHERE branch_id = '001'") == [("Harbour",)]


def test_a_template_never_writes_into_a_folder_that_is_in_use(tmp_path, monkeypatch, capsys):
    (tmp_path / "letter.txt").write_text("x", "utf-8")
    monkeypatch.setattr("sys.argv", ["data_access", "template", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert "is not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_the_dictionary_names_every_column_with_its_unit():
    printed = "\n".join(dictionary())
    for table in CONTRACT:
        for column in metadata.tables[table].columns:
            assert f"| {column.name} | " in printed
            assert column.comment in printed
    assert "sales_amount | bigint | Sales to the customer in the window | minor units |" in printed


def test_check_and_load_print_where_the_first_faults_stand_and_what_to_do(feed, monkeypatch, capsys):
    feed.right().write("customer", "customer_id,branch_id,birth_year\n01,001,1980\n02,009,19x0\n")
    places = ("--warehouse", feed.store.url, "--rejects", str(feed.rejects))
    shown = run("check", str(feed.folder), *places, code=1)
    cell = "customer.csv line 3, branch_id '009': is not in branch. Load that row first or with this feed"
    assert cell in shown
    assert "customer.csv line 3, birth_year '19x0': is not a whole number. Correct the value" in shown
    assert "1 x customer.branch_id is not in branch" in shown
    assert "As a consequence, because they refer to a row that was refused: 1 x campaign_member.customer_id" in shown
    monkeypatch.setattr("sys.argv", ["data_access", "load", str(feed.folder), *places])
    with pytest.raises(SystemExit):
        main()
    said = capsys.readouterr().err
    assert cell in said
    assert "memory" not in said


def test_advice_about_the_machine_is_given_only_where_the_machine_is_the_cause(monkeypatch, capsys, tmp_path):
    def fails(error):
        def load_feed(*_, **__):
            raise error

        monkeypatch.setattr("data_access.__main__.load_feed", load_feed)
        monkeypatch.setattr("sys.argv", ["data_access", "load", str(tmp_path), "--warehouse", str(tmp_path / "w")])
        with pytest.raises(SystemExit):
            main()
        return capsys.readouterr().err

    assert "make room" in fails(OSError(errno.ENOSPC, "No space left on device"))
    assert "memory_limit" in fails(duckdb.OutOfMemoryException("out"))
    other = fails(OSError(errno.EACCES, "Permission denied"))
    assert "Permission denied" in other
    assert "make room" not in other
    assert "memory" not in other


def test_settings_are_printed_with_the_variable_that_sets_them():
    assert "BRANCHLIGHT_FEED_ROWS = " in run("settings")
