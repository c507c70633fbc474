"""Notes beside a story as a list, for a sheet or a slide, on whose charts nobody can point at a mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from data_access.workspace.notes import Note, PinnedTo

from story import figures
from story.parts import Block, Claim, Claims, Handwriting, Story
from story.text import one_line
from story.vocabulary import names
from story.words import opened, say, say_count

MOST: Final = 6
"""Notes that are listed, the latest: a page stays a page."""

LONGEST: Final = 240
"""Signs of a note that are printed."""


def printed(story: Story, found: Sequence[tuple[date, Note]]) -> Story:
    """The story with its notes as a list below all but the lines to write on by hand."""
    block = listed(found)
    if block is None:
        return story
    by_hand = [row for row in story.rows if isinstance(row[0].shown, Handwriting)]
    others = [row for row in story.rows if row not in by_hand]
    return replace(story, rows=(*others, (block,), *by_hand))


def listed(found: Sequence[tuple[date, Note]]) -> Block | None:
    """The notes with their authors, the latest week last; None where there is none.

    Args:
        found: Each with the Monday of the week at which it stands.
    """
    if not found:
        return None
    ordered = sorted(found, key=lambda one: one[0])
    authors = names([one.author_name for _, one in ordered])
    claims = [_claim(week, one, who) for (week, one), who in zip(ordered, authors, strict=True)]
    left_out = len(claims) - MOST
    rest = say_count("{count} earlier note is not printed", "{count} earlier notes are not printed", left_out)
    return Block(say("Notes"), "", Claims(tuple(claims[-MOST:])), after=opened(rest) if left_out > 0 else "")


def _claim(week: date, one: Note, author: str) -> Claim:
    day = figures.day(week if one.pin.to is PinnedTo.WEEK else one.written_at.date())
    place = {
        PinnedTo.WEEK: lambda: say("Week of {day}.", day=day),
        PinnedTo.CAMPAIGN: lambda: say("On the campaign, {day}.", day=day),
        PinnedTo.BRANCH: lambda: say("On the branch, {day}.", day=day),
        PinnedTo.STAFF: lambda: "",
    }[one.pin.to]()
    text = one_line(one.text)
    shown = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return Claim(place, say("{text} ({author})", text=shown, author=one_line(author)))
