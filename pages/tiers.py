"""Tiers: who rises, who slips, what is it worth?"""

from answers.tiers import choice, tiers, uplift
from story.tiers import tiers as story
from story.tiers import uplift as more
from story.words import say
from ui import choose_tiers, filters, page

here = page.open("tiers")
with here.controls:
    asked = choose_tiers.moves(choice.offered(here.reader))
    filters.link("moved", say("Customers who moved"), icon=":material/groups:")
    choose_tiers.planned()
rising = choose_tiers.rising()
answer, risen = tiers.ask(here.reader, asked), uplift.ask(here.reader, asked, int(filters.chosen(rising)))
here.show(more.beside(answer, story.tell(answer), risen), {more.NAME: here.beside(rising)})
