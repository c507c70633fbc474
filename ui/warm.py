"""What a first visitor would otherwise wait for: libraries, words, charts and the first answers."""

from __future__ import annotations

import gc
from contextlib import suppress

from answers import data
from answers.campaigns import overview as campaigns
from answers.plan import learned, offered, plan
from answers.summary import summary
from answers.week import to_do, week
from data_access.errors import DataError
from reports import fonts
from story import data as data_story
from story import words
from story.campaigns import overview as campaigns_story
from story.plan import plan as plan_story
from story.summary import summary as summary_story

from ui import page


def up() -> None:
    """Gives the first answers, in every language, to whoever may sign in without a proof.

    Where there are no data yet, or none that can be read, the first page says so.
    """
    fonts.missing()
    with suppress(DataError):
        for reader in page.readers_offered():
            newest = campaigns.Choice(campaigns.offered(reader).periods[0])
            complete = summary.Choice(summary.offered(reader)[0])
            last = week.ask(reader, week.Choice(week.offered(reader)[0]))
            to_do.ask(reader, last.listed_on, "", "", 1)
            offered.offered(reader)
            planned = plan.ask(reader, learned.default(reader))
            for language in words.LANGUAGES:
                words.speak(language)
                campaigns_story.tell(campaigns.ask(reader, newest))
                summary_story.tell(summary.ask(reader, complete))
                data_story.tell(data.ask(reader))
                plan_story.tell(planned)
    # Collecting garbage stops everybody while it walks what there is; libraries and first answers are here to stay.
    gc.collect()
    gc.freeze()
