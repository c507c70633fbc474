"""A page draws its story and nothing else; a feed's names stay text; a torn or poor feed does not take it down."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from markdown_it import MarkdownIt
from streamlit import config
from streamlit.testing.v1 import AppTest

from answers.campaigns import ages, campaign, overlap, promised
from answers.campaigns import overview as campaigns
from answers.campaigns.overview import Choice
from data_access.door import access
from data_access.reading.reader import Reader
from data_access.versions import open_store
from story import sitemap, words
from story.campaigns import campaign as campaign_story
from story.campaigns import overview as campaigns_story
from story.campaigns import returned
from story.chart.interval import MOST_ROWS
from story.chart.over_time import timeline
from story.parts import Chart, Story, Table, Views
from story.words import sentences
from tests.data_access.small_bank import Bank, publish, random_bank, viewer, warehouse_of
from tests.pages.conftest import ROOT, read, texts
from tests.pages.hostile import hostile_bank
from ui.markdown import plain
from ui.table import _sortable

App = Callable[..., AppTest]


def reader_of(person: str) -> Reader:
    """A reader of the bank that the app shows, for one of its people."""
    words.speak("en")
    return access.open_reader(
        next(who for who in access.offered(access.warehouse().current()) if who.email.startswith(person))
    )


def tables(story: Story, view: str = "") -> list[Table]:
    shown = [block.shown for row in story.rows for block in row]
    chosen = [each.tables[view or next(iter(each.tables))] if isinstance(each, Views) else each for each in shown]
    return [each for each in chosen if isinstance(each, Table)]


def charts(story: Story) -> list[Chart]:
    return [block.shown for row in story.rows for block in row if isinstance(block.shown, Chart)]


def draws(page: AppTest, story: Story, view: str = "", *, notes: bool = False) -> None:
    """The page shows the story's words, cards with their badges, tables and as many charts."""
    assert not page.error
    assert [read(str(title.value)) for title in page.title] == [story.headline]
    assert [(read(card.label), card.value) for card in page.metric] == [(card.name, card.value) for card in story.cards]
    below = [text.value.split("\n\n") for text in page.markdown if ":gray[:small[" in text.value]
    for card, parts in zip(story.cards, below, strict=True):
        badge = [f":{card.badge[1]}-badge[{plain(card.badge[0])}]"] if card.badge else []
        assert [part for part in parts if "-badge[" in part] == badge
        assert card.rests_on in map(read, parts)
    said = [read(str(caption.value)) for caption in page.caption]
    for block in (block for row in story.rows for block in row):
        caption = sentences([text for text in (block.hint, block.caption) if text])
        assert not caption or caption in said
        assert not block.after or block.after in said
    headings = [block.heading for row in story.rows for block in row if block.heading]
    headings += ["Notes"] * notes
    assert [read(str(header.value)) for header in page.header] == headings
    expected = [table for table in tables(story, view) if not table.prose]
    assert len(page.dataframe) == len(expected)
    for frame, told in zip(page.dataframe, expected, strict=True):
        drawn = frame.value
        assert drawn.shape == (len(told.columns[0]), len(told.columns))
        for place, column in enumerate(told.columns):
            assert drawn.iloc[:, place].tolist() == list(_sortable(column))
    assert len(page.get("vega_lite_chart") or page.get("arrow_vega_lite_chart")) == len(charts(story))


@pytest.mark.parametrize("view", ["response", "money", "cost", "satisfaction"])
def test_the_page_of_campaigns_draws_its_story(app: App, view: str):
    page = app(period="2026-q2", objective="grow", branch="B003", view=view)
    choice = Choice("2026-q2", objective="grow", branch="B003")
    reader = reader_of("lu.")
    draws(
        page,
        campaigns_story.tell(campaigns.ask(reader, choice), overlap.ask(reader, choice), ages.ask(reader, choice)),
        view,
    )


@pytest.mark.parametrize(("person", "branch"), [("lu.zhixing", ""), ("lu.zhixing", "B003"), ("gu.ruolan", "")])
def test_the_page_of_one_campaign_draws_its_story(app: App, person: str, branch: str):
    page = app("campaign", person, campaign="K043", **({"branch": branch} if branch else {}))
    answer = campaign.ask(reader_of(person), "K043", branch)
    held = promised.ask(access.workspace(), reader_of(person), answer)
    draws(page, campaign_story.with_plan(campaign_story.tell(answer), held), notes=True)


@pytest.fixture(scope="module")
def hostile_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse of the bank of hostile names, for tests that write nothing there."""
    folder = tmp_path_factory.mktemp("hostile") / "warehouse"
    publish(hostile_bank(), open_store(str(folder)))
    return folder


@pytest.fixture
def open_bank(bank: Callable[..., None], tmp_path: Path) -> Iterator[Callable[..., AppTest]]:
    """Runs a page of a bank that is not the demo's, as its local administrator."""
    before = config.get_option("server.address")
    config.set_option("server.address", "127.0.0.1")
    published: list[Bank] = []

    def run(what: Bank | Path, page: str, **query: str) -> AppTest:
        if isinstance(what, dict) and not published:
            publish(what, open_store(str(tmp_path / "warehouse")))
            published.append(what)
        bank(what if isinstance(what, Path) else tmp_path / "warehouse", sign_in="local")
        words.speak(query.get("lang", "en"))
        test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        if page != "campaigns":
            test.switch_page(f"pages/{page}.py")
        test.query_params.update(query)
        return test.run()

    yield run
    config.set_option("server.address", before)


