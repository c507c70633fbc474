"""The command line says what happened, in words, and ends with a code."""

import pytest
from typer.testing import CliRunner

from data_access.__main__ import app, main
from data_access.loading.template import dictionary
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
    (folder / "branch.csv").write_text("branch_id,name\n001,New\n", "utf-8")
    run("load", str(folder), *warehouse)
    shown = run("status", *warehouse)
    assert "source: feed" in shown
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


def test_settings_are_printed_with_the_variable_that_sets_them():
    assert "BRANCHLIGHT_FEED_ROWS = " in run("settings")
