"""The story of every page for one reader, as the page itself asks for it: what it shows inside the frame of `ui`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import sqlalchemy as sa

from answers import customers, data, worked
from answers.campaigns import campaign
from answers.campaigns import overview as campaigns
from answers.compare import compare
from answers.compare.choice import Choice as Sides
from answers.loop import loop
from answers.people import choice as teams
from answers.people import person, team
from answers.plan import plan, split
from answers.plan.learned import default
from answers.running import running
from answers.summary import summary
from answers.tiers import customers as moved
from answers.tiers import tiers
from answers.tiers.choice import Choice as Moves
from answers.week import reach, to_do, week
from data_access.queries.customer_lists import LISTS
from data_access.reading.reader import Reader
from story import customers as customers_story
from story.campaigns import campaign as campaign_story
from story.campaigns import overview as campaigns_story
from story.compare import compare as compare_story
from story.data import data as data_story
from story.loop import loop as loop_story
from story.parts import Story
from story.people import person as person_story
from story.people import team as team_story
from story.plan import plan as plan_story
from story.running import running as running_story
from story.summary import summary as summary_story
from story.tiers import customers as moved_story
from story.tiers import tiers as tiers_story
from story.week import week as week_story


def every_story(reader: Reader, workspace: sa.Engine, campaign_id: str, product: str) -> Iterator[tuple[str, Story]]:
    """The key of each page and what it tells, some pages more than once: by a campaign, a period, a list."""
    yield from _of_customers(reader)
    yield from _of_people(reader, workspace)
    yield from _of_campaigns(reader, campaign_id)
    scenario = replace(default(reader), product=product, channels=("phone",), target=10**9)
    planned = plan.ask(reader, scenario)
    yield "plan", plan_story.tell(planned, split=split.ask(reader, planned))
    asked = week.ask(reader, week.Choice())
    waiting = to_do.ask(reader, asked.listed_on)
    yield "week", week_story.tell(asked, waiting, reaches=reach.ask(workspace, reader, asked))
    yield "running", running_story.tell(running.ask(workspace, reader, running.Choice()))
    yield "loop", loop_story.tell(loop.ask(workspace, reader, loop.Choice()))
    yield "summary", summary_story.tell(summary.ask(reader, summary.Choice(summary.offered(reader)[0])))
    yield "data", data_story.tell(data.ask(reader), "", worked.ask(reader))


def _of_campaigns(reader: Reader, campaign_id: str) -> Iterator[tuple[str, Story]]:
    yield "campaigns", campaigns_story.tell(campaigns.ask(reader, campaigns.Choice()))
    yield "campaign", campaign_story.tell(campaign.ask(reader, campaign_id, ""))
    for sides in (Sides(campaign_id), Sides()):
        for swap in (False, True):
            yield "compare", compare_story.tell(compare.ask(reader, sides), swap=swap)


def _of_people(reader: Reader, workspace: sa.Engine) -> Iterator[tuple[str, Story]]:
    offered = teams.offered(reader)
    everyone = team.ask(reader, teams.Choice(offered.periods[0], next(iter(offered.branches), "")))
    judged = team.judge(workspace, reader, everyone)
    yield "people", team_story.tell(everyone, judged)
    yield "person", person_story.tell(person.of(everyone, judged, next(iter(everyone.people), "")))


def _of_customers(reader: Reader) -> Iterator[tuple[str, Story]]:
    answer = tiers.ask(reader, Moves(3))
    yield "tiers", tiers_story.tell(answer)
    for ends in (("", ""), ("basic", "potential"), ("basic", "basic")):
        yield "moved", moved_story.tell(moved.ask(reader, Moves(3), *ends))
    for kind in LISTS:
        yield "customers", customers_story.tell(customers.ask(reader, customers.Choice(kind)))
