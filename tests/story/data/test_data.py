"""The data page as a branch head and as the bank's executive read it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import astuple

import pytest

from answers import data as answers
from data_access.reading.reader import Reader
from story.data import data as story
from story.parts import Block, Story, Table
from story.words import speak
from tests.data_access.small_bank import publish, random_bank, viewer, warehouse_of

ROWS = random_bank(customers=60)


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> Iterator[Callable[..., Story]]:
    """The page for someone with these branches, or with the whole bank."""
    speak("en")
    warehouse = warehouse_of(str(tmp_path_factory.mktemp("told")))
    publish(ROWS, warehouse.store)
    yield lambda *branches: story.tell(answers.ask(Reader(viewer(*branches), warehouse)))
    warehouse.close()


def block(page: Story, heading: str) -> Block:
    return next(one for row in page.rows for one in row if one.heading == heading)


def cells(page: Story, heading: str, column: str) -> dict[str, str]:
    """A column of a table on the page, by the name of the table that each row is about."""
    table = block(page, heading).shown
    assert isinstance(table, Table)
    columns = {one.name: one for one in table.columns}
    return dict(zip(columns["Table"].values, columns[column].texts(page.currency), strict=True))


def test_the_executive_reads_every_count(told):
    page = told()
    assert "no row was refused" in page.headline
    assert cells(page, "What this version holds", "Rows")["sale"] == f"{len(ROWS['sale']):,}"
    assert set(cells(page, "Files of this version", "Rows")) == {"sale", "product"}
    assert page.cards[0].value == f"{sum(len(ROWS[name]) for name in answers.dictionary.tables()):,}"


def test_what_is_missing_says_which_metrics_and_pages_it_silences(tmp_path):
    """By hand: without costs no cost and no return; without amounts in the list of a campaign no sales of it."""
    known = ROWS["version_column"]
    gone = (known["table_name"] == "campaign_cost") | (known["column_name"] == "sales_amount")
    warehouse = warehouse_of(str(tmp_path))
    publish({**ROWS, "version_column": known[~gone]}, warehouse.store)
    page = story.tell(answers.ask(Reader(viewer(), warehouse)))
    warehouse.close()
    shown = block(page, "What is missing, and what cannot be shown for it").shown
    assert isinstance(shown, Table)
    missing, _, silenced = (column.texts("") for column in shown.columns)
    assert dict(zip(missing, silenced, strict=True)) == {
        "campaign_cost": "Campaign cost, Budget used, Cost per customer contacted, Cost per participant, "
        "Cost per conversion, Attributed return on investment, 6 more metrics",
        "campaign_member.sales_amount": "Product sales, Sales per customer assigned, Sales per customer assigned, "
        "largest amounts capped, Share of sales of the top 1 %, Incremental sales per customer, "
        "Incremental sales per customer, largest amounts capped",
    }


def test_a_branch_head_reads_none_of_what_other_branches_hold(told):
    page = told("B1")
    assert page.headline.startswith("Data up to 30 Jun 2024: ")
    assert "refused" not in page.headline
    held = cells(page, "What this version holds", "Rows")
    assert held["sale"] == held["customer"] == "not shown"
    assert held["product"] == "8"
    assert set(cells(page, "Files of this version", "Rows")) == {"product"}
    secret = {len(ROWS[name]) for name in ("sale", "campaign_member", "tier_snapshot", "contact", "satisfaction")}
    assert not secret & {int(number) for number in re.findall(r"\d+", str(astuple(page)).replace(",", ""))}
    names = ("Rows", "Refused", "Flagged", "Files")
    shown = {card.name: (card.value, card.rests_on) for card in page.cards if card.name in names}
    assert shown == dict.fromkeys(names, ("—", "of all branches: not shown here"))
