"""What a first visitor would otherwise wait for: libraries, words, charts and the first answers."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import islice
from threading import Timer
from typing import Final

from answers import data, worked
from answers.campaigns import ages, overlap
from answers.campaigns import overview as campaigns
from answers.compare import compare
from answers.loop import loop
from answers.loop import past as judged
from answers.people import choice, team
from answers.plan import learned, offered, past, plan
from answers.running import running
from answers.summary import summary
from answers.tiers import choice as tier_choice
from answers.tiers import tiers, uplift
from answers.week import to_do, week
from data_access.errors import DataError
from data_access.reading.reader import Reader
from data_access.settings import settings
from reports import fonts
from story import sitemap, words
from story.campaigns import overview as campaigns_story
from story.compare import compare as compare_story
from story.data import data as data_story
from story.loop import loop as loop_story
from story.plan import plan as plan_story
from story.running import running as running_story
from story.summary import summary as summary_story
from story.tiers import tiers as tiers_story

from ui import page
from ui.loop.judging import PAST

BETWEEN_THREADS: Final = 0.001
"""Seconds after which a thread that computes lets another go on: a run asks for its turn some hundred times."""

HEAD_START: Final = 5.0
"""Seconds that are left to whoever has waited for the start, before the work beside the visitors begins."""

PATIENCE, LOOK_AGAIN = 2.0, 0.02
"""Seconds that the work beside the visitors waits for them at most before each of its steps, and between looks."""

PLACES: Final = 40
"""Regions and branches of the bank whose campaigns are given before somebody chooses one."""

_UNDER_WAY: Final[set[object]] = set()


def up() -> None:
    """Loads the libraries and gives each role's first page; all else is worked out beside the first visitors.

    Where there are no data yet, or none that can be read, the first page says so.
    """
    fonts.missing()
    with suppress(DataError):
        for reader in _readers_expected():
            _HOMES[sitemap.home(reader.viewer.role)](reader)
    beside()


def beside() -> None:
    """Gives the first answers while the first visitors look around, who need not wait for it."""
    sys.setswitchinterval(BETWEEN_THREADS)
    work = Timer(HEAD_START, everything)
    work.name, work.daemon = "warm", True
    PAST.thread = work
    work.start()


def everything() -> None:
    """Gives the first answers to whoever is expected, those of pages that open first before others.

    On the demo bank it then freezes what its planners would have planned. Last come the campaigns of each place, which
    whoever sees several chooses first of all, and which take longest. A bank that works out nothing ahead has its past
    all the same.
    """
    with suppress(DataError):
        readers, planners = _readers_expected(), page.readers_offered()
        for first_answer in (_campaigns, _week, _summary, _data, _tiers, _people, _compare, _plan):
            for reader in readers:
                _give_way()
                first_answer(reader)
        past.plan_the_past(planners, page.kept_work(), before_each=partial(_before_each, judges=False))
        judged.judge_the_past(planners, page.kept_work(), before_each=partial(_before_each, judges=True))
        PAST.over()
        for reader in readers:
            for first_answer in (_loop, _running):
                _give_way()
                first_answer(reader)
        for reader in readers:
            places = campaigns.offered(reader).branches
            for place in islice(places, PLACES if len(places) > 1 else 0):
                _give_way()
                _campaigns(reader, place)
    # Collecting garbage stops everybody while it walks what there is; libraries and first answers are here to stay.
    gc.collect()
    gc.freeze()


def _readers_expected() -> list[Reader]:
    return page.readers_expected() if settings().work_ahead else []


@contextmanager
def visited() -> Generator[None]:
    """A run of a page: what is worked out beside the visitors waits for its end."""
    mark = object()
    _UNDER_WAY.add(mark)
    try:
        yield
    finally:
        _UNDER_WAY.discard(mark)


def _give_way() -> None:
    until = time.monotonic() + PATIENCE
    while _UNDER_WAY and time.monotonic() < until:
        time.sleep(LOOK_AGAIN)


def _before_each(done: int, total: int, *, judges: bool) -> None:
    PAST.at(done, total, judges=judges)
    _give_way()


def _in_every_language(tell: Callable[[], object]) -> None:
    for language in words.LANGUAGES:
        words.speak(language)
        tell()


def _campaigns(reader: Reader, place: str = "") -> None:
    asked = campaigns.Choice(campaigns.offered(reader).periods[0], branch=place)
    answer = campaigns.ask(reader, asked)
    _in_every_language(partial(campaigns_story.tell, answer, overlap.ask(reader, asked), ages.ask(reader, asked)))


def _week(reader: Reader) -> None:
    last = week.ask(reader, week.Choice(week.offered(reader)[0]))
    to_do.ask(reader, last.listed_on, "", "", 1)


def _summary(reader: Reader) -> None:
    answer = summary.ask(reader, summary.Choice(summary.offered(reader)[0]))
    _in_every_language(partial(summary_story.tell, answer))


def _data(reader: Reader) -> None:
    _in_every_language(partial(data_story.tell, data.ask(reader), "", worked.ask(reader)))


def _tiers(reader: Reader) -> None:
    months = (tier_choice.offered(reader).months or tier_choice.HORIZONS)[0]
    asked = tier_choice.Choice(months)
    uplift.ask(reader, asked, uplift.PERCENT[0])
    _in_every_language(partial(tiers_story.tell, tiers.ask(reader, asked)))


def _people(reader: Reader) -> None:
    offers = choice.offered(reader)
    team.ask(reader, choice.Choice(offers.periods[0], next(iter(offers.branches), "")))


def _compare(reader: Reader) -> None:
    _in_every_language(partial(compare_story.tell, compare.ask(reader, compare.Choice())))


def _loop(reader: Reader) -> None:
    answer = loop.ask(page.kept_work(), reader, loop.Choice(loop.offered(reader)[0]))
    _in_every_language(partial(loop_story.tell, answer))


def _plan(reader: Reader) -> None:
    offered.offered(reader)
    _in_every_language(partial(plan_story.tell, plan.ask(reader, learned.default(reader))))


def _running(reader: Reader) -> None:
    _in_every_language(partial(running_story.tell, running.ask(page.kept_work(), reader, running.Choice())))


_HOMES: Final[dict[str, Callable[[Reader], None]]] = {"week": _week, "campaigns": _campaigns, "summary": _summary}
