"""The second look at a statement by itself: SQL as text, whatever made it."""

from __future__ import annotations

import pytest

from data_access import schema
from data_access.errors import ScopeError
from data_access.reading import compiled

SCOPED = "(SELECT sale.amount AS amount FROM sale WHERE sale.branch_id IN ($1)) AS sale"
VISIBLE = frozenset((f"SELECT sale.amount FROM {SCOPED}", "SELECT branch.name FROM branch AS branch"))  # noqa: S608
NAMES = frozenset(schema.metadata.tables)


def look(sql: str, scoped: str = SCOPED) -> None:
    compiled.check(sql.replace("SCOPED", scoped), VISIBLE, NAMES)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT sum(sale.amount) AS total FROM SCOPED",
        "WITH big AS (SELECT amount FROM SCOPED) SELECT count(*) FROM big, branch AS branch",
        "SELECT (SELECT CAST(max(amount) AS BIGINT) FROM SCOPED) AS x",
        "SELECT name FROM branch AS other",
    ],
)
def test_it_passes_what_was_handed_out(sql):
    look(sql)


def test_it_knows_what_was_handed_out_under_another_name():
    look("SELECT max(x.amount) FROM SCOPED", SCOPED.replace("AS sale", "AS x"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("IN ($1)", "IN ($1, $2)"),
        ("WHERE", "WHERE true OR"),
        ("AS sale", "AS customer"),
        (" WHERE sale.branch_id IN ($1)", ""),
        ("sale.branch_id IN", "sale.branch_id NOT IN"),
        ("FROM sale", "FROM contact AS sale"),
        ("FROM sale", "FROM other.sale AS sale"),
    ],
)
def test_it_refuses_rows_that_look_like_what_was_handed_out(old, new):
    assert old in SCOPED
    with pytest.raises(ScopeError, match="Nothing was read"):
        look("SELECT amount FROM SCOPED", SCOPED.replace(old, new))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT amount FROM sale",
        "SELECT amount FROM (SELECT amount FROM sale) AS x",
        "SELECT (SELECT max(amount) FROM sale) FROM SCOPED",
        "SELECT amount FROM SCOPED UNION ALL SELECT amount FROM sale",
        "WITH sale AS (SELECT 1 AS amount) SELECT amount FROM SCOPED",
        "WITH Branch AS (SELECT 1 AS amount) SELECT amount FROM SCOPED",
        "SELECT 1 AS x FROM (SELECT 1 AS y) AS customer",
        "SELECT name FROM other.branch AS branch",
        "SELECT name FROM branch AS branch USING SAMPLE 1",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM information_schema.tables",
        "SELECT now() FROM branch AS branch",
        "SELECT pg_catalog.getenv('HOME') FROM branch AS branch",
        "SELECT other.lower(name) FROM branch AS branch",
        "SELECT CAST(name AS DECIMAL(9, 2)) FROM branch AS branch",
        "SELECT CAST(name AS UUID) FROM branch AS branch",
        "SELECT [x FOR x IN (1, 2)] FROM branch AS branch",
        "SELECT name FROM branch AS branch; SELECT 1",
        "DELETE FROM sale",
        "not SQL at all",
        "",
    ],
)
def test_it_refuses_everything_else(sql):
    with pytest.raises(ScopeError, match="Nothing was read"):
        look(sql)
