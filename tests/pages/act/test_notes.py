"""Notes on a campaign's page: written, read by whom they are for, changed by their author, deleted and brought back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from data_access.door import access
from data_access.reading.scope import WHOLE_BANK, Scope
from data_access.workspace import notes
from data_access.workspace.notes import Note
from tests.pages.conftest import texts

App = Callable[..., AppTest]
CAMPAIGN = "K051"


def kept() -> list[Note]:
    return notes.of(access.workspace(), WHOLE_BANK)


def button(page: AppTest, label: str):
    return next(one for one in page.button if one.label == label)


def write(page: AppTest, text: str, readers: str | None = None) -> AppTest:
    page.text_area(key="note_text").set_value(text)
    if readers is not None:
        page.selectbox(key="note_readers").set_value(readers)
    return button(page, "Add the note").click().run()


def test_a_campaign_without_notes_says_what_they_are_for(app: App):
    assert "No note yet" in texts(app("campaign", campaign=CAMPAIGN))


def test_a_planners_note_for_everybody_is_read_by_a_branch_head(app: App):
    page = write(app("campaign", campaign=CAMPAIGN), "Counter closed for *two* days\nafter the flood")
    assert not page.exception
    (note,) = kept()
    assert (note.pin.which, note.branch_id, note.author) == (CAMPAIGN, None, "lu.zhixing@demo.example")
    assert page.text_area(key="note_text").value == ""
    read = texts(app("campaign", "gu.ruolan", campaign=CAMPAIGN))
    assert "Counter closed for *two* days\nafter the flood" in read
    assert "Lu Zhixing" in read
    assert "for everybody" in read
    assert "flood" not in texts(app("campaign", campaign="K050"))


def test_a_note_for_one_branch_is_not_read_by_another(app: App):
    write(app("campaign", "gu.ruolan", campaign=CAMPAIGN), "Ours alone")
    (note,) = kept()
    assert note.branch_id is not None
    assert "Ours alone" in texts(app("campaign", "lu.zhixing", campaign=CAMPAIGN))
    assert "Ours alone" not in texts(app("campaign", "ji.mingchuan", campaign=CAMPAIGN))


def test_a_branch_head_writes_for_their_own_branch_only(app: App):
    page = app("campaign", "gu.ruolan", campaign=CAMPAIGN)
    assert len(page.selectbox(key="note_readers").options) == 1


def test_only_the_author_may_change_and_delete_and_deleting_is_undone(app: App):
    write(app("campaign", campaign=CAMPAIGN), "First thought")
    other = app("campaign", "shen.qinghe", campaign=CAMPAIGN)
    assert not [one for one in other.button if one.label in ("Delete", "Save the note")]
    page = app("campaign", campaign=CAMPAIGN)
    (note,) = kept()
    page.text_area(key=f"edit_{note.note_id}_1").set_value("Second thought")
    page = button(page, "Save the note").click().run()
    assert [one.text for one in kept()] == ["Second thought"]
    assert "changed" in texts(page)
    page = button(page, "Delete").click().run()
    assert kept() == []
    page = button(page, "Undo the deletion").click().run()
    assert [one.text for one in kept()] == ["Second thought"]
    assert "Undo the deletion" not in [one.label for one in page.button]


def test_a_deletion_can_be_undone_until_the_note_stands_again(app: App, monkeypatch: pytest.MonkeyPatch):
    page = write(app("campaign", campaign=CAMPAIGN), "Worth keeping")
    (note,) = kept()
    page = button(page, "Delete").click().run()
    who = next(one for one in access.offered(access.current()) if one.email == note.author)
    with monkeypatch.context() as without:
        without.setattr(access, "offered", lambda _version: (replace(who, scope=Scope(frozenset({"B002"}))),))
        page = button(page, "Undo the deletion").click().run()
        assert "Your rights" in "".join(str(one.value) for one in page.warning)
    assert kept() == []
    page = page.run()
    assert "Undo the deletion" in [one.label for one in page.button]
    notes.restore(access.workspace(), who, replace(note, version=note.version + 1))
    page = page.run()
    assert "Worth keeping" in texts(page)
    assert "Undo the deletion" not in [one.label for one in page.button]


def test_what_changed_in_another_window_is_said_and_nothing_is_lost(app: App):
    write(app("campaign", campaign=CAMPAIGN), "As it was")
    page = app("campaign", campaign=CAMPAIGN)
    (note,) = kept()
    author = next(one for one in access.offered(access.current()) if one.email == note.author)
    notes.edit(access.workspace(), author, note, "As it became")
    page.text_area(key=f"edit_{note.note_id}_1").set_value("As I wanted it")
    page = button(page, "Save the note").click().run()
    assert "changed in another window" in "".join(str(one.value) for one in page.warning)
    assert [one.text for one in kept()] == ["As it became"]


@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_is_no_note(app: App, text: str):
    write(app("campaign", campaign=CAMPAIGN), text)
    assert kept() == []


def test_whose_rights_were_taken_meanwhile_writes_nothing(app: App, monkeypatch: pytest.MonkeyPatch):
    page = app("campaign", "gu.ruolan", campaign=CAMPAIGN)
    who = next(one for one in access.offered(access.current()) if one.email.startswith("gu.ruolan"))
    less = replace(who, scope=Scope(frozenset({"B002"})))
    monkeypatch.setattr(access, "offered", lambda _version: (less,))
    page = write(page, "One more thought")
    assert "Your rights" in "".join(str(one.value) for one in page.warning)
    assert kept() == []
