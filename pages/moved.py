"""Customers who moved: who are they, and why?"""

from answers.tiers import choice, customers, tiers
from story.tiers import customers as story
from story.words import say
from ui import choose, choose_tiers, filters, page
from ui.take import moved

here = page.open("moved")
with here.controls:
    filters.link("tiers", say("Tiers"), icon=":material/arrow_back:")
    asked = choose_tiers.moves(choice.offered(here.reader))
    ends = choose_tiers.cell(tiers.ask(here.reader, asked))
    answer = customers.ask(here.reader, asked, *ends, choose.numbered(choose_tiers.PART))
    choose_tiers.parts(answer)
here.show(story.tell(answer), taken=moved.taken(here, answer))
moved.plan(here, answer)
