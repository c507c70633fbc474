"""A story with what a sheet that travels has to say of itself: whose question, under whose rights, of which data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from data_access.reading.reader import Reader
from story import figures
from story.parts import Story
from story.sitemap import Row
from story.vocabulary import names, term
from story.words import opened, say, sentences


@dataclass(frozen=True, slots=True)
class Edition:
    """A story ready to be printed, in the language that is spoken.

    Attributes:
        story: What is told.
        title: Name of the page that tells it on screen.
        question: What that page answers.
        as_of: Last day of the data: the date of the document.
        version: Of the data.
        reader: For whom it was made, with their role.
    """

    story: Story
    title: str
    question: str
    as_of: date
    version: str
    reader: str

    @property
    def facts(self) -> str:
        """What the headline rests on, as the screen says it."""
        return opened(sentences([*self.story.facts, say("data as of {day}", day=figures.day(self.as_of))]))

    @property
    def origin(self) -> str:
        """Where the sheet comes from: what was chosen, which data, for whom."""
        return sentences([*self.story.choice, say("version {id}", id=self.version), self.reader])


def edition(row: Row, reader: Reader, story: Story) -> Edition:
    """A story of the page `row` as the reader's viewer sees it."""
    viewer = reader.viewer
    whose = say("for {person} ({role})", person=names([viewer.name])[0], role=term(viewer.role))
    return Edition(story, say(row.title), say(row.question), reader.as_of, reader.version, whose)
