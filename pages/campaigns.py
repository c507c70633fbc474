"""Campaigns: what ran, what did it bring, which are not yet judged?"""

from answers.campaigns import ages, overlap
from answers.campaigns import overview as campaigns
from story.campaigns import overview as story
from ui import choose, page

here = page.open("campaigns")
with here.controls:
    choice = choose.campaigns(campaigns.offered(here.reader))
answer = campaigns.ask(here.reader, choice)
here.begin(story.tell(answer), *story.LATER)
here.show(story.tell(answer, overlap.ask(here.reader, choice), ages.ask(here.reader, choice)))
