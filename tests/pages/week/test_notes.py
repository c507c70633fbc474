"""Notes beside a week: they stand at that week alone, and are read by whom they are for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from data_access.door import access
from data_access.reading.scope import WHOLE_BANK
from data_access.workspace import notes
from data_access.workspace.notes import PinnedTo
from reports.edition import Edition
from story.parts import Claims, Handwriting
from story.week.week import LISTED
from tests.pages.conftest import texts, with_open
from ui.take import export

App = Callable[..., AppTest]


def write(page: AppTest, text: str) -> AppTest:
    page.text_area(key="note_text").set_value(text)
    label = {"en": "Add the note", "zh": "添加备注"}
    return next(one for one in page.button if one.label in label.values()).click().run()


def test_a_note_stands_at_its_week_for_head_and_planner(app: App):
    page = write(app("week", "gu.ruolan"), "Lift broken on Tuesday")
    assert not page.exception
    (note,) = notes.of(access.workspace(), WHOLE_BANK)
    assert (note.pin.to, note.pin.which, note.branch_id) == (PinnedTo.WEEK, "2026-W46", "B001")
    assert "Lift broken" in texts(page)
    assert "Lift broken" in texts(app("week", "lu.zhixing"))
    assert "Lift broken" not in texts(app("week", "gu.ruolan", week="2026-W45"))
    assert "Lift broken" not in texts(app("week", "ji.mingchuan"))


def test_what_changed_in_another_window_is_said_in_the_reader_s_language(app: App):
    write(app("week", "gu.ruolan"), "As it was")
    page = app("week", "gu.ruolan", lang="zh")
    (note,) = notes.of(access.workspace(), WHOLE_BANK)
    author = next(one for one in access.offered(access.current()) if one.email == note.author)
    notes.edit(access.workspace(), author, note, "As it became")
    page.text_area(key=f"edit_{note.note_id}_1").set_value("As I wanted it")
    page = next(one for one in page.button if one.key == f"save_edit_{note.note_id}_1").click().run()
    (said,) = page.warning
    assert "另一个" in str(said.value), said.value


def test_the_week_is_printed_on_one_sheet_with_boxes_to_tick_and_what_the_notes_say(
    app: App, monkeypatch: pytest.MonkeyPatch
):
    taken: list[tuple[Edition, Edition]] = []
    monkeypatch.setattr("ui.take.export.buttons", lambda told, *, printed, **_: taken.append((told, printed)))
    write(with_open(app("week", "gu.ruolan"), export.MENU), "Lift broken on Tuesday")
    told, sheet = taken[-1]
    assert told != sheet
    for edition in (told, sheet):
        claims = [block.shown for row in edition.story.rows for block in row if isinstance(block.shown, Claims)]
        assert [one.sentence for shown in claims for one in shown.claims] == ["Lift broken on Tuesday (Gu Ruolan)"]
    (boxes,) = [each for row in sheet.story.rows for each in row if getattr(each.shown, "ticks", False)]
    assert len(boxes.shown.columns[0].texts("CNY")) == LISTED
    assert f"rows 1 to {LISTED} of the list" in boxes.caption
    assert isinstance(sheet.story.rows[-1][0].shown, Handwriting)


def test_a_week_s_note_stands_on_the_charts_of_that_week_for_who_may_read_it(app: App):
    write(app("week", "gu.ruolan"), "Lift broken on Tuesday")

    def marked(page: AppTest) -> int:
        return sum("Lift broken on Tuesday" in chart.proto.spec for chart in page.get("vega_lite_chart"))

    later = app("week", "gu.ruolan")
    assert marked(later) >= 4
    assert marked(app("week", "ji.mingchuan")) == 0
    assert marked(app("week", "lu.zhixing", branch="B002")) == 0
