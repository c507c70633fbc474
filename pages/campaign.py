"""One campaign: what did it bring, against what, at what cost?"""

from answers import places
from answers.campaigns import campaign
from story.campaigns import campaign as story
from story.words import say
from ui import choose, filters, page

here = page.open("campaign")
with here.controls:
    filters.link("campaigns", say("All campaigns"), icon=":material/arrow_back:")
    branch = choose.branch(places.offered(here.reader))
answer = campaign.ask(here.reader, filters.parameter("campaign"), branch)
here.show(story.tell(answer))
if isinstance(answer, campaign.Campaign):
    here.notes("campaign", filters.parameter("campaign"))