def markup(text: str) -> set[str]:
    """Kinds of markup that a text of the screen becomes, but for line breaks."""
    parser = MarkdownIt("commonmark").enable(["strikethrough", "table"])
    inline = [child for token in parser.parse(text) for child in token.children or []]
    return {token.type for token in inline} - {"text", "text_special", "softbreak", "hardbreak"}


def on_screen(page: AppTest) -> list[str]:
    kinds = (page.title, page.header, page.subheader, page.caption, page.markdown, page.error)
    written = [str(element.value) for kind in kinds for element in kind]
    return [*written, *(text for card in page.metric for text in (card.label, card.help or ""))]


@pytest.mark.parametrize("row", sitemap.ROWS, ids=lambda row: row.key)
def test_names_of_a_feed_stay_text_on_every_page(open_bank, hostile_folder: Path, row: sitemap.Row):
    page = open_bank(hostile_folder, row.key, period="all", campaign="C2", branch="B2")
    assert not page.exception
    assert not page.error
    for text in on_screen(page):
        if "evil" in text:
            assert markup(text.strip("*")) == set(), text  # a name may stand in bold
            assert "\u2028" not in text
            assert "\u202e" not in text
            assert re.search(r"(?<!\\)\$|:red\[", text) is None


def test_names_of_a_feed_stay_text_in_charts_and_tables(tmp_path: Path):
    warehouse = warehouse_of(str(tmp_path))
    publish(hostile_bank(), warehouse.store)
    reader = Reader(viewer(), warehouse)
    words.speak("en")
    told = [
        campaigns_story.tell(campaigns.ask(reader, Choice())),
        *(campaign_story.tell(campaign.ask(reader, each)) for each in ("C1", "C2", "C3", "C4")),
    ]
    drawn = [chart for story in told for chart in charts(story)]
    assert any("evil" in json.dumps(chart.spec) for chart in drawn)
    for chart in drawn:
        text = json.dumps(chart.spec, allow_nan=False, ensure_ascii=False)
        assert json.loads(text) == json.loads(json.dumps(chart.spec))
        assert not re.search("[\u2028\u2029\u202e]", text)
        for expression in re.findall(r'"labelExpr": ("(?:[^"\\]|\\.)*")', text):
            if (whole := json.loads(expression)).endswith("[datum.value]"):
                assert all("evil" in name or name for name in json.loads(whole.removesuffix("[datum.value]")).values())
    for story in told:
        for table in tables(story):
            for column in table.columns:
                assert all("\u2028" not in text for text in column.texts("CNY"))
    warehouse.close()


def test_a_campaign_that_contradicts_itself_says_so_and_the_others_stand(open_bank):
    bank = random_bank()
    members = bank["campaign_member"]
    torn = members["campaign_id"] == "C1"
    came = members["assigned_at"] + pd.Timedelta(days=1)
    bank["campaign_member"] = members.assign(
        contacted_at=members["contacted_at"].mask(torn), participated_at=members["participated_at"].mask(torn, came)
    )
    for key in ("campaigns", "campaign"):
        page = open_bank(bank, key, period="all", campaign="C1")
        assert not page.exception
        assert not page.error
    assert "feed contradicts itself" in texts(page)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("campaign_cost", "No cost was recorded"),
        ("satisfaction", "Satisfaction was not recorded"),
        ("sale", "Sales outside campaigns are not recorded"),
    ],
)
def test_without_a_table_the_pages_say_what_is_missing(open_bank, table: str, said: str):
    bank = random_bank()
    bank[table] = bank[table].iloc[:0]
    pages = [open_bank(bank, key, period="all", campaign="C1") for key in ("campaigns", "campaign")]
    assert all(not page.exception and not page.error for page in pages)
    assert said in "\n".join(texts(page) for page in pages)


def test_a_bank_of_1300_campaigns_draws_no_more_marks_than_are_read(tmp_path: Path):
    bank, many = random_bank(), 1300
    ids = [f"M{number:04}" for number in range(many)]
    for table in ("campaign", "campaign_arm", "campaign_member"):
        rows = bank[table][bank[table]["campaign_id"] == "C1"]
        if table == "campaign_member":
            rows = pd.concat([rows[rows["arm"] == arm].head(4) for arm in ("control", "call")])
        again = pd.concat([rows] * many, ignore_index=True)
        bank[table] = again.assign(campaign_id=np.repeat(ids, len(rows)))
    warehouse = warehouse_of(str(tmp_path))
    publish(bank, warehouse.store)
    words.speak("en")
    answer = campaigns.ask(Reader(viewer(), warehouse), Choice())
    story = campaigns_story.tell(answer)
    assert len(tables(story)[-1].columns[0]) == many
    assert sorted(tables(story)[-1].opens.values) == ids
    most = {"timeline": timeline.MOST, "against_cost": returned.MOST}
    for chart in charts(story):
        assert max(len(rows) for rows in chart.spec["datasets"].values()) <= most.get(chart.key, MOST_ROWS)
    assert "1,220 earlier ones are in the table" in " ".join(block.caption for row in story.rows for block in row)
    assert "all stand in the table" in " ".join(block.caption for row in story.rows for block in row)
    warehouse.close()
