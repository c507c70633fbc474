"""Which campaign is looked at, and whose."""

from __future__ import annotations

from answers import places
from answers.running import running
from answers.running.running import Choice
from data_access.reading.reader import Reader
from story.loop.board import elsewhere
from story.running.running import campaigns
from story.words import say

from ui import choose, filters
from ui.filters import Filter

EVERY = "all"


def read(reader: Reader) -> Choice:
    """Draws the filters and reads them."""
    branch = choose.place(places.offered(reader))
    place = filters.chosen(branch)
    where = "" if place == EVERY else place
    offered = campaigns(running.offered(reader, where))
    called = {EVERY: say("the most urgent"), **offered}
    owned = running.owners(reader, where)
    people = {EVERY: say("all owners"), **campaigns(owned)}
    if running.ELSEWHERE in people:
        people[running.ELSEWHERE] = elsewhere()
    asked = {EVERY: say("all campaigns"), "raised": say("asking for something")}
    drawn = [
        Filter("campaign", say("Campaign"), list(called), called.__getitem__, 220, drawn=bool(offered)),
        branch,
    ]
    more = [
        Filter("owner", say("Owner"), list(people), people.__getitem__, drawn=len(people) > 1),
        Filter("alarm", say("Alarm"), list(asked), asked.__getitem__, drawn=bool(offered)),
    ]
    filters.bar(*drawn, more=more)
    chosen = {one.key: filters.chosen(one) for one in (*drawn, *more)}
    return Choice(**{key: "" if value == EVERY else value for key, value in chosen.items()})
