"""Tiers: who rises, who slips, what is it worth?"""

from answers.tiers import choice, tiers
from story.tiers import tiers as story
from story.words import say
from ui import choose_tiers, filters, page

here = page.open("tiers")
with here.controls:
    asked = choose_tiers.moves(choice.offered(here.reader))
    filters.link("moved", say("Customers who moved"), icon=":material/groups:")
here.show(story.tell(tiers.ask(here.reader, asked)))
