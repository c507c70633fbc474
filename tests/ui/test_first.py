"""What is seen first is sent first: how far the first screen reaches, and that the rest follows, whole and in order."""

from __future__ import annotations

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from story.columns import Column
from story.parts import Block, Chart, Story, Table, Views
from ui import first


def chart(height: int) -> Block:
    return Block("h", "c", Chart({"layer": []}, height, "x", f"{height}"))


def table(rows: int) -> Table:
    return Table((Column("Name", ["a"] * rows),), "x", "t")


def rows(*blocks: Block) -> Story:
    return Story("x", (), rows=tuple((block,) for block in blocks))


@pytest.mark.parametrize(
    ("story", "seen"),
    [
        (rows(), 0),
        (rows(chart(300), chart(300)), 2),
        (rows(chart(605), chart(300)), 1),  # 285 of head, 110 said, 605: the next begins at 1,000
        (rows(chart(604), chart(300)), 2),
        (rows(chart(3_000), chart(300)), 1),
        (rows(Block("h", "c", table(500)), chart(1), chart(300)), 2),  # a long table scrolls within itself: 285, 689
        (rows(Block("h", "c", Views("k", "l", {"a": "A"}, {"a": table(500)})), chart(1), chart(300)), 2),
        (rows(Block("h", "c", None), chart(375), chart(300)), 2),  # 285, 230, 485: 1,000
    ],
)
def test_rows_that_begin_on_the_first_screen_are_seen(story: Story, seen: int):
    assert first.seen(story) == seen


def test_the_tallest_block_of_a_row_counts_and_cards_push_everything_down():
    both = ((chart(300), chart(605)), (chart(300),))
    assert first.seen(Story("x", (), rows=both)) == 1
    assert first.seen(Story("x", (), findings=("a",) * 9, rows=((chart(245),), (chart(1),)))) == 1  # 285, 360, 355


def _page() -> None:
    import streamlit as st

    from story.parts import Block, Claim, Claims, Story
    from ui import tell

    named = tuple((Block(f"row {n}", "", Claims((Claim("t", f"claim {n}"),)), name=f"n{n}"),) for n in range(9))
    body = tell.Body(Story("x", (), rows=named), None, None, ("n1", "n8"))
    st.markdown("what stands elsewhere")
    body.rest(alone=bool(st.session_state.get("arrived")))
    for name in ("n1", "n8"):
        body.places[name].fill(named[int(name[1])][0], "", None)


@pytest.mark.parametrize("arrived", [True, False])
def test_the_rest_stands_below_what_was_seen_first_and_waits_on_arrival_alone(
    monkeypatch: pytest.MonkeyPatch, arrived: bool
):
    monkeypatch.setattr(first, "alone", lambda _seconds: st.markdown("the browser draws"))
    page = AppTest.from_function(_page, default_timeout=60)
    page.session_state["arrived"] = arrived
    page.run()
    assert not page.exception
    assert [one.value for one in page.header] == [f"row {n}" for n in range(9)]
    said = [one.value for one in page.markdown]
    assert [one for one in said if "claim" in one] == [f"**t** claim {n}" for n in range(9)]
    assert ("the browser draws" in said) is arrived


def test_nothing_waits_where_all_was_seen(monkeypatch: pytest.MonkeyPatch):
    from ui import tell

    monkeypatch.setattr(first, "alone", lambda _seconds: pytest.fail("nobody waits for nothing"))
    tell.Body(Story("x", ())).rest(alone=True)


def test_one_row_is_seen_however_much_stands_above_it():
    assert first.seen(Story("x", (), findings=("a",) * 20, rows=((chart(1),), (chart(1),)))) == 1
