"""One campaign: what did it bring, against what, at what cost?"""

from answers import campaign, campaigns
from story import campaign as story
from story.words import say
from ui import choose, filters, page

here = page.open("campaign")
with here.controls:
    filters.link("campaigns", say("All campaigns"), icon=":material/arrow_back:")
    branch = choose.branch(campaigns.branch_names(here.reader))
here.show(story.tell(campaign.ask(here.reader, filters.parameter("campaign"), branch)))
