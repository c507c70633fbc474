"""The examples of metrics, against SQL by hand."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from answers import data, worked
from answers.worked import Worked
from data_access.reading.reader import Reader
from metrics.catalogue import SECTIONS, Section
from story import words
from story.data import data as story
from story.parts import Views
from tests.data_access.small_bank import viewer, warehouse_of


@pytest.fixture(scope="module")
def reader(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    opened = warehouse_of(str(shutil.copytree(demo_warehouse, tmp_path_factory.mktemp("worked") / "own")))
    yield Reader(viewer(), opened)
    opened.close()


@pytest.fixture(scope="module")
def answer(reader: Reader) -> Worked:
    return worked.ask(reader)


def told(answer: Worked, key: str) -> list[float]:
    found = answer.numbers[key]
    return [float(found.estimate[0]), float(found.n[0])]


def test_tiers_are_those_of_the_longest_horizon_to_the_last_whole_month(file, answer: Worked):
    rows = file.execute("""
        WITH ranked AS (SELECT customer_id, month_no,
            list_position(['basic', 'potential', 'wealth', 'private'], tier) AS at FROM tier_snapshot)
        SELECT count(*), count(*) FILTER (e.at > s.at), count(*) FILTER (e.at IS NULL)
        FROM ranked s LEFT JOIN ranked e ON e.customer_id = s.customer_id AND e.month_no = s.month_no + 12
        WHERE s.month_no = 2026 * 12 + 9 - 12
    """).fetchone()
    assert (answer.months, str(answer.ended)) == (12, "2026-10-01")
    assert told(answer, "upgrade_rate") == [rows[1] / rows[0], rows[0]]
    assert told(answer, "exit_rate") == [rows[2] / rows[0], rows[0]]


def test_staff_are_one_branch_together_and_nobody_s_name_is_an_example(file, reader: Reader, answer: Worked):
    made, amount = file.execute("""
        SELECT count(*), sum(amount) FROM sale JOIN branch b USING (branch_id)
        WHERE b.name = ? AND sold_at >= DATE '2026-01-01' AND reversed_at IS NULL AND staff_id IS NOT NULL
    """, [answer.branch]).fetchone()  # fmt: skip
    assert answer.year == "2026"
    assert told(answer, "staff_sales") == [float(amount), made]
    words.speak("en")
    shown = story.tell(data.ask(reader), "", answer)
    texts = " ".join(str(block.shown) + block.caption for row in shown.rows for block in row if block.name == "metrics")
    names = [name for (name,) in file.execute("SELECT name FROM staff").fetchall()]
    assert not [name for name in names if name in texts or name.split(" ", 1)[-1] in texts]


def test_the_week_is_the_last_complete_one(file, answer: Worked):
    made, amount, fresh = file.execute("""
        SELECT count(*), sum(amount), sum(amount - internally_funded_amount) FROM sale
        WHERE sold_at >= DATE '2026-11-09' AND sold_at < DATE '2026-11-16' AND reversed_at IS NULL
    """).fetchone()
    assert str(answer.monday) == "2026-11-09"
    assert told(answer, "weekly_sales") == [float(amount), made]
    assert told(answer, "new_money")[0] == float(fresh)
    open_days = round(float(amount) / told(answer, "sales_per_working_day")[0])
    assert open_days in {5, 6, 7}


def test_every_metric_has_an_example_or_says_why_not(reader: Reader, answer: Worked):
    words.speak("en")
    shown = story.tell(data.ask(reader), "", answer)
    (block,) = [block for row in shown.rows for block in row if block.name == "metrics"]
    assert isinstance(block.shown, Views)
    cells = {section: list(map(str, table.columns[2].values)) for section, table in block.shown.tables.items()}
    for section, entries in SECTIONS.items():
        for entry, cell in zip(entries, cells[section.value], strict=True):
            without = cell.startswith(("no example here, from", "rests on what people set", "not recorded"))
            worked_out = entry.key in answer.numbers
            assert without is not worked_out or section not in {Section.TIER, Section.STAFF, Section.WEEK}
            assert cell
    assert len(answer.numbers) >= 25
    assert all(np.isfinite(found.estimate).all() for found in answer.numbers.values())


def test_without_data_there_is_no_example_and_no_fault():
    assert not Worked.nothing().numbers
