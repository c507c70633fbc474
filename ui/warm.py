"""What a first visitor would otherwise wait for: libraries, words, charts and the first answers."""

from __future__ import annotations

import gc
from contextlib import suppress

from answers import data
from answers.campaigns import overview as campaigns
from answers.compare import compare
from answers.people import choice, team
from answers.plan import learned, offered, plan
from answers.summary import summary
from answers.tiers import choice as tier_choice
from answers.tiers import tiers
from answers.week import to_do, week
from data_access.errors import DataError
from reports import fonts
from story import data as data_story
from story import words
from story.campaigns import overview as campaigns_story
from story.compare import compare as compare_story
from story.plan import plan as plan_story
from story.summary import summary as summary_story
from story.tiers import tiers as tiers_story

from ui import page


def up() -> None:
    """Gives the first answers, in every language, to whoever may sign in without a proof.

    Where there are no data yet, or none that can be read, the first page says so.
    """
    fonts.missing()
    with suppress(DataError):
        for reader in page.readers_offered():
            newest = campaigns.Choice(campaigns.offered(reader).periods[0])
            sides = compare.Choice()
            complete = summary.Choice(summary.offered(reader)[0])
            people = choice.offered(reader)
            team.ask(reader, choice.Choice(people.periods[0], next(iter(people.branches), "")))
            last = week.ask(reader, week.Choice(week.offered(reader)[0]))
            to_do.ask(reader, last.listed_on, "", "", 1)
            offered.offered(reader)
            planned = plan.ask(reader, learned.default(reader))
            moves = tier_choice.Choice((tier_choice.offered(reader).months or tier_choice.HORIZONS)[0])
            for language in words.LANGUAGES:
                words.speak(language)
                campaigns_story.tell(campaigns.ask(reader, newest))
                summary_story.tell(summary.ask(reader, complete))
                tiers_story.tell(tiers.ask(reader, moves))
                data_story.tell(data.ask(reader))
                plan_story.tell(planned)
                compare_story.tell(compare.ask(reader, sides))
    # Collecting garbage stops everybody while it walks what there is; libraries and first answers are here to stay.
    gc.collect()
    gc.freeze()
