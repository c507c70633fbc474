"""A table on screen shows text by row and sorts by number."""

from __future__ import annotations

import re
from base64 import b64decode

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from metrics.catalogue import Unit
from metrics.estimate import Intervals
from story.chart import spark
from story.columns import Column
from story.parts import Block, Claim, Claims, Link, Table
from ui import tell
from ui.markdown import plain

EQUAL = Intervals.of([0.1, 0.1, np.nan], [0.05, 0.09, np.nan], [0.2, 0.11, np.nan], n=[40, 4000, 1])
COLUMN = Column("Conversion", EQUAL, Unit.SHARE)


def test_rows_with_the_same_estimate_keep_their_own_intervals(monkeypatch: pytest.MonkeyPatch):
    drawn = []
    monkeypatch.setattr("streamlit.dataframe", lambda data, **_: drawn.append(data))
    tell.table(Table((COLUMN,), "x", "x"), "CNY")
    html = drawn[0].to_html()
    assert [html.count(text) for text in ("10.0 (5.0–20.0)", "10.0 (9.0–11.0)", "too few")] == [0, 1, 1]
    assert html.count("10 (5–20)") == 1


def test_a_narrow_cell_breaks_behind_the_name_of_a_table_and_not_within_a_word(monkeypatch: pytest.MonkeyPatch):
    drawn = []
    monkeypatch.setattr("streamlit.table", lambda data, **_: drawn.append(data))
    texts = ["campaign_member.contribution_amount", "customer.csv", "金额", "观察期内购买的客户", "6.1 %"]
    tell.table(Table((Column("单位", texts),), "x", "x", prose=True), "CNY")
    joiner, place = "\N{WORD JOINER}", "\N{ZERO WIDTH SPACE}"
    assert list(drawn[0].columns) == [f"单{joiner}位"]
    shown = drawn[0].iloc[:, 0].str.replace("\\", "").tolist()
    assert shown == [f"campaign_member.{place}contribution_amount", "customer.csv", f"金{joiner}额", *texts[3:]]


def test_a_missing_number_sorts_below_all_others():
    frame = pd.Series(tell._sortable(COLUMN))
    assert frame.sort_values(ascending=False).index[-1] == 2
    assert frame.sort_values().index[0] == 2


def test_no_column_is_narrower_than_its_widest_text():
    columns = [Column("n", np.array([value]), Unit.COUNT) for value in (1.0, 1e15)]
    narrow, wide = (tell._config(column, column.texts(""), "") for column in columns)
    assert wide["width"] > narrow["width"]


def drawn_story():
    from story.parts import Card, Story
    from ui import tell

    badges = (("better", "blue"), ("worse", "orange"), ("neither", "gray"), None)
    cards = [Card(f"card {place}", f"{place}", "n", "d", badge) for place, badge in enumerate(badges)]
    tell.headline(Story("*A* $finding$", ()), "today")
    tell.cards(cards)


def test_a_headline_is_text_and_a_badge_has_the_colour_of_its_card():
    page = AppTest.from_function(drawn_story).run()
    assert page.title[0].value == r"\*A\* \$finding\$"
    below = [text.value.split("\n\n") for text in page.markdown]
    badges = [[":blue-badge[better]"], [":orange-badge[worse]"], [":gray-badge[neither]"], []]
    assert below == [[*badge, ":gray[:small[n]]"] for badge in badges]
    assert [(card.label, card.value) for card in page.metric] == [(f"card {place}", str(place)) for place in range(4)]


def test_a_card_holds_its_course_as_an_image_of_its_own_that_says_what_it_is():
    shown = tell._course("a [b](http://evil) c", [1, 2, 3])
    said, image = re.fullmatch(r"!\[(.*)\]\(data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)\)", shown).groups()
    assert said == plain("a [b](http://evil) c: 3 periods up to this one")
    assert b64decode(image).decode() == spark.svg([1, 2, 3])


def test_a_claim_is_escaped_and_opens_its_evidence(monkeypatch):
    said, links, asked = [], [], []
    monkeypatch.setattr(tell.st, "markdown", said.append)
    monkeypatch.setattr(tell.filters, "link_to", lambda page, label, icon, **changed: links.append((page, changed)))
    claims = (
        Claim("Money.", "*A* rose", card="Net new money"),
        Claim("Programme.", "one paid", (Link("Campaigns", "campaigns"), Link("*A*", "campaign", {"campaign": "K1"}))),
        Claim("Also.", "nothing else"),
    )
    tell.part(Block("", "", Claims(claims)), "CNY", evidence=lambda *where: asked.append(where))
    assert said == ["**Money.** \\*A\\* rose", "**Programme.** one paid", "**Also.** nothing else"]
    assert links == [("campaigns", {}), ("campaign", {"campaign": "K1"})]
    assert asked == [("Net new money", "Money.")]
