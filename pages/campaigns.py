"""Campaigns: what ran, what did it bring, which are not yet judged?"""

from answers.campaigns import overview as campaigns
from story.campaigns import overview as story
from ui import choose, page

here = page.open("campaigns")
with here.controls:
    choice = choose.campaigns(campaigns.offered(here.reader))
here.show(story.tell(campaigns.ask(here.reader, choice)))
