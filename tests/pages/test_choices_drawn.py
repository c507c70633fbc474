"""What a link asks for is what its page draws: each page beside the story of the choice that the link states.

A page that dropped a part of its link would tell another story than the one that is asked for here by hand.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from answers import customers, data, worked
from answers.compare import compare, several
from answers.compare.choice import Choice as Sides
from answers.people import choice as teams
from answers.people import person, team
from answers.running import running
from answers.summary import summary
from answers.tiers import customers as moved
from answers.tiers import tiers, uplift
from answers.tiers.choice import Choice as Moves
from answers.week import reach, to_do, week
from data_access.door import access
from data_access.reading.reader import Reader
from story import customers as customers_story
from story.compare import compare as compare_story
from story.compare import several as several_story
from story.data import data as data_story
from story.parts import Block, Chart, Story, Table
from story.people import person as person_story
from story.people import team as team_story
from story.running import running as running_story
from story.summary import summary as summary_story
from story.tiers import customers as moved_story
from story.tiers import tiers as tiers_story
from story.tiers import uplift as uplift_story
from story.week import week as week_story
from story.words import opened, sentences
from tests.pages.conftest import read
from tests.pages.test_drawn import reader_of
from ui.table import _broken_well
from ui.tell import _with_rows_in_place

PLANNER, HEAD = "lu.zhixing", "gu.ruolan"
TEAM = teams.Choice("2026-Q2", "B003", "", 50)
App = Callable[..., AppTest]


def _customers(reader: Reader) -> Story:
    return customers_story.tell(customers.ask(reader, customers.Choice("assigned", "all", "K063", "control", page=2)))


def _data(reader: Reader) -> Story:
    return data_story.tell(data.ask(reader), "sale", worked.ask(reader))


def _moved(reader: Reader) -> Story:
    return moved_story.tell(moved.ask(reader, Moves(1, branch="B001"), "basic", "basic", 2))


def _people(reader: Reader) -> Story:
    everyone = team.ask(reader, TEAM)
    return team_story.tell(everyone, team.judge(access.workspace(), reader, everyone, "40-20-20-20"))


def _person(reader: Reader) -> Story:
    everyone = team.ask(reader, TEAM)
    return person_story.tell(person.of(everyone, team.judge(access.workspace(), reader, everyone), everyone.people[-1]))


def _running(reader: Reader) -> Story:
    return running_story.tell(running.ask(access.workspace(), reader, running.Choice("K071", "", "B001", "")))


def _summary(reader: Reader) -> Story:
    answer = summary.ask(reader, summary.Choice("2026", summary.Against.YEAR_AGO, "B003"))
    return summary_story.tell(answer, summary.reach(access.workspace(), reader, answer))


def _tiers(reader: Reader) -> Story:
    asked = Moves(3, "asset_tier", "B002")
    answer = tiers.ask(reader, asked)
    return uplift_story.beside(answer, tiers_story.tell(answer), uplift.ask(reader, asked, 100))


def _week(reader: Reader) -> Story:
    answer = week.ask(reader, week.Choice("2026-W40", "B002"))
    waiting = to_do.ask(reader, answer.listed_on, "B002", "overdue", 2, workspace=access.workspace(), with_handled=True)
    return week_story.tell(answer, waiting, "channel", reach.ask(access.workspace(), reader, answer))


def _compare(reader: Reader) -> Story:
    return compare_story.tell(compare.ask(reader, Sides("K043", branch="B001")), swap=True)


def _several(reader: Reader) -> Story:
    beside = several.ask(reader, Sides("K043", branch="B001", also=("K040",)))
    assert beside is not None
    return several_story.tell(beside)


LINKS: dict[str, tuple[str, dict[str, str], Callable[[Reader], Story]]] = {
    "customers": (
        PLANNER,
        {"list": "assigned", "period": "all", "campaign": "K063", "arm": "control", "leaf": "2"},
        _customers,
    ),
    "data": (PLANNER, {"table": "sale"}, _data),
    "moved": (HEAD, {"months": "1", "cell": "basic..basic", "leaf": "2", "branch": "B001"}, _moved),
    "people": (PLANNER, {"period": "2026-Q2", "branch": "B003", "minimum": "50", "weights": "40-20-20-20"}, _people),
    "person": (PLANNER, {"period": "2026-Q2", "branch": "B003", "minimum": "50"}, _person),
    "running": (PLANNER, {"campaign": "K071", "branch": "B001"}, _running),
    "summary": (PLANNER, {"period": "2026", "against": "year", "branch": "B003"}, _summary),
    "tiers": (PLANNER, {"months": "3", "rule": "asset_tier", "branch": "B002", "up": "100"}, _tiers),
    "week": (
        PLANNER,
        {"period": "2026-W40", "branch": "B002", "by": "channel", "kind": "overdue", "page": "2", "rows": "all"},
        _week,
    ),
    "compare": (PLANNER, {"campaign": "K043", "branch": "B001", "swap": "1"}, _compare),
    "compare-several": (PLANNER, {"campaign": "K043", "branch": "B001", "also": "K040"}, _several),
}


def blocks(story: Story) -> Iterator[Block]:
    return (block for row in story.rows for block in row)


def cells(table: Table, currency: str) -> list[list[str]]:
    """The texts of a table of sentences, a row each, as a narrow cell breaks them."""
    return list(map(list, zip(*([_broken_well(t) for t in c.texts(currency)] for c in table.columns), strict=True)))


ELSEWHERE = {
    "customers": {"period", "campaign", "arm"},
    "people": {"weights"},
    "person": {"period", "branch", "minimum", "staff"},
    "compare": {"swap"},
    "compare-several": {"also"},
    "moved": {"branch"},
}
"""What a link says that no filter of its page shows: what the page was opened from, what a button of its own does."""

OF_PEOPLE = frozenset({"Notes", "Coaching goals"})
"""Headings of what people add to a page."""


def plotted(spec: dict[str, Any]) -> list[Any]:
    """The rows that a chart draws, layer by layer."""
    return [layer["data"]["values"] for layer in spec["layer"]]


@pytest.mark.parametrize("name", LINKS)
def test_a_page_draws_the_story_of_its_link(app: App, name: str):
    who, query, tell = LINKS[name]
    key = name.partition("-")[0]
    page = app(key, who)
    if key == "person":
        query = {**query, "staff": team.ask(reader_of(who), TEAM).people[-1]}
    page.query_params.update(query)
    page.run()
    story = tell(reader_of(who))
    assert not page.error
    filters = {str(box.key).removeprefix("filter_"): str(box.value) for box in page.selectbox}
    assert query.keys() - filters.keys() == ELSEWHERE.get(name, set())
    assert {part: filters.get(part, value) for part, value in query.items()} == query
    assert [read(str(title.value)) for title in page.title] == [story.headline]
    assert [(read(card.label), card.value) for card in page.metric] == [(card.name, card.value) for card in story.cards]
    headings = [heading for each in page.header if (heading := read(str(each.value))) not in OF_PEOPLE]
    assert headings == [block.heading for block in blocks(story) if block.heading]
    said = [read(str(caption.value)) for caption in page.caption]
    assert opened(sentences([*story.facts, "data as of 15 Nov 2026"])) in said
    assert [c for b in blocks(story) if (c := sentences([b.hint, b.caption])) and c not in said] == []
    charts = [block.shown for block in blocks(story) if isinstance(block.shown, Chart)]
    specs = [json.loads(each.proto.spec) for each in page.get("vega_lite_chart")]
    assert list(map(plotted, specs)) == [plotted(json.loads(json.dumps(_with_rows_in_place(c)))) for c in charts]
    drawn = [[list(map(read, row)) for row in each.value.astype(str).to_numpy()] for each in page.table]
    told = [block.shown for block in blocks(story) if isinstance(block.shown, Table) and block.shown.prose]
    assert [table.key for table in told if cells(table, story.currency) not in drawn] == []
