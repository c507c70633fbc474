"""What the last load refused and noticed, in the reader's language: where, why, what to do, how often."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import replace

import pytest

from answers import data
from answers.data import Data
from data_access.loading import notes, reasons
from data_access.loading.draft import load_day
from data_access.loading.load import load_feed
from data_access.loading.refusals import read_allowance
from data_access.reading.reader import Reader
from story import words
from story.data import data as story
from story.parts import Table
from tests.data_access.loading.conftest import RIGHT
from tests.data_access.small_bank import viewer, warehouse_of

HEADER = "customer_id,branch_id,opened_on,birth_year,segment\n"
CUSTOMERS = "01,001,2020-02-13,19x0,senior\n02,999,,,\n,001,,,family\n03,002,,3187,Senior\n"
LATE = RIGHT["campaign_member"].replace("2024-01-04", "2024-02-09").replace("2024-01-05", "2024-01-31")


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Data]:
    folder = tmp_path_factory.mktemp("load")
    feed = folder / "feed"
    feed.mkdir()
    for table, text in (RIGHT | {"customer": HEADER + CUSTOMERS, "campaign_member": LATE}).items():
        (feed / f"{table}.csv").write_text(text)
    warehouse = warehouse_of(str(folder / "warehouse"))
    load_feed(warehouse.store, feed, allowance=read_allowance("5"), rejects_folder=folder / "rejects")
    yield data.ask(Reader(viewer(), warehouse))
    warehouse.close()


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    words.speak("en")


def shown(answer: Data, key: str) -> list[tuple[str, ...]]:
    """The rows of a table of the page."""
    blocks = [block.shown for row in story.tell(answer).rows for block in row]
    (table,) = [block for block in blocks if isinstance(block, Table) and block.key == key]
    return list(zip(*(column.texts("CNY") for column in table.columns), strict=True))


def test_a_refusal_says_where_why_and_what_to_do(answer: Data):
    assert shown(answer, "refused") == [
        (
            "customer.birth_year · customer.csv, line 2",
            "is not a whole number",
            "Correct the value at its source, or name its spelling of “not recorded” in the mapping.",
            "1",
        ),
        (
            "customer.birth_year · customer.csv, line 5",
            f"is outside 1900 to {load_day().year}",
            "Correct the value at its source, or name its spelling of “not recorded” in the mapping.",
            "1",
        ),
        (
            "customer.branch_id · customer.csv, line 3",
            "is not in branch",
            "Load that row first or with this feed, or correct the identifier.",
            "1",
        ),
        (
            "customer.customer_id · customer.csv, line 4",
            "is empty",
            "Fill the cell; the table cannot do without it.",
            "1",
        ),
        (
            "campaign_member.customer_id · campaign_member.csv, line 3",
            "refers to a row of customer that was refused",
            "It will be accepted once the row that it refers to is.",
            "1",
        ),
    ]


def test_a_refusal_is_told_in_chinese(answer: Data):
    words.speak("zh")
    assert [row[:3] for row in shown(answer, "refused")] == [
        (
            "customer.birth_year · customer.csv，第 2 行",
            "不是整数",
            "请在数据来源处更正，或在映射文件中说明哪种写法表示“未记录”。",
        ),
        (
            "customer.birth_year · customer.csv，第 5 行",
            f"不在 1900 至 {load_day().year} 之间",
            "请在数据来源处更正，或在映射文件中说明哪种写法表示“未记录”。",
        ),
        (
            "customer.branch_id · customer.csv，第 3 行",
            "在 branch 中不存在",
            "请先加载（或一并加载）被引用的记录，或更正编号。",
        ),
        ("customer.customer_id · customer.csv，第 4 行", "为空", "请填写；此表必须有这一项。"),
        (
            "campaign_member.customer_id · campaign_member.csv，第 3 行",
            "引用的 customer 记录已被退回",
            "被引用的记录通过后，此记录即可加载。",
        ),
    ]


@pytest.mark.parametrize(
    ("language", "remarks"),
    [
        (
            "en",
            [
                "customer.csv: 2 rows are kept without a cell that was refused.",
                "campaign_member.csv: 1 converted before they were contacted (kept).",
                "campaign_member.csv: 1 were contacted after the campaign's end (kept).",
                "customer.segment holds 'Senior', 'senior': one word?",
            ],
        ),
        (
            "zh",
            [
                "customer.csv：2 条记录已保留，但其中被退回的单元格未载入。",
                "campaign_member.csv：1 条记录先转化、后触达（已保留）。",
                "campaign_member.csv：1 条记录在活动结束后才触达（已保留）。",
                "customer.segment 中有 'Senior', 'senior'：是否为同一个词？",
            ],
        ),
    ],
)
def test_what_a_load_noticed_is_told_in_the_readers_language(answer: Data, language: str, remarks: list[str]):
    words.speak(language)
    assert [text for (text,) in shown(answer, "noticed")] == remarks


def templates() -> list[str]:
    texts = [value for room in (reasons, notes) for name, value in vars(room).items() if name.isupper()]
    return sorted({text for text in texts if isinstance(text, str) and " " in text})


@pytest.mark.parametrize("template", templates())
def test_every_reason_and_remark_can_be_completed_in_chinese(template: str):
    words.speak("zh")
    fields = [(name, spec) for _, name, spec, _ in string.Formatter().parse(template) if name]
    told = words.say(template, **{name: 1200 if spec else "x" for name, spec in fields})
    assert re.search(r"[\u4e00-\u9fff]", told)
    assert not re.search(r"[{}]", told)
    assert told.count("1,200") == sum(bool(spec) for _, spec in fields)


def test_a_version_of_before_is_shown_as_it_was_written(answer: Data):
    old = answer.rejections.assign(template=None, details=None, file=None, line=None, remedy="")
    before = replace(answer, rejections=old)
    assert shown(before, "refused")[0][:3] == ("customer.birth_year", "is not a whole number", "")
    assert notes.read("customer.csv: {2} rows.\nand more") == [("customer.csv: {2} rows.", {}), ("and more", {})]
