"""Notes: who reads, who writes, that their author alone changes them, and that their text stays what was typed."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from data_access.errors import AccessError, ChangedError, WorkspaceError
from data_access.reading.scope import WHOLE_BANK, Role, Scope, Viewer
from data_access.workspace import notes
from data_access.workspace.notes import Pin, PinnedTo
from data_access.workspace.tables import note
from tests.data_access.workspace.conftest import EXECUTIVE, HEAD, OTHER_HEAD, PLANNER, REGION

WEEK = Pin(PinnedTo.WEEK, "2026-W46")
CAMPAIGN = Pin(PinnedTo.CAMPAIGN, "C7")


def texts(workspace, scope=WHOLE_BANK, **which):
    return [one.text for one in notes.of(workspace, scope, **which)]


def test_a_note_comes_back_as_it_was_written_with_its_author(workspace):
    made = notes.write(workspace, HEAD, WEEK, "B1", "  柜台停电，周三下午\r\n复电  ")
    assert notes.of(workspace, HEAD.scope) == [made]
    assert made.text == "柜台停电，周三下午\n复电"
    assert (made.author, made.author_name, made.edited_at, made.version) == ("lin@bank.example", "林越", None, 1)


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "'; DROP TABLE note; --", "$x$ :red[hi] ![a](http://x)", "=1+1", "🙂 %(a)s {b}"],
)
def test_what_people_write_is_kept_sign_by_sign(workspace, text):
    notes.write(workspace, PLANNER, WEEK, None, text)
    assert texts(workspace) == [text]


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "needs a text"), (" \n\t ", "needs a text"), ("a\x00b", r"U\+0000"), ("a\x1bb", r"U\+001B"),
     ("a\udc80", r"U\+DC80"), ("長" * 2001, "2,000 signs, and this one has 2,001")],
)  # fmt: skip
def test_what_is_no_text_is_refused_in_words(workspace, text, why):
    with pytest.raises(WorkspaceError, match=rf"{why}.*Nothing was saved"):
        notes.write(workspace, PLANNER, WEEK, None, text)
    assert texts(workspace) == []


def test_the_longest_text_is_kept(workspace):
    notes.write(workspace, PLANNER, WEEK, None, "長" * 2000)
    assert texts(workspace) == ["長" * 2000]


@pytest.mark.parametrize("which", ["2026-W00", "2026-W54", "2026-46", "W46", "2026-W46\n"])
def test_a_week_is_written_as_a_week(workspace, which):
    with pytest.raises(WorkspaceError, match="no week"):
        notes.write(workspace, PLANNER, Pin(PinnedTo.WEEK, which), None, "Rain")


def test_a_note_on_a_branch_is_read_by_that_branch(workspace):
    pin = Pin(PinnedTo.BRANCH, "B1")
    for branch in (None, "B2"):
        with pytest.raises(WorkspaceError, match="read by that branch"):
            notes.write(workspace, PLANNER, pin, branch, "New tellers")
    notes.write(workspace, HEAD, pin, "B1", "New tellers")
    assert texts(workspace, HEAD.scope, pins=[pin]) == ["New tellers"]


@pytest.mark.parametrize(
    ("viewer", "branch", "may"),
    [
        (HEAD, "B1", True),
        (HEAD, "B3", False),
        (HEAD, None, False),
        (REGION, "B1", True),
        (REGION, "B2", False),
        (REGION, None, False),
        (PLANNER, "B3", True),
        (PLANNER, None, True),
        (EXECUTIVE, None, True),
    ],
    ids=lambda value: getattr(value, "email", str(value)),
)
def test_one_writes_for_the_branches_one_sees_and_with_the_whole_bank_for_all(workspace, viewer, branch, may):
    if may:
        notes.write(workspace, viewer, CAMPAIGN, branch, "Rain")
    else:
        with pytest.raises(AccessError, match="may not write a note"):
            notes.write(workspace, viewer, CAMPAIGN, branch, "Rain")
    assert texts(workspace) == (["Rain"] if may else [])


def test_one_reads_notes_of_ones_branches_and_those_for_all(workspace):
    notes.write(workspace, PLANNER, WEEK, None, "all")
    for branch in ("B1", "B2", "B3"):
        notes.write(workspace, PLANNER, CAMPAIGN if branch == "B2" else WEEK, branch, branch)
    assert texts(workspace, HEAD.scope) == ["all", "B1", "B2"]
    assert texts(workspace, OTHER_HEAD.scope) == ["all", "B2", "B3"]
    assert texts(workspace, Scope(frozenset())) == ["all"]
    assert texts(workspace, WHOLE_BANK) == ["all", "B1", "B2", "B3"]
    assert texts(workspace, HEAD.scope, pins=[WEEK]) == ["all", "B1"]
    assert texts(workspace, HEAD.scope, pins=[CAMPAIGN, Pin(PinnedTo.WEEK, "2026-W45")]) == ["B2"]
    assert texts(workspace, PLANNER.scope, branches=["B1"]) == ["all", "B1"]
    assert texts(workspace, HEAD.scope, branches=["B3"]) == ["all"]


def test_a_pin_of_one_kind_is_not_one_of_another(workspace):
    notes.write(workspace, PLANNER, Pin(PinnedTo.CAMPAIGN, "B1"), "B1", "campaign")
    notes.write(workspace, PLANNER, Pin(PinnedTo.BRANCH, "B1"), "B1", "branch")
    assert texts(workspace, pins=[Pin(PinnedTo.BRANCH, "B1")]) == ["branch"]


def test_its_author_edits_a_note_and_it_says_so(workspace):
    made = notes.write(workspace, HEAD, WEEK, "B1", "Rain")
    after = notes.edit(workspace, HEAD, made, "Rain on Wednesday")
    assert notes.of(workspace, HEAD.scope) == [after]
    assert (after.text, after.version, after.written_at) == ("Rain on Wednesday", 2, made.written_at)
    assert after.edited_at is not None
    with pytest.raises(WorkspaceError, match="needs a text"):
        notes.edit(workspace, HEAD, after, " ")


def test_a_deletion_is_undone(workspace):
    made = notes.write(workspace, HEAD, WEEK, "B1", "Rain")
    deleted = notes.delete(workspace, HEAD, made)
    assert texts(workspace) == []
    with pytest.raises(ChangedError):
        notes.delete(workspace, HEAD, deleted)
    back = notes.restore(workspace, HEAD, deleted)
    assert notes.of(workspace, HEAD.scope) == [back]
    assert back.text == "Rain"
    with pytest.raises(ChangedError):
        notes.restore(workspace, HEAD, back)


@pytest.mark.parametrize("viewer", [OTHER_HEAD, PLANNER, EXECUTIVE], ids=lambda viewer: viewer.email)
def test_nobody_else_changes_a_note_whoever_it_is_said_to_be_by(workspace, viewer):
    made = notes.write(workspace, HEAD, WEEK, "B2", "Rain")
    claimed = notes.Note(made.note_id, made.pin, "B2", "Rain", viewer.email, viewer.name, made.written_at, None, 1)
    for act in (
        lambda: notes.edit(workspace, viewer, claimed, "Sun"),
        lambda: notes.delete(workspace, viewer, claimed),
        lambda: notes.restore(workspace, viewer, claimed),
    ):
        with pytest.raises(AccessError, match="林越's, who alone may change it"):
            act()
    assert not notes.may_change(viewer, made)
    assert texts(workspace) == ["Rain"]


def test_an_author_who_lost_the_branch_changes_its_notes_no_more(workspace):
    made = notes.write(workspace, HEAD, WEEK, "B1", "Rain")
    moved = Viewer(HEAD.email, HEAD.name, Role.BRANCH_HEAD, Scope(frozenset({"B2"})))
    with pytest.raises(AccessError):
        notes.edit(workspace, moved, made, "Sun")
    assert texts(workspace) == ["Rain"]


def test_two_windows_of_one_author_do_not_overwrite_each_other(workspace):
    made = notes.write(workspace, HEAD, WEEK, "B1", "Rain")
    notes.edit(workspace, HEAD, made, "Storm")
    for act in (lambda: notes.edit(workspace, HEAD, made, "Sun"), lambda: notes.delete(workspace, HEAD, made)):
        with pytest.raises(ChangedError, match="another window"):
            act()
    assert texts(workspace) == ["Storm"]


def test_a_note_that_is_gone_is_said_to_be(workspace):
    made = notes.write(workspace, HEAD, WEEK, "B1", "Rain")
    with workspace.begin() as connection:
        connection.execute(sa.delete(note))
    with pytest.raises(WorkspaceError, match="no such note"):
        notes.edit(workspace, HEAD, made, "Sun")


def test_a_note_at_another_kind_of_place_of_the_same_name_is_not_among_those_asked_for(workspace):
    notes.write(workspace, PLANNER, Pin(PinnedTo.CAMPAIGN, "B1"), None, "of a campaign")
    notes.write(workspace, PLANNER, Pin(PinnedTo.BRANCH, "B1"), "B1", "of a branch")
    asked = [Pin(PinnedTo.CAMPAIGN, "C7"), Pin(PinnedTo.BRANCH, "B1")]
    assert texts(workspace, pins=asked) == ["of a branch"]
    assert texts(workspace, pins=[CAMPAIGN]) == []
