"""One campaign: what did it bring, against what, at what cost?"""

from answers import places
from answers.campaigns import campaign, promised
from story.campaigns import campaign as story
from story.words import say
from ui import choose, filters, page

here = page.open("campaign")
with here.controls:
    filters.link("campaigns", say("All campaigns"), icon=":material/arrow_back:")
    branch = choose.branch(places.offered(here.reader))
answer = campaign.ask(here.reader, filters.parameter("campaign"), branch)
told = story.tell(answer)
if isinstance(answer, campaign.Campaign):
    told = story.with_plan(told, promised.ask(here.workspace, here.reader, answer))
here.show(told)
if isinstance(answer, campaign.Campaign):
    here.notes("campaign", filters.parameter("campaign"))
