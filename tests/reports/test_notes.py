"""What people wrote stands on paper and slides with its author: of its week, campaign or branch alone."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdf
import pytest
from pptx import Presentation

from answers import kept, period, pinned
from answers.traced import Traced
from data_access.door import access
from data_access.reading.scope import WHOLE_BANK, Role, Scope, Viewer
from data_access.workspace import notes
from data_access.workspace.notes import Note, Pin, PinnedTo
from reports import paper, slides, stories, whose
from reports.edition import edition
from story import notes as listed
from story import sitemap, words
from story.parts import Chart, Claims, Handwriting, Story
from tests.reports.told import squeezed

PLANNER = Viewer("lu@bank.example", "陆知行 Lu Zhixing", Role.PLANNER, WHOLE_BANK, may_see_customers=False)
CAMPAIGN = "K051"


@pytest.fixture(autouse=True)
def demo(bank: Callable[..., None], demo_warehouse: Path) -> Iterator[None]:
    bank(demo_warehouse)
    kept.forget()
    words.speak("en")
    yield
    words.speak("en")


def told(page: str, tell: Callable[..., Story]) -> Story:
    reader = whose.open_reader("", sitemap.row(page))
    return stories.with_notes(tell(reader), reader)


def head(branch: str) -> Viewer:
    return Viewer("gu@bank.example", "Gu", Role.BRANCH_HEAD, Scope(frozenset({branch})), may_see_customers=True)


def write(pin: Pin, text: str, viewer: Viewer = PLANNER, branch: str | None = None) -> Note:
    return notes.write(access.workspace(), viewer, pin, branch, text)


def claims(story: Story) -> list[tuple[str, str]]:
    return [
        (one.topic, one.sentence)
        for row in story.rows
        for block in row
        if block.heading == "Notes" and isinstance(block.shown, Claims)
        for one in block.shown.claims
    ]


def marks(story: Story) -> list[str]:
    charts = [block.shown for row in story.rows for block in row if isinstance(block.shown, Chart)]
    return [mark["hover"] for chart in charts for mark in chart.spec["datasets"].get("notes", [])]


def test_a_note_beside_a_week_is_marked_on_the_sheet_and_printed_with_its_author_before_the_lines_for_a_pen():
    write(Pin(PinnedTo.WEEK, "2026-W45"), "Lift broken,\n#import *three* days")
    write(Pin(PinnedTo.WEEK, "2024-W02"), "Long ago")
    story = told("week", stories.week)
    assert claims(story) == [("Week of 2 Nov 2026.", "Lift broken, #import *three* days (Lu Zhixing)")]
    assert marks(story) == ["Lift broken, #import *three* days (Lu Zhixing)"]
    assert isinstance(story.rows[-1][0].shown, Handwriting)
    made = edition(sitemap.row("week"), whose.open_reader("", sitemap.row("week")), story)
    document = pypdf.PdfReader(io.BytesIO(paper.pdf(made)))
    assert len(document.pages) == 1
    assert squeezed("Lift broken, #import *three* days (Lu Zhixing)") in squeezed(document.pages[0].extract_text())
    deck = Presentation(io.BytesIO(slides.pptx(made)))
    texts = [shape.text_frame.text for slide in deck.slides for shape in slide.shapes if shape.has_text_frame]
    assert "Week of 2 Nov 2026. Lift broken, #import *three* days (Lu Zhixing)" in texts


def test_a_note_on_a_campaign_is_printed_with_it_and_with_no_other():
    day = write(Pin(PinnedTo.CAMPAIGN, CAMPAIGN), "The gift came late").written_at
    (found,) = claims(told("campaign", lambda reader: stories.campaign(reader, CAMPAIGN, "")))
    assert found == (f"On the campaign, {day.day} {day:%b %Y}.", "The gift came late (Lu Zhixing)")
    assert claims(told("campaign", lambda reader: stories.campaign(reader, "K050", ""))) == []
    assert claims(told("campaigns", lambda reader: stories.campaigns(reader, "", ""))) == []


def test_a_note_on_a_branch_is_printed_with_what_is_of_that_branch_alone():
    write(Pin(PinnedTo.BRANCH, "B003"), "Counter rebuilt", head("B003"), "B003")
    of_its_own = claims(told("week", lambda reader: stories.week(reader, "", "B003")))
    assert [sentence for _, sentence in of_its_own] == ["Counter rebuilt (Gu)"]
    assert of_its_own[0][0].startswith("On the branch, ")
    assert claims(told("week", lambda reader: stories.week(reader, "", "B004"))) == []
    assert claims(told("week", stories.week)) == []


def test_a_note_on_a_campaign_stands_on_a_chart_at_the_week_in_which_it_was_written():
    one = write(Pin(PinnedTo.CAMPAIGN, CAMPAIGN), "The gift came late")
    monday = date.fromisocalendar(*one.written_at.isocalendar()[:2], 1)
    reader, of_one = whose.open_reader("", sitemap.row("campaign")), Traced(period.named(period.ALL), "", (CAMPAIGN,))
    assert pinned.beside(access.workspace(), reader, [], of_one) == [(monday, one)]
    of_two = replace(of_one, campaigns=(CAMPAIGN, "K050"))
    assert pinned.beside(access.workspace(), reader, [monday], of_two) == []
    assert pinned.beside(access.workspace(), reader, [], None) == []


def test_of_many_notes_the_latest_are_printed_and_the_others_counted():
    found = [
        (date(2026, 11, 2), write(Pin(PinnedTo.WEEK, "2026-W45"), f"note {place}")) for place in range(listed.MOST + 2)
    ]
    block = listed.listed(found)
    assert block is not None
    assert isinstance(block.shown, Claims)
    assert [one.sentence for one in block.shown.claims] == [
        f"note {place} (Lu Zhixing)" for place in range(2, listed.MOST + 2)
    ]
    assert block.after == "2 earlier notes are not printed"
    assert listed.listed([]) is None
