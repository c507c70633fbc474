"""The page of the loop drawn: the board first, then one campaign, then the track record and what works for whom."""

from __future__ import annotations

from functools import partial
from typing import Final

from answers import seasons
from answers.campaigns.overview import branch_names
from answers.loop import loop as answers
from answers.loop.loop import Loop
from metrics.planning.naive import MEASURES
from story.loop import board as boards
from story.loop import loop as story
from story.loop import record
from story.loop.history import DECIDE
from story.loop.words import measure as measure_name
from story.parts import Block
from story.words import say

from ui import choose, filters, tell
from ui.loop import board, decide, judging
from ui.loop.desk import Desk
from ui.page import Page

CAMPAIGN: Final = "campaign"
STAGE: Final = "stage"
MEASURE: Final = "measure"


def page(here: Page) -> None:
    """All of it."""
    with here.controls:
        chosen = choose.loop(answers.offered(here.reader), seasons.ask(here.reader))
    asked = answers.Choice(chosen, filters.parameter(CAMPAIGN))
    answer = answers.ask(here.workspace, here.reader, asked)
    called = here.colleagues
    told = story.tell(answer, called, filters.parameter(STAGE), filters.parameter(MEASURE))
    here.lead(told)
    branches = branch_names(here.reader)
    desk = Desk(here.workspace, here.reader.viewer, here.confirm, here.reader.version, called, branches)
    with here.controls:
        board.stages(answer.board)
        filters.link("plan", say("New idea"), icon=":material/add:")
    judging.shown(here.reader, answer)
    desk.said()
    drawn = {str(stage): partial(board.column, desk, answer.board, stage) for stage in boards.COLUMNS}
    drawn |= {DECIDE: partial(decide.drawn, desk, answer), record.BY_MEASURE: partial(_by_measure, answer)}
    here.show(told, drawn)


def _by_measure(answer: Loop, block: Block) -> None:
    """Where outcomes landed, with the choice of the measure above."""
    first = record.most_telling(answer.record)
    order = [first, *(measure for measure in MEASURES if measure != first)]
    filters.select(MEASURE, {measure: measure_name(measure) for measure in order}, say("Measure"))
    tell.shown(block, answer.currency)
